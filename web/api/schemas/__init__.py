"""The shapes of the answers, for the OpenAPI document; tests hold the live answers against them."""

from web.api.schemas.codes import (
    CodeSystemListSchema,
    CodeSystemSchema,
    ConceptDetailSchema,
    ConceptListSchema,
)
from web.api.schemas.history import ChangesSchema
from web.api.schemas.meta import ApiInfoSchema, ProblemSchema
from web.api.schemas.search import FeatureCollectionSchema, SearchResultSchema, SuggestionsSchema
from web.api.schemas.units import CareUnitSchema

__all__ = [
    "ApiInfoSchema",
    "CareUnitSchema",
    "ChangesSchema",
    "CodeSystemListSchema",
    "CodeSystemSchema",
    "ConceptDetailSchema",
    "ConceptListSchema",
    "FeatureCollectionSchema",
    "ProblemSchema",
    "SearchResultSchema",
    "SuggestionsSchema",
]
