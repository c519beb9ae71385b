"""Claim intake: what is covered, and the first notice of a loss."""

from http import HTTPStatus
from typing import Any, Literal

from insurance import wiring
from insurance.api.body import Request
from insurance.api.fields import (
    Code,
    Instant,
    Narrative,
    PositiveMoney,
    Reason,
    Text,
)
from insurance.api.legacy_call import Call
from insurance.api.legacy_call import LegacyApi as Api
from insurance.api.payees import ClaimPayeeRequest
from insurance.api.views.claims import ClaimsView, ClaimView, CoverageView
from insurance.domain.claim import Channel
from insurance.domain.core.identity import PolicyId
from insurance.domain.party.party import Claimant
from insurance.operations.claims.change_payee import propose_payee
from insurance.operations.claims.check_coverage import LossAsked, check_coverage
from insurance.operations.claims.complete_notice import NoticeCompleted, complete_notice
from insurance.operations.claims.notify_claim import LossReported, notify_claim
from insurance.operations.claims.read_claim import read_claim, read_claims
from insurance.operations.claims.review_claim import ask_for_review
from insurance.operations.idempotency import RecordedAnswer

products, claims, receipts = wiring.products(), wiring.stores().claims, wiring.stores().receipts
screening = wiring.screening()

api = Api(receipts.find_replay)
handler = api.entrypoint()


class CoverageCheckRequest(Request):
    """A loss that somebody asks about."""

    policy_id: PolicyId
    cover: Code
    occurred_at: Instant
    claimed: PositiveMoney
    facts: dict[str, Any] = {}
    """Answers to what the product asks about a loss under this cover, by code."""
    item: dict[str, Any] | None = None
    """The insured item as it stands in the answers, where the cover names items."""


class CompletionRequest(Request):
    """What was missing in a notice."""

    facts: dict[str, Any] = {}
    item: dict[str, Any] | None = None
    payee: ClaimPayeeRequest | None = None
    narrative: Narrative | None = None

    def told(self) -> NoticeCompleted:
        return NoticeCompleted(
            facts=self.facts,
            item=self.item,
            payee=self.payee.payee() if self.payee else None,
            narrative=self.narrative,
        )


class ReviewRequest(Request):
    """Why a person shall look at what was decided by rules alone."""

    reason: Reason


class NoticeRequest(CoverageCheckRequest):
    """A loss that somebody claims for."""

    claimant: Claimant
    payee: ClaimPayeeRequest | None = None
    narrative: Narrative | None = None
    loss_payee: Text | None = None
    catastrophe_event: Code | None = None
    reference: Text | None = None
    """What the claim is called by whoever tells of it."""
    channel: Literal["policyholder", "broker", "call_centre", "portal"] | None = None
    """How the loss was told; without it, what the caller is."""
    settle: bool = False
    """Settle it in the same call, straight through where every rule passes."""

    def reported(self) -> LossReported:
        told = dict(self) | {
            "payee": self.payee.payee() if self.payee else None,
            "channel": Channel(self.channel) if self.channel else None,
        }
        del told["settle"]
        return LossReported(**told)


@api.query(
    "POST",
    "/v1/coverage-checks",
    scope="claims:read",
    summary="Check what is covered, with every reason, changing nothing",
)
def post_coverage_check(request: CoverageCheckRequest, call: Call) -> CoverageView:
    asked = LossAsked(**dict(request))
    verdict = check_coverage(
        asked, caller=call.caller, products=products, claims=claims, now=call.now
    )
    return CoverageView.of(verdict, request.policy_id)


@api.command(
    "/v1/claims",
    scope="claims:write",
    status=HTTPStatus.CREATED,
    policyholders=True,
    summary="Give first notice of a loss",
)
def post_claim(request: NoticeRequest, call: Call) -> ClaimView | RecordedAnswer:
    if request.settle:
        call.caller.require("claims:settle")
    return call.once(
        lambda receipt: notify_claim(
            request.reported(),
            caller=call.caller,
            products=products,
            claims=claims,
            receipt=receipt,
            screening=screening if request.settle else None,
        ),
        shows=lambda kept: ClaimView.to(call.caller, kept),
    )


@api.command(
    "/v1/claims/{claim_id}/facts",
    scope="claims:write",
    policyholders=True,
    summary="Tell what a notice was missing",
)
def post_facts(claim_id: str, request: CompletionRequest, call: Call) -> ClaimView | RecordedAnswer:
    return call.once(
        lambda receipt: complete_notice(
            claim_id,
            request.told(),
            expected_revision=call.expected_revision,
            caller=call.caller,
            products=products,
            claims=claims,
            receipt=receipt,
        ),
        shows=lambda kept: ClaimView.to(call.caller, kept),
    )


@api.command(
    "/v1/claims/{claim_id}/review",
    scope="claims:write",
    summary="Have a person look at an automated decision",
)
def post_review(claim_id: str, request: ReviewRequest, call: Call) -> ClaimView | RecordedAnswer:
    return call.once(
        lambda receipt: ask_for_review(
            claim_id,
            request.reason,
            expected_revision=call.expected_revision,
            caller=call.caller,
            claims=claims,
            receipt=receipt,
        ),
        shows=ClaimView.of,
    )


@api.command(
    "/v1/claims/{claim_id}/payee",
    scope="claims:write",
    summary="Name whom a claim is paid to; another one than before needs a second person",
)
def post_payee(claim_id: str, request: ClaimPayeeRequest, call: Call) -> ClaimView | RecordedAnswer:
    return call.once(
        lambda receipt: propose_payee(
            claim_id,
            request.payee(),
            expected_revision=call.expected_revision,
            caller=call.caller,
            claims=claims,
            receipt=receipt,
        ),
        shows=ClaimView.of,
    )


@api.query(
    "GET",
    "/v1/policies/{policy_id}/claims",
    scope="claims:read",
    policyholders=True,
    summary="List the claims on a policy",
)
def get_claims(policy_id: str, call: Call) -> ClaimsView:
    page = call.page(of=policy_id)
    found = read_claims(
        policy_id, after=page.after, limit=page.limit, caller=call.caller, claims=claims
    )
    return ClaimsView.to(call.caller, policy_id, found)


@api.query(
    "GET",
    "/v1/claims/{claim_id}",
    scope="claims:read",
    policyholders=True,
    summary="Read a claim",
)
def get_claim(claim_id: str, call: Call) -> ClaimView:
    return ClaimView.to(call.caller, read_claim(claim_id, caller=call.caller, claims=claims))
