"""The one refusal of this folder."""

from core.problems import Problem


class InvalidIdentifier(Problem):
    """The text is not an identifier of this kind. The detail says why and never repeats the text."""

    code = "invalid-identifier"
    status = 400
    title = "Invalid identifier"
