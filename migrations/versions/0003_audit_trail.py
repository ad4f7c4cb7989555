"""The audit trail: purposes and roles, append-only by trigger, and the chain of seals; checks of the keys."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0003"
down_revision: str | None = "0002"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_APPEND_ONLY = ("audit_event", "audit_seal")

_REFUSE = """
CREATE FUNCTION audit_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'HV002';
END
$$
"""


def upgrade() -> None:
    op.add_column(
        "audit_event",
        sa.Column(
            "txid",
            sa.BigInteger(),
            server_default=sa.text("(pg_current_xact_id()::text)::bigint"),
            nullable=False,
        ),
    )
    op.add_column("audit_event", sa.Column("actor_role", sa.String(length=16), nullable=True))
    op.add_column("audit_event", sa.Column("purpose", sa.String(length=16), nullable=True))
    op.create_check_constraint(
        op.f("ck_audit_event_person_with_purpose"),
        "audit_event",
        "subject_kind <> 'person' or (purpose is not null and actor_role is not null)",
    )
    op.create_index("ix_audit_event_txid_id", "audit_event", ["txid", "id"], unique=False)
    op.create_table(
        "audit_seal",
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("sealed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("snapshot", sa.Text(), nullable=False),
        sa.Column("ids", postgresql.INT8MULTIRANGE(), nullable=False),
        sa.Column("rows", sa.BigInteger(), nullable=False),
        sa.Column("tags", sa.LargeBinary(), nullable=False),
        sa.Column("previous", sa.LargeBinary(), nullable=False),
        sa.Column("mac", sa.LargeBinary(), nullable=False),
        sa.Column("key", sa.SmallInteger(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_audit_seal")),
    )
    op.create_table(
        "key_check",
        sa.Column("use", sa.String(length=8), nullable=False),
        sa.Column("number", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("check_value", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("use", "number", name=op.f("pk_key_check")),
    )
    op.execute(_REFUSE)
    for table in _APPEND_ONLY:
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse_change()"
        )


def downgrade() -> None:
    for table in _APPEND_ONLY:
        op.execute(f"DROP TRIGGER {table}_append_only ON {table}")
    op.execute("DROP FUNCTION audit_refuse_change()")
    op.drop_table("key_check")
    op.drop_table("audit_seal")
    op.drop_index("ix_audit_event_txid_id", table_name="audit_event")
    op.drop_constraint(op.f("ck_audit_event_person_with_purpose"), "audit_event", type_="check")
    op.drop_column("audit_event", "purpose")
    op.drop_column("audit_event", "actor_role")
    op.drop_column("audit_event", "txid")
