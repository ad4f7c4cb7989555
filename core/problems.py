"""Domain problems: what can go wrong that a caller should hear about, independent of HTTP.

A problem has a stable `code` (never reworded: clients switch on it), the HTTP status that fits, and a
message for the person who asked. It never carries personal data, because it ends in logs.
"""


class Problem(Exception):
    """Base of every refusal. Subclasses set `code`, `status` and `title`; `detail` says how to mend it."""

    code = "problem"
    status = 400
    title = "The request could not be carried out"

    def __init__(self, detail: str, **extra: object) -> None:
        super().__init__(detail)
        self.detail = detail
        self.extra = extra


class NotFound(Problem):
    """What was asked for does not exist, or may not be seen."""

    code = "not-found"
    status = 404
    title = "Not found"


class Invalid(Problem):
    """An argument is not of the documented form."""

    code = "invalid-argument"
    status = 400
    title = "Invalid argument"
