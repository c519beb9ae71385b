"""An active application gets another plan, other API products and scopes: two people, and nothing new that is not offered."""

import pytest
from insurance.api_products import ApiProduct
from insurance.domain.core.errors import InvalidFields, SamePerson, Unavailable, WrongState
from insurance.domain.core.identity import Mode
from insurance.domain.core.scopes import Scope
from insurance.domain.partner.api_product import ApiVersionInput, ApiVersionStep
from insurance.domain.partner.application import (
    ApplicationChange,
    ApplicationStep,
    PartnerApplication,
    PartnerPlan,
)
from insurance.operations.partners.advance_api_product import advance_api_product
from insurance.operations.partners.change_application import (
    decide_application,
    reject_change,
    request_application,
    request_change,
)
from insurance.operations.partners.issue_credentials import approve_change, provision_application
from insurance.operations.partners.ports import CataloguePorts, PartnerPorts
from insurance.operations.partners.register_partner import register_partner

from tests.fakes.memory import Memory
from tests.fakes.partners import (
    Killed,
    MemoryApiProducts,
    MemoryClients,
    MemoryPartners,
    MemoryUsageKeys,
    Outside,
)
from tests.support.builders import NOW
from tests.support.partners_at_work import ASKED, LATER_THAN_A_CLAIM, command

QUOTING, CLAIMS = ApiProduct("quoting"), ApiProduct("claims")
CHANGE = ApplicationChange(
    plan=PartnerPlan.SILVER,
    per_month=70_000,
    products=(CLAIMS, QUOTING),
    scopes=(Scope.CLAIMS_READ, Scope.QUOTES_READ),
    reason="grown",
)


class Desk:
    """One active application."""

    def __init__(self, mode: Mode = Mode.TEST) -> None:
        self.outside, self.memory, self.mode = Outside(), Memory(), mode
        self.api_products = MemoryApiProducts(self.memory)
        self.ports = PartnerPorts(
            MemoryPartners(self.memory),
            MemoryClients(self.outside),
            MemoryUsageKeys(self.outside),
            self.api_products,
        )
        register_partner("oak", "Oak", command("register", mode=mode), self.ports)
        ask = command("request", mode=mode)
        self.id = request_application("oak", ASKED, ask, self.ports).record.id
        yes = command("approve", by="ben", mode=mode)
        decide_application(self.id, ApplicationStep.APPROVE, "fine", yes, self.ports)
        provision_application(self.id, command("provision", mode=mode), self.ports)

    @property
    def application(self) -> PartnerApplication:
        return self.ports.partners.application(self.id).record

    def ask(self, change: ApplicationChange = CHANGE, key: str = "change") -> None:
        request_change(self.id, change, command(key, mode=self.mode), self.ports)

    def deprecate(self, product: ApiProduct) -> None:
        step = ApiVersionInput(
            version=product.offer.released,
            step=ApiVersionStep.DEPRECATE,
            reason="old",
            sunset_at=NOW + 9 * LATER_THAN_A_CLAIM,
        )
        catalogue = CataloguePorts(self.api_products, dict.fromkeys(ApiProduct, ""))
        advance_api_product(product, step, command(f"deprecate {product}"), catalogue)


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_until_another_person_approves_the_application_is_as_it_was(desk: Desk) -> None:
    before = desk.application

    desk.ask()
    with pytest.raises(SamePerson):
        approve_change(desk.id, command("own"), desk.ports)

    waiting = desk.application
    assert waiting.change == CHANGE.replace(requested_by="ann")
    assert waiting.replace(change=None) == before
    assert (len(desk.outside.keys), desk.outside.allowed) == (1, {})


def test_approved_it_has_the_plan_the_products_and_the_scopes_and_a_key_in_that_plan(
    desk: Desk,
) -> None:
    before = desk.application
    desk.ask()

    approve_change(desk.id, command("yes", by="ben"), desk.ports)

    after = desk.application
    assert (after.plan, after.calls_a_month) == (PartnerPlan.SILVER, 70_000)
    assert (after.products, after.scopes) == (CHANGE.products, CHANGE.scopes)
    assert (after.requested_by, after.decided_by, after.change) == ("ann", "ben", None)
    assert after.key_id != before.key_id
    assert sorted(desk.outside.keys.values()) == ["bronze", "silver"]
    assert desk.outside.allowed == {after.client_id: CHANGE.scopes}
    assert list(desk.api_products.partners_with(Mode.TEST, CLAIMS)) == ["oak"]


def test_products_alone_change_no_key_and_a_plan_that_is_taken_again_has_the_key_it_had(
    desk: Desk,
) -> None:
    plans = (PartnerPlan.BRONZE, PartnerPlan.SILVER, PartnerPlan.BRONZE, PartnerPlan.SILVER)
    keys = []
    for number, plan in enumerate(plans):
        desk.ask(CHANGE.replace(plan=plan), f"change {number}")
        approve_change(desk.id, command(f"yes {number}", by="ben"), desk.ports)
        keys.append(desk.application.key_id)

    assert keys[0] == f"key-{desk.id}"
    assert keys[1] == keys[3]
    assert len(set(keys)) == 3  # the first one was of no plan


def test_a_rejected_change_is_over_and_nothing_is_decided_twice(desk: Desk) -> None:
    for decide in (
        lambda key: reject_change(desk.id, "no", command(key), desk.ports),
        lambda key: approve_change(desk.id, command(key, by="ben"), desk.ports),
    ):
        with pytest.raises(WrongState):
            decide("nothing")
    desk.ask()

    reject_change(desk.id, "too_much", command("no"), desk.ports)

    assert (desk.application.change, desk.application.plan) == (None, PartnerPlan.BRONZE)
    with pytest.raises(WrongState):
        approve_change(desk.id, command("late", by="ben"), desk.ports)


def test_what_is_not_on_offer_is_refused_with_its_place(desk: Desk) -> None:
    with pytest.raises(InvalidFields) as refused:
        desk.ask(CHANGE.replace(products=(QUOTING,)))

    assert [(f.pointer, f.code) for f in refused.value.faults] == [("/to/scopes", "not-offered")]


def test_an_api_product_that_is_deprecated_is_given_to_nobody_new_and_kept_by_who_has_it(
    desk: Desk,
) -> None:
    desk.deprecate(QUOTING)
    desk.ask()  # it has quoting
    desk.deprecate(CLAIMS)

    with pytest.raises(InvalidFields) as refused:
        desk.ask(key="again")
    assert [(f.pointer, f.code) for f in refused.value.faults] == [("/to/products", "not-offered")]
    other = ASKED.replace(code="oak-app")
    with pytest.raises(InvalidFields) as refused:
        request_application("oak", other, command("new"), desk.ports)
    assert [(f.pointer, f.code) for f in refused.value.faults] == [("/products", "not-offered")]


def test_in_live_mode_claims_come_with_a_proof_of_the_sender_or_not_at_all() -> None:
    desk = Desk(Mode.LIVE)

    with pytest.raises(InvalidFields) as refused:
        desk.ask()

    assert [fault.pointer for fault in refused.value.faults] == ["/to/products"]


def test_while_one_call_carries_it_out_no_other_changes_it(desk: Desk) -> None:
    desk.ask()
    desk.outside.dies_at = desk.outside.calls + 1
    with pytest.raises(Killed):
        approve_change(desk.id, command("yes", by="ben"), desk.ports)

    with pytest.raises(Unavailable):
        desk.ask(CHANGE, "meanwhile")
    with pytest.raises(Unavailable):
        reject_change(desk.id, "no", command("no"), desk.ports)
    approve_change(desk.id, command("again", by="ben", now=NOW + LATER_THAN_A_CLAIM), desk.ports)
    assert desk.application.plan is PartnerPlan.SILVER
