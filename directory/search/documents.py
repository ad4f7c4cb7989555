"""What the index knows of one unit: its public record as terms per field."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from directory.search import analysis, schema
from directory.search.reference import Reference


@dataclass(frozen=True)
class Document:
    """One unit's terms per field. `hsa_id` is the key."""

    hsa_id: str
    fields: Mapping[str, frozenset[str]]


def document(hsa_id: str, record: Mapping[str, Any], reference: Reference) -> Document:
    """The document of a public record. `reference` gives codes their labels and services."""
    names = [record.get("name", "")]
    others = [*record.get("alternative_names", ()), *record.get("former_names", ())]
    services = reference.services_of(record)
    fields = {
        schema.NAME: _terms(names),
        schema.OTHER_NAME: _terms(others),
        schema.LABEL: _terms(_labels(record, services, reference)),
        schema.PLACE: _terms(_place_words(record, reference)),
        schema.TEXT: frozenset(
            analysis.stem(word)
            for text in record.get("texts", {}).values()
            for word in analysis.words(text)
            if word not in analysis.STOP_WORDS
        ),
        schema.EXACT: frozenset(_whole_names((*names, *others), reference)),
        schema.CODE: frozenset(
            (
                hsa_id_term(hsa_id),
                *_codes(record, services),
                *_stated((*names, *others), record.get("texts", {}).values(), reference),
            )
        ),
    }
    return Document(hsa_id, {name: terms for name, terms in fields.items() if terms})


def service_term(code: str) -> str:
    """The term of a care service in the field `code`."""
    return "care-service:" + code


def municipality_term(code: str) -> str:
    """The term of a municipality in the field `code`."""
    return "municipality:" + code


def region_term(code: str) -> str:
    """The term of a region in the field `code`."""
    return "region:" + code


def hsa_id_term(hsa_id: str) -> str:
    """The term of the unit itself in the field `code`, for those who paste an HSA-id."""
    return "hsa-id:" + hsa_id.upper()


def _terms(texts: Iterable[str]) -> frozenset[str]:
    return frozenset(term for text in texts for term in analysis.terms(text))


def _whole_names(names: Iterable[str], reference: Reference) -> Iterable[str]:
    """Names that point the unit out. "VC" among its other names does not: it says what the unit is."""
    for name in names:
        if name and not reference.vocabulary.services(analysis.words(name)):
            yield from analysis.whole(name)


def _stated(names: Iterable[str], texts: Iterable[str], reference: Reference) -> Iterable[str]:
    """Services and unit types that names and texts state, each with how."""
    stating = reference.vocabulary.stating
    for name in names:
        stated = stating.by_name(name)
        yield from (schema.NAMED + term for term in stated.wholly)
        yield from (schema.PARTLY_NAMED + term for term in stated.partly)
    for text in texts:
        stated = stating.by_text(text)
        yield from (schema.TOLD + term for term in stated.wholly)
        yield from (schema.PARTLY_TOLD + term for term in stated.partly)


def _labels(record: Mapping[str, Any], services: Iterable[str], reference: Reference) -> Iterable[str]:
    yield from (reference.label("care-service", code) for code in services)
    yield from (reference.label("unit-type", code) for code in record.get("unit_types", ()))
    yield from (reference.label("hsa-business-classification", code) for code in record.get("activities", ()))


def _place_words(record: Mapping[str, Any], reference: Reference) -> Iterable[str]:
    for address in record.get("addresses", {}).values():
        yield from (address.get(part, "") for part in ("street", "postal_code", "city"))
    yield record.get("place", "")
    yield reference.place_name(record.get("municipality"))
    yield reference.place_name(record.get("region"))


def _codes(record: Mapping[str, Any], services: Iterable[str]) -> Iterable[str]:
    yield from map(service_term, services)
    yield from ("unit-type:" + code for code in record.get("unit_types", ()))
    yield from ("hsa-business-classification:" + code for code in record.get("activities", ()))
    if code := record.get("municipality"):
        yield municipality_term(code)
    if code := record.get("region"):
        yield region_term(code)
