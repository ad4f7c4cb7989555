"""What can be refused when code systems are loaded or read."""

from core.problems import NotFound, Problem


class InvalidCodeSystem(Problem):
    """The definition contradicts itself, lacks a label or maps to a code that does not exist."""

    code = "invalid-code-system"
    status = 422
    title = "The code system cannot be loaded"


class VersionConflict(Problem):
    """The version is already loaded and is not what is offered now."""

    code = "code-system-version-conflict"
    status = 409
    title = "This version is already loaded with other content"


class UnknownCodeSystem(NotFound):
    """No code system has this key."""

    code = "code-system-unknown"


class UnknownCode(NotFound):
    """The system has no such code, in use or retired."""

    code = "code-unknown"
