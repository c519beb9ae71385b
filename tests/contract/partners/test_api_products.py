"""What the store of API products promises, in memory and on a real engine alike."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from insurance.access.notices import SunsetNotice, notice_id, notices_in
from insurance.api_products import API_PRODUCTS, ApiProduct
from insurance.domain.core.errors import StaleRevision, StillSubscribed
from insurance.domain.core.identity import Mode
from insurance.domain.core.stored import Stored
from insurance.domain.partner.api_product import ApiProductLife, ApiVersionInput, ApiVersionStep
from insurance.domain.partner.application import ApplicationStep, PartnerApplication
from insurance.domain.partner.event_types import ApiProductEventType
from insurance.dynamodb.partners import api_products as on_dynamodb
from insurance.operations.idempotency import AlreadyAnswered
from insurance.operations.partners.advance_api_product import advance_api_product
from insurance.operations.partners.change_application import (
    advance_application,
    decide_application,
    request_application,
)
from insurance.operations.partners.issue_credentials import (
    cancel_application,
    provision_application,
)
from insurance.operations.partners.ports import CataloguePorts, PartnerPorts
from insurance.operations.partners.register_partner import register_partner

from tests.fakes.partners import MemoryClients, MemoryUsageKeys, Outside
from tests.support.builders import NOW
from tests.support.engine import make_tables
from tests.support.partners_at_work import ASKED, LATER_THAN_A_CLAIM, command
from tests.support.stores import Stores
from tests.support.stores import on_dynamodb as stores_on

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

DIGESTS = dict.fromkeys(API_PRODUCTS, "a" * 64)
RELEASED = API_PRODUCTS["quoting"].released
SUNSET = NOW + timedelta(days=100)


def step(
    stores: Stores, name: str, *, revision: int | None = None, **asked: Any
) -> Stored[ApiProductLife]:
    given = ApiVersionInput(version=RELEASED, step=ApiVersionStep(name), reason="why", **asked)
    ports = CataloguePorts(stores.api_products, DIGESTS)
    return advance_api_product("quoting", given, command(name, revision=revision), ports)


def deprecated(stores: Stores) -> Stored[ApiProductLife]:
    return step(stores, "deprecate", sunset_at=SUNSET, successor="/v1/policies")


class Office:
    """Brings applications in, and ends them."""

    def __init__(self, stores: Stores) -> None:
        outside = Outside()
        self.ports = PartnerPorts(
            stores.partners, MemoryClients(outside), MemoryUsageKeys(outside), stores.api_products
        )
        self._partners: set[str] = set()

    def admit(
        self, partner: str, code: str, *products: str, mode: Mode = Mode.TEST
    ) -> Stored[PartnerApplication]:
        key = f"{mode} {partner} {code}"
        if f"{mode} {partner}" not in self._partners:
            self._partners.add(f"{mode} {partner}")
            register_partner(partner, "Oak", command(f"register {key}", mode=mode), self.ports)
        asked = ASKED.replace(code=code, products=tuple(map(ApiProduct, products or ("quoting",))))
        request = command(f"request {key}", mode=mode)
        requested = request_application(partner, asked, request, self.ports)
        approve = command(f"approve {key}", by="ben", mode=mode)
        id = requested.record.id
        decide_application(id, ApplicationStep.APPROVE, "why", approve, self.ports)
        provision_application(id, command(f"make {key}", mode=mode), self.ports)
        return self.ports.partners.application(id)

    def suspend(self, id: str) -> None:
        ask = command(f"suspend {id}")
        advance_application(id, ApplicationStep.SUSPEND, "why", ask, self.ports)

    def cancel(self, id: str) -> None:
        late = NOW + LATER_THAN_A_CLAIM
        ask = command(f"cancel {id}", now=late, received_at=late)
        cancel_application(id, "why", ask, self.ports)


def having(stores: Stores, product: str = "quoting", mode: Mode = Mode.TEST) -> list[str]:
    return list(stores.api_products.partners_with(mode, product))


def test_a_product_comes_back_as_it_was_stored(stores: Stores) -> None:
    assert stores.api_products.lives(Mode.TEST) == {}

    after = deprecated(stores)

    assert stores.api_products.lives(Mode.TEST) == {"quoting": after}
    assert stores.api_products.lives(Mode.LIVE) == {}
    assert after.head.sequence == 1


def test_a_repeated_step_is_answered_and_not_taken_again(stores: Stores) -> None:
    deprecated(stores)

    with pytest.raises(AlreadyAnswered):
        deprecated(stores)
    assert stores.api_products.lives(Mode.TEST)["quoting"].head.sequence == 1


def test_a_step_is_refused_where_somebody_was_first(stores: Stores) -> None:
    before = deprecated(stores)
    event = command("a").event(
        before.record.id, before.record, ApiProductEventType.DEPRECATED, None
    )

    with pytest.raises(StaleRevision):
        stores.api_products.store(event, before.record, None, command("a").with_answer(before))
    with pytest.raises(StaleRevision):
        step(stores, "retire", revision=0)


def test_partners_are_found_by_what_they_have_each_once_and_in_order(stores: Stores) -> None:
    office = Office(stores)
    for partner, code in (("oak", "oak-b"), ("elm", "elm-a"), ("oak", "oak-a")):
        office.admit(partner, code)
    office.admit("ash", "ash-a", "quoting", "issuance")
    office.admit("fir", "fir-a", mode=Mode.LIVE)

    assert having(stores) == ["ash", "elm", "oak"]
    assert having(stores, "issuance") == ["ash"]
    assert having(stores, "claims") == []
    assert having(stores, mode=Mode.LIVE) == ["fir"]


def test_who_is_suspended_has_it_still_and_who_is_cancelled_has_not(stores: Stores) -> None:
    office = Office(stores)
    id = office.admit("oak", "oak-a").record.id

    office.suspend(id)
    assert having(stores) == ["oak"]
    office.cancel(id)
    assert having(stores) == []


def test_an_application_has_nothing_before_it_is_admitted(stores: Stores) -> None:
    office = Office(stores)
    register_partner("oak", "Oak", command("register"), office.ports)
    request_application("oak", ASKED, command("request"), office.ports)

    assert having(stores) == []


def test_a_product_that_somebody_has_is_retired_at_its_sunset_and_not_before(
    stores: Stores,
) -> None:
    office = Office(stores)
    id = office.admit("oak", "oak-a").record.id
    deprecated(stores)

    with pytest.raises(StillSubscribed):
        step(stores, "retire")
    office.suspend(id)
    with pytest.raises(StillSubscribed):
        step(stores, "retire")
    office.cancel(id)
    ended = step(stores, "retire").record.served

    assert ended is not None
    assert ended.sunset_at == NOW


def test_many_partners_are_read_page_by_page(
    dynamodb: "DynamoDBClient", monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(on_dynamodb, "PAGE", 2)
    stores = stores_on(dynamodb, make_tables(dynamodb))
    office = Office(stores)
    names = [f"oak-{letter}" for letter in "abcde"]
    for name in names:
        office.admit(name, f"{name}-one")
        office.admit(name, f"{name}-two")

    assert having(stores) == names


def test_the_authorizer_understands_what_the_product_says(dynamodb: "DynamoDBClient") -> None:
    """Its own reading of the table is tests/unit/authorizer/test_handler.py's."""
    tables = make_tables(dynamodb)
    stores = stores_on(dynamodb, tables)

    def notices(mode: Mode) -> dict[str, SunsetNotice]:
        keys = [{"id": {"S": notice_id(mode, product)}} for product in API_PRODUCTS]
        table = tables["applications"]
        answer = dynamodb.batch_get_item(RequestItems={table: {"Keys": keys}})
        return notices_in(answer["Responses"][table])

    assert notices(Mode.TEST) == {}
    deprecated(stores)
    since, until = int(NOW.timestamp()), int(SUNSET.timestamp())
    assert notices(Mode.TEST) == {"quoting": SunsetNotice("quoting", since, until, "/v1/policies")}
    step(stores, "retire")
    assert notices(Mode.TEST)["quoting"].sunset_at == since
    assert notices(Mode.LIVE) == {}
