"""The shapes of problems and of what the API says of itself."""

from marshmallow import fields

from web.api.schemas.base import Shape, number, string


class WrongParameterSchema(Shape):
    """One parameter and what is wrong with it."""

    name = string("Empty when the fault is not in one parameter.", example="limit")
    location = fields.String(
        required=True, data_key="in", metadata={"enum": ["query", "path", "header", "body"]}
    )
    message = string(example="Must be greater than or equal to 1 and less than or equal to 200.")


class ProblemSchema(Shape):
    """Problem details (RFC 9457)."""

    type = string("The code as a URN.", example="urn:problem-type:hittavard:invalid-parameter")
    title = string(example="Invalid parameter")
    status = number(example=400)
    detail = string("What is wrong and how to mend it.")
    instance = string("The path that was asked for.", example="/api/v1/care-units")
    code = string("Stable: clients may switch on it.", example="invalid-parameter")
    traceId = string("Names this request when you report a fault.", pattern="^[0-9a-f]{32}$")
    errors = fields.List(fields.Nested(WrongParameterSchema))
    reason = fields.String(
        metadata={"description": "Why the listing register refuses, exactly; stable.", "example": "full"}
    )
    arguments = fields.Dict(
        metadata={
            "description": "What the reason is about: numbers, days, codes.",
            "example": {"places": 8500},
        }
    )
    index = fields.Integer(metadata={"description": "Which of several it is about, from 0.", "example": 0})
    entryStatus = fields.String(
        metadata={"description": "How the place in the queue ended.", "example": "left"}
    )


class ApiInfoSchema(Shape):
    """About the API, by the national REST API profile (VER.06)."""

    apiName = string(example="hitta-vard")
    apiVersion = string("Semantic version.", example="1.0.0")
    apiReleased = fields.Date(required=True)
    apiDocumentation = string("Address of the OpenAPI document.", format="uri-reference")
    apiStatus = string(enum=["active", "deprecated"])
