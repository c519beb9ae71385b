"""Keys rotate, issuers fail, processes end: callers with true tokens should not notice, and nobody else gets in."""

from __future__ import annotations

import pytest
from insurance.access.issuers import Issuer, UnsafeAddress, trusted_issuers
from insurance.access.keys import (
    FRESH_SECONDS,
    PAUSE_SECONDS,
    STALE_SECONDS,
    KeysUnavailable,
    PublishedKeys,
    usable_keys,
)
from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey

from functions.authorizer.app import Unauthorized
from tests.unit.authorizer.house import (
    CLAIMS,
    OWN,
    STAFF,
    House,
    ec_key,
    published,
    rsa_key,
    signed,
)


def lasting(house: House) -> str:
    """A token that outlives every cache."""
    return signed({**CLAIMS, "exp": house.now + 10 * STALE_SECONDS})


def test_keys_are_fetched_once_for_many_calls(house: House) -> None:
    for _ in range(5):
        house.answer(signed())
        house.answer(signed(key=ec_key()))

    assert house.fetches == 1


def test_a_new_key_is_taken_as_soon_as_a_token_names_it(house: House) -> None:
    house.answer(signed())
    house.documents[OWN] = published(rsa_key(), rsa_key("rsa-2"))
    house.now += PAUSE_SECONDS

    assert house.verdict(signed(key=rsa_key("rsa-2"))) == "allow"
    assert house.verdict(signed()) == "allow"
    assert house.fetches == 2


def test_a_withdrawn_key_stops_counting_when_the_keys_are_no_longer_fresh(house: House) -> None:
    house.answer(signed())
    house.documents[OWN] = published(rsa_key("rsa-2"))
    house.now += FRESH_SECONDS - 1
    assert house.verdict(signed()) == "allow"

    house.now += 1
    with pytest.raises(Unauthorized):
        house.answer(signed())


def test_made_up_key_ids_do_not_make_us_call_the_issuer_each_time(house: House) -> None:
    house.answer(signed())
    house.now += PAUSE_SECONDS

    for number in range(50):
        with pytest.raises(Unauthorized):
            house.answer(
                signed(key=rsa_key("stranger"), header={"alg": "RS256", "kid": f"k{number}"})
            )

    assert house.fetches == 2


def test_made_up_key_ids_do_not_make_many_processes_call_the_issuer(house: House) -> None:
    house.answer(signed())
    for _ in range(5):
        house.restart()
        with pytest.raises(Unauthorized):
            house.answer(signed(key=rsa_key("stranger")))

    assert house.fetches == 1


def test_made_up_key_ids_do_not_keep_true_callers_out(house: House) -> None:
    house.answer(signed())
    house.now += PAUSE_SECONDS
    with pytest.raises(Unauthorized):
        house.answer(signed(key=rsa_key("stranger")))

    assert house.verdict(signed()) == "allow"


def test_the_next_process_takes_the_keys_from_the_shelf(house: House) -> None:
    house.answer(signed())
    house.restart()

    assert house.verdict(signed()) == "allow"
    assert house.fetches == 1


def test_a_key_that_another_process_has_fetched_is_found_on_the_shelf(house: House) -> None:
    house.answer(signed())
    house.now += PAUSE_SECONDS
    keys = usable_keys(published(rsa_key(), rsa_key("rsa-2")))
    house.shelf.write(Issuer(OWN, is_own=True), PublishedKeys(keys, house.now))

    assert house.verdict(signed(key=rsa_key("rsa-2"))) == "allow"
    assert house.fetches == 1


def test_while_the_issuer_is_down_stale_keys_serve(house: House) -> None:
    token = lasting(house)
    house.answer(token)
    house.documents.clear()
    house.now += STALE_SECONDS - 1

    assert house.verdict(token) == "allow"
    house.restart()
    assert house.verdict(token) == "allow"


def test_stale_keys_do_not_serve_for_ever(house: House) -> None:
    token = lasting(house)
    house.answer(token)
    house.documents.clear()
    house.now += STALE_SECONDS

    with pytest.raises(KeysUnavailable):
        house.answer(token)
    house.restart()
    with pytest.raises(KeysUnavailable):
        house.answer(token)


def test_an_issuer_that_is_down_is_not_asked_at_every_call(house: House) -> None:
    token = lasting(house)
    house.answer(token)
    house.documents.clear()
    house.now += FRESH_SECONDS

    for _ in range(20):
        assert house.verdict(token) == "allow"

    assert house.fetches == 2


def test_when_the_issuer_is_back_fresh_keys_are_taken(house: House) -> None:
    token = lasting(house)
    house.answer(token)
    document = house.documents.pop(OWN)
    house.now += STALE_SECONDS
    with pytest.raises(KeysUnavailable):
        house.answer(token)

    house.documents[OWN] = document
    house.now += PAUSE_SECONDS
    assert house.verdict(token) == "allow"


def test_with_the_issuer_down_from_the_start_nobody_gets_in(house: House) -> None:
    house.documents.clear()

    for token in (signed(), signed(STAFF)):
        with pytest.raises(KeysUnavailable):
            house.answer(token)


@pytest.mark.parametrize(
    "document", [{}, {"keys": []}, {"keys": {}}, [], None, {"keys": [None, 7]}]
)
def test_an_answer_without_usable_keys_does_not_replace_good_ones(
    house: House, document: object
) -> None:
    token = lasting(house)
    house.answer(token)
    house.documents[OWN] = document  # type: ignore[assignment] # what an issuer should not send
    house.now += FRESH_SECONDS

    assert house.verdict(token) == "allow"


def test_keys_dated_in_the_future_are_no_fresher_for_it(house: House) -> None:
    keys = usable_keys(published())
    house.shelf.write(Issuer(OWN, is_own=True), PublishedKeys(keys, house.now + 10 * STALE_SECONDS))
    house.documents[OWN] = published(rsa_key("rsa-2"))

    with pytest.raises(Unauthorized):
        house.answer(signed())


def public(key: RSAKey | ECKey | OKPKey, **changes: object) -> dict[str, object]:
    return {**key.as_dict(private=False), **changes}


@pytest.mark.parametrize(
    "entry",
    [
        OctKey.generate_key(256, {"kid": "k"}).as_dict(private=True),
        public(OKPKey.generate_key("Ed25519", {"kid": "k"})),
        public(ECKey.generate_key("P-384", {"kid": "k"})),
        public(rsa_key(), use="enc"),
        public(rsa_key(), key_ops=["encrypt"]),
        public(rsa_key(), alg="RS512"),
        public(rsa_key(), alg="HS256"),
        public(rsa_key(), kid=None),
        public(rsa_key(), n=str(rsa_key().as_dict(private=False)["n"])[:100]),
        public(rsa_key(), n=["AQAB"]),
        public(rsa_key(), n="\N{SNOWMAN}"),
        public(rsa_key(), e="AQABAQABAQAB"),
    ],
)
def test_only_signing_keys_of_our_two_kinds_are_used(entry: dict[str, object]) -> None:
    with pytest.raises(KeysUnavailable):
        usable_keys({"keys": [entry]})
    assert len(usable_keys({"keys": [entry, public(ec_key())]})) == 1


def test_nothing_private_of_a_key_is_kept() -> None:
    (kept,) = usable_keys({"keys": [rsa_key().as_dict(private=True)]}).values()

    assert kept.keys() == {"kty", "alg", "n", "e", "kid"}


def test_a_point_that_is_not_on_the_curve_is_no_key(house: House) -> None:
    x = public(ec_key())["x"]
    house.documents[OWN] = {"keys": [public(ec_key(), y=x)]}

    with pytest.raises(Unauthorized):
        house.answer(signed(key=ec_key()))


# ── Addresses ──


def test_issuers_are_read_from_a_list_whose_first_is_the_houses_own() -> None:
    issuers = trusted_issuers(" https://a.example/x , https://b.example/,")

    assert issuers == {
        "https://a.example/x": Issuer("https://a.example/x", is_own=True),
        "https://b.example/": Issuer("https://b.example/", is_own=False),
    }


@pytest.mark.parametrize(
    "configured",
    [
        "",
        " , ",
        "issuer",
        "ftp://127.0.0.1",
        "file:///etc/passwd",
        "http://issuer.example",
        "http://169.254.169.254/",
        "http://localhost.issuer.example",
        "http://127.0.0.1.issuer.example",
        "https://user@issuer.example",
        "https://a.example/#b",
        "https://a.example,http://10.0.0.1",
    ],
)
def test_an_unsafe_issuer_is_a_configuration_that_does_not_start(configured: str) -> None:
    with pytest.raises(UnsafeAddress):
        trusted_issuers(configured)


@pytest.mark.parametrize("host", ["127.0.0.1:9000", "localhost:9000", "[::1]:9000"])
def test_plain_http_is_for_issuers_on_this_machine(host: str) -> None:
    (issuer,) = trusted_issuers(f"http://{host}").values()

    assert issuer.checked_keys_url(f"http://{host}/keys") == f"http://{host}/keys"
    for elsewhere in ("http://issuer.example/keys", "http://169.254.169.254/keys"):
        with pytest.raises(UnsafeAddress):
            issuer.checked_keys_url(elsewhere)


@pytest.mark.parametrize(
    "url", ["http://issuer.example/keys", "http://127.0.0.1:9001/2018-06-01", "None", "file:///etc"]
)
def test_an_issuer_elsewhere_cannot_send_us_to_an_unsafe_address(url: str) -> None:
    with pytest.raises(UnsafeAddress):
        Issuer("https://issuer.example", is_own=True).checked_keys_url(url)
