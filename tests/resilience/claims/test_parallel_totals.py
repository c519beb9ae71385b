"""What is let go at once, by rules or by one person, passes a running total by nothing, on a real engine."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from insurance.domain.core import house_authority
from insurance.domain.core.errors import NoAuthority, StaleRevision, Unavailable
from insurance.domain.core.house_authority import Outlay
from insurance.domain.core.identity import Mode, suspense_id_for
from insurance.domain.core.roles import Role
from insurance.operations.billing.ports import RefundPorts
from insurance.operations.billing.resolve_suspense import decide_return
from insurance.operations.claims.ports import ClaimPorts
from insurance.operations.claims.settle_claim import settle_claim
from insurance.operations.idempotency import RecordedAnswer
from insurance.screening import BundledScreening

from tests.support.billing import granted, person
from tests.support.builders import PARTNER, make_command
from tests.support.claims import AT_FAULT, issued, loss, notified
from tests.support.platform import Platform

pytestmark = pytest.mark.xdist_group("resilience")

CALLERS = 24
PATIENCE = 60
SETTLE = "test POST /v1/claims/{claim_id}/settlement"
STRANGER = {"name": "Mallory Quick", "iban": "DE89370400440532013000"}


def settled_at_once(platform: Platform, claim_ids: list[str]) -> list[dict[str, Any]]:
    """The claims after all of them were settled at the same moment, each by a call of its own."""
    ports = ClaimPorts(platform.products, platform.stores.claims, BundledScreening())

    def settle(claim_id: str) -> None:
        command = make_command(
            f"settle-{claim_id}",
            caller=PARTNER.replace(partner="harbour"),
            operation=SETTLE,
            now=platform.now,
            render=lambda _stored: RecordedAnswer("{}"),
        )
        for _ in range(PATIENCE):
            try:
                settle_claim(claim_id, command, ports)
            except (Unavailable, StaleRevision):
                continue
            return

    with ThreadPoolExecutor(CALLERS) as callers:
        list(callers.map(settle, claim_ids))
    return [platform.get(f"/v1/claims/{claim_id}") for claim_id in claim_ids]


def statuses(claims: list[dict[str, Any]]) -> Counter[str]:
    return Counter(claim["payments"][0]["status"] for claim in claims)


def returned_at_once(platform: Platform, suspense_ids: list[str]) -> Counter[str]:
    """What comes of it that one person approves the returns of all these payments at the same moment."""
    ports = RefundPorts(
        platform.products,
        platform.stores.billing,
        BundledScreening(),
        platform.stores.running_totals,
    )
    finance = person("frank")

    def approve(suspense_id: str) -> str:
        command = make_command(
            f"return-{suspense_id}",
            caller=finance,
            operation="test POST /v1/suspense/{suspense_id}/return/approval",
            now=platform.now,
            render=lambda _result: RecordedAnswer("{}"),
        )
        for _ in range(PATIENCE):
            try:
                decide_return(suspense_id, granted(finance), command, ports)
            except (Unavailable, StaleRevision):
                continue
            except NoAuthority:
                return "no authority"
            return "approved"
        return "not finished"

    with ThreadPoolExecutor(CALLERS) as callers:
        return Counter(callers.map(approve, suspense_ids))


def test_one_persons_day_is_passed_by_nothing_either(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
):
    limits = {**house_authority.LIMITS, (Role.FINANCE, Outlay.RETURN): 100}
    monkeypatch.setattr(house_authority, "LIMITS", limits)
    suspense_ids = [waiting_return(platform, f"REF-{number}") for number in range(CALLERS)]

    came_to = returned_at_once(platform, suspense_ids)

    assert came_to == {"approved": 5, "no authority": CALLERS - 5}


def waiting_return(platform: Platform, reference: str) -> str:
    """A payment of 100 for nobody, which somebody asks to return."""
    body = {
        "policy_id": "pol_test_0000000000000000",
        "reference": reference,
        "amount": {"amount": 100_00, "currency": "GBP"},
        "received_on": "2026-11-20",
    }
    platform.post("/v1/payments", body, by="bank-test")
    suspense_id = suspense_id_for(Mode.TEST, reference)
    asked = {"reason_code": "payer_unknown"}
    platform.post(f"/v1/suspense/{suspense_id}/return", asked, by="controller-test")
    return suspense_id


def test_claims_on_one_policy_pass_its_total_by_nothing(platform: Platform):
    policy_id, first = issued(platform), datetime(2026, 12, 2, 8, tzinfo=UTC)
    claim_ids = []
    for day in range(CALLERS):
        at = first + timedelta(days=day)
        body = loss(policy_id, "accidental_damage", "1500", facts=AT_FAULT)
        claim_ids.append(notified(platform, body | {"occurred_at": at.isoformat()})["id"])

    claims = settled_at_once(platform, claim_ids)

    assert statuses(claims) == {"executing": 12, "awaiting_approval": CALLERS - 12}


def test_payments_to_one_account_pass_its_total_by_nothing_whosever_claims_they_are(
    platform: Platform,
):
    policies = [issued(platform) for _ in range(CALLERS)]
    platform.deliver()
    claim_ids = [
        notified(platform, loss(each, "accidental_damage", "2500", facts=AT_FAULT, payee=STRANGER))[
            "id"
        ]
        for each in policies
    ]

    claims = settled_at_once(platform, claim_ids)

    assert statuses(claims) == {"executing": 5, "awaiting_approval": CALLERS - 5}
