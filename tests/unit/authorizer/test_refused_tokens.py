"""What proves nothing is a 401, whatever is wrong with it."""

from __future__ import annotations

import io
import json
import logging
import re
import traceback
from base64 import urlsafe_b64decode
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OctKey, RSAKey

from functions.authorizer.app import Unauthorized
from tests.unit.authorizer.house import (
    AUDIENCE,
    CLAIMS,
    NOW,
    PARTNERS_OWN,
    STAFF,
    House,
    ec_key,
    encoded,
    event,
    published,
    rsa_key,
    signed,
)

type Json = dict[str, Any]
type Refuse = Callable[[str], str]


@pytest.fixture
def refused(house: House, capsys: pytest.CaptureFixture[str]) -> Refuse:
    """Assert that a token is refused; return our word for the reason."""

    def reason(token: str) -> str:
        with pytest.raises(Unauthorized, match=r"^Unauthorized$"):
            house.answer(token)
        return str(json.loads(capsys.readouterr().out)["reason"])

    return reason


def header(**changes: object) -> Json:
    members = {"alg": "RS256", "kid": "rsa-1", "typ": "JWT", **changes}
    return {name: value for name, value in members.items() if value is not None}


def without(name: str, claims: Json = CLAIMS) -> Json:
    return {other: value for other, value in claims.items() if other != name}


# ── Algorithms and keys ──


@pytest.mark.parametrize("key", [rsa_key(), ec_key()], ids=["RS256", "ES256"])
def test_a_token_signed_with_a_published_key_is_taken(house: House, key: RSAKey | ECKey) -> None:
    assert house.verdict(signed(key=key)) == "allow"


def test_a_token_without_a_signature_is_refused(refused: Refuse) -> None:
    claims = signed().split(".")[1]

    for algorithm in ("none", "None", "NONE", "nOnE"):
        unsigned = encoded(json.dumps(header(alg=algorithm)).encode())
        assert refused(f"{unsigned}.{claims}.") == "malformed"
        assert refused(f"{unsigned}.{claims}.AAAA") == "algorithm_not_allowed"


@pytest.mark.parametrize("form", ["pem", "der", "modulus"])
def test_a_token_signed_with_the_public_key_as_a_shared_secret_is_refused(
    refused: Refuse, form: str
) -> None:
    modulus = urlsafe_b64decode(str(rsa_key().as_dict(private=False)["n"]) + "==")
    secret = {
        "pem": rsa_key().as_pem(private=False),
        "der": rsa_key().as_der(private=False),
        "modulus": modulus,
    }[form]
    # joserfc does not take a PEM for a secret; a forger's tool would.
    key = OctKey(secret, secret, {"kid": "rsa-1"})

    assert refused(signed(key=key, algorithm="HS256", header=header(alg="HS256"))) == (
        "algorithm_not_allowed"
    )
    assert refused(signed(key=key, algorithm="HS256", header=header())) == "bad_signature"


@pytest.mark.parametrize(
    "algorithm", ["RS384", "RS512", "PS256", "HS256", "ES384", "EdDSA", "rs256"]
)
def test_an_algorithm_that_we_did_not_choose_is_refused(refused: Refuse, algorithm: str) -> None:
    assert refused(signed(header=header(alg=algorithm))) == "algorithm_not_allowed"


def test_a_token_may_not_ask_for_another_algorithm_than_its_key_is_for(refused: Refuse) -> None:
    assert refused(signed(header=header(alg="ES256"))) == "unknown_key"
    assert refused(signed(key=ec_key(), header=header(kid="ec-1"))) == "unknown_key"


@pytest.mark.parametrize("member", ["jwk", "jku", "x5u", "x5c", "crit", "b64", "zip", "p2c"])
def test_a_token_that_brings_its_own_key_or_rules_is_refused(refused: Refuse, member: str) -> None:
    forger = ECKey.generate_key("P-256")
    brought = {"jwk": forger.as_dict(private=False), "crit": ["b64"], "b64": False}
    asked = {member: brought.get(member, "https://forger.example/keys")}

    assert refused(signed(key=forger, header=header(alg="ES256", **asked))) == "header_not_allowed"
    assert refused(signed(header=header(**asked))) == "header_not_allowed"


def test_a_strangers_key_under_a_published_name_is_refused(refused: Refuse) -> None:
    forger = RSAKey.generate_key(2048, {"kid": "rsa-1"})

    assert refused(signed(key=forger)) == "bad_signature"


def test_a_token_whose_claims_were_changed_is_refused(refused: Refuse) -> None:
    start, _, signature = signed().split(".")
    changed = encoded(json.dumps({**CLAIMS, "client_id": "other", "sub": "other"}).encode())

    assert refused(f"{start}.{changed}.{signature}") == "bad_signature"


@pytest.mark.parametrize("length", [1, 63, 65, 512])
def test_a_signature_of_the_wrong_length_is_refused(refused: Refuse, length: int) -> None:
    message = signed(key=ec_key()).rpartition(".")[0]

    assert refused(f"{message}.{encoded(b'\1' * length)}") == "bad_signature"


def test_a_signature_of_zeros_is_refused(refused: Refuse) -> None:
    message = signed(key=ec_key()).rpartition(".")[0]

    assert refused(f"{message}.{encoded(bytes(64))}") == "bad_signature"


def test_a_token_without_a_key_id_is_refused(refused: Refuse) -> None:
    for kid in (None, "", 7, ["rsa-1"], "k" * 257, "rsa 1"):
        assert refused(signed(header=header(kid=kid))) == "no_key_id"


def test_a_token_with_an_unknown_key_id_is_refused(refused: Refuse) -> None:
    assert refused(signed(header=header(kid="../../keys"))) == "unknown_key"


# ── Shape ──


@pytest.mark.parametrize("kind", ["JWE", "dpop+jwt", "secevent+jwt", "logout+jwt", "", 1])
def test_a_token_of_another_type_is_refused(refused: Refuse, kind: object) -> None:
    assert refused(signed(header=header(typ=kind))) == "wrong_type"


@pytest.mark.parametrize("kind", [None, "JWT", "jwt", "at+jwt", "application/at+jwt"])
def test_the_types_of_access_tokens_are_taken(house: House, kind: str | None) -> None:
    assert house.verdict(signed(header=header(typ=kind))) == "allow"


def test_an_oversized_token_is_refused(refused: Refuse) -> None:
    assert refused(signed({**CLAIMS, "padding": "x" * 8_192})) == "oversized"
    assert refused(signed(header=header(x5t="x" * 512))) == "oversized"


def test_duplicate_claims_are_refused(refused: Refuse) -> None:
    twice = json.dumps(CLAIMS)[:-1] + ', "client_id": "other"}'
    nested = json.dumps(CLAIMS)[:-1] + ', "more": {"a": 1, "a": 2}}'

    assert refused(signed(twice.encode())) == "duplicate_member"
    assert refused(signed(nested.encode())) == "duplicate_member"


def test_duplicate_header_members_are_refused(refused: Refuse) -> None:
    _, claims, signature = signed().split(".")
    twice = encoded(b'{"alg":"none","kid":"rsa-1","alg":"RS256"}')

    assert refused(f"{twice}.{claims}.{signature}") == "duplicate_member"


@pytest.mark.parametrize(
    "token",
    [
        "",
        ".",
        "..",
        "a.b",
        "a.b.c.d",
        "a.b.c.d.e",
        f"{signed()}=",
        f"{signed()}\n",
        f" {signed()}",
        signed().replace(".", ".="),
        "\N{FULLWIDTH LATIN SMALL LETTER E}yJhbGciOiJSUzI1NiJ9.e30.AA",
    ],
)
def test_what_is_not_three_base64url_parts_is_refused(refused: Refuse, token: str) -> None:
    assert refused(token) == "malformed"


@pytest.mark.parametrize(
    "claims",
    [
        b"[]",
        b"null",
        b'"text"',
        b"7",
        b"{",
        b"\xff\xfe{}",
        b'{"exp": NaN}',
        b"[" * 5_000,
        b'{"exp": ' + b"9" * 5_000 + b"}",
    ],
    ids=lambda claims: claims[:12].decode("latin-1"),
)
def test_claims_that_are_no_object_of_ours_are_refused(refused: Refuse, claims: bytes) -> None:
    assert refused(signed(claims)) == "malformed"


@pytest.mark.parametrize("value", ["Basic aGk6aGk=", "Bearer", "", "Token {}", "{}", "Bearer  {}"])
def test_what_is_not_a_bearer_token_is_refused(house: House, value: str) -> None:
    sent = event("")
    sent["multiValueHeaders"] = {"Authorization": [value.format(signed())]}

    with pytest.raises(Unauthorized):
        house.authorizer.answer(sent)


def test_two_authorization_headers_are_none(house: House) -> None:
    for headers in (
        {"Authorization": [f"Bearer {signed()}"] * 2},
        {"Authorization": [f"Bearer {signed()}"], "authorization": [f"Bearer {signed()}"]},
        {"X-Other": ["x"]},
    ):
        with pytest.raises(Unauthorized):
            house.authorizer.answer({**event(signed()), "multiValueHeaders": headers})


def test_the_header_and_the_scheme_are_found_however_they_are_written(house: House) -> None:
    sent = {
        **event(""),
        "multiValueHeaders": None,
        "headers": {"AUTHORIZATION": f"bEARER {signed()}"},
    }

    assert house.authorizer.answer(sent)["principalId"] == "app_harbour"


# ── Who issued it, for whom, when ──


@pytest.mark.parametrize(
    "issuer",
    [
        "https://forger.example",
        f"{CLAIMS['iss']}/",
        str(CLAIMS["iss"]).upper(),
        f"{CLAIMS['iss']}.forger.example",
        "",
        None,
        [CLAIMS["iss"]],
        {"url": CLAIMS["iss"]},
    ],
)
def test_an_issuer_that_is_not_trusted_to_the_letter_is_refused(
    refused: Refuse, issuer: object
) -> None:
    assert refused(signed({**CLAIMS, "iss": issuer})) == "untrusted_issuer"
    assert refused(signed(without("iss"))) == "untrusted_issuer"


def test_an_issuer_signs_only_for_itself(house: House) -> None:
    house.documents[PARTNERS_OWN] = published(rsa_key("meadow-1"))

    with pytest.raises(Unauthorized):
        house.answer(signed(key=rsa_key("meadow-1")))


def test_an_expired_token_is_refused(refused: Refuse) -> None:
    assert refused(signed({**CLAIMS, "exp": NOW - 30})) == "expired"
    assert refused(signed({**CLAIMS, "exp": -1})) == "expired"


def test_a_token_that_is_not_valid_yet_is_refused(refused: Refuse) -> None:
    assert refused(signed({**CLAIMS, "nbf": NOW + 31})) == "not_yet_valid"


def test_a_token_from_the_future_is_refused(refused: Refuse) -> None:
    assert refused(signed({**CLAIMS, "iat": NOW + 31})) == "issued_in_the_future"


def test_clocks_may_differ_a_little(house: House) -> None:
    assert house.verdict(signed({**CLAIMS, "iat": NOW + 30, "nbf": NOW + 30})) == "allow"
    assert house.verdict(signed({**CLAIMS, "exp": NOW - 29})) == "allow"


@pytest.mark.parametrize("claim", ["exp", "iat", "nbf"])
@pytest.mark.parametrize("value", [None, "1790003600", 1790003600.5, True, [1790003600], {}])
def test_a_time_that_is_no_whole_number_is_refused(
    refused: Refuse, claim: str, value: object
) -> None:
    assert refused(signed({**CLAIMS, claim: value})) == f"no_{claim}"


@pytest.mark.parametrize("claim", ["exp", "iat"])
def test_a_token_without_its_times_is_refused(refused: Refuse, claim: str) -> None:
    assert refused(signed(without(claim))) == f"no_{claim}"


def test_an_id_token_is_refused(refused: Refuse) -> None:
    id_token = {**STAFF, "token_use": "id", "aud": STAFF["client_id"]}

    assert refused(signed(id_token)) == "not_an_access_token"
    assert refused(signed({**id_token, "aud": AUDIENCE})) == "not_an_access_token"


@pytest.mark.parametrize("audience", ["other-api", "", [], ["other-api"], None, {AUDIENCE: 1}])
def test_a_token_for_another_audience_is_refused(refused: Refuse, audience: object) -> None:
    assert refused(signed({**CLAIMS, "aud": audience})) == "wrong_audience"


@pytest.mark.parametrize("audience", [AUDIENCE, ["other-api", AUDIENCE]])
def test_a_token_for_several_audiences_may_name_us_among_them(
    house: House, audience: object
) -> None:
    assert house.verdict(signed({**CLAIMS, "aud": audience})) == "allow"


def test_without_an_audience_the_use_and_the_client_must_be_named(refused: Refuse) -> None:
    assert refused(signed(without("token_use"))) == "no_audience"
    assert refused(signed(without("client_id"))) == "no_audience"


def test_only_the_houses_own_issuer_may_leave_the_audience_out(
    house: House, refused: Refuse
) -> None:
    house.documents[PARTNERS_OWN] = published()

    assert refused(signed({**CLAIMS, "iss": PARTNERS_OWN})) == "no_audience"


@pytest.mark.parametrize("subject", [None, "", 7, "two words", "ü", "s" * 257])
def test_a_token_without_a_proper_subject_is_refused(refused: Refuse, subject: object) -> None:
    assert refused(signed({**STAFF, "sub": subject})) == "no_subject"


# ── Properties ──

HOUSE = House()
GOOD = signed()
words = st.sampled_from(
    [GOOD, *GOOD.split("."), "Bearer ", ".", "..", "=", "e30", encoded(b'{"alg":"none"}'), "\0"]
)
texts = st.one_of(
    st.text(max_size=200),
    st.binary(max_size=200).map(lambda some: some.decode("latin-1")),
    st.lists(st.one_of(words, st.text(max_size=5)), max_size=8).map("".join),
)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=8,
)
claim_names = st.sampled_from([*STAFF, "aud", "nbf", "azp"])
header_names = st.sampled_from(["alg", "kid", "typ", "x5t", "jwk", "crit"])


@contextmanager
def written() -> Iterator[io.StringIO]:
    """All that is printed or logged meanwhile."""
    page = io.StringIO()
    handler = logging.StreamHandler(page)
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    try:
        with redirect_stdout(page), redirect_stderr(page):
            yield page
    finally:
        root.removeHandler(handler)
        root.setLevel(level)


@given(texts)
@example(GOOD.swapcase())
@example(GOOD + GOOD)
def test_no_text_but_a_token_is_ever_more_than_unauthorized(text: str) -> None:
    with written(), pytest.raises(Unauthorized, match=r"^Unauthorized$"):
        HOUSE.answer(text if text != GOOD else "")


@given(position=st.integers(0, len(GOOD) - 1), character=st.characters(codec="ascii"))
def test_a_token_with_one_character_changed_is_unauthorized(position: int, character: str) -> None:
    changed = GOOD[:position] + character + GOOD[position + 1 :]

    with written():
        if changed == GOOD:
            assert HOUSE.verdict(changed) == "allow"
        else:
            with pytest.raises(Unauthorized):
                HOUSE.answer(changed)


@given(members=st.dictionaries(header_names, json_values, max_size=4))
def test_whatever_the_header_says_a_strangers_signature_is_unauthorized(members: Json) -> None:
    token = signed(key=rsa_key("stranger"), header={**header(), **members})

    with written(), pytest.raises(Unauthorized):
        HOUSE.answer(token)


@given(changes=st.dictionaries(claim_names, json_values, max_size=4))
def test_whatever_a_trusted_issuer_signs_the_answer_is_allow_deny_or_unauthorized(
    changes: Json,
) -> None:
    with written():
        try:
            verdict = HOUSE.verdict(signed({**STAFF, **changes}))
        except Unauthorized:
            return

    assert verdict in {"allow", "deny"}


@given(members=st.dictionaries(header_names, json_values, max_size=3), stranger=st.booleans())
def test_what_we_take_joserfc_takes_too(members: Json, *, stranger: bool) -> None:
    key = rsa_key("stranger") if stranger else rsa_key()
    token = signed(key=key, header={**header(), **members})

    with written():
        try:
            HOUSE.answer(token)
        except Unauthorized:
            return

    try:
        jws.deserialize_compact(token, rsa_key(), algorithms=["RS256"])
    except JoseError as error:
        pytest.fail(f"joserfc refuses it: {error}")


@given(
    token=st.one_of(
        texts, st.just(GOOD), st.just(signed(STAFF)), st.just(signed({**STAFF, "exp": 1}))
    )
)
def test_nothing_of_a_token_is_ever_written_down(token: str) -> None:
    with written() as page:
        try:
            HOUSE.answer(token)
        except Unauthorized as refusal:
            traceback.print_exception(refusal)

    page_text = page.getvalue()
    assert page_text
    secrets = [part for part in token.split(".") if len(part) > 12]
    assert not [part for part in [*secrets, str(STAFF["sub"])] if part in page_text]
    # As a word: an address in a traceback may hold the letters by chance.
    assert not re.search(r"\bada\b", page_text)
