"""The rows that follow from a record, table by table: pure functions of path -> value.

Each yields (path, row): the path finds the source whose word the row is.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from directory.record import (
    CODED_FIELDS,
    CONTACT_KINDS,
    HOURS_KINDS,
)

Values = Mapping[str, Any]
Concepts = Mapping[tuple[str, str], int]
Rows = Sequence[tuple[str, dict[str, Any]]]

CLASSIFICATIONS = frozenset(CODED_FIELDS) - {"languages"}
_CODED_PARTS = {"professions": "profession", "offerings": "care-service", "accessibility": "accessibility"}


def codes(values: Values) -> Iterator[tuple[str, str]]:
    """Every (code system, code) that the record names."""
    for field, system in CODED_FIELDS.items():
        yield from ((system, code) for code in values.get(field, ()))
    for field, system in _CODED_PARTS.items():
        yield from ((system, part["code"]) for part in values.get(field, ()))


def names(values: Values, _: Concepts) -> Rows:
    """Alternative and former names."""
    return [
        (field, {"kind": kind, "name": name})
        for kind, field in (("alternative", "alternative_names"), ("former", "former_names"))
        for name in dict.fromkeys(values.get(field, ()))
    ]


def identifiers(values: Values, _: Concepts) -> Rows:
    """Other registers' identifiers."""
    path = "external_identifiers"
    return [(path, {"system": i["system"], "value": i["value"]}) for i in values.get(path, ())]


def relations(values: Values, _: Concepts) -> Rows:
    """Related units and the successor."""
    related: Rows = [
        ("related_units", {"kind": "related", "related_hsa_id": hsa_id})
        for hsa_id in dict.fromkeys(values.get("related_units", ()))
    ]
    successor = values.get("successor")
    return [
        *related,
        *([("successor", {"kind": "successor", "related_hsa_id": successor})] if successor else ()),
    ]


def listing_status(values: Values, _: Concepts) -> Rows:
    """Whether one can list; no row where the record says nothing."""
    listing = values.get("listing")
    if not listing:
        return []
    queue = listing.get("queue_length") if listing["status"] == "queue" else None
    return [("listing", {"status": listing["status"], "queue_length": queue, "since": listing.get("since")})]


def addresses(values: Values, _: Concepts) -> Rows:
    """Visiting and postal address."""
    parts = ("addressee", "street", "postal_code", "city")
    return [
        (path, {"kind": path.removeprefix("addresses."), **{part: address.get(part) for part in parts}})
        for path, address in values.items()
        if path.startswith("addresses.")
    ]


def contacts(values: Values, _: Concepts) -> Rows:
    """Contacts for everyone, in the order that the source gives."""
    return [
        (f"contacts.{kind}", {"kind": kind, "value": value, "sort_order": order})
        for kind in CONTACT_KINDS
        for order, value in enumerate(dict.fromkeys(values.get(f"contacts.{kind}", ())))
    ]


def staff_contacts(values: Values, _: Concepts) -> Rows:
    """Contacts for staff alone."""
    return [
        (f"professional_contacts.{kind}", {"kind": kind, "value": value})
        for kind in CONTACT_KINDS
        for value in dict.fromkeys(values.get(f"professional_contacts.{kind}", ()))
    ]


def weekly_hours(values: Values, _: Concepts) -> Rows:
    """Intervals of the week."""
    return [
        (
            f"hours.{kind}",
            {
                "kind": kind,
                "weekday": interval["weekday"],
                "opens": minutes(interval["opens"]),
                "closes": minutes(interval["closes"]),
                "comment": interval.get("comment"),
                "season_from": interval.get("from"),
                "season_to": interval.get("to"),
                "yearly": interval.get("yearly", False),
            },
        )
        for kind in HOURS_KINDS
        for interval in values.get(f"hours.{kind}", {}).get("weekly", ())
    ]


def hours_exceptions(values: Values, _: Concepts) -> Rows:
    """Dated exceptions: a row per interval, or one without times for a closed day."""
    return [
        (
            f"hours.{kind}",
            {
                "kind": kind,
                "first_date": exception["from"],
                "last_date": exception["to"],
                "reason": exception.get("reason"),
                **span,
            },
        )
        for kind in HOURS_KINDS
        for exception in values.get(f"hours.{kind}", {}).get("exceptions", ())
        for span in _spans(exception)
    ]


def holiday_hours(values: Values, _: Concepts) -> Rows:
    """What applies on public holidays and on eves."""
    return [
        (f"hours.{kind}", {"kind": kind, "day_kind": rule["on"], **span})
        for kind in HOURS_KINDS
        for rule in values.get(f"hours.{kind}", {}).get("holidays", ())
        for span in _spans(rule)
    ]


def classifications(values: Values, concepts: Concepts) -> Rows:
    """Unit types, activities, care forms, ownership, visibility."""
    return [
        (field, {"field": field, "concept_id": concepts[system, code], "sort_order": order})
        for field, system in CODED_FIELDS.items()
        if field in CLASSIFICATIONS
        for order, code in enumerate(dict.fromkeys(values.get(field, ())))
    ]


def languages(values: Values, concepts: Concepts) -> Rows:
    """Languages spoken."""
    return [
        ("languages", {"concept_id": concepts["language", code], "sort_order": order})
        for order, code in enumerate(dict.fromkeys(values.get("languages", ())))
    ]


def professions(values: Values, concepts: Concepts) -> Rows:
    """Professions; the first entry for a profession counts."""
    entries = {part["code"]: part for part in reversed(values.get("professions", ()))}
    return [
        (
            "professions",
            {
                "concept_id": concepts["profession", code],
                "origin": part.get("origin", "catalogue"),
                "recorded_by": part.get("recorded_by"),
                "recorded_at": part.get("recorded_at"),
                "valid_until": part.get("valid_until"),
            },
        )
        for code, part in reversed(entries.items())
    ]


def offerings(values: Values, concepts: Concepts) -> Rows:
    """Coded services with their conditions."""
    parts = ("min_age", "max_age", "sex", "referral", "note", "valid_from", "valid_to")
    return [
        (
            "offerings",
            {
                "concept_id": concepts["care-service", offering["code"]],
                "delivery": offering.get("delivery", []),
                "sort_order": order,
                **{part: offering.get(part) for part in parts},
            },
        )
        for order, offering in enumerate(values.get("offerings", ()))
    ]


def e_services(values: Values, _: Concepts) -> Rows:
    """E-services; one row per name."""
    services = {service["name"]: service.get("url") for service in values.get("e_services", ())}
    return [
        ("e_services", {"name": name, "url": url, "sort_order": order})
        for order, (name, url) in enumerate(services.items())
    ]


def accessibility(values: Values, concepts: Concepts) -> Rows:
    """Accessibility facts."""
    facts = {fact["code"]: fact for fact in values.get("accessibility", ())}
    return [
        (
            "accessibility",
            {
                "concept_id": concepts["accessibility", code],
                "value": fact.get("value", "yes"),
                "note": fact.get("note"),
                "sort_order": order,
            },
        )
        for order, (code, fact) in enumerate(facts.items())
    ]


def texts(values: Values, _: Concepts) -> Rows:
    """One text per kind."""
    return [
        (path, {"kind": path.removeprefix("texts."), "body": body})
        for path, body in values.items()
        if path.startswith("texts.")
    ]


def notices(values: Values, _: Concepts) -> Rows:
    """Temporary notices."""
    return [
        (
            "notices",
            {"body": n["text"], "starts_on": n.get("starts_on"), "ends_on": n.get("ends_on")},
        )
        for n in values.get("notices", ())
    ]


def minutes(clock: str) -> int:
    """Minutes since midnight of `HH:MM`, where the hour may pass 24 for an interval into the next day."""
    hours, _, rest = clock.partition(":")
    return int(hours) * 60 + int(rest)


def _spans(rule: Mapping[str, Any]) -> list[dict[str, int | None]]:
    intervals = rule.get("intervals", ())
    if not intervals:
        return [{"opens": None, "closes": None}]
    return [{"opens": minutes(i["opens"]), "closes": minutes(i["closes"])} for i in intervals]
