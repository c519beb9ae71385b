"""Whatever is sent, the answer is a 4xx problem, and nothing is half stored."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.calls import (
    APPROVER,
    BANK,
    CLAIM,
    LOSS_CLOCK,
    PARTNER,
    PRIVACY,
    QUOTE,
    UNDERWRITER,
    Answer,
)
from tests.support.platform import Platform

type Json = dict[str, Any]

POSTS: dict[str, tuple[str, Json, Json]] = {
    "quote": ("/v1/quotes", PARTNER, QUOTE),
    "preview": ("/v1/quotes/preview", PARTNER, QUOTE),
    "accept": ("/v1/quotes/{quote}/acceptance", PARTNER, {}),
    "decide": (
        "/v1/quotes/{referred}/referral-decision",
        UNDERWRITER,
        {"decision": "accept", "reason": "seen", "load": "0.25"},
    ),
    "issue": ("/v1/policies", PARTNER, {"quote_id": "{accepted}"}),
    "check": (
        "/v1/coverage-checks",
        PARTNER,
        {name: CLAIM[name] for name in ("cover", "occurred_at", "claimed", "facts")}
        | {"policy_id": "{policy}"},
    ),
    "notify": ("/v1/claims", PARTNER, CLAIM | {"policy_id": "{policy}"}),
    "settle": ("/v1/claims/{claim}/settlement", PARTNER, {}),
    "approve": (
        "/v1/claims/{large}/payments/{payment}/approval",
        APPROVER,
        {"decision": "approve", "reason": "seen"},
    ),
    "report": (
        "/v1/bank-reports",
        BANK,
        {
            "instruction_id": "{instruction}",
            "outcome": "paid",
            "bank_reference": "BK-1",
            "executed_at": "2027-01-11T10:00:00Z",
        },
    ),
    "erase": ("/v1/parties/{party}/erasure", PRIVACY, {"reason": "requested"}),
}
every_post = pytest.mark.parametrize("name", POSTS)


@pytest.fixture(scope="module")
def ids(loaded: Platform) -> dict[str, str]:
    """One object of each kind, in the state in which a good body would do something."""
    loaded.empty()
    large = loaded.settled(claimed={"amount": 900_000, "currency": "GBP"})
    answers = QUOTE["answers"] | {"vehicle_value": {"amount": 6_000_000, "currency": "GBP"}}
    return {
        "quote": loaded.quoted()["id"],
        "referred": loaded.quoted(answers=answers)["id"],
        "accepted": loaded.accepted()["id"],
        "policy": loaded.issued()["id"],
        "party": loaded.issued()["party_id"],
        "claim": loaded.notified()["id"],
        "large": large["id"],
        "payment": large["payments"][0]["id"],
        "instruction": loaded.settled()["payments"][0]["id"],
    }


def post(loaded: Platform, ids: dict[str, str], name: str, body: Any) -> Answer:
    path, caller, _ = POSTS[name]
    clock = "2026-11-20T09:00:00Z" if "quote" in path or path == "/v1/policies" else LOSS_CLOCK
    return loaded.call("POST", path.format(**ids), body, by=caller, clock=clock)


def good(ids: dict[str, str], name: str) -> Json:
    body = POSTS[name][2]
    return {
        field: value.format(**ids) if isinstance(value, str) and value.startswith("{") else value
        for field, value in body.items()
    }


def assert_refused(answer: Answer, *, said: str = "") -> None:
    assert 400 <= answer.status < 500, (answer.status, answer.text[:300])
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert len(answer.text) < 20_000
    assert said in answer.text


DIGITS = "9" * 5000
RAW: dict[str, str | bytes | None] = {
    "nothing": None,
    "an empty body": "",
    "blanks": " \n\t ",
    "null": "null",
    "an array": "[]",
    "a number": "7",
    "a text": '"quote"',
    "half of an object": '{"product": ',
    "two objects": "{}{}",
    "a trailing comma": '{"a": 1,}',
    "a comment": '{"a": 1} // one',
    "single quotes": "{'a': 1}",
    "a byte order mark": "\ufeff{}",
    "5,000 digits": f'{{"a": {DIGITS}}}',
    "5,000 negative digits": f'{{"a": -{DIGITS}}}',
    "5,000 digits deep inside": f'{{"answers": {{"annual_mileage": {DIGITS}}}}}',
    "100,000 brackets": "[" * 100_000,
    "100,000 braces": '{"a":' * 50_000,
    "100,000 closed brackets": "[" * 100_000 + "]" * 100_000,
    "brackets within the size": '{"a":' + "[" * 60_000 + "]" * 60_000 + "}",
    "33 levels": '{"a":' + "[" * 33 + "]" * 33 + "}",
    "a field twice": '{"product": "personal_motor", "product": "personal_motor"}',
    "a field twice deep inside": '{"a": {"b": 1, "b": 1}}',
    "a field twice, once escaped": '{"ab": 1, "a\\u0062": 1}',
    "1 MB of text": json.dumps({"product": "x" * 1_000_000}),
    "1 MB of blanks": " " * 1_000_000 + "{}",
    "256 KiB and a byte": '{"a":"' + "x" * (256 * 1024 - 7) + '"}',
    "a fraction": '{"a": 1.5}',
    "a fraction that is whole": '{"a": 1.0}',
    "an exponent": '{"a": 1e5}',
    "a huge exponent": '{"a": 1e999999999}',
    "a tiny exponent": '{"a": 1e-999999999}',
    "NaN": '{"a": NaN}',
    "Infinity": '{"a": Infinity}',
    "minus Infinity": '{"a": -Infinity}',
    "a leading zero": '{"a": 007}',
    "a plus": '{"a": +7}',
    "hexadecimal": '{"a": 0x7}',
    "beyond 2^53": '{"a": 9007199254740993}',
    "a lone surrogate": '{"a": "\\ud800"}',
    "a lone surrogate as a name": '{"\\udfff": 1}',
    "surrogates the wrong way round": '{"a": "\\udc00\\ud800"}',
    "a raw lone surrogate": '{"a": "\ud800"}',
    "a control character": '{"a": "\x00"}',
    "invalid UTF-8": b'{"a": "\xff\xfe"}',
    "overlong UTF-8": b'{"a": "\xc0\xaf"}',
    "UTF-8 cut off": b'{"a": "\xe2\x82',
    "a surrogate in UTF-8": b'{"a": "\xed\xa0\x80"}',
    "UTF-16": '{"a": 1}'.encode("utf-16"),
    "zeros": b"\x00" * 100,
}


WITHOUT_A_BODY = ("accept", "settle")
"""Commands that expect none: what was not sent is as good as an empty object."""


@pytest.mark.parametrize("name", WITHOUT_A_BODY)
@pytest.mark.parametrize("body", [None, "", "{}"])
def test_a_command_without_a_request_is_sent_with_no_body_or_an_empty_object(
    name: str, body: str | None, loaded: Platform
):
    made = {"quote": loaded.quoted()["id"], "claim": loaded.notified()["id"]}

    assert post(loaded, made, name, body).status == 200


@pytest.mark.parametrize(
    ("name", "case"),
    [
        (name, case)
        for name in POSTS
        for case in RAW
        if name not in WITHOUT_A_BODY or RAW[case] not in {None, ""}
    ],
)
def test_a_body_that_is_no_plain_json_is_refused(
    name: str, case: str, loaded: Platform, ids: dict[str, str]
):
    refused = post(loaded, ids, name, RAW[case])

    assert_refused(refused)
    # Not 422: it was stopped before any field of it was looked at.
    assert (refused.status, refused.code) in {(400, "malformed-body"), (413, "body-too-large")}


def test_a_body_that_is_not_base64_is_refused(loaded: Platform, ids: dict[str, str]):
    from tests.support.calls import event  # noqa: PLC0415 - for this test only

    for body in ("%%%", "a", "é", "====", "\ud800"):
        sent = event("POST", "/v1/quotes", b"", caller=PARTNER, key="k") | {"body": body}
        assert_refused(loaded.send("quoting", sent))


# -- well-formed, but wrong -------------------------------------------------------------------------

WRONG_VALUES: list[Any] = [
    None,
    True,
    0,
    -1,
    2**53 - 1,
    -(2**53) + 1,
    "",
    " ",
    "x" * 1000,
    "\u0000",
    "\u202e",
    "2026-02-30",
    [],
    [[]],
    {},
    {"amount": 1},
    {"amount": "1", "currency": "GBP"},
    {"amount": 1, "currency": "XXX"},
    {"amount": 1, "currency": "gbp"},
    {"amount": -1, "currency": "GBP"},
    {"amount": 2**53 - 1, "currency": "GBP"},
    {"amount": 10**15 + 1, "currency": "GBP"},
    {"amount": 1, "currency": "GBP", "scale": 2},
]


def wrong_bodies(body: Json) -> list[tuple[str, Any]]:
    """The good body with one thing wrong: a field missing, a field too many, each value replaced."""
    wrong: list[tuple[str, Any]] = [("unknown", body | {"unknown": 1})]
    wrong += [(f"no {name}", {k: v for k, v in body.items() if k != name}) for name in body]
    for name in body:
        wrong += [(f"{name}={value!r:.40}", body | {name: value}) for value in WRONG_VALUES]
    return wrong


@every_post
def test_one_thing_wrong_in_a_body_is_refused_or_harmless_and_never_a_fault_of_ours(
    name: str, loaded: Platform, ids: dict[str, str]
):
    stored = loaded.backend.everything()
    for case, body in wrong_bodies(good(ids, name)):
        answer = post(loaded, ids, name, body)
        assert answer.status < 500, (case, answer.text)
        now = loaded.backend.everything()
        assert answer.status < 400 or now == stored, case
        stored = now


BAD_QUOTES: dict[str, Json] = {
    "negative money": {"vehicle_value": {"amount": -1, "currency": "GBP"}},
    "no money at all": {"vehicle_value": {"amount": 0, "currency": "GBP"}},
    "too much money": {"vehicle_value": {"amount": 10**15, "currency": "GBP"}},
    "money beyond any sum": {"vehicle_value": {"amount": 10**15 + 1, "currency": "GBP"}},
    "a currency nobody has": {"vehicle_value": {"amount": 100, "currency": "XXX"}},
    "a currency of another product": {"vehicle_value": {"amount": 100, "currency": "EUR"}},
    "money as a number": {"vehicle_value": 100},
    "money as text": {"vehicle_value": "100"},
    "a negative number": {"annual_mileage": -1},
    "a number beyond its range": {"annual_mileage": 500_001},
    "a number as text": {"annual_mileage": "8000"},
    "a truth as a number": {"annual_mileage": True},
    "an unknown choice": {"cover_type": "imaginary"},
    "an unknown question": {"shoe_size": 42},
    "no drivers": {"drivers": []},
    "too many drivers": {"drivers": [{"age": 35, "licence_years": 1, "convictions": 0}] * 5},
    "a driver who is a list": {"drivers": [[]]},
    "a driver with more": {
        "drivers": [{"age": 35, "licence_years": 1, "convictions": 0, "name": "x"}]
    },
    "a text too long": {"registration": "A" * 13},
    "a text of other letters": {"registration": "\u0410B12\u0421DE"},
    "an empty text": {"registration": ""},
    "nothing": {"registration": None},
}


@pytest.mark.parametrize("case", BAD_QUOTES)
@pytest.mark.parametrize("path", ["/v1/quotes", "/v1/quotes/preview"])
def test_an_answer_that_the_product_cannot_read_is_refused_by_its_name(
    path: str, case: str, handlers: Platform
):
    changes = BAD_QUOTES[case]
    [question] = changes

    refused = handlers.call("POST", path, QUOTE | {"answers": QUOTE["answers"] | changes})

    assert_refused(refused, said=f"/answers/{question}")
    assert refused.status == 422
    assert not any(handlers.backend.everything().values())


BAD_FIELDS: dict[str, Json] = {
    "an unknown product": {"product": "pet_snail"},
    "a product's name in capitals": {"product": "PERSONAL_MOTOR"},
    "a product's path": {"product": "../personal_motor"},
    "an unknown cover": {"covers": ["moon_landing"]},
    "a cover that is not optional": {"covers": ["windscreen"]},
    "a cover that is not available": {
        "covers": ["protected_ncd"],
        "answers": QUOTE["answers"] | {"no_claims_years": 1},
    },
    "51 covers": {"covers": ["courtesy_car"] * 51},
    "a day that is none": {"start": "2027-02-29"},
    "a day in year nought": {"start": "0000-01-01"},
    "a day beyond the calendar": {"start": "9999-12-31"},
    "a day too many": {"start": "2026-12-32"},
    "a day with a time": {"start": "2026-12-01T12:00:00Z"},
    "a day as a number": {"start": 1_795_000_000},
    "a day in another order": {"start": "01/12/2026"},
    "a day in the past": {"start": "1999-12-31"},
    "an empty name": {"policyholder": {"name": ""}},
    "a name too long": {"policyholder": {"name": "x" * 201}},
    "an e-mail that is none": {"policyholder": {"name": "A", "email": "nobody"}},
    "a birthday that is none": {"policyholder": {"name": "A", "date_of_birth": "1990-02-30"}},
    "a country that is none": {
        "policyholder": {"name": "A", "address": {"lines": ["x"], "country": "Britain"}}
    },
}


@pytest.mark.parametrize("case", BAD_FIELDS)
@pytest.mark.parametrize("path", ["/v1/quotes", "/v1/quotes/preview"])
def test_a_field_that_means_nothing_is_refused_and_nothing_is_stored(
    path: str, case: str, handlers: Platform
):
    refused = handlers.call("POST", path, QUOTE | BAD_FIELDS[case])

    assert_refused(refused)
    assert not any(handlers.backend.everything().values())


BAD_CLAIMS: dict[str, Json] = {
    "an unknown cover": {"cover": "moon_landing"},
    "an amount of nothing": {"claimed": {"amount": 0, "currency": "GBP"}},
    "a negative amount": {"claimed": {"amount": -1, "currency": "GBP"}},
    "an unknown currency": {"claimed": {"amount": 1, "currency": "ZZZ"}},
    "a time without an offset": {"occurred_at": "2027-01-10T18:30:00"},
    "a time that is none": {"occurred_at": "2027-01-10T25:00:00Z"},
    "a leap second too many": {"occurred_at": "2027-01-10T18:30:61Z"},
    "a time before time": {"occurred_at": "0001-01-01T00:00:00+14:00"},
    "a time after time": {"occurred_at": "9999-12-31T23:59:59-14:00"},
    "a time as a number": {"occurred_at": 1_800_000_000},
    "an unknown fact": {"facts": {"driver_age": 35, "fault": True, "weather": "wet"}},
    "a fact of another type": {"facts": {"driver_age": "35", "fault": True}},
    "a fact beyond its range": {"facts": {"driver_age": -1, "fault": True}},
    "facts that are a list": {"facts": []},
    "an item that the cover does not name": {"item": {"name": "ring"}},
    "a narrative too long": {"narrative": "x" * 20_001},
    "an account number that is none": {"payee": {"name": "A", "iban": "12"}},
    "a policy that is a quote": {"policy_id": "quo_test_0000000000000000"},
}


@pytest.mark.parametrize("case", BAD_CLAIMS)
@pytest.mark.parametrize("path", ["/v1/claims", "/v1/coverage-checks"])
def test_a_loss_that_cannot_be_is_refused_and_nothing_is_stored(
    path: str, case: str, loaded: Platform, ids: dict[str, str]
):
    body = CLAIM | {"policy_id": ids["policy"]} | BAD_CLAIMS[case]
    if path == "/v1/coverage-checks":
        notice_only = {"claimant", "payee", "narrative"}
        if notice_only & set(BAD_CLAIMS[case]):
            return
        body = {name: value for name, value in body.items() if name not in notice_only}
    before = loaded.backend.everything()

    refused = loaded.call("POST", path, body, clock=LOSS_CLOCK)

    assert_refused(refused)
    assert loaded.backend.everything() == before


PAGES = ["0", "-1", "101", "1e2", "00000000020", "20" + "0" * 5000, "٢", "²", "", " 5", "5.0"]
CURSORS = [
    "x",
    "====",
    "é",
    "\ud800",
    "bm90IG91cnM",
    "cG9sX3Rlc3RfMDAwMDAwMDAwMDAwMDAwMCAx",
    "A" * 9000,
    "%00",
]


@pytest.mark.parametrize(
    "query", [*({"limit": p} for p in PAGES), *({"after": c} for c in CURSORS)]
)
def test_a_page_that_no_list_has_is_refused(
    query: dict[str, str], loaded: Platform, ids: dict[str, str]
):
    answer = loaded.call("GET", f"/v1/policies/{ids['policy']}/events", query=query)

    assert_refused(answer)
    assert answer.body["errors"][0]["pointer"] in {"limit", "after"}


# -- days and hours that are hard -------------------------------------------------------------------


def issue(handlers: Platform, start: str, clock: str) -> Json:
    quote = handlers.call("POST", "/v1/quotes", QUOTE | {"start": start}, clock=clock)
    assert quote.status == 201, quote.text
    path = f"/v1/quotes/{quote.body['id']}/acceptance"
    assert handlers.call("POST", path, {}, clock=clock).status == 200
    policy = handlers.call("POST", "/v1/policies", {"quote_id": quote.body["id"]}, clock=clock)
    assert policy.status == 201, policy.text
    made: Json = policy.body
    return made


@pytest.mark.parametrize(
    ("start", "clock", "first", "last"),
    [
        # a year that begins on a leap day ends where the day after it would begin
        ("2028-02-29", "2028-02-20T09:00:00Z", "2028-02-29T00:00:00Z", "2029-02-28T00:00:00Z"),
        ("2027-02-28", "2027-02-20T09:00:00Z", "2027-02-28T00:00:00Z", "2028-02-28T00:00:00Z"),
        ("2027-03-01", "2027-02-20T09:00:00Z", "2027-03-01T00:00:00Z", "2028-03-01T00:00:00Z"),
        # midnight in London, on either side of the clocks' change
        ("2027-03-28", "2027-03-20T09:00:00Z", "2027-03-28T00:00:00Z", "2028-03-27T23:00:00Z"),
        ("2027-03-29", "2027-03-20T09:00:00Z", "2027-03-28T23:00:00Z", "2028-03-28T23:00:00Z"),
        ("2026-10-25", "2026-10-20T09:00:00Z", "2026-10-24T23:00:00Z", "2027-10-24T23:00:00Z"),
        ("2026-10-26", "2026-10-20T09:00:00Z", "2026-10-26T00:00:00Z", "2027-10-25T23:00:00Z"),
    ],
)
def test_a_term_is_a_year_of_local_days(
    start: str, clock: str, first: str, last: str, handlers: Platform
):
    policy = issue(handlers, start, clock)

    assert (policy["period"]["start"], policy["period"]["end"]) == (first, last)


def outcome(handlers: Platform, policy: Json, occurred_at: str, clock: str) -> str:
    body = {name: CLAIM[name] for name in ("cover", "claimed", "facts")}
    asked = body | {"policy_id": policy["id"], "occurred_at": occurred_at}
    answer = handlers.call("POST", "/v1/coverage-checks", asked, clock=clock)
    assert answer.status == 200, answer.text
    [rule] = [rule for rule in answer.body["rules"] if rule["code"] == "within_period"]
    return str(rule["outcome"])


@pytest.mark.parametrize(
    ("occurred_at", "verdict"),
    [
        ("2027-03-28T22:59:59Z", "fail"),
        ("2027-03-28T23:00:00Z", "pass"),  # midnight in London, when it is summer there
        ("2027-03-29T00:00:00+01:00", "pass"),
        ("2027-03-28T23:59:59+01:00", "fail"),
        ("2028-03-28T22:59:59Z", "pass"),
        ("2028-03-28T23:00:00Z", "fail"),
        ("2027-10-31T00:30:00Z", "pass"),  # 01:30 in London, for the first time
        ("2027-10-31T01:30:00Z", "pass"),  # 01:30 again
        ("2027-03-29T01:00:00+02:00", "pass"),
    ],
)
def test_a_loss_is_inside_the_term_to_the_second_whatever_the_clocks_do(
    occurred_at: str, verdict: str, handlers: Platform
):
    policy = issue(handlers, "2027-03-29", "2027-03-20T09:00:00Z")

    assert outcome(handlers, policy, occurred_at, "2028-04-02T09:00:00Z") == verdict


def test_a_start_is_in_the_past_by_the_local_day_and_not_by_ours(handlers: Platform):
    """At 23:30 UTC in summer it is tomorrow in London already."""
    clock = "2027-06-30T23:30:00Z"

    yesterday = handlers.call("POST", "/v1/quotes", QUOTE | {"start": "2027-06-30"}, clock=clock)
    today = handlers.call("POST", "/v1/quotes", QUOTE | {"start": "2027-07-01"}, clock=clock)

    assert (yesterday.status, today.status) == (422, 201)


@pytest.mark.parametrize(
    "clock",
    [
        "1970-01-01T00:00:00Z",
        "2199-12-31T23:59:59Z",
        "2199-12-31T23:59:59-14:00",
        "1970-01-01T00:00:00+14:00",
        "2028-02-29T23:59:60Z",
        "2026-W47-5T00:00:00Z",
        "20261120T090000Z",
        "2026-11-20T09:00:00,5Z",
        "2026-11-20 09:00:00Z",
    ],
)
def test_a_callers_clock_at_the_edge_of_time_is_no_fault_of_ours(clock: str, handlers: Platform):
    for answer in (
        handlers.call("POST", "/v1/quotes", QUOTE, clock=clock),
        handlers.call("GET", "/v1/products", clock=clock),
    ):
        assert answer.status < 500, answer.text


# -- anything at all --------------------------------------------------------------------------------

TEXTS = st.text(st.characters(codec=None), max_size=30)
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | TEXTS
    | st.sampled_from(["2026-12-01", "2027-01-10T18:30:00Z", "GBP", "personal_motor", "1e5", "-0"])
    | st.datetimes().map(lambda when: when.isoformat() + "Z")
)
JSON = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=12,
)


def paths(value: Any, here: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in a JSON value."""
    found = [here]
    if isinstance(value, dict):
        for name in value:
            found += paths(value[name], (*here, name))
    if isinstance(value, list):
        for place, inner in enumerate(value):
            found += paths(inner, (*here, place))
    return found


def with_change(value: Any, place: tuple[Any, ...], change: Any) -> Any:
    """A copy with something else at that place."""
    if not place:
        return change
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[place[0]] = with_change(value[place[0]], place[1:], change)
    return copy


@every_post
@given(data=st.data())
@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    derandomize=True,
)
def test_no_body_whatever_makes_a_fault_of_ours(
    name: str, data: st.DataObject, loaded: Platform, ids: dict[str, str]
):
    """Half of them are good bodies with something odd somewhere: those get past the first gate."""
    body = good(ids, name)
    change = data.draw(JSON)
    place = data.draw(st.sampled_from(paths(body)))

    answer = post(loaded, ids, name, with_change(body, place, change))

    assert answer.status < 500, answer.text


@given(raw=st.text(st.characters(codec=None), max_size=200) | st.binary(max_size=200))
@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    derandomize=True,
)
def test_no_bytes_whatever_make_a_fault_of_ours(
    raw: str | bytes, loaded: Platform, ids: dict[str, str]
):
    assert_refused(post(loaded, ids, "quote", raw))
