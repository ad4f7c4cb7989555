"""Who belongs to whom: links follow the records, and each change of parent keeps the earlier link's dates."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from core.clock import SWEDEN
from directory.models import CareUnit
from directory.services.history import Context

if TYPE_CHECKING:
    from directory.services.projection import UnitChange

_FIELDS = frozenset({"parent", "provider", "kind"})

_PARENTS = """
    SELECT child.id AS child_id, child.kind AS child_kind, parent.id AS parent_id, parent.kind AS parent_kind
    FROM unnest(CAST(:children AS bigint[]), CAST(:parents AS text[]), CAST(:providers AS text[]))
        AS wanted (child_id, parent_hsa_id, organisation_number)
    JOIN care_unit child ON child.id = wanted.child_id
    JOIN LATERAL (
        SELECT p.id, p.kind FROM care_unit p
        WHERE (p.hsa_id = wanted.parent_hsa_id
               OR (p.kind = 'provider' AND p.organisation_number = wanted.organisation_number))
          AND (child.kind, p.kind) IN
              (('care_unit', 'provider'), ('unit', 'care_unit'), ('unit', 'provider'))
        ORDER BY p.hsa_id IS NOT DISTINCT FROM wanted.parent_hsa_id DESC
        LIMIT 1
    ) parent ON true
"""


_STALE = """
    WHERE m.child_id = ANY(:children) AND upper_inf(m.valid)
      AND NOT EXISTS (SELECT FROM wanted w WHERE w.child_id = m.child_id AND w.parent_id = m.parent_id)
"""
# Put together from constants; every value is a bound parameter.
_WANTED = "WITH wanted AS (" + _PARENTS + ") "
_FORGET = text(
    _WANTED + "DELETE FROM care_unit_membership m" + _STALE + " AND lower(m.valid) = :today"  # noqa: S608
)
_END = text(
    _WANTED + "UPDATE care_unit_membership m"  # noqa: S608
    " SET valid = daterange(lower(m.valid), :today), updated_at = :at" + _STALE
)
_BEGIN = text(
    _WANTED + "INSERT INTO care_unit_membership"  # noqa: S608
    " (child_id, child_kind, parent_id, parent_kind, valid, source_id, import_run_id, updated_at)"
    " SELECT w.child_id, w.child_kind, w.parent_id, w.parent_kind, daterange(:today, NULL),"
    " :source_id, :run_id, :at FROM wanted w"
    " WHERE NOT EXISTS (SELECT FROM care_unit_membership m"
    " WHERE m.child_id = w.child_id AND upper_inf(m.valid))"
)


def link(session: Session, units: Sequence["UnitChange"], context: Context) -> None:
    """Bring the tree in line with these records, as of the day of the change.

    A parent that has not arrived yet is linked when it does (`link_waiting`).
    """
    changed = [unit for unit in units if unit.touches(_FIELDS)]
    _ensure_providers(session, [unit.values.get("provider", {}) for unit in changed], context)
    if changed:
        _relink(session, changed, context)
    arrived = [unit.hsa_id for unit in changed if "kind" in unit.changed]
    if arrived:
        link_waiting(session, arrived, context)


def link_waiting(session: Session, parents: Sequence[str], context: Context) -> None:
    """Link the units whose record names one of these parents and that have no link to it yet."""
    rows = session.execute(
        text(
            "SELECT DISTINCT v.care_unit_id, v.record->>'parent' FROM care_unit_version v"
            " WHERE upper_inf(v.period) AND v.record ? 'parent' AND v.record->>'parent' = ANY(:parents)"
            " AND NOT EXISTS (SELECT FROM care_unit_membership m JOIN care_unit p ON p.id = m.parent_id"
            "   WHERE m.child_id = v.care_unit_id AND upper_inf(m.valid) AND p.hsa_id = v.record->>'parent')"
        ),
        {"parents": list(parents)},
    ).all()
    if rows:
        children = [child for child, _ in rows]
        _store(session, children, [parent for _, parent in rows], [None] * len(rows), context)


def _relink(session: Session, units: Sequence["UnitChange"], context: Context) -> None:
    _store(
        session,
        [unit.unit_id for unit in units],
        [unit.values.get("parent") for unit in units],
        [
            unit.values.get("provider", {}).get("organisation_number")
            if unit.values["kind"] != "provider"
            else None
            for unit in units
        ],
        context,
    )


def _store(
    session: Session,
    children: Sequence[int],
    parents: Sequence[str | None],
    providers: Sequence[str | None],
    context: Context,
) -> None:
    """End links that no longer hold, then begin the new ones. A link that lived less than a day goes."""
    values: dict[str, Any] = {
        "children": list(children),
        "parents": list(parents),
        "providers": list(providers),
        "today": context.at.astimezone(SWEDEN).date(),
        "source_id": context.source_id,
        "run_id": context.run_id,
        "at": context.at,
    }
    session.execute(_FORGET, values)
    session.execute(_END, values)
    session.execute(_BEGIN, values)


def _ensure_providers(session: Session, providers: Sequence[dict[str, str]], context: Context) -> None:
    """Make the care providers that are named for the first time, by organisation number."""
    named = {
        provider["organisation_number"]: provider.get("name") or provider["organisation_number"]
        for provider in providers
        if provider.get("organisation_number")
    }
    if not named:
        return
    known = set(
        session.execute(
            select(CareUnit.organisation_number).where(
                CareUnit.kind == "provider", CareUnit.organisation_number.in_(named)
            )
        ).scalars()
    )
    new = [
        {
            "kind": "provider",
            "organisation_number": number,
            "name": name,
            "source_id": context.source_id,
            "import_run_id": context.run_id,
            "updated_at": context.at,
        }
        for number, name in sorted(named.items())
        if number not in known
    ]
    if new:
        session.execute(insert(CareUnit).on_conflict_do_nothing(), new)
