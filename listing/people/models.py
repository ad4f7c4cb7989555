"""What the database knows of the keys: enough to notice that a key file is not its own."""

from sqlalchemy import LargeBinary, SmallInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Base


class KeyCheck(Base):
    """Eight bytes of a keyed hash for every key ever used here. They say nothing about the key."""

    __tablename__ = "key_check"

    use: Mapped[str] = mapped_column(String(8), primary_key=True)
    number: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    check_value: Mapped[bytes] = mapped_column(LargeBinary)
