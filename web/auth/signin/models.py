"""Tables of those who are signed in, and of those who are on their way."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, DateTime, ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

# The foreign key points at the register of persons by name, so its class must be known before any statement.
import listing.models  # noqa: F401
from core.database import Base


class WebSession(Base):
    """One signed-in browser. Whoever reads this table can neither continue a session nor read whose it is.

    `id_hash` is made of the secret in the cookie; `sealed` is encrypted with another value made of the same
    secret, so only the browser's own requests can open it. `login_hash` is made of the provider's session,
    for a log-out that the provider sends.
    """

    __tablename__ = "web_session"
    __table_args__ = (
        CheckConstraint("octet_length(id_hash) = 32", name="id_hash_size"),
        CheckConstraint("octet_length(login_hash) = 32", name="login_hash_size"),
        CheckConstraint("seen_at >= created_at and expires_at > created_at", name="times"),
    )

    id_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    person_id: Mapped[int | None] = mapped_column(
        BigInteger, ForeignKey("person.id", ondelete="CASCADE"), index=True
    )
    login_hash: Mapped[bytes | None] = mapped_column(LargeBinary, index=True)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    seen_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), index=True)
    expires_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), index=True)


class WebSignIn(Base):
    """One sign-in under way: what was sent to the provider, until the answer comes, once."""

    __tablename__ = "web_sign_in"
    __table_args__ = (CheckConstraint("octet_length(state_hash) = 32", name="state_hash_size"),)

    state_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    expires_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), index=True)
