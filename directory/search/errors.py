"""What can go wrong with a search."""

from core.problems import Problem


class IndexUnavailable(Problem):
    """The text index is missing or damaged; the writer makes it anew within seconds."""

    code = "search-index-unavailable"
    status = 503
    title = "The search index is being rebuilt"


class IndexLocked(Problem):
    """Another process writes this index; one at a time may."""

    code = "search-index-locked"
    status = 409
    title = "Another process is writing the search index"
