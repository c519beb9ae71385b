"""The keys of applications, beside those of other stacks in the same account."""

import sqlite3
from typing import Any

import pytest
from botocore.exceptions import ClientError
from insurance.cognito import CognitoClients
from insurance.domain.core.errors import QuotaUsedUp, Unanswered, Unavailable
from insurance.usage_plans import GatewayUsageKeys

from local.aws.services.api_keys import ApiKeys
from local.aws.services.store import open_store
from local.onboarding import InProcess

ID = "app_test_s5mdwvbezzff34r7nj2g"
STACKS = {"plan-1": "cw-dev-bronze", "plan-2": "cw-bronze"}


@pytest.fixture
def services(tmp_path: Any) -> Any:
    store = open_store(tmp_path / "services.sqlite")
    yield store
    store.close()


def keys_of(services: sqlite3.Connection, prefix: str, secret: bytes) -> GatewayUsageKeys:
    gateway: Any = InProcess(ApiKeys(services, STACKS))
    return GatewayUsageKeys(gateway, prefix, lambda: secret)


def test_two_stacks_of_one_account_have_keys_of_their_own_for_the_same_application(
    services: sqlite3.Connection,
) -> None:
    stacks = [("cw-dev-", b"one"), ("cw-", b"two")]

    first = [keys_of(services, *stack).put(ID, "bronze") for stack in stacks]
    again = [keys_of(services, *stack).put(ID, "bronze") for stack in stacks]

    assert first == again
    plans = services.execute("SELECT id, plan FROM usage_keys ORDER BY plan").fetchall()
    assert plans == list(zip(first, STACKS, strict=True))


def test_a_stack_that_has_another_secret_makes_another_key(services: sqlite3.Connection) -> None:
    before = keys_of(services, "cw-", b"one").put(ID, "bronze")

    after = keys_of(services, "cw-", b"two").put(ID, "bronze")

    assert after != before
    names = [name for (name,) in services.execute("SELECT name FROM usage_keys")]
    assert all(name.startswith(f"cw-{ID}-") for name in names)
    assert len(set(names)) == 2


class Refusing:
    """A client whose every call is refused."""

    def __init__(self, code: str, status: int) -> None:
        answer: Any = {
            "Error": {"Code": code, "Message": ""},
            "ResponseMetadata": {"HTTPStatusCode": status},
        }
        self._error = ClientError(answer, "Call")

    def __getattr__(self, name: str) -> Any:
        def call(**_: Any) -> Any:
            raise self._error

        return call


class Pool:
    """A user pool that takes one call."""

    def __init__(self) -> None:
        self.asked: dict[str, Any] = {}

    def create_user_pool_client(self, **request: Any) -> Any:
        self.asked = request
        return {"UserPoolClient": {"ClientId": "client", "ClientSecret": "secret"}}

    def list_user_pool_client_secrets(self, **_: Any) -> Any:
        listed = [{"ClientSecretId": "id", "ClientSecretCreateDate": 1}]
        return {"ClientSecrets": listed}


def clients_of(pool: Any) -> CognitoClients:
    return CognitoClients(pool, "pool")


def test_a_client_signs_in_by_its_secret_alone() -> None:
    pool = Pool()

    clients_of(pool).create(ID, ["quotes:read"])

    assert pool.asked["ExplicitAuthFlows"] == ["ALLOW_REFRESH_TOKEN_AUTH"]
    assert pool.asked["PreventUserExistenceErrors"] == "ENABLED"
    assert pool.asked["AllowedOAuthFlows"] == ["client_credentials"]


def pool_refusing(code: str, status: int) -> None:
    clients_of(Refusing(code, status)).create(ID, [])


def gateway_refusing(code: str, status: int) -> None:
    gateway: Any = Refusing(code, status)
    GatewayUsageKeys(gateway, "cw-", lambda: b"one").put(ID, "bronze")


SERVICES = pytest.mark.parametrize("asking", [pool_refusing, gateway_refusing])


@SERVICES
@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("TooManyRequestsException", 400),  # as Cognito says it
        ("TooManyRequestsException", 429),  # as the gateway does
        ("ThrottlingException", 400),
        ("ConcurrentModificationException", 400),
        ("SomethingNew", 429),
    ],
)
def test_a_service_that_is_busy_has_done_nothing(asking: Any, code: str, status: int) -> None:
    with pytest.raises(Unavailable, match="nothing was done") as refused:
        asking(code, status)
    assert type(refused.value) is Unavailable


@SERVICES
@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("InternalErrorException", 500),
        ("InternalServerException", 500),
        ("ServiceUnavailableException", 503),
        ("SomethingNew", 500),
        ("504", 504),
    ],
)
def test_a_service_that_fails_may_have_acted(asking: Any, code: str, status: int) -> None:
    with pytest.raises(Unanswered, match="nothing is done twice"):
        asking(code, status)


@SERVICES
@pytest.mark.parametrize("status", [400, 429])
def test_a_service_that_takes_no_more_says_what_to_do(asking: Any, status: int) -> None:
    with pytest.raises(QuotaUsedUp, match="have the quota raised"):
        asking("LimitExceededException", status)


@SERVICES
@pytest.mark.parametrize("code", ["AccessDeniedException", "InvalidParameterException"])
def test_what_is_asked_wrongly_is_a_fault_of_ours(asking: Any, code: str) -> None:
    with pytest.raises(ClientError, match=code):
        asking(code, 400)
