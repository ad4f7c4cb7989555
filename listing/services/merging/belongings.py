"""What else hangs on a person's row: messages, forms, doctor, custody, representation, care, visits."""

from datetime import date

from sqlalchemy import text
from sqlalchemy.orm import Session

_MOVE = [
    text(f"UPDATE {table} SET person_id = :kept WHERE person_id = :merged")  # noqa: S608 - constants only
    for table in ("listing_notice", "former_identity")
]
_FORMS = text(
    """
    UPDATE registered_form f SET person_id = :kept WHERE person_id = :merged AND NOT EXISTS (
        SELECT FROM registered_form k
        WHERE k.person_id = :kept AND k.number = f.number AND k.void_at IS NULL AND f.void_at IS NULL)
    """
)
_DOCTOR = text(
    """
    UPDATE doctor_assignment a SET person_id = :kept WHERE a.person_id = :merged AND NOT EXISTS (
        SELECT FROM doctor_assignment k WHERE k.person_id = :kept AND k.valid && a.valid)
    """
)
_END_DOCTOR = text(
    """
    UPDATE doctor_assignment SET valid = CASE WHEN lower(valid) >= CAST(:today AS date)
        THEN 'empty'::daterange ELSE daterange(lower(valid), CAST(:today AS date)) END
    WHERE person_id = :merged AND NOT isempty(valid) AND upper_inf(valid)
    """
)
_RELATIONS = [
    text(
        f"""
        UPDATE {table} t SET {mine} = :kept
        WHERE t.{mine} = :merged AND t.{other} <> :kept AND NOT EXISTS (
            SELECT FROM {table} k WHERE k.{mine} = :kept AND k.{other} = t.{other} AND k.valid && t.valid)
        """  # noqa: S608 - constants only
    )
    for table, one, two in (
        ("guardianship", "child_id", "guardian_id"),
        ("representation", "person_id", "representative_id"),
    )
    for mine, other in ((one, two), (two, one))
]
# What the other row had as well, or would be of a person to themselves.
_LEFT = [
    text(f"DELETE FROM {table} WHERE :merged IN ({one}, {two})")  # noqa: S608 - constants only
    for table, one, two in (
        ("guardianship", "child_id", "guardian_id"),
        ("representation", "person_id", "representative_id"),
    )
]
_CARE = text(
    """
    UPDATE person k SET
        special_care = coalesce(k.special_care, m.special_care),
        special_care_unit_id = coalesce(k.special_care_unit_id, m.special_care_unit_id),
        last_visited_unit_id = CASE WHEN coalesce(k.last_visited_on, '-infinity') < m.last_visited_on
            THEN m.last_visited_unit_id ELSE k.last_visited_unit_id END,
        last_visited_on = greatest(k.last_visited_on, m.last_visited_on)
    FROM person m WHERE k.id = :kept AND m.id = :merged AND k.protection = 'none'
    """
)


def move(session: Session, kept: int, merged: int, today: date) -> None:
    """Let what can stand beside the kept row's own be the kept person's."""
    values = {"kept": kept, "merged": merged, "today": today}
    for statement in (*_MOVE, _FORMS, _DOCTOR, _END_DOCTOR, *_RELATIONS, *_LEFT, _CARE):
        session.execute(statement, values)
