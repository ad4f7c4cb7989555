"""What is believed of a token and what is not: signature, algorithm, issuer, audience, times."""

import base64
import hmac
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jws, jwt
from joserfc.jwk import ECKey, KeySet, OctKey, OKPKey, RSAKey

from core import clock
from core.token_settings import TokenSettings
from listing.actor import Role
from tests.support.tokens import ISSUER, claims, signed
from web.auth.errors import TokenExpired, TokenInvalid
from web.auth.issuers import Issuer
from web.auth.keys import public_keys
from web.auth.tokens import ALGORITHMS, LEEWAY, MAX_LENGTH, Checked, bearer, check

KEY = ECKey.generate_key("P-256", auto_kid=True)
OTHER = ECKey.generate_key("P-256", auto_kid=True)
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


class Fixed:
    """Keys that never change."""

    def __init__(self, *keys: Any) -> None:
        self.keys = public_keys(json.dumps({"keys": [key.as_dict(private=False) for key in keys]}).encode())

    def find(self, _kid: str | None) -> KeySet:
        return self.keys


def checked(token: str, *keys: Any) -> Checked:
    issuer = Issuer(ISSUER, Fixed(*(keys or (KEY,))), frozenset(Role))
    return check(token, {ISSUER: issuer}, TokenSettings())


def refused(token: str, *keys: Any) -> TokenInvalid:
    with pytest.raises(TokenInvalid) as error:
        checked(token, *keys)
    return error.value


def part(value: Any) -> str:
    raw = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def test_a_good_token_is_believed_and_not_printed() -> None:
    found = checked(signed(KEY))
    assert found.claims["role"] == "region"
    assert "region" not in repr(found)


@pytest.mark.parametrize(
    ("algorithm", "key"),
    [
        ("ES384", ECKey.generate_key("P-384", auto_kid=True)),
        ("RS256", rsa := RSAKey.generate_key(2048, auto_kid=True)),
        ("PS256", rsa),
        ("Ed25519", OKPKey.generate_key("Ed25519", auto_kid=True)),
    ],
)
def test_the_asymmetric_algorithms_are_good(algorithm: str, key: Any) -> None:
    assert checked(signed(key, {"alg": algorithm}), key, OTHER).claims["iss"] == ISSUER


def test_no_algorithm_is_symmetric_or_none() -> None:
    assert not {name for name in ALGORITHMS if name.startswith(("HS", "none"))}


def test_none_is_no_signature() -> None:
    for name in ("none", "None", "NONE", "nOnE"):
        header = part({"alg": name, "kid": KEY.kid, "typ": "JWT"})
        for signature in ("", part(b"x" * 64)):
            refused(f"{header}.{part(claims())}.{signature}")


def test_a_public_key_is_no_shared_secret() -> None:
    """The confusion of algorithms: HMAC with whatever form of the published key."""
    for secret in (
        KEY.as_pem(private=False),
        KEY.as_der(private=False),
        json.dumps(KEY.as_dict(private=False)).encode(),
    ):
        for name, digest in {"HS256": "sha256", "HS384": "sha384", "HS512": "sha512"}.items():
            signed_part = f"{part({'alg': name, 'kid': KEY.kid, 'typ': 'JWT'})}.{part(claims())}"
            mac = hmac.digest(secret, signed_part.encode(), digest)
            refused(f"{signed_part}.{part(mac)}")


def test_a_shared_secret_among_published_keys_is_disregarded() -> None:
    shared = OctKey.generate_key(256, auto_kid=True)
    document = {"keys": [shared.as_dict(private=True), KEY.as_dict(private=False)]}
    assert [key.key_type for key in public_keys(json.dumps(document).encode())] == ["EC"]


def test_a_key_that_the_token_brings_along_is_not_believed() -> None:
    token = signed(OTHER, {"jwk": OTHER.as_dict(private=False), "kid": KEY.kid})
    refused(token)
    refused(signed(OTHER, {"jku": "https://evil.example.se/keys", "kid": OTHER.kid}))


def test_a_signature_by_another_key_or_over_other_claims_is_refused() -> None:
    refused(signed(OTHER, {"kid": KEY.kid}))
    head, _, signature = signed(KEY).split(".")
    refused(f"{head}.{part(claims(region='12'))}.{signature}")
    refused(f"{head}.{part(claims())}.")


def test_a_key_for_one_algorithm_is_not_used_for_another() -> None:
    for_rs = RSAKey.import_key({**rsa.as_dict(private=True), "alg": "RS256"})
    assert checked(signed(for_rs, {"alg": "RS256"}), for_rs, OTHER)
    refused(signed(rsa, {"alg": "PS256"}), for_rs, OTHER)


@pytest.mark.parametrize(
    "changed",
    [
        {"iss": "https://other.example.se"},
        {"iss": None},
        {"iss": [ISSUER]},
        {"iss": {"a": 1}},
        {"aud": "another"},
        {"aud": None},
        {"aud": ""},
        {"aud": ["another", "third"]},
        {"aud": 1},
        {"sub": None},
        {"sub": 5},
        {"sub": ""},
        {"iat": None},
        {"iat": "now"},
        {"exp": None},
        {"exp": "never"},
        {"exp": True},
        {"exp": 1e400},
    ],
)
def test_a_token_for_another_or_without_the_claims_is_refused(changed: dict[str, Any]) -> None:
    assert refused(signed(KEY, **changed)).code == "token-invalid"


def test_one_audience_of_several_is_enough() -> None:
    assert checked(signed(KEY, aud=["another", "hittavard"]))


def test_times_hold_to_the_second_with_a_small_leeway() -> None:
    def at(seconds: int) -> datetime:
        return NOW + timedelta(seconds=seconds)

    with clock.frozen(NOW):
        token = signed(KEY, exp=int(NOW.timestamp()) + 600)
        early = signed(KEY, nbf=int(NOW.timestamp()) + 600, exp=int(NOW.timestamp()) + 900)
    for moment, good in [(at(0), True), (at(600 + LEEWAY - 1), True), (at(600 + LEEWAY), False)]:
        with clock.frozen(moment):
            if good:
                assert checked(token)
            else:
                with pytest.raises(TokenExpired) as error:
                    checked(token)
                assert error.value.code == "token-expired"
    with clock.frozen(at(-LEEWAY - 1)):
        refused(token)  # issued in the future
    with clock.frozen(at(600 - LEEWAY - 1)):
        refused(early)
    with clock.frozen(at(600 - LEEWAY)):
        assert checked(early)


def test_a_token_that_lasts_too_long_is_refused() -> None:
    now = int(clock.now().timestamp())
    assert checked(signed(KEY, exp=now + 24 * 3600, iat=now))
    refused(signed(KEY, exp=now + 24 * 3600 + 1, iat=now))


@pytest.mark.parametrize("typ", ["JWE", "logout+jwt", "dpop+jwt", "secevent+jwt", ""])
def test_a_token_made_for_something_else_is_refused(typ: str) -> None:
    refused(signed(KEY, {"typ": typ}))


def test_headers_that_are_critical_are_not_understood_and_others_disregarded() -> None:
    text = jwt.encode({"alg": "ES256", "kid": KEY.kid, "x-broker": "1"}, claims(), KEY, registry=_loose())
    assert checked(text)
    head, payload, signature = signed(KEY).split(".")
    critical = part({"alg": "ES256", "kid": KEY.kid, "crit": ["b64"], "b64": False})
    refused(f"{critical}.{payload}.{signature}")
    assert head


def _loose() -> Any:
    return jws.JWSRegistry(algorithms=["ES256"], strict_check_header=False)


def test_it_is_refused_before_anything_is_computed_when_it_is_too_long() -> None:
    refused("a" * (MAX_LENGTH + 1))
    refused("å.å.å")


@given(
    st.text(max_size=60)
    | st.lists(st.binary(max_size=30), min_size=1, max_size=5).map(
        lambda parts: ".".join(part(one) for one in parts)
    )
)
def test_nonsense_is_refused_and_nothing_else_happens(text: str) -> None:
    refused(text)


@given(
    st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=5), st.lists, max_leaves=4),
    st.dictionaries(
        st.sampled_from(["alg", "kid", "typ", "crit"]), st.none() | st.integers() | st.text(max_size=5)
    ),
)
def test_strange_headers_and_claims_are_refused(payload: Any, header: dict[str, Any]) -> None:
    refused(f"{part(header)}.{part(payload)}.{part(b'x')}")
    refused(f"{part({'alg': 'ES256', **header})}.{part({'iss': ISSUER, 'exp': payload})}.{part(b'x' * 64)}")


def test_the_header_names_the_scheme_in_any_case() -> None:
    assert bearer("bearer  abc ") == "abc"
    assert bearer("Basic abc") is None


def counting(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Each checking of a signature from now on."""
    seen: list[str] = []
    real = jws.validate_compact

    def noting(*given: Any, **options: Any) -> bool:
        seen.append("checked")
        return real(*given, **options)

    monkeypatch.setattr(jws, "validate_compact", noting)
    return seen


def test_the_signature_of_a_token_that_comes_again_is_not_checked_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen = counting(monkeypatch)
    issuers = {ISSUER: Issuer(ISSUER, Fixed(KEY), frozenset(Role))}
    token = signed(KEY)
    first, again = (check(token, issuers, TokenSettings()) for _ in range(2))
    assert first == again
    assert seen == ["checked"]


def test_a_token_that_comes_again_when_its_key_is_withdrawn_is_refused() -> None:
    keys = Fixed(KEY, OTHER)
    issuers = {ISSUER: Issuer(ISSUER, keys, frozenset(Role))}
    token = signed(KEY)
    check(token, issuers, TokenSettings())
    keys.keys = Fixed(OTHER).keys
    with pytest.raises(TokenInvalid):
        check(token, issuers, TokenSettings())


def test_a_token_that_comes_again_is_held_to_its_times_its_audience_and_its_issuer() -> None:
    issuers = {ISSUER: Issuer(ISSUER, Fixed(KEY), frozenset(Role))}
    with clock.frozen(NOW):
        token = signed(KEY)
        check(token, issuers, TokenSettings())
        with pytest.raises(TokenInvalid):
            check(token, issuers, TokenSettings(audience="another"))
        with pytest.raises(TokenInvalid):
            check(token, {}, TokenSettings())
    with clock.frozen(NOW + timedelta(days=1)), pytest.raises(TokenExpired):
        check(token, issuers, TokenSettings())


def test_only_so_many_signatures_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("web.auth.tokens._MOST_SIGNED", 2)
    seen = counting(monkeypatch)
    issuers = {ISSUER: Issuer(ISSUER, Fixed(KEY), frozenset(Role))}
    written = [signed(KEY, sub=f"subject-{number}") for number in range(3)]
    for token in (*written, written[2], written[0]):
        check(token, issuers, TokenSettings())
    assert len(seen) == 4
