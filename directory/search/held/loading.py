"""What the read model reads of the database: units with all that a card tells, names in order, places."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from sys import intern
from typing import Any

import orjson
from sqlalchemy import text
from sqlalchemy.orm import Session

from codes.labels import labels
from directory.geography.gazetteer import Place
from directory.queries.units import RelatedUnit, UnitSnapshot
from directory.search.held.cards import Read
from directory.search.held.table import Row

LABELLED = (
    *("care-service", "unit-type", "language", "ownership", "profession"),
    *("accessibility", "care-form", "hsa-business-classification"),
)

_UNITS = """
SELECT v.care_unit_id, v.id, v.hsa_id, v.record::text, lower(v.period), v.published, s.key, s.name,
       coalesce(u.responsible_contact, s.responsible_contact)
FROM care_unit_version v JOIN care_unit u ON u.id = v.care_unit_id LEFT JOIN source s ON s.id = v.source_id
WHERE upper_inf(v.period) AND (v.published OR u.status = 'closed' AND u.visible)
"""
_THESE = " AND v.hsa_id = ANY(:keys)"
_ROWS = """
SELECT v.hsa_id, v.record::text, lower(v.period) FROM care_unit_version v
WHERE upper_inf(v.period) AND v.published
"""
_KEYS = """
SELECT v.hsa_id FROM care_unit_version v JOIN care_unit u ON u.id = v.care_unit_id
WHERE upper_inf(v.period) AND (v.published OR u.status = 'closed' AND u.visible)
"""

# The related units of many units: what `directory.queries.units` asks for one.
_RELATED = """
WITH v AS MATERIALIZED (SELECT v.care_unit_id, v.hsa_id, CAST(v.record AS jsonb) AS record FROM ({units}) v),
wanted AS (
    SELECT v.hsa_id AS of, v.record->>'parent' AS hsa_id, 'parent' AS relation, 0 AS number FROM v
    WHERE v.record ? 'parent'
    UNION ALL
    SELECT v.hsa_id, named.hsa_id, 'related', named.number
    FROM v CROSS JOIN jsonb_array_elements_text(v.record->'related_units')
        WITH ORDINALITY AS named (hsa_id, number)
    UNION ALL
    SELECT v.hsa_id, v.record->>'successor', 'successor', 900 FROM v WHERE v.record ? 'successor'
    UNION ALL
    SELECT v.hsa_id, child.hsa_id, 'child', 1000 + row_number() OVER (ORDER BY child.name COLLATE "sv-x-icu")
    FROM v JOIN care_unit_membership link ON link.parent_id = v.care_unit_id AND upper_inf(link.valid)
    JOIN care_unit child ON child.id = link.child_id AND child.published
    UNION ALL
    SELECT v.hsa_id, earlier.hsa_id, 'predecessor', 1000000
    FROM v JOIN care_unit_relation relation ON relation.related_hsa_id = v.hsa_id
        AND relation.kind = 'successor'
    JOIN care_unit earlier ON earlier.id = relation.care_unit_id AND earlier.visible
)
SELECT wanted.of, wanted.hsa_id, unit.name, wanted.relation,
       unit.publish_from IS NOT NULL OR unit.publish_to IS NOT NULL
FROM wanted LEFT JOIN care_unit unit ON unit.hsa_id = wanted.hsa_id AND unit.visible
ORDER BY wanted.of, wanted.number, wanted.hsa_id
"""
_NAMES = """
SELECT array_agg(hsa_id ORDER BY name COLLATE "sv-x-icu", hsa_id)
FROM care_unit WHERE published AND hsa_id IS NOT NULL
"""
_POSTAL = """
SELECT code, city, municipality_code, ST_Y(position::geometry), ST_X(position::geometry) FROM postal_code
"""
_SOURCES = (
    "SELECT md5(string_agg(concat_ws('|', id, key, name, responsible_contact), '|' ORDER BY id)) FROM source"
)


def rows(session: Session, keys: Sequence[str] | None = None) -> Iterator[Row]:
    """Those of these units that are published, or all that are, at their current version."""
    statement = text(_ROWS if keys is None else _ROWS + _THESE).execution_options(yield_per=200)
    parameters = {} if keys is None else {"keys": list(keys)}
    for hsa_id, record, began in session.execute(statement, parameters):
        # Interned, because tables, terms and cards all name the same units.
        yield Row(intern(hsa_id), orjson.loads(record), began)


def card_keys(session: Session) -> list[str]:
    """All units that have a card: those that are published or closed in public."""
    return list(session.scalars(text(_KEYS)))


def units(session: Session, keys: Sequence[str]) -> Iterator[Read]:
    """Those of these units that have a card, with all that it tells."""
    parameters = {"keys": list(keys)}
    statement = _UNITS + _THESE
    related = _related(session, statement, parameters)
    for unit_id, version_id, hsa_id, body, began, published, key, name, contact in session.execute(
        text(statement), parameters
    ):
        others, timed = related.get(hsa_id, ((), False))
        record = orjson.loads(body)
        unit = UnitSnapshot(
            unit_id=unit_id,
            version_id=version_id,
            hsa_id=intern(hsa_id),
            record=record,
            updated_at=began,
            ended_at=None,
            published=published,
            source_key=key or "",
            source_name=name or "",
            responsible_contact=contact,
            related=others,
        )
        yield Read(unit, timed or "publish_from" in record or "publish_to" in record)


def _related(
    session: Session, statement: str, parameters: Mapping[str, Any]
) -> dict[str, tuple[tuple[RelatedUnit, ...], bool]]:
    found: dict[str, list[RelatedUnit]] = defaultdict(list)
    timed: set[str] = set()
    for of, hsa_id, name, relation, limited in session.execute(
        text(_RELATED.format(units=statement)), parameters
    ):
        found[of].append(RelatedUnit(intern(hsa_id), name, relation))
        if limited:
            timed.add(of)
    return {of: (tuple(others), of in timed) for of, others in found.items()}


def names(session: Session) -> list[str]:
    """The HSA-ids of all published units in Swedish order of their names."""
    return session.scalar(text(_NAMES)) or []


def postal_places(session: Session) -> dict[str, Place]:
    """Every postal code as a place."""
    return {
        code: Place(
            "postal-code",
            code,
            f"{code[:3]} {code[3:]} {city}",
            municipality,
            (municipality or "")[:2],
            lat,
            lon,
        )
        for code, city, municipality, lat, lon in session.execute(text(_POSTAL))
    }


def english(session: Session) -> dict[tuple[str, str], str]:
    """(code system, code) -> English label."""
    return {
        (system, code): label.en
        for system, found in labels(session, *LABELLED).items()
        for code, label in found.items()
    }


def sources(session: Session) -> str | None:
    """Equal as long as what is told of the sources is."""
    return session.scalar(text(_SOURCES))
