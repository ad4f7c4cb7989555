"""Code systems and their concepts, with labels in both languages."""

from typing import Any

from flask import Response

from codes import queries
from codes.queries import ConceptView, SystemView
from directory.views import instant
from web.api import responses
from web.api.arguments import NoArguments, PageArguments
from web.api.blueprint import ApiBlueprint
from web.api.schemas import (
    CodeSystemListSchema,
    CodeSystemSchema,
    ConceptDetailSchema,
    ConceptListSchema,
)
from web.unit_of_work import read_session

blueprint = ApiBlueprint("code-systems", "code-systems", description="Code systems")


@blueprint.public_get("/code-systems", NoArguments, CodeSystemListSchema, operation="listCodeSystems")
def list_systems(_arguments: dict[str, Any]) -> Response:
    """Every code system with its current version, source and licence."""
    systems = [_system(system) for system in queries.list_systems(read_session())]
    return responses.json({"total": len(systems), "items": systems})


@blueprint.public_get("/code-systems/<key>", NoArguments, CodeSystemSchema, operation="getCodeSystem")
def get_system(_arguments: dict[str, Any], key: str) -> Response:
    """One code system with its current version, source and licence."""
    return responses.json(_system(queries.get_system(read_session(), key)))


@blueprint.public_get(
    "/code-systems/<key>/concepts", PageArguments, ConceptListSchema, operation="listConcepts"
)
def list_concepts(arguments: dict[str, Any], key: str) -> Response:
    """The codes of a system that are in use, in their order of display."""
    concepts = queries.list_concepts(read_session(), key)
    start = (arguments["page"] - 1) * arguments["limit"]
    page = concepts[start : start + arguments["limit"]]
    return responses.json({"total": len(concepts), **arguments, "items": [_concept(each) for each in page]})


@blueprint.public_get(
    "/code-systems/<key>/concepts/<code>", NoArguments, ConceptDetailSchema, operation="getConcept"
)
def get_concept(_arguments: dict[str, Any], key: str, code: str) -> Response:
    """One code, in use or retired, with the words people use for it and its relations to other systems."""
    detail = queries.get_concept(read_session(), key, code)
    return responses.json(
        {
            **_concept(detail.concept),
            "terms": [
                {"text": term.text, "language": term.language, "kind": term.kind} for term in detail.terms
            ],
            "maps": [
                {
                    "system": other.system,
                    "code": other.code,
                    "display": {"sv": other.display_sv, "en": other.display_en},
                    "relationship": other.relationship,
                }
                for other in detail.maps
            ],
        }
    )


def _system(system: SystemView) -> dict[str, Any]:
    return {
        "key": system.key,
        "uri": system.uri,
        "oid": system.oid,
        "name": {"sv": system.name_sv, "en": system.name_en},
        "provisional": system.provisional,
        "version": system.version,
        "vintage": system.vintage,
        "source": system.source,
        "licence": system.licence,
        "loadedAt": instant(system.loaded_at),
        "concepts": system.concepts,
    }


def _concept(concept: ConceptView) -> dict[str, Any]:
    return {
        "code": concept.code,
        "display": {"sv": concept.display_sv, "en": concept.display_en},
        "description": concept.description,
        "parent": concept.parent,
        "properties": concept.properties,
        "retired": concept.retired,
    }
