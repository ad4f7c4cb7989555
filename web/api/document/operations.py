"""One operation of the document, from what its view declares."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Self

from flask import Flask

from web.access import Audience, audience_of
from web.api.document.about import PREFIX
from web.api.document.components import header_refs, path_parameter
from web.api.examples import example
from web.api.security import security


def path_item(
    app: Flask, path: str, item: dict[str, Any], schemas: dict[str, Any]
) -> tuple[str, dict[str, Any]]:
    """A path as the document writes it, with its operations."""
    names = re.findall(r"{(\w+)}", path)
    for name in names:
        path = path.replace(f"{{{name}}}", f"{{{_camel(name)}}}")
    parameters = [path_parameter(_camel(name), path) for name in names]
    operations: dict[str, Any] = {
        method: _operation(app, method, item[method], bool(names), schemas)
        for method in ("get", "post", "put", "delete")
        if method in item
    }
    return path.removeprefix(PREFIX), {**({"parameters": parameters} if parameters else {}), **operations}


def _operation(
    app: Flask, method: str, drawn: dict[str, Any], may_be_missing: bool, schemas: dict[str, Any]
) -> dict[str, Any]:
    declared = audience_of(app, drawn.pop("x-endpoint"))
    asked = _Asked.of(method, declared, drawn)
    summary, _, rest = " ".join(drawn.pop("summary").split()).partition(". ")
    good = {status: answer for status, answer in drawn["responses"].items() if status.startswith("2")}
    for answer in good.values():
        answer["headers"] = header_refs(*asked.given())
    for content in [*_contents(good.values()), *_contents([drawn.get("requestBody", {})])]:
        content["examples"] = {"whole": {"value": example(content["schema"], schemas)}}
    return {
        "operationId": drawn.pop("operationId"),
        "tags": drawn["tags"],
        "summary": summary.rstrip("."),
        "description": drawn.pop("description", "") or rest or f"{summary.rstrip('.')}.",
        **security(declared),
        "parameters": [
            *drawn.get("parameters", []),
            *({"$ref": f"#/components/parameters/{name}"} for name in asked.headers()),
        ],
        **({"requestBody": drawn["requestBody"]} if "requestBody" in drawn else {}),
        "responses": {
            **good,
            **{
                status: {"$ref": f"#/components/responses/{status}"}
                for status in asked.wrong(may_be_missing, "requestBody" in drawn)
            },
        },
    }


@dataclass(frozen=True, slots=True)
class _Asked:
    """What kind of call it is: kept by caches (public reading), of persons, changing something."""

    cached: bool
    changes: bool
    signed_in: bool
    persons: bool
    labelled: bool
    dated: bool
    key: bool | str

    @classmethod
    def of(cls, method: str, declared: Audience | None, drawn: dict[str, Any]) -> Self:
        """By the method, and by what the view declares."""
        signed_in = bool(declared and declared.roles)
        return cls(
            cached=method == "get" and not signed_in,
            changes=method != "get",
            signed_in=signed_in,
            persons=bool(declared and declared.persons),
            labelled=drawn.pop("x-labelled", False),
            dated=drawn.pop("x-dated", False),
            key=drawn.pop("x-idempotent", False),
        )

    def given(self) -> list[str]:
        """The headers of a good answer."""
        return [
            *(["ETag"] if self.cached else []),
            "traceparent",
            *(["Content-Language"] if self.labelled else []),
            *(["Last-Modified"] if self.dated else []),
        ]

    def headers(self) -> list[str]:
        """The headers of a request, by the names of their components."""
        optional = "idempotencyKeyOptional" if self.key == "optional" else "idempotencyKey"
        return [
            *(["ifNoneMatch"] if self.cached else []),
            "traceparent",
            *(["acceptLanguage"] if self.labelled or self.signed_in else []),
            *(["accessPurpose"] if self.persons else []),
            *([optional] if self.key else []),
        ]

    def wrong(self, may_be_missing: bool, has_body: bool) -> list[str]:
        """The statuses of what can go wrong."""
        return [
            *(["304"] if self.cached else []),
            "400",
            *(["401", "403"] if self.signed_in else []),
            *(["404"] if may_be_missing or self.changes else []),
            "406",
            *(["409"] if self.changes else []),
            *(["415"] if has_body else []),
            *(["422"] if self.changes else []),
            "503",
            "default",
        ]


def _contents(parts: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for part in parts:
        yield from part.get("content", {}).values()


def _camel(name: str) -> str:
    head, *rest = name.split("_")
    return head + "".join(word.capitalize() for word in rest)
