"""Proofs of possession: which hold, and what a thief might send instead."""

import hmac
from typing import Any

import pytest
from insurance.access.proofs import WINDOW_SECONDS, ProvenCall, check_proof
from insurance.access.tokens import LEEWAY_SECONDS, TokenRefused, encode
from joserfc.jwk import ECKey, RSAKey

from tests.support.proofs import Key, p256, proof, rsa, signed

type Json = dict[str, Any]

NOW = 1_790_000_000
TOKEN = "eyJ.an-access.token"
URL = "https://api.coverwright.example/v1/claims"
CALL = ProvenCall("POST", URL, TOKEN)
KEYS = frozenset({p256().thumbprint(), rsa().thumbprint()})


def made(**changes: Any) -> str:
    return proof("POST", URL, TOKEN, **({"iat": NOW} | changes))


def reason(compact: str, call: ProvenCall = CALL, keys: frozenset[str] = KEYS) -> str:
    with pytest.raises(TokenRefused) as refused:
        check_proof(compact, call, keys, NOW)
    return refused.value.reason


@pytest.mark.parametrize("key", [p256(), rsa()])
def test_a_proof_of_a_registered_key_holds(key: Key) -> None:
    accepted = check_proof(made(key=key), CALL, KEYS, NOW)

    assert accepted.expires_at == NOW + WINDOW_SECONDS + 1


def test_one_proof_has_one_id_and_another_has_another() -> None:
    ids = {check_proof(made(jti=jti), CALL, KEYS, NOW).id for jti in ("one", "one", "two")}

    assert len(ids) == 2


@pytest.mark.parametrize("at", [NOW - WINDOW_SECONDS, NOW, NOW + LEEWAY_SECONDS])
def test_a_proof_is_good_for_a_minute(at: int) -> None:
    assert check_proof(made(iat=at), CALL, KEYS, NOW)


@pytest.mark.parametrize(
    ("iat", "because"),
    [
        (NOW - WINDOW_SECONDS - 1, "too_old"),
        (NOW + LEEWAY_SECONDS + 1, "issued_in_the_future"),
        (None, "no_iat"),
        (str(NOW), "no_iat"),
        (True, "no_iat"),
        (float(NOW), "no_iat"),
    ],
)
def test_an_old_one_one_of_tomorrow_and_one_of_no_time_are_refused(iat: Any, because: str) -> None:
    assert reason(made(iat=iat)) == because


@pytest.mark.parametrize("method", ["GET", "post", None, ["POST"]])
def test_another_method_is_refused(method: Any) -> None:
    assert reason(made(htm=method)) == "other_method"


@pytest.mark.parametrize(
    "url",
    [
        "https://api.coverwright.example/v1/claims/",
        "https://api.coverwright.example/v1/claims/clm_1",
        "https://api.coverwright.example/prod/v1/claims",
        "https://api.coverwright.example:8443/v1/claims",
        "https://api.coverwright.example.evil.example/v1/claims",
        "https://somebody@api.coverwright.example/v1/claims",
        "http://api.coverwright.example/v1/claims",
        "/v1/claims",
        "https://[::1/v1/claims",
        "",
        None,
        17,
    ],
)
def test_another_address_is_refused(url: Any) -> None:
    assert reason(made(htu=url)) == "other_address"


@pytest.mark.parametrize(
    "url",
    [
        f"{URL}?status=open",
        f"{URL}#x",
        URL.replace("api.c", "API.C"),
        URL.replace("e/v", "e:443/v"),
    ],
)
def test_the_same_address_may_be_written_otherwise(url: str) -> None:
    assert check_proof(made(htu=url), CALL, KEYS, NOW)


@pytest.mark.parametrize("ath", [None, "", "x", 1])
def test_a_proof_that_names_no_token_or_another_is_refused(ath: Any) -> None:
    assert reason(made(ath=ath)) == "other_token"


def test_a_proof_is_no_use_with_another_token() -> None:
    assert reason(made(), ProvenCall("POST", URL, "another.access.token")) == "other_token"


@pytest.mark.parametrize("jti", [None, "", "two words", "x" * 257, 7])
def test_a_proof_without_a_name_is_refused(jti: Any) -> None:
    assert reason(made(jti=jti)) == "no_jti"


def test_another_key_is_refused_even_with_a_good_signature() -> None:
    assert reason(made(key=p256("a thief's"))) == "other_key"
    assert reason(made(), keys=frozenset()) == "other_key"


def test_a_registered_key_with_a_strangers_signature_is_refused() -> None:
    public = p256().as_dict(private=False)

    assert reason(made(key=p256("a thief's"), header={"jwk": public})) == "bad_signature"


def test_a_changed_claim_breaks_the_signature() -> None:
    header, _, signature = made().split(".")
    _, body, _ = made(jti="another").split(".")

    assert reason(f"{header}.{body}.{signature}") == "bad_signature"


@pytest.mark.parametrize(
    "algorithm", ["none", "HS256", "RS256", "ES384", "PS512", "EdDSA", "es256", "", 7, ["ES256"]]
)
def test_only_es256_and_ps256_sign_proofs(algorithm: Any) -> None:
    assert reason(made(header={"alg": algorithm})) == "algorithm_not_allowed"


def test_a_public_key_is_no_secret_to_sign_with() -> None:
    header, body, _ = made(header={"alg": "HS256"}).split(".")
    secret = p256().as_pem(private=False)
    signature = encode(hmac.digest(secret, f"{header}.{body}".encode(), "sha256"))

    assert reason(f"{header}.{body}.{signature}") == "algorithm_not_allowed"


def test_a_signature_of_nothing_is_refused() -> None:
    header, body, _ = made().split(".")

    assert reason(f"{header}.{body}.") == "malformed"
    assert reason(f"{header}.{body}.AAAA") == "bad_signature"


@pytest.mark.parametrize("key", [p256(), rsa()])
def test_a_private_key_that_is_sent_is_refused(key: ECKey | RSAKey) -> None:
    assert reason(made(key=key, header={"jwk": key.as_dict(private=True)})) == "private_key_sent"


@pytest.mark.parametrize(
    "jwk",
    [
        rsa().as_dict(private=False) | {"n": "w" * 171},  # 1,024 bits
        rsa().as_dict(private=False) | {"e": "Aw"},
        ECKey.generate_key("P-384").as_dict(private=False),
        {"kty": "oct", "k": "c2VjcmV0"},
        {"kty": "EC"},
        {"kty": "EC", "crv": "P-256", "x": 1, "y": 2},
        "a key",
        None,
    ],
)
def test_a_weak_key_a_secret_or_none_is_refused(jwk: Any) -> None:
    for key in (p256(), rsa()):
        sent = made(key=key, header={"jwk": jwk})
        assert reason(sent) in {"algorithm_not_allowed", "malformed", "header_not_allowed"}


def test_a_point_that_is_not_on_the_curve_is_refused() -> None:
    jwk = p256().as_dict(private=False) | {"y": p256("another").as_dict(private=False)["y"]}

    assert reason(made(header={"jwk": jwk})) in {"other_key", "bad_signature"}


@pytest.mark.parametrize(
    ("header", "because"),
    [
        ({"typ": "JWT"}, "wrong_type"),
        ({"typ": "at+jwt"}, "wrong_type"),
        ({"typ": None}, "header_not_allowed"),
        ({"jku": "https://evil.example/keys"}, "header_not_allowed"),
        ({"kid": "own"}, "header_not_allowed"),
        ({"crit": ["exp"]}, "header_not_allowed"),
        ({"x5c": ["MII"]}, "header_not_allowed"),
    ],
)
def test_a_header_has_three_members(header: Json, because: str) -> None:
    assert reason(made(header=header)) == because


@pytest.mark.parametrize("sent", ["", "x", "a.b", "a.b.c", "....", "\u0661.b.c", "x" * 4_097])
def test_what_is_no_signed_token_is_refused(sent: str) -> None:
    assert reason(sent) in {"malformed", "oversized"}


def test_a_proof_that_is_too_long_is_not_even_read() -> None:
    assert reason(made(padding="x" * 4_096)) == "oversized"


def test_an_access_token_is_no_proof() -> None:
    sent = signed({"typ": "JWT", "alg": "ES256", "kid": "own"}, {"sub": "harbour"}, p256())

    assert reason(sent) == "header_not_allowed"
