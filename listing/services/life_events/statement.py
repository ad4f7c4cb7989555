"""One statement of the population register about one person, as an importer hands it over."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from codes.identifiers import PersonId
from listing.people.record import PersonRecord

Told = Literal[
    "born",
    "immigrated",
    "moved",
    "emigrated",
    "died",
    "identity-changed",
    "new-identity",
    "protected",
    "protection-lifted",
    "guardians-changed",
    "corrected",
]
"""What the register says has happened; the difference to what is known decides, see `rules.life_events`.

`new-identity` is a number given for protection (fingerade personuppgifter): the link to the former is secret.
"""


@dataclass(frozen=True, slots=True)
class Care:
    """Special housing or home care that a unit answers for; both None: neither."""

    kind: str | None
    unit_id: int | None


@dataclass(frozen=True, slots=True)
class Visit:
    """The unit that the person visited last; both None: unknown."""

    unit_id: int | None
    on: date | None


@dataclass(frozen=True, slots=True, repr=False)
class Statement:
    """`record` is the person as a whole. `row` is where the statement stands in its file.

    `day`: when it happened, None: not said. `stated_at`: when the register wrote it. `former`: the number
    that the person had until now. `guardians`, `care`, `visit` are None when the source does not say.
    """

    row: int
    record: PersonRecord
    told: Told | None = None
    day: date | None = None
    stated_at: datetime | None = None
    former: PersonId | None = None
    guardians: tuple[PersonId, ...] | None = None
    care: Care | None = None
    visit: Visit | None = None

    def __repr__(self) -> str:
        return f"Statement(row={self.row})"


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why a statement was not taken (`rejected`), or what is doubtful about it. Nothing of the person."""

    row: int
    code: str
    rejected: bool = False
