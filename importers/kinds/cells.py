"""The cells of one row while its record is made: values under column names, and the issues on the way."""

from collections.abc import Callable, Iterable
from typing import TypeVar

from codes.identifiers import HsaId, InvalidIdentifier
from importers.issues import Issue, Trouble
from importers.readers.rows import RawRow

T = TypeVar("T")


class Cells:
    """Reads cells and gathers issues; `key` is the row's HSA-id once it is known."""

    def __init__(self, row: RawRow) -> None:
        self.number = row.number
        self.key: str | None = None
        self._fields = row.fields
        self._given = row.issues
        self._found: list[Issue] = []

    def first(self, name: str) -> str:
        """The first value of a column, or an empty text."""
        values = self._fields.get(name)
        return values[0].strip() if values else ""

    def all(self, name: str) -> list[str]:
        """Every value of a column that is not empty."""
        return [value for value in self._fields.get(name, ()) if value.strip()]

    def read(self, name: str, parse: Callable[[str], tuple[T, Iterable[Trouble]]]) -> T:
        """What the parser makes of the first value; its troubles become issues of the row."""
        text = self.first(name)
        value, troubles = parse(text)
        self.note(troubles, name, text)
        return value

    def note(self, troubles: Iterable[Trouble], field: str, value: str | None) -> None:
        """Make issues of troubles with the value of a field."""
        self._found.extend(trouble.at(self.number, self.key, field, value) for trouble in troubles)

    def warn(self, code: str, field: str, value: str | None, message: str) -> None:
        """One value is dropped or doubtful; the row stays."""
        self.note([Trouble(code, message)], field, value)

    def reject(self, code: str, field: str, value: str | None, message: str) -> None:
        """The row cannot be used."""
        self.note([Trouble(code, message, "error")], field, value)

    def read_key(self, name: str = "hsa_id") -> str | None:
        """The row's HSA-id, without which nothing can be done with the row."""
        text = self.first(name)
        if not text:
            self.reject("hsa-id-missing", name, None, "the row has no HSA-id")
            return None
        try:
            self.key = HsaId.parse(text).value
        except InvalidIdentifier as invalid:
            self.reject("hsa-id-invalid", name, text, invalid.detail)
        return self.key

    def hsa_id(self, name: str, text: str) -> str | None:
        """Another unit's HSA-id that the row names; a malformed one is dropped."""
        if not text.strip():
            return None
        try:
            return HsaId.parse(text).value
        except InvalidIdentifier as invalid:
            self.warn("hsa-id-invalid", name, text, f"{invalid.detail}; it was left out")
            return None

    @property
    def issues(self) -> tuple[Issue, ...]:
        """The reader's issues and ours."""
        given = (
            issue
            if issue.key or not self.key
            else Issue(
                issue.severity, issue.code, issue.row, self.key, issue.field, issue.value, issue.message
            )
            for issue in self._given
        )
        return (*given, *self._found)
