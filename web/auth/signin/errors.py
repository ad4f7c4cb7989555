"""Why a sign-in did not come about. `code` chooses the words of the page; none holds personal data."""

from core.problems import Problem


class SignInFailed(Problem):
    """Base of every reason."""

    code = "failed"
    status = 400
    title = "The sign-in did not come about"


class Cancelled(SignInFailed):
    """The person, or the provider, said no."""

    code = "cancelled"


class AnswerTooLate(SignInFailed):
    """No sign-in of this browser waits for the answer: it was used, is too old, or is another's."""

    code = "too-late"


class AnswerRefused(SignInFailed):
    """The answer is not what the provider would say: signature, issuer, audience, time, nonce or code."""

    code = "refused"


class LevelTooLow(SignInFailed):
    """The person is known, but not well enough."""

    code = "level"


class NoIdentity(SignInFailed):
    """The answer says of no person: no valid personal identity or coordination number, or no HSA-id."""

    code = "identity"


class NoCommission(SignInFailed):
    """A member of staff without any commission that may be here."""

    code = "commission"


class ProviderUnavailable(SignInFailed):
    """The provider does not answer, or not as its settings say."""

    code = "unavailable"
    status = 503


REASONS = frozenset(
    one.code
    for one in (
        Cancelled,
        AnswerTooLate,
        AnswerRefused,
        LevelTooLow,
        NoIdentity,
        NoCommission,
        ProviderUnavailable,
    )
)
