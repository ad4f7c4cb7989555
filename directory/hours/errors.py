"""What can be wrong with hours that a caller hands over."""

from core.problems import Invalid


class InvalidHours(Invalid):
    """Hours that contradict themselves or are not of the documented form."""

    code = "invalid-hours"
    title = "The hours cannot be understood"
