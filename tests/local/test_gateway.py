"""What API Gateway does with a request, as AWS documents it, kept by the local gateway.

Each test names one behaviour; the fixture's functions answer what they were asked.
"""

import gzip
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from demo.samples import PARTNERS
from tests.local.conftest import Running
from tests.support.waiting import wait_until

HARBOUR = next(each for each in PARTNERS if each.client_id == "harbour-test")
HARBOUR_LIVE = next(each for each in PARTNERS if each.client_id == "harbour-live")
PEBBLE = next(each for each in PARTNERS if each.client_id == "pebble-test")
MEADOW = next(each for each in PARTNERS if each.plan == "silver")


def event_of(answer: httpx.Response) -> dict[str, Any]:
    assert answer.status_code == 200, answer.text
    event: dict[str, Any] = answer.json()["event"]
    return event


def as_application(application: str, word: str = "ok") -> dict[str, str]:
    return {"Authorization": f"{word} {application}"}


# -- routes ---------------------------------------------------------------------------------------


def test_an_unknown_route_is_answered_as_a_missing_token(client: httpx.Client) -> None:
    answer = client.get("/v1/unknown")

    assert answer.status_code == 404
    assert answer.json()["kind"] == "MISSING_AUTHENTICATION_TOKEN"
    assert answer.headers["x-amzn-errortype"] == "MissingAuthenticationTokenException"


def test_an_unknown_method_of_a_known_route_is_an_unknown_route(client: httpx.Client) -> None:
    assert client.delete("/v1/open").status_code == 404


def test_a_literal_segment_comes_before_a_variable(client: httpx.Client) -> None:
    assert event_of(client.get("/v1/things/latest"))["resource"] == "/v1/things/latest"
    assert event_of(client.get("/v1/things/7"))["pathParameters"] == {"thing_id": "7"}


def test_a_greedy_variable_takes_the_rest_of_the_path(client: httpx.Client) -> None:
    event = event_of(client.get("/v1/files/a/b%20c"))

    assert event["resource"] == "/v1/files/{path+}"
    assert event["pathParameters"] == {"path": "a/b%20c"}


def test_a_mock_integration_answers_from_the_definition(client: httpx.Client) -> None:
    answer = client.patch("/v1/mock")

    assert answer.status_code == 405
    assert answer.headers["allow"] == "GET"
    assert answer.json()["request_id"] == answer.headers["x-amzn-requestid"]


# -- events and answers ---------------------------------------------------------------------------


def test_queries_and_headers_come_single_and_multiple(client: httpx.Client) -> None:
    headers = [("X-Tag", "one"), ("X-Tag", "two")]

    event = event_of(client.get("/v1/open?a=1&a=2&b=&c=%C3%A9", headers=headers))

    assert event["queryStringParameters"] == {"a": "2", "b": "", "c": "é"}
    assert event["multiValueQueryStringParameters"] == {"a": ["1", "2"], "b": [""], "c": ["é"]}
    assert event["multiValueHeaders"]["x-tag"] == ["one", "two"]
    assert event["headers"]["x-tag"] == "two"


def test_what_is_absent_is_null(client: httpx.Client) -> None:
    event = event_of(client.get("/v1/open"))

    absent = ("queryStringParameters", "pathParameters", "stageVariables", "body")
    assert [event[name] for name in absent] == [None] * 4


def test_the_context_has_the_path_as_it_was_called_and_the_stage_beside_it(
    client: httpx.Client,
) -> None:
    event = event_of(client.get("/v1/open"))

    assert event["path"] == "/v1/open"
    # The stack serves as under a domain of one's own: on AWS's own address the stage would stand in it.
    assert event["requestContext"]["path"] == "/v1/open"
    assert event["requestContext"]["stage"] == "dev"


def test_text_bodies_come_as_text_and_bytes_that_are_none_are_replaced(
    client: httpx.Client,
) -> None:
    headers = {"Content-Type": "application/json"}

    event = event_of(client.post("/v1/open", content=b'{"a":"\xff"}', headers=headers))

    assert (event["body"], event["isBase64Encoded"]) == ('{"a":"\ufffd"}', False)


def test_binary_bodies_come_in_base64(client: httpx.Client) -> None:
    headers = {"Content-Type": "image/png"}

    event = event_of(client.post("/v1/open", content=b"\x89PNG", headers=headers))

    assert (event["body"], event["isBase64Encoded"]) == ("iVBORw==", True)


def test_binary_answers_are_decoded_for_who_accepts_them(client: httpx.Client) -> None:
    wanted = client.get("/v1/open?do=png", headers={"Accept": "image/png"})
    unwanted = client.get("/v1/open?do=png", headers={"Accept": "text/html"})

    assert wanted.content == b"\x89PNG"
    assert unwanted.content == b"iVBORw=="


def test_headers_of_several_values_are_all_answered(client: httpx.Client) -> None:
    answer = client.get("/v1/open?do=many")

    assert answer.status_code == 201
    assert answer.headers.get_list("set-cookie") == ["a=1", "b=2"]
    assert answer.headers["content-type"] == "application/json"


def test_a_functions_own_challenge_comes_under_another_name(client: httpx.Client) -> None:
    answer = client.get("/v1/open?do=challenge")

    assert answer.status_code == 401
    assert "www-authenticate" not in answer.headers
    assert answer.headers["x-amzn-remapped-www-authenticate"] == "Bearer"


def test_a_long_answer_is_compressed_for_who_accepts_it(client: httpx.Client) -> None:
    packed = client.get("/v1/open", headers={"Accept-Encoding": "gzip"})
    plain = client.get("/v1/open", headers={"Accept-Encoding": "identity"})

    assert packed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers


def test_a_compressed_body_is_unpacked_and_its_size_is_limited(client: httpx.Client) -> None:
    headers = {"Content-Encoding": "gzip", "Content-Type": "text/plain"}

    small = client.post("/v1/open", content=gzip.compress(b"hello"), headers=headers)
    bomb = client.post("/v1/open", content=gzip.compress(b"0" * 11_000_000), headers=headers)

    assert event_of(small)["body"] == "hello"
    assert bomb.status_code == 413


def test_every_answer_carries_its_request_id(client: httpx.Client) -> None:
    event = client.get("/v1/open")
    refusal = client.get("/v1/unknown")

    assert event_of(event)["requestContext"]["requestId"] == event.headers["x-amzn-requestid"]
    assert refusal.json()["request_id"] == refusal.headers["x-amzn-requestid"]


def test_the_callers_trace_is_handed_on(client: httpx.Client) -> None:
    trace = "Root=1-5759e988-bd862e3fe1be46a994272793"

    answer = client.get("/v1/open", headers={"X-Amzn-Trace-Id": trace})

    assert answer.json()["trace"] == trace


# -- limits ---------------------------------------------------------------------------------------


def test_request_line_and_headers_of_more_than_10240_bytes_are_refused(
    client: httpx.Client,
) -> None:
    assert client.get("/v1/open", headers={"X-Long": "x" * 9_000}).status_code == 200
    assert client.get("/v1/open", headers={"X-Long": "x" * 10_240}).status_code == 413


def test_a_body_over_10_mb_is_refused_by_the_gateway(client: httpx.Client) -> None:
    answer = client.post("/v1/open", content=b" " * (10 * 1024 * 1024 + 1))

    assert answer.status_code == 413
    assert answer.json()["detail"] == "HTTP content length exceeded 10485760 bytes."


def test_an_event_over_6_mb_is_refused_by_lambda(client: httpx.Client) -> None:
    answer = client.post("/v1/open", content=b" " * (6 * 1024 * 1024))

    assert answer.status_code == 413
    assert answer.json()["detail"] == "Request Entity Too Large"


def test_an_answer_over_6_mb_is_a_502(client: httpx.Client) -> None:
    assert client.get("/v1/open?do=huge").status_code == 502


def test_an_integration_that_takes_too_long_is_a_504(client: httpx.Client) -> None:
    answer = client.get("/v1/short?do=nap")

    assert answer.status_code == 504
    assert answer.json()["detail"] == "Endpoint request timed out"


@pytest.mark.parametrize("failure", ["raise", "die", "nonsense"])
def test_a_function_that_fails_is_a_502_that_says_nothing(
    client: httpx.Client, failure: str
) -> None:
    answer = client.get(f"/v1/open?do={failure}")

    assert answer.status_code == 502
    assert answer.json()["detail"] == "Internal server error"
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(("size", "status"), [(1_000, 200), (1_001, 403), (70_000, 403)])
def test_the_firewalls_own_rules_are_asked_first(
    client: httpx.Client, size: int, status: int
) -> None:
    answer = client.post("/v1/things/7", content=b"x" * size)

    assert answer.status_code == status
    if status == 403:
        assert answer.json()["kind"] == "WAF_FILTERED"


# -- validation -----------------------------------------------------------------------------------


def test_missing_parameters_are_named(client: httpx.Client) -> None:
    answer = client.get("/v1/needs", params={"page": "1"})

    assert answer.status_code == 400
    assert answer.json()["detail"] == "Missing required request parameters: [Idempotency-Key]"


def test_required_parameters_that_are_there_pass(client: httpx.Client) -> None:
    answer = client.get("/v1/needs", params={"page": "1"}, headers={"Idempotency-Key": "k"})

    assert answer.status_code == 200


@pytest.mark.parametrize("body", ['{"size":"big"}', '{"size":1,"colour":2}', "{}", "{", ""])
def test_bodies_are_validated_where_the_validator_asks(client: httpx.Client, body: str) -> None:
    headers = {"Content-Type": "application/json"}

    answer = client.post("/v1/checked", content=body, headers=headers)

    assert answer.status_code == 400
    assert answer.json()["errors"].startswith("[")


def test_a_body_is_validated_by_the_model_of_its_content_type_alone(client: httpx.Client) -> None:
    good = client.post("/v1/checked", json={"size": 1})
    other = client.post("/v1/checked", content="?", headers={"Content-Type": "text/plain"})

    assert (good.status_code, other.status_code) == (200, 200)


# -- Lambda authorizer ----------------------------------------------------------------------------


def test_without_its_identity_source_the_authorizer_is_not_even_asked(
    client: httpx.Client,
) -> None:
    answer = client.get("/v1/partner/x")

    assert answer.status_code == 401
    assert answer.json()["detail"] == "Unauthorized"


@pytest.mark.parametrize(
    ("word", "status", "kind"),
    [
        ("nobody", 401, "UNAUTHORIZED"),
        ("broken", 500, "AUTHORIZER_FAILURE"),
        ("nonsense", 500, "AUTHORIZER_CONFIGURATION_ERROR"),
        ("barred", 403, "ACCESS_DENIED"),
    ],
)
def test_what_an_authorizer_answers_becomes_a_status(
    client: httpx.Client, word: str, status: int, kind: str
) -> None:
    answer = client.get("/v1/partner/x", headers=as_application(HARBOUR.application, word))

    assert answer.status_code == status
    assert answer.json()["kind"] == kind


def test_a_denial_that_was_said_and_one_that_was_not_are_worded_apart(
    client: httpx.Client,
) -> None:
    said = client.get("/v1/partner/x", headers=as_application(HARBOUR.application, "barred"))
    silent = client.post("/v1/partner/x", headers=as_application(HARBOUR.application, "reader"))

    assert said.json()["detail"].endswith("with an explicit deny")
    assert silent.json()["detail"] == "User is not authorized to access this resource"


def test_an_answer_is_remembered_for_the_identity_and_judged_for_each_method(
    client: httpx.Client,
) -> None:
    headers = as_application(HARBOUR_LIVE.application, "reader")

    first = event_of(client.get("/v1/partner/x", headers=headers))
    second = event_of(client.get("/v1/partner/y", headers=headers))
    refused = client.post("/v1/partner/x", headers=headers)

    calls = [each["requestContext"]["authorizer"]["calls"] for each in (first, second)]
    assert calls[0] == calls[1]
    assert refused.status_code == 403


def test_the_authorizers_context_arrives_as_text(client: httpx.Client) -> None:
    event = event_of(client.get("/v1/partner/x", headers=as_application(HARBOUR.application)))

    context = event["requestContext"]["authorizer"]
    assert context["principalId"] == HARBOUR.application
    assert context["staff"] == "false"
    assert isinstance(context["calls"], str)
    assert isinstance(context["integrationLatency"], int)


# -- usage plans ----------------------------------------------------------------------------------


def test_an_application_without_a_key_in_a_plan_is_forbidden(client: httpx.Client) -> None:
    answer = client.get("/v1/partner/x", headers=as_application("app_test_unknown"))

    assert answer.status_code == 403
    assert answer.json() | {"request_id": ""} == {
        "detail": "Forbidden",
        "kind": "INVALID_API_KEY",
        "request_id": "",
    }


def test_over_its_rate_a_caller_is_throttled_with_a_retry_after(running: Running) -> None:
    client, headers = running.client, as_application(PEBBLE.application)

    with running.clock.stopped(), ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: client.get("/v1/partner/x", headers=headers), range(8)))

    throttled = [answer for answer in answers if answer.status_code == 429]
    assert len(throttled) == 5  # a burst of three, and no second passed
    assert throttled[0].json()["detail"] == "Too Many Requests"
    assert throttled[0].headers["retry-after"] == "1"
    assert throttled[0].headers["request"] == throttled[0].headers["x-amzn-requestid"]


def test_over_its_quota_a_caller_is_refused_until_the_period_ends(client: httpx.Client) -> None:
    headers = as_application(MEADOW.application)

    statuses = [client.get("/v1/partner/x", headers=headers).status_code for _ in range(6)]

    assert statuses == [200] * 4 + [429] * 2
    assert client.get("/v1/partner/x", headers=headers).json()["detail"] == "Limit Exceeded"


# -- user pool authorizer -------------------------------------------------------------------------


def test_staff_are_admitted_by_a_scope_of_the_method(running: Running) -> None:
    headers = {"Authorization": f"Bearer {running.stack.token('underwriter-test')}"}

    event = event_of(running.client.post("/v1/staff", headers=headers))

    claims = event["requestContext"]["authorizer"]["claims"]
    assert claims["cognito:groups"] == "test,underwriter"
    assert claims["exp"].endswith(str(time.gmtime(time.time() + 86_400).tm_year))
    assert claims["auth_time"].isdigit()


def test_the_token_may_come_without_bearer(running: Running) -> None:
    headers = {"Authorization": running.stack.token("underwriter-test")}

    assert running.client.post("/v1/staff", headers=headers).status_code == 200


@pytest.mark.parametrize(
    ("changes", "status", "detail"),
    [
        ({"exp": 1}, 401, "The incoming token has expired"),
        ({"iss": "http://127.0.0.1:1"}, 401, "Unauthorized"),
        ({"token_use": "id"}, 401, "Unauthorized"),
        (
            {"scope": "coverwright/quotes:read"},
            403,
            "User is not authorized to access this resource",
        ),
    ],
)
def test_staff_tokens_that_do_not_fit_are_refused(
    running: Running, changes: dict[str, Any], status: int, detail: str
) -> None:
    token = running.stack.token("underwriter-test", changes=changes)

    answer = running.client.post("/v1/staff", headers={"Authorization": f"Bearer {token}"})

    assert (answer.status_code, answer.json()["detail"]) == (status, detail)


@pytest.mark.parametrize("token", ["", "Bearer", "Bearer x.y.z", "Bearer e30.e30."])
def test_what_is_no_token_is_refused(client: httpx.Client, token: str) -> None:
    answer = client.post("/v1/staff", headers={"Authorization": token} if token else {})

    assert answer.status_code == 401


# -- Lambda ---------------------------------------------------------------------------------------


def test_a_function_sees_its_own_environment_and_nothing_of_this_machines(
    client: httpx.Client,
) -> None:
    answer = client.get("/v1/open").json()

    environment = answer["environment"]
    assert environment["SHARED"] == "from globals"
    assert environment["EVENT_BUS"] == "coverwright-local-events"
    assert "HOME" not in environment
    assert "USER" not in environment
    assert not any(name.startswith("PYTEST") for name in environment)
    assert answer["layer"] == "layer"
    assert answer["arn"].endswith(":function:coverwright-local-EchoFunction:live")
    assert 0 < answer["remaining_ms"] <= 50_000


def test_eight_callers_at_once_each_see_themselves(client: httpx.Client) -> None:
    def call(number: int) -> tuple[int, str]:
        event = event_of(client.get("/v1/open", params={"do": "echo", "caller": str(number)}))
        return number, event["queryStringParameters"]["caller"]

    with ThreadPoolExecutor(8) as pool:
        seen = list(pool.map(call, range(80)))

    assert seen == [(number, str(number)) for number in range(80)]


def test_a_worker_that_dies_is_replaced(client: httpx.Client) -> None:
    before = client.get("/v1/open").json()["pid"]
    for _ in range(4):
        client.get("/v1/open?do=die")

    after = client.get("/v1/open").json()["pid"]

    assert after != before


def test_a_function_is_killed_at_its_timeout(client: httpx.Client) -> None:
    began = time.monotonic()

    answer = client.get("/v1/hanging?do=hang")

    assert answer.status_code == 502
    assert time.monotonic() - began > 0.9  # it would have hung for an hour


def test_log_lines_of_functions_and_of_the_gateway_are_kept(running: Running) -> None:
    answer = running.client.get("/v1/open")

    logs = running.stack.settings.logs
    request_id = answer.headers["x-amzn-requestid"]
    line = f'{{"id":"{request_id}","status":"200","path":"/v1/open"}}'
    # A line is written once the answer is on its way.
    wait_until((logs / "gateway.log").read_text, lambda text: line in text.splitlines())
    assert '"message": "echoed"' in (logs / "echo.log").read_text()
