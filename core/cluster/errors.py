"""What can go wrong with the database server itself."""

from core.problems import Problem


class DatabaseUnavailable(Problem):
    """The database cannot be made, started or reached; `detail` names the cause and the cure."""

    code = "database-unavailable"
    status = 503
    title = "The database is unavailable"
