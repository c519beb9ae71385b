"""What the registration of applications, the authorizer and the routes say of the same things."""

import pytest
from insurance.access.binding import must_be_bound
from insurance.api_products import ApiProduct
from insurance.domain.core.identity import Mode, application_id_for
from insurance.domain.core.scopes import Scope
from insurance.domain.partner.application import (
    CLAIM_LASTS,
    ApplicationInput,
    PartnerPlan,
)

from demo.samples import PARTNERS
from local.aws.template import Template
from local.settings import ROOT
from tests.support.builders import NOW


def test_every_plan_of_partners_is_a_plan_of_the_template() -> None:
    names = {
        plan.properties["UsagePlanName"].rpartition("-")[2]
        for plan in Template(ROOT / "template.yaml").of_type("AWS::ApiGateway::UsagePlan")
    }

    assert {*PartnerPlan, "internal"} == names


def test_a_call_has_ended_before_another_may_change_the_same_credentials() -> None:
    function = Template(ROOT / "template.yaml").functions["PartnersFunction"]

    assert function.timeout_seconds < CLAIM_LASTS.total_seconds()


@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize("products", [(ApiProduct("quoting"),), (ApiProduct("claims"),)])
@pytest.mark.parametrize("scopes", [(Scope.QUOTES_READ,), (Scope.CLAIMS_READ,)])
def test_what_must_prove_its_sender_is_what_the_authorizer_admits_only_so(
    mode: Mode, products: tuple[ApiProduct, ...], scopes: tuple[Scope, ...]
) -> None:
    asked = ApplicationInput(
        code="a-b",
        name="A",
        team="A",
        plan=PartnerPlan.BRONZE,
        products=products,
        scopes=scopes,
        reason="why",
    )

    application = asked.of("oak", mode, by="ann", now=NOW)

    asked_for = must_be_bound(
        "live" if mode is Mode.LIVE else "test", frozenset(products), frozenset(scopes)
    )
    assert application.must_prove_its_sender is asked_for


def test_the_samples_have_the_ids_that_their_registration_gives() -> None:
    for partner in PARTNERS:
        assert partner.application == application_id_for(Mode(partner.mode), partner.client_id)
