"""There and back: somebody is sent to a provider, and comes back with an answer."""

from urllib.parse import urlsplit

from authlib.common.security import generate_token
from flask import Response, request, url_for

from core import audit
from core.database import unit_of_work
from web.access import PUBLIC, audience
from web.auth.signin import attempts, cookies, sessions
from web.auth.signin.attempts import Attempt
from web.auth.signin.blueprint import signin
from web.auth.signin.claims import login_of
from web.auth.signin.client import Client
from web.auth.signin.errors import AnswerRefused, AnswerTooLate, Cancelled, SignInFailed
from web.auth.signin.guard import Need, current_visitor, level_for, see_other
from web.auth.signin.identify import visitor_of
from web.auth.signin.levels import names_from
from web.auth.signin.next_page import local_path
from web.auth.signin.visitor import Visitor
from web.auth.signin.way_in import client_named, public_address
from web.language import LANGUAGES
from web.site.i18n import current_language
from web.unit_of_work import current_engine, current_settings


@signin.get("/logga-in/till/<key>")
@audience(PUBLIC)
def start(key: str) -> Response:
    """Send somebody to a provider. `need` asks for a level; a signed-in person is then identified anew."""
    client = client_named(key)
    next_path = local_path(request.args.get("next"))
    try:
        return see_other(_send(client, next_path))
    except SignInFailed as error:
        return _failed(error, next_path, current_language())


def _send(client: Client, next_path: str) -> str:
    settings = current_settings()
    provider = client.provider
    step_up = request.args.get("need") == Need.LISTING and not provider.staff
    least = settings.staff_level if provider.staff else level_for(Need.SIGN_IN, settings)
    level = max(least, level_for(Need.LISTING, settings)) if step_up else least
    attempt = Attempt(
        provider=provider.key,
        nonce=generate_token(40),
        verifier=generate_token(64),
        redirect_uri=public_address("signin.answer", key=provider.key),
        next=next_path,
        language=current_language(),
        level=level,
    )
    acr = _acr(client, level)
    state = attempts.begin(current_engine(), cookies.browser_secret(make=True), attempt)
    return client.authorize_url(
        redirect_uri=attempt.redirect_uri,
        state=state,
        nonce=attempt.nonce,
        verifier=attempt.verifier,
        language=attempt.language,
        acr=acr,
        again=step_up and current_visitor().is_signed_in,
    )


def _acr(client: Client, level: int) -> list[str]:
    """The levels to ask for, by those names that the provider says, or our settings say, that it knows."""
    provider = client.provider
    if not provider.ask_for_level:
        return []
    supported = client.metadata().get("acr_values_supported")
    understood = supported if isinstance(supported, list) else provider.own_levels
    return names_from(level, provider.levels, understood)


@signin.get("/logga-in/svar/<key>")
@audience(PUBLIC)
def answer(key: str) -> Response:
    """Take a provider's answer, once, and begin a session under a new secret."""
    client = client_named(key)
    attempt = _attempt(key)
    next_path, language = (attempt.next, attempt.language) if attempt else ("/", current_language())
    try:
        if attempt is None:
            raise AnswerTooLate("no sign-in of this browser waits for this answer")
        visitor = _sign_in(client, attempt)
    except SignInFailed as error:
        return _failed(error, next_path, language)
    if visitor.is_staff and visitor.commission is None:
        return see_other(url_for("signin.commissions", next=next_path, lang=language))
    return see_other(next_path)


def _attempt(key: str) -> Attempt | None:
    """The attempt that the answer's state names, if this browser made it and with this provider."""
    browser, state = cookies.browser_secret(), request.args.get("state", "")
    if not browser or not state:
        return None
    attempt = attempts.take(current_engine(), browser, state)
    return attempt if attempt and attempt.provider == key else None


def _sign_in(client: Client, attempt: Attempt) -> Visitor:
    if request.args.get("iss", client.provider.issuer) != client.provider.issuer:
        raise AnswerRefused("the answer is another provider's")
    if "error" in request.args:
        raise Cancelled("the provider ended the sign-in")
    tokens = client.exchange(
        code=request.args.get("code", ""), verifier=attempt.verifier, redirect_uri=attempt.redirect_uri
    )
    claims = client.identity(tokens, attempt.nonce)
    engine, settings = current_engine(), current_settings()
    with unit_of_work(engine) as session:
        visitor = visitor_of(session, settings, client.provider, claims, attempt.level)
        audit.record(
            session,
            actor=visitor.key,
            action="sign-in",
            subject_kind="session",
            subject_key=visitor.key,
            provider=visitor.provider,
            level=visitor.level,
        )
    login = f"{client.provider.key} {sid}" if (sid := login_of(claims)) else ""
    hint = str(tokens["id_token"]) if client.provider.logout_id_token_hint else ""
    secret = sessions.begin(
        engine, settings, visitor, login=login, id_token=hint, instead_of=cookies.session_secret()
    )
    cookies.keep_session(secret)
    return visitor


def _failed(error: SignInFailed, next_path: str, language: str) -> Response:
    """To the page that says why, under an address of its own, because this one holds one-time values."""
    explicit = language if language in LANGUAGES and "lang=" in urlsplit(next_path).query else None
    return see_other(url_for("signin.failed", reason=error.code, next=next_path, lang=explicit))
