"""The rules of regions in words, for whoever wants to know what holds where."""

from typing import Any

from flask import Response
from marshmallow import fields, validate
from sqlalchemy import text

from core import clock
from listing.policy.lookup import policy_for
from listing.policy.model import Policy, PolicyInForce
from listing.policy.words import TOPICS, statements
from web.api import responses
from web.api.arguments import PageArguments
from web.api.blueprint import ApiBlueprint
from web.api.schemas.listings import PoliciesSchema, given
from web.site.policy_words import chapters, sentence
from web.unit_of_work import read_session

blueprint = ApiBlueprint("listing-policies", "listing-policies", description="The rules of regions in words")
_REGIONS = text("SELECT code, short_name FROM region ORDER BY code")


class PolicyArguments(PageArguments):
    """Whose rules, for which register."""

    region = fields.List(
        fields.String(validate=validate.Regexp(r"^[0-9]{2}$", error="A region code has two digits.")),
        load_default=[],
        validate=validate.Length(max=50),
        metadata={"description": "Region code, two digits. Repeat it for any of several.", "example": ["03"]},
    )
    listing_type: fields.String = given.listing_type()


@blueprint.public_get(
    "/listing-policies", PolicyArguments, PoliciesSchema, operation="listPolicies", labelled=True
)
def policies(arguments: dict[str, Any]) -> Response:
    """The rules in force today, region by region, as sentences with stable codes."""
    session, kind, today = read_session(), arguments["listing_type"], clock.today()
    wanted, limit, page = set(arguments["region"]), arguments["limit"], arguments["page"]
    regions = [row for row in session.execute(_REGIONS) if not wanted or row.code in wanted]
    shown = regions[(page - 1) * limit : page * limit]
    items = [_policy(policy_for(session, row.code, kind, today), row.short_name) for row in shown]
    found = {"total": len(regions), "limit": limit, "page": page, "items": items}
    return responses.json(found, labelled=True)


def _policy(found: PolicyInForce, name: str) -> dict[str, Any]:
    return {
        "region": {"code": found.region, "name": name},
        "listingType": found.listing_type,
        "isDefault": found.is_default,
        "decisionReference": found.reference,
        "decidedOn": found.decided_on,
        "validFrom": found.valid_from,
        "validTo": found.valid_to,
        "topics": _topics(found.policy),
    }


def _topics(policy: Policy) -> list[dict[str, Any]]:
    headings = {chapter.topic: chapter.heading for chapter in chapters(policy)}
    said = statements(policy)
    return [
        {
            "topic": topic,
            "heading": headings[topic],
            "statements": [
                {"code": one.code, "arguments": one.arguments, "text": sentence(one)}
                for one in said
                if one.topic == topic
            ],
        }
        for topic in TOPICS
        if topic in headings
    ]
