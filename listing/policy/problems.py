"""What is wrong with a record of a policy, as values: where, what stands there, and how to mend it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PolicyProblem:
    """`path` with dots, as in `queue.offer_days`; `value` as it stands, as text; `code` is stable."""

    path: str
    code: str
    value: str
    message: str


class Problems(list[PolicyProblem]):
    """Gathers problems on the way, so that one reading tells them all."""

    def add(self, path: str, code: str, value: object, message: str) -> None:
        """One more."""
        self.append(PolicyProblem(path, code, shown(value), message))


def shown(value: object) -> str:
    """A value for a report: never longer than a line."""
    text = value if isinstance(value, str) else repr(value)
    return text if len(text) <= 80 else text[:79] + "…"
