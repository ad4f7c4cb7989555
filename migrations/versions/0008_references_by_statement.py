"""References of the register's history, notices and allocated listings are checked once per statement."""

from collections.abc import Sequence
from pathlib import Path

from alembic import op

revision: str = "0008"
down_revision: str | None = "0007"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_SQL = Path(__file__).parent.parent / "sql"
_KEYS = (
    ("fk_listing_allocation_run_id", "listing", "allocation_run_id", "allocation_run", None),
    ("fk_listing_event_person_id", "listing_event", "person_id", "person", None),
    ("fk_listing_event_care_unit_id", "listing_event", "care_unit_id", "care_unit", None),
    ("fk_listing_notice_person_id", "listing_notice", "person_id", "person", "CASCADE"),
    ("fk_listing_notice_care_unit_id", "listing_notice", "care_unit_id", "care_unit", None),
)
_FUNCTIONS = (
    "listing_refer",
    "listing_event_refer",
    "listing_notice_refer",
    "reference_changed",
    "referenced_keep",
    "listing_notice_follow",
    "reference_refuse",
)


def upgrade() -> None:
    for name, table, *_ in _KEYS:
        op.drop_constraint(name, table, type_="foreignkey")
    statement = (_SQL / "0008_references_by_statement.sql").read_text(encoding="utf-8")
    op.get_bind().exec_driver_sql(statement)


def downgrade() -> None:
    for name in _FUNCTIONS:
        op.execute(f"DROP FUNCTION {name} CASCADE")  # and the triggers that call it
    for name, table, column, referenced, on_delete in _KEYS:
        op.create_foreign_key(name, table, referenced, [column], ["id"], ondelete=on_delete)
