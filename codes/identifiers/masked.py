"""The base of every identifier of a person: a value that does not print itself."""

from dataclasses import dataclass

from codes.identifiers.errors import InvalidIdentifier

MASK = "***"


@dataclass(frozen=True, order=True, repr=False, slots=True)
class MaskedId:
    """`value` is the real number; `str()`, `repr()` and formatting show only the mask.

    A log line, a traceback or a careless template therefore cannot leak it: to show it is a decision.
    """

    value: str

    def __post_init__(self) -> None:
        problem = self.problem_with(self.value)
        if problem:
            raise InvalidIdentifier(problem)

    @classmethod
    def problem_with(cls, value: str) -> str | None:
        """What is wrong with `value` as a canonical number of this kind, or None."""
        raise TypeError(f"{cls.__name__} is a base, not an identifier")

    def __str__(self) -> str:
        return MASK

    def __repr__(self) -> str:
        return f"{type(self).__name__}({MASK})"
