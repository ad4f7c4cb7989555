"""A listing that changes nothing for others leaves its unit settled."""

from collections.abc import Sequence
from pathlib import Path

from alembic import op

revision: str = "0007"
down_revision: str | None = "0006"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_SQL = Path(__file__).parent.parent / "sql"


def upgrade() -> None:
    statement = (_SQL / "0007_settle_when_it_matters.sql").read_text(encoding="utf-8")
    op.get_bind().exec_driver_sql(statement)


def downgrade() -> None:
    counters = (_SQL / "0002_listing_counters.sql").read_text(encoding="utf-8")
    begins = counters.index("CREATE FUNCTION unit_register_count(")
    former = counters[begins : counters.index("-- Listings: what occupies counts.")]
    op.get_bind().exec_driver_sql(former.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION", 1))
