"""Onboarding on a real engine, beside Cognito and API Gateway on disk: killed between any two calls, then repeated."""

import json
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from insurance.access.grants import application_in
from insurance.access.usage_key import usage_key
from insurance.api_products import ApiProduct
from insurance.cognito import CognitoClients
from insurance.domain.core.errors import WrongState
from insurance.domain.core.scopes import Scope
from insurance.domain.partner.application import (
    ApplicationChange,
    ApplicationStatus,
    ApplicationStep,
    PartnerApplication,
    PartnerPlan,
)
from insurance.dynamodb.stores import Stores
from insurance.operations.partners.change_application import (
    advance_application,
    decide_application,
    request_application,
    request_change,
)
from insurance.operations.partners.issue_credentials import (
    approve_change,
    cancel_application,
    provision_application,
)
from insurance.operations.partners.ports import PartnerPorts
from insurance.operations.partners.register_partner import register_partner
from insurance.usage_plans import GatewayUsageKeys

from local.aws.services.api_keys import ApiKeys
from local.aws.services.store import open_store
from local.aws.services.user_pool import UserPoolClients
from local.onboarding import InProcess
from tests.support.builders import NOW
from tests.support.engine import make_tables
from tests.support.partners_at_work import ASKED, LATER_THAN_A_CLAIM, command

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

POOL, PLAN = "eu-west-2_pool", "plan-1"
PLANS = {PLAN: "cw-bronze", "plan-2": "cw-gold"}
CHANGE = ApplicationChange(
    plan=PartnerPlan.GOLD,
    products=(ApiProduct("claims"), ApiProduct("quoting")),
    scopes=(Scope.CLAIMS_READ, Scope.QUOTES_READ),
    reason="grown",
)
CALLS = 24
"""More than provisioning makes: the process may die before and after each."""


class Dead(BaseException):
    """The process died: nothing catches it."""


class Life:
    """How many calls a process still makes; None: as many as it likes."""

    def __init__(self) -> None:
        self.left: int | None = None

    def spend(self) -> None:
        if self.left is not None:
            self.left -= 1
            if self.left < 0:
                raise Dead


class Watched:
    """A client before and after whose every call the process may die."""

    def __init__(self, client: Any, life: Life) -> None:
        self._client, self._life = client, life

    def __getattr__(self, name: str) -> Any:
        work = getattr(self._client, name)
        if name in {"exceptions", "meta"}:
            return work

        def call(**request: Any) -> Any:
            self._life.spend()
            answer = work(**request)
            self._life.spend()
            return answer

        return call


class House:
    """The engine, the services, and one application that is approved."""

    def __init__(self, dynamodb: "DynamoDBClient", services: Any) -> None:
        self.life, self.store = Life(), services
        tables = make_tables(dynamodb)
        pool: Any = Watched(InProcess(UserPoolClients(services, {POOL: "arn"})), self.life)
        keys: Any = Watched(InProcess(ApiKeys(services, PLANS)), self.life)
        database: Any = Watched(dynamodb, self.life)
        self.rows = lambda: dynamodb.scan(TableName=tables["applications"])["Items"]
        stores = Stores(lambda: database, tables.__getitem__, _nothing, _nothing)
        self.ports = PartnerPorts(
            stores.partners,
            CognitoClients(pool, POOL),
            GatewayUsageKeys(keys, "cw-", lambda: b"secret"),
            stores.api_products,
        )
        register_partner("oak", "Oak", command("register"), self.ports)
        self.id = request_application("oak", ASKED, command("request"), self.ports).record.id
        approving = command("approve", by="ben")
        decide_application(self.id, ApplicationStep.APPROVE, "fine", approving, self.ports)

    def provision(self, turn: int) -> str | None:
        """The secret that is answered; None: the process died, or it had been done."""
        now = NOW + turn * LATER_THAN_A_CLAIM
        try:
            return provision_application(
                self.id, command(f"turn {turn}", now=now), self.ports
            ).secret
        except (Dead, WrongState):
            return None

    def counted(self, table: str) -> int:
        [(number,)] = self.store.execute(f"SELECT count(*) FROM {table}")  # noqa: S608 - names of ours
        return int(number)


def _nothing() -> Any:
    raise AssertionError("nothing personal is known of a partner")


@pytest.fixture
def house(dynamodb: "DynamoDBClient", tmp_path: Path) -> Iterator[House]:
    with closing(open_store(tmp_path / "services.sqlite")) as services:
        yield House(dynamodb, services)


@pytest.mark.parametrize("dies_after", range(CALLS))
def test_one_client_one_key_one_secret_and_one_active_application(
    house: House, dies_after: int
) -> None:
    house.life.left = dies_after
    first = house.provision(0)
    house.life.left = None
    again = house.provision(1)

    application = house.ports.partners.application(house.id).record
    assert application.status is ApplicationStatus.ACTIVE
    assert [
        house.counted(each) for each in ("pool_clients", "pool_client_secrets", "usage_keys")
    ] == [*(1, 1, 1)]
    [row] = house.rows()
    assert (row["id"]["S"], row["status"]["S"]) == (application.client_id, "active")
    [(secret,)] = house.store.execute("SELECT secret FROM pool_client_secrets")
    assert {first, again} - {None} <= {secret}
    [(plan,)] = house.store.execute("SELECT plan FROM usage_keys")
    assert plan == PLAN


@pytest.mark.parametrize("dies_after", range(CALLS))
def test_a_cancelled_application_has_no_client_and_until_then_one_that_works(
    house: House, dies_after: int
) -> None:
    house.provision(0)
    advance_application(house.id, ApplicationStep.SUSPEND, "over", command("stop"), house.ports)
    house.life.left = dies_after
    with suppress(Dead):
        cancel_application(house.id, "over", command("cancel"), house.ports)
    house.life.left = None

    status = house.ports.partners.application(house.id).record.status
    [row] = house.rows()
    assert row["status"]["S"] == status
    assert status is ApplicationStatus.CANCELLED or house.counted("pool_clients") == 1
    cancel_application(house.id, "over", command("cancel again"), house.ports)
    assert house.ports.partners.application(house.id).record.status is ApplicationStatus.CANCELLED
    assert house.counted("pool_clients") == 0


@pytest.mark.parametrize("dies_after", range(CALLS))
def test_a_change_is_carried_out_whole_and_until_then_the_plan_before_counts(
    house: House, dies_after: int
) -> None:
    house.provision(0)
    request_change(house.id, CHANGE, command("change"), house.ports)
    house.life.left = dies_after
    with suppress(Dead):
        approve_change(house.id, command("yes", by="ben"), house.ports)
    house.life.left = None

    application = house.ports.partners.application(house.id).record
    assert_admitted_as(house, application)
    if application.change is not None:
        again = command("yes again", by="ben", now=NOW + LATER_THAN_A_CLAIM)
        approve_change(house.id, again, house.ports)
    application = house.ports.partners.application(house.id).record
    assert (application.plan, application.products) == (CHANGE.plan, CHANGE.products)
    assert_admitted_as(house, application)
    assert [house.counted(each) for each in ("pool_clients", "usage_keys")] == [1, 2]
    [(scopes,)] = house.store.execute("SELECT scopes FROM pool_clients")
    assert json.loads(scopes) == [f"coverwright/{scope}" for scope in CHANGE.scopes]


def assert_admitted_as(house: House, application: PartnerApplication) -> None:
    """The row that the authorizer reads is the application as it stands, and its key is in its plan."""
    [row] = house.rows()
    admitted = application_in(row)
    assert admitted.plan == application.plan.value
    assert admitted.products == {each.value for each in application.products}
    value = usage_key(b"secret", admitted.id, admitted.key_plan)
    [(id, plan)] = house.store.execute(
        "SELECT id, plan FROM usage_keys WHERE value = ?", (value,)
    ).fetchall()
    assert (id, PLANS[plan]) == (application.key_id, f"cw-{application.plan}")


def test_enough_calls_are_counted(house: House) -> None:
    house.life.left = CALLS

    assert house.provision(0)
    assert house.life.left > 0, "the last kill is after the last call"
