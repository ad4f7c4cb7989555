"""The blueprint that every resource of the API stands on."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Literal, TypeVar

from flask import request
from flask_smorest import Blueprint
from marshmallow import Schema, ValidationError

from listing.actor import Role
from web.access import PUBLIC, audience
from web.api.parsing import QUICK, Parser, Read, plain

View = TypeVar("View", bound=Callable[..., Any])


class ApiBlueprint(Blueprint):
    """A blueprint whose views return ready responses; schemas document them and tests hold them to it."""

    ARGUMENTS_PARSER = Parser()

    def public_get(
        self,
        path: str,
        arguments: type[Schema],
        answer: type[Schema],
        *,
        operation: str,
        labelled: bool = False,
        dated: bool = False,
        also: dict[str, Any] | None = None,
    ) -> Callable[[View], View]:
        """A GET that anyone may call.

        `operation` is its lasting id in the document; `labelled` and `dated` say that the answer has
        Content-Language and Last-Modified; `also` are the schemas of further media types.
        """

        def add(view: View) -> View:
            documented = audience(PUBLIC)(view)
            # One instance for all requests: making a schema copies its fields.
            schema = plain(arguments())
            documented = self.arguments(schema, location="query")(documented)
            for media_type, shape in {"application/json": answer, **(also or {})}.items():
                documented = self.alt_response(200, schema=shape, content_type=media_type)(documented)
            documented = self.doc(
                **{
                    "operationId": operation,
                    "x-endpoint": f"{self.name}.{view.__name__}",
                    "x-labelled": labelled,
                    "x-dated": dated,
                }
            )(documented)
            return self.get(path)(_straight(view, documented, QUICK[schema]))

        return add

    def for_roles(
        self,
        method: str,
        path: str,
        *roles: Role,
        answer: type[Schema] | None,
        operation: str,
        status: int = 200,
        body: type[Schema] | None = None,
        query: type[Schema] | None = None,
        persons: bool = False,
        idempotent: bool | Literal["optional"] = False,
        one_or_several: type[Schema] | None = None,
    ) -> Callable[[View], View]:
        """A call for those who hold an access token with one of `roles`.

        The view is handed the checked query, then the checked body, where there are schemas for them, and
        finds its caller in `web.access.current_actor()`. `persons`: see `web.access.Audience`. `idempotent`:
        the view asks `web.api.idempotency.idempotency_key()`, or only where the caller gives a key.
        `one_or_several`: the schema of a body that is one or a list, which the view reads itself; the answer
        is then one or a list as well.
        """

        def add(view: View) -> View:
            documented = audience(*roles, persons=persons)(view)
            if body is not None:
                documented = self.arguments(body(), location="json")(documented)
            if query is not None:
                documented = self.arguments(query(), location="query")(documented)
            documented = self.alt_response(status, schema=answer, description="Done.")(documented)
            told: dict[str, Any] = {
                "operationId": operation,
                "x-endpoint": f"{self.name}.{view.__name__}",
                "x-idempotent": idempotent,
            }
            if one_or_several is not None and answer is not None:
                told["requestBody"] = {"required": True, **_one_or_several(one_or_several)}
                told["responses"] = {status: {"description": "Done.", **_one_or_several(answer)}}
            documented = self.doc(**told)(documented)
            return self.route(path, methods=[method])(documented)

        return add


def _straight(view: View, documented: View, read: Read) -> View:
    """The view with its query, past the wrappers that are there for the document; they tell what is wrong."""

    @wraps(documented)
    def answer(**names: str) -> Any:
        try:
            given = read(request.args)
        except ValidationError:
            return documented(**names)
        return view(given, **names)

    return answer  # type: ignore[return-value]


def _one_or_several(shape: type[Schema]) -> dict[str, Any]:
    """A content that is one of a shape, or a list of them."""
    schema = {"oneOf": [shape, {"type": "array", "items": shape, "minItems": 1}]}
    return {"content": {"application/json": {"schema": schema}}}
