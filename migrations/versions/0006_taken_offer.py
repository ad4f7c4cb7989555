"""An offer that is taken keeps the place that it has held, also where the limit has been lowered since."""

from collections.abc import Sequence
from pathlib import Path

from alembic import op

revision: str = "0006"
down_revision: str | None = "0005"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_SQL = Path(__file__).parent.parent / "sql"


def upgrade() -> None:
    op.get_bind().exec_driver_sql((_SQL / "0006_taken_offer.sql").read_text(encoding="utf-8"))


def downgrade() -> None:
    counters = (_SQL / "0002_listing_counters.sql").read_text(encoding="utf-8")
    begins = counters.index("CREATE FUNCTION listing_count()")
    former = counters[begins : counters.index("CREATE TRIGGER listing_counted_on_insert")]
    op.get_bind().exec_driver_sql(former.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION", 1))
