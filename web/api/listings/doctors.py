"""Fast läkarkontakt: the doctors of a unit, who has whom, and who stands in."""

from typing import Any

from flask import Response
from sqlalchemy.orm import Session

from core import clock
from listing.actor import Role
from listing.errors import ListingRefused, ListingUnknown, RegularDoctorUnknown
from listing.people.errors import PersonUnknown
from listing.queries import doctors as doctors_query
from listing.queries import reach
from listing.services import doctor_register
from listing.services import doctors as services
from web.api import responses
from web.api.arguments import NoArguments
from web.api.blueprint import ApiBlueprint
from web.api.idempotency import idempotency_key
from web.api.listings import calls
from web.api.schemas.listings import (
    ChosenDoctorSchema,
    DoctorChoiceSchema,
    DoctorOutcomeSchema,
    DoctorSchema,
    DoctorsSchema,
    EndedSchema,
    SubstituteOutcomeSchema,
    SubstituteSchema,
)
from web.unit_of_work import in_transaction, read_session

blueprint = ApiBlueprint("doctors", "doctors", description="Regular doctors (fast läkarkontakt)")
_ENDED = ("status", "until")
_DOCTOR = (
    *("hsaId", "professionalHsaId", "name", "inTraining", "protected", "fullTimePercent", "ceiling"),
    *("contact", "validFrom", "validTo", "patients", "ended"),
)


@blueprint.public_get("/care-units/<hsa_id>/doctors", NoArguments, DoctorsSchema, operation="listDoctors")
def of_unit(_arguments: dict[str, Any], hsa_id: str) -> Response:
    """The doctors of a unit whom one can have as regular doctor, now or soon, with who stands in for them."""
    found = doctors_query.doctors_of(read_session(), hsa_id, clock.now(), clock.today())
    return responses.json({"total": len(found), "items": found})


@blueprint.for_roles(
    "POST",
    "/regular-doctors",
    *calls.ACTING,
    answer=ChosenDoctorSchema,
    status=201,
    body=DoctorChoiceSchema,
    operation="chooseDoctor",
    idempotent=True,
)
def choose(body: dict[str, Any]) -> Response:
    """Give a person a regular doctor at the health centre where the person is listed, in place of another."""
    responses.negotiated()
    key, doctor, channel = idempotency_key(), body["professional_hsa_id"], calls.own_channel()

    def work(session: Session) -> dict[str, Any]:
        actor, person = calls.person_and_actor(session, body["person_id"])
        try:
            return services.choose_doctor(session, actor, key, person, doctor, channel)
        except ListingUnknown:  # Listed elsewhere than the caller may see: like nobody.
            raise PersonUnknown("The person is not in the register") from None
        except ListingRefused as refused:
            if refused.because == "not-listed" and actor.role is Role.UNIT:
                raise PersonUnknown("The person is not in the register") from None
            raise

    return calls.answer(in_transaction(work), ("professionalHsaId", "validFrom", "warnings"), 201)


@blueprint.for_roles(
    "DELETE",
    "/regular-doctors/<id>",
    *calls.ACTING,
    answer=EndedSchema,
    operation="endDoctor",
    idempotent="optional",
)
def end(id: str) -> Response:
    """Let a regular doctor go, by the `id` that `/person-listings` gives; the listing stays."""
    responses.negotiated()
    key, number = calls.key_or_new(), calls.number_or(id, RegularDoctorUnknown)
    channel, today = calls.own_channel(), clock.today()

    def work(session: Session) -> dict[str, Any]:
        actor = calls.resolved(session)
        try:
            person = doctors_query.holder_of(session, number, today)
            if actor.person_id is not None:
                reach.within(session, actor.person_id, person, today)
            return services.end_doctor(session, actor, key, person, channel)
        except (ListingUnknown, PersonUnknown):
            raise RegularDoctorUnknown("There is no such regular doctor") from None

    return calls.answer(in_transaction(work), _ENDED)


@blueprint.for_roles(
    "PUT",
    "/care-units/<hsa_id>/doctors/<professional_hsa_id>",
    *calls.STAFF,
    answer=DoctorOutcomeSchema,
    body=DoctorSchema,
    operation="putDoctor",
    idempotent="optional",
)
def put(body: dict[str, Any], hsa_id: str, professional_hsa_id: str) -> Response:
    """Register a doctor at the unit, or replace what is stated of one. With `validTo` those who have the
    doctor lose the doctor then, and are told.
    """
    responses.negotiated()
    key, stated = calls.key_or_new(), doctor_register.DoctorAtUnit(**body)
    doctor = calls.hsa_id(professional_hsa_id)
    done = in_transaction(
        lambda session: doctor_register.put_doctor(
            session, calls.resolved(session), key, hsa_id, doctor, stated
        )
    )
    return calls.answer(done, _DOCTOR)


_SUBSTITUTE = "/care-units/<hsa_id>/doctors/<professional_hsa_id>/substitutes/<substitute_hsa_id>"


@blueprint.for_roles(
    "PUT",
    _SUBSTITUTE,
    *calls.STAFF,
    answer=SubstituteOutcomeSchema,
    body=SubstituteSchema,
    operation="putSubstitute",
    idempotent="optional",
)
def put_substitute(
    body: dict[str, Any], hsa_id: str, professional_hsa_id: str, substitute_hsa_id: str
) -> Response:
    """Let a doctor of the unit stand in for another during some days."""
    responses.negotiated()
    key = calls.key_or_new()
    done = in_transaction(
        lambda session: doctor_register.put_substitute(
            session, calls.resolved(session), key, hsa_id, professional_hsa_id, substitute_hsa_id, **body
        )
    )
    return calls.answer(done, ("professionalHsaId", "substituteHsaId", "validFrom", "validTo"))


@blueprint.for_roles(
    "DELETE",
    _SUBSTITUTE,
    *calls.STAFF,
    answer=EndedSchema,
    operation="endSubstitute",
    idempotent="optional",
)
def end_substitute(hsa_id: str, professional_hsa_id: str, substitute_hsa_id: str) -> Response:
    """Let a doctor stand in for another no longer, from today."""
    responses.negotiated()
    key = calls.key_or_new()
    done = in_transaction(
        lambda session: doctor_register.end_substitute(
            session, calls.resolved(session), key, hsa_id, professional_hsa_id, substitute_hsa_id
        )
    )
    return calls.answer(done, _ENDED)
