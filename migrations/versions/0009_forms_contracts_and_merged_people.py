"""A printed form counts once, a contract's end is known as one, and two rows can be known as one person."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0009"
down_revision: str | None = "0008"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_TYPES = "listing_type in ('health-centre', 'child-health-centre', 'midwifery', 'rehabilitation')"
_REGISTERS = """
INSERT INTO unit_register (care_unit_id, listing_type)
SELECT DISTINCT care_unit_id, listing_type FROM unit_contract ORDER BY 1, 2 ON CONFLICT DO NOTHING
"""


def upgrade() -> None:
    op.create_table(
        "registered_form",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("number", sa.String(8), nullable=False),
        sa.Column("slot", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("care_unit_id", sa.BigInteger(), nullable=False),
        sa.Column("listing_type", sa.String(24), nullable=False),
        sa.Column("for_child", sa.Boolean(), nullable=False),
        sa.Column("registered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("registered_by", sa.Text(), nullable=False),
        sa.Column("void_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(_TYPES, name=op.f("ck_registered_form_listing_type")),
        sa.CheckConstraint("slot between 0 and 2", name=op.f("ck_registered_form_slot")),
        sa.ForeignKeyConstraint(
            ["care_unit_id"], ["care_unit.id"], name=op.f("fk_registered_form_care_unit_id_care_unit")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
            name=op.f("fk_registered_form_person_id_person"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registered_form")),
    )
    for name, columns in (
        ("uq_registered_form_once_per_person", ["number", "person_id"]),
        ("uq_registered_form_slot", ["number", "slot"]),
    ):
        op.create_index(
            name, "registered_form", columns, unique=True, postgresql_where=sa.text("void_at is null")
        )
    op.create_index("ix_registered_form_person_id", "registered_form", ["person_id"])
    op.add_column(
        "unit_closure", sa.Column("cause", sa.String(16), server_default="decision", nullable=False)
    )
    op.create_check_constraint(
        op.f("ck_unit_closure_cause"), "unit_closure", "cause in ('decision', 'contract-ended')"
    )
    op.add_column("person", sa.Column("merged_into_id", sa.BigInteger(), nullable=True))
    op.create_foreign_key(
        op.f("fk_person_merged_into_id_person"),
        "person",
        "person",
        ["merged_into_id"],
        ["id"],
        ondelete="CASCADE",
    )
    op.create_check_constraint(
        op.f("ck_person_merged"),
        "person",
        "merged_into_id is null or (merged_into_id <> id and not registered and deregistration_reason = 'GN')",
    )
    op.create_index(
        "ix_person_merged_into_id",
        "person",
        ["merged_into_id"],
        postgresql_where=sa.text("merged_into_id is not null"),
    )
    op.execute(_REGISTERS)


def downgrade() -> None:
    op.drop_index("ix_person_merged_into_id", table_name="person")
    op.drop_constraint(op.f("ck_person_merged"), "person")
    op.drop_column("person", "merged_into_id")
    op.drop_constraint(op.f("ck_unit_closure_cause"), "unit_closure")
    op.drop_column("unit_closure", "cause")
    op.drop_table("registered_form")
