"""When the population register said what it said last of a person; no listing for whoever is gone."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0005"
down_revision: str | None = "0004"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

# An operation that read its person before a death or an emigration was imported writes after it: the row that
# it writes is refused as lost to another transaction (40001), so that its repetition sees what has happened.
_REFUSE = """
CREATE FUNCTION listing_refuse_gone() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM new_rows n JOIN person p ON p.id = n.person_id
        WHERE n.occupies AND upper_inf(n.valid) AND p.deregistration_reason IN ('AV', 'UV')
    ) THEN
        RAISE EXCEPTION 'the person is not in the population register any more'
        USING ERRCODE = 'serialization_failure', CONSTRAINT = 'listing_person_gone', TABLE = 'listing';
    END IF;
    RETURN NULL;
END $$
"""


def upgrade() -> None:
    op.add_column("person", sa.Column("stated_at", sa.DateTime(timezone=True), nullable=True))
    op.execute(_REFUSE)
    op.execute(
        "CREATE TRIGGER listing_person_gone AFTER INSERT ON listing REFERENCING NEW TABLE AS new_rows"
        " FOR EACH STATEMENT EXECUTE FUNCTION listing_refuse_gone()"
    )


def downgrade() -> None:
    op.execute("DROP TRIGGER listing_person_gone ON listing")
    op.execute("DROP FUNCTION listing_refuse_gone")
    op.drop_column("person", "stated_at")
