"""Refusals of a whole run; nothing has been changed when one is raised before the first batch."""

from core.problems import Problem


class AllocationRunning(Problem):
    """Another run for the same region and listing type is at work."""

    code = "allocation-running"
    status = 409
    title = "Another allocation is running"


class DayNotPossible(Problem):
    """The day is past, or further ahead than people and limits can be known."""

    code = "date-not-possible"
    status = 422
    title = "The day is not possible"


class RunUnknown(Problem):
    """There is no such run."""

    code = "allocation-run-unknown"
    status = 404
    title = "No such allocation"


class RegionUnknown(Problem):
    """There is no such region."""

    code = "region-unknown"
    status = 404
    title = "No such region"
