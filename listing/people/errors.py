"""What can go wrong with people's records. No message holds personal data."""

from core.problems import NotFound, Problem


class KeysUnavailable(Problem):
    """The key file is missing, malformed, readable by others, or not the one of this database."""

    code = "keys-unavailable"
    status = 503
    title = "The keys to people's details are not available"


class KeyInUse(Problem):
    """A key that is current, or that rows still need, cannot be taken away."""

    code = "key-in-use"
    status = 409
    title = "The key is in use"


class SealBroken(Problem):
    """Sealed details do not open: they were altered, moved from another row, or sealed by another key."""

    code = "seal-broken"
    status = 500
    title = "A person's details cannot be read"


class PersonUnknown(NotFound):
    """Nobody in the register has that identity."""

    code = "person-unknown"
    title = "The person is not in the register"


class IdentityTaken(Problem):
    """The identity belongs to somebody else in the register already."""

    code = "identity-taken"
    status = 409
    title = "The identity number belongs to another person"
