"""Claim intake: coverage checks and first notices of loss."""

from http import HTTPStatus
from typing import Any, Final, Literal

from insurance import bundles, wiring
from insurance.api.body import Request
from insurance.api.fields import Code, Instant, Narrative, PositiveMoney, Reason, Text
from insurance.api.paging import Page
from insurance.api.payees import PayeeRequest
from insurance.api.router import Api
from insurance.api.views.claim_lists import ClaimsView
from insurance.api.views.claims import ClaimView
from insurance.api.views.coverage import CoverageView
from insurance.domain.claim import Claim, ReportChannel
from insurance.domain.claim.notice import CompletionInput, LossInput, NoticeInput
from insurance.domain.claim.verdict import Verdict
from insurance.domain.core.caller import CallerKind
from insurance.domain.core.errors import (
    AlreadyErased,
    InvalidFields,
    NumberTaken,
    PayeeAlreadyNamed,
    PolicyNotFound,
    TooManyClaims,
    WrongState,
)
from insurance.domain.core.identity import PolicyId
from insurance.domain.core.roles import CLAIM_READERS, NOTICE_TAKERS
from insurance.domain.core.scopes import Scope
from insurance.domain.core.stored import Stored
from insurance.domain.party.party import Claimant
from insurance.operations.claims.ask_for_review import ask_for_review
from insurance.operations.claims.change_payee import propose_payee
from insurance.operations.claims.check_coverage import check_coverage
from insurance.operations.claims.complete_claim import complete_claim
from insurance.operations.claims.notify_claim import notify_claim
from insurance.operations.claims.read_claim import ClaimsPage, list_claims, read_claim
from insurance.operations.command import Command, Query

ports = bundles.claim_ports()
idempotency = wiring.stores().idempotency

api = Api(idempotency.find_replay, wiring.edge())
handler = api.entrypoint()

INSURERS_SIDE: Final = {CallerKind.APPLICATION, CallerKind.STAFF}
EVERYBODY: Final = {*INSURERS_SIDE, CallerKind.POLICYHOLDER}


class CoverageCheckRequest(Request):
    """A loss that a caller asks about."""

    policy_id: PolicyId
    cover: Code
    occurred_at: Instant
    claimed: PositiveMoney
    facts: dict[str, Any] = {}
    """Answers to what the product asks about a loss under this cover, by code."""
    item: dict[str, Any] | None = None
    """The insured item as it stands in the answers, where the cover names items."""

    def loss(self) -> LossInput:
        return LossInput(**dict(self))


class CompletionRequest(Request):
    """What a notice lacked."""

    facts: dict[str, Any] = {}
    item: dict[str, Any] | None = None
    payee: PayeeRequest | None = None
    narrative: Narrative | None = None

    def completion(self) -> CompletionInput:
        return CompletionInput(
            facts=self.facts,
            item=self.item,
            payee=self.payee.payee() if self.payee else None,
            narrative=self.narrative,
        )


class ReviewRequest(Request):
    """Why a person should look at an automated decision."""

    reason: Reason


class NoticeRequest(CoverageCheckRequest):
    """A loss that a caller claims for."""

    claimant: Claimant
    payee: PayeeRequest | None = None
    narrative: Narrative | None = None
    loss_payee: Text | None = None
    catastrophe_event: Code | None = None
    reference: Text | None = None
    """The claim's number with the broker, the police or another insurer."""
    channel: Literal["policyholder", "broker", "call_centre", "portal"] | None = None
    """How the loss was reported; without it, by the kind of caller."""
    settle: bool = False
    """Settle it in the same call, straight through where every rule passes."""

    def notice(self) -> NoticeInput:
        fields = dict(self) | {
            "payee": self.payee.payee() if self.payee else None,
            "channel": ReportChannel(self.channel) if self.channel else None,
        }
        del fields["settle"]
        return NoticeInput(**fields)


@api.query(
    "/v1/coverage-checks",
    method="POST",
    operation_id="checkCoverage",
    summary="Check whether a loss would be covered, without creating a claim",
    scope=Scope.CLAIMS_READ,
    callers=INSURERS_SIDE,
    roles=CLAIM_READERS,
    shows=CoverageView,
    raises=(PolicyNotFound, AlreadyErased, InvalidFields),
)
def post_coverage_check(request: CoverageCheckRequest, query: Query) -> Verdict:
    return check_coverage(request.loss(), query, ports)


@api.command(
    "/v1/claims",
    operation_id="createClaim",
    summary="Create a claim from a first notice of loss",
    scope=Scope.CLAIMS_WRITE,
    callers=EVERYBODY,
    roles=NOTICE_TAKERS,
    status=HTTPStatus.CREATED,
    shows=ClaimView,
    raises=(PolicyNotFound, AlreadyErased, InvalidFields, NumberTaken, TooManyClaims),
)
def post_claim(request: NoticeRequest, command: Command) -> Stored[Claim]:
    if request.settle:
        command.caller.require(Scope.CLAIMS_SETTLE)
    return notify_claim(request.notice(), command, ports, settle=request.settle)


@api.command(
    "/v1/claims/{claim_id}/facts",
    operation_id="addClaimFacts",
    summary="Add missing facts to a claim",
    scope=Scope.CLAIMS_WRITE,
    callers=EVERYBODY,
    roles=NOTICE_TAKERS,
    shows=ClaimView,
    if_match=True,
    raises=(AlreadyErased, InvalidFields, PayeeAlreadyNamed, WrongState),
)
def post_facts(claim_id: str, request: CompletionRequest, command: Command) -> Stored[Claim]:
    return complete_claim(claim_id, request.completion(), command, ports)


@api.command(
    "/v1/claims/{claim_id}/review",
    operation_id="requestClaimReview",
    summary="Request a review of an automated decision by a person",
    scope=Scope.CLAIMS_WRITE,
    callers=INSURERS_SIDE,
    roles=NOTICE_TAKERS,
    shows=ClaimView,
    if_match=True,
    raises=(WrongState,),
)
def post_review(claim_id: str, request: ReviewRequest, command: Command) -> Stored[Claim]:
    return ask_for_review(claim_id, request.reason, command, ports)


@api.command(
    "/v1/claims/{claim_id}/payee",
    operation_id="setClaimPayee",
    summary="Set the payee of a claim, or propose a change of payee",
    scope=Scope.CLAIMS_WRITE,
    callers=INSURERS_SIDE,
    roles=NOTICE_TAKERS,
    shows=ClaimView,
    if_match=True,
    raises=(AlreadyErased, WrongState),
)
def post_payee(claim_id: str, request: PayeeRequest, command: Command) -> Stored[Claim]:
    return propose_payee(claim_id, request.payee(), command, ports)


@api.query(
    "/v1/policies/{policy_id}/claims",
    operation_id="listPolicyClaims",
    summary="List the claims on a policy",
    scope=Scope.CLAIMS_READ,
    callers=EVERYBODY,
    roles=CLAIM_READERS,
    shows=ClaimsView,
    paged="policy-claims:{policy_id}",
    paged_before="{policy_id}",
)
def get_claims(policy_id: str, page: Page, query: Query) -> ClaimsPage:
    return list_claims(policy_id, query, ports.claims, after=page.number, limit=page.limit)


@api.query(
    "/v1/claims/{claim_id}",
    operation_id="getClaim",
    summary="Read a claim",
    scope=Scope.CLAIMS_READ,
    callers=EVERYBODY,
    roles=CLAIM_READERS,
    shows=ClaimView,
    etag=True,
)
def get_claim(claim_id: str, query: Query) -> Stored[Claim]:
    return read_claim(claim_id, query.caller, ports.claims)
