"""Claim assessment: what people do with a claim. They decide, reserve, hold, close and reopen it."""

import re
from typing import Final, Literal

from insurance import bundles, wiring
from insurance.api.body import Request
from insurance.api.fields import Code, Instant, MoneyOrNil, PositiveMoney, Reason, Subject
from insurance.api.router import Api
from insurance.api.views.claims import ClaimView
from insurance.api.views.internal_claims import InternalClaimView
from insurance.domain.claim import Claim, ClaimStep, CostType, Decision, ReserveReason
from insurance.domain.claim.assessment import DecisionInput
from insurance.domain.claim.handling import ReserveInput
from insurance.domain.core.caller import CallerKind
from insurance.domain.core.errors import (
    AlreadyErased,
    ClaimFull,
    ClaimOnHold,
    ClaimStillOpen,
    DecisionNotPossible,
    DiaryEntryNotFound,
    InvalidFields,
    ReserveTooLow,
    SamePerson,
    WrongState,
)
from insurance.domain.core.roles import CLAIM_HANDLERS, CLAIM_READERS
from insurance.domain.core.scopes import Scope
from insurance.domain.core.stored import Stored
from insurance.operations.claims.decide_claim import (
    confirm_decision,
    decide_claim,
    refuse_decision,
)
from insurance.operations.claims.handle_claim import (
    add_note,
    assign_claim,
    change_reserve,
    close_claim,
    complete_diary_entry,
    create_diary_entry,
    hold_claim,
    release_claim,
    reopen_claim,
)
from insurance.operations.claims.read_claim import read_claim
from insurance.operations.command import Command, Query

ports = bundles.claim_ports()
idempotency = wiring.stores().idempotency

api = Api(idempotency.find_replay, wiring.edge_for_staff())
handler = api.entrypoint()

STAFF: Final = {CallerKind.STAFF}
DECISIONS: Final = {
    "approve": Decision.APPROVED,
    "part_approve": Decision.PART_APPROVED,
    "deny": Decision.DENIED,
    "goodwill": Decision.GOODWILL,
}
SETTLED: Final = "settled"


class ClaimDecisionRequest(Request):
    """What a person decides, and why."""

    decision: Literal["approve", "part_approve", "deny", "goodwill"]
    amount: PositiveMoney | None = None
    """What is paid in all: for a part approval and for goodwill."""
    reason_code: Code
    reason: Reason
    made_good: bool = False
    """The loss was made good: an approval pays what was held back for wear too."""

    def decided(self) -> DecisionInput:
        return DecisionInput(
            decision=DECISIONS[self.decision],
            amount=self.amount,
            reason_code=self.reason_code,
            reason=self.reason,
            made_good=self.made_good,
        )


class ConfirmationRequest(Request):
    """The second person's word on a proposed denial, and why."""

    decision: Literal["confirm", "refuse"]
    reason: Reason


class ReserveRequest(Request):
    """What is still expected to be paid of one type of cost."""

    cost_type: Literal["indemnity", "expense"]
    outstanding: MoneyOrNil
    reason: Literal["new_information", "revised_estimate", "legal_advice"]

    def reserve(self) -> ReserveInput:
        return ReserveInput(CostType(self.cost_type), self.outstanding, ReserveReason(self.reason))


class HoldRequest(Request):
    """Why nothing is decided or paid for now."""

    reason: Reason


class ClosureRequest(Request):
    """Why there is nothing more to do. A claim that is not decided is withdrawn or a duplicate."""

    reason: Literal["settled", "withdrawn", "duplicate"]


class ReopeningRequest(Request):
    """Why a closed claim is looked at again, and what it may still cost."""

    reason: Reason
    reserve: PositiveMoney | None = None


class AssignmentRequest(Request):
    """The handler who works on the claim from now on; without one, nobody does."""

    handler: Subject | None = None


class NoteRequest(Request):
    """What the next person should know. Only staff can read it."""

    text: Reason


class DiaryEntryRequest(Request):
    """When the claim is to be looked at again, and what for."""

    on: Instant
    about: Reason


@api.command(
    "/v1/claims/{claim_id}/decision",
    operation_id="decideClaim",
    summary="Approve, part-approve or deny a claim, or pay it as goodwill",
    scope=Scope.CLAIMS_ASSESS,
    callers=STAFF,
    roles=CLAIM_HANDLERS,
    shows=ClaimView,
    step_up=True,
    if_match=True,
    raises=(
        AlreadyErased,
        ClaimFull,
        ClaimOnHold,
        DecisionNotPossible,
        InvalidFields,
        WrongState,
    ),
)
def post_decision(claim_id: str, request: ClaimDecisionRequest, command: Command) -> Stored[Claim]:
    return decide_claim(claim_id, request.decided(), command, ports)


@api.command(
    "/v1/claims/{claim_id}/decision/confirmation",
    operation_id="confirmClaimDecision",
    summary="Confirm or refuse a proposed decision",
    scope=Scope.CLAIMS_ASSESS,
    callers=STAFF,
    roles=CLAIM_HANDLERS,
    shows=ClaimView,
    if_match=True,
    raises=(ClaimOnHold, SamePerson, WrongState),
)
def post_confirmation(
    claim_id: str, request: ConfirmationRequest, command: Command
) -> Stored[Claim]:
    if request.decision == "refuse":
        return refuse_decision(claim_id, request.reason, command, ports)
    return confirm_decision(claim_id, command, ports)


@api.command(
    "/v1/claims/{claim_id}/reserves",
    operation_id="changeClaimReserve",
    summary="Change a reserve of a claim",
    scope=Scope.CLAIMS_ASSESS,
    callers=STAFF,
    roles=CLAIM_HANDLERS,
    shows=ClaimView,
    if_match=True,
    raises=(ReserveTooLow, WrongState),
)
def post_reserve(claim_id: str, request: ReserveRequest, command: Command) -> Stored[Claim]:
    return change_reserve(claim_id, request.reserve(), command, ports)


@api.command(
    "/v1/claims/{claim_id}/hold",
    operation_id="holdClaim",
    summary="Put a claim on hold",
    scope=Scope.CLAIMS_ASSESS,
    callers=STAFF,
    roles=CLAIM_HANDLERS,
    shows=ClaimView,
    if_match=True,
    raises=(WrongState,),
)
def post_hold(claim_id: str, request: HoldRequest, command: Command) -> Stored[Claim]:
    return hold_claim(claim_id, request.reason, command, ports)


@api.command(
    "/v1/claims/{claim_id}/release",
    operation_id="releaseClaim",
    summary="Take a claim off hold",
    scope=Scope.CLAIMS_ASSESS,
    callers=STAFF,
    roles=CLAIM_HANDLERS,
    shows=ClaimView,
    if_match=True,
    raises=(WrongState,),
)
def post_release(claim_id: str, command: Command) -> Stored[Claim]:
    return release_claim(claim_id, command, ports)


@api.command(
    "/v1/claims/{claim_id}/closure",
    operation_id="closeClaim",
    summary="Close a claim and release its reserves",
    scope=Scope.CLAIMS_ASSESS,
    callers=STAFF,
    roles=CLAIM_HANDLERS,
    shows=ClaimView,
    if_match=True,
    raises=(ClaimOnHold, ClaimStillOpen, WrongState),
)
def post_closure(claim_id: str, request: ClosureRequest, command: Command) -> Stored[Claim]:
    step = ClaimStep.FINISH if request.reason == SETTLED else ClaimStep.WITHDRAW
    return close_claim(claim_id, request.reason, step, command, ports)


@api.command(
    "/v1/claims/{claim_id}/reopening",
    operation_id="reopenClaim",
    summary="Reopen a closed claim",
    scope=Scope.CLAIMS_ASSESS,
    callers=STAFF,
    roles=CLAIM_HANDLERS,
    shows=ClaimView,
    if_match=True,
    raises=(WrongState,),
)
def post_reopening(claim_id: str, request: ReopeningRequest, command: Command) -> Stored[Claim]:
    return reopen_claim(claim_id, request.reason, request.reserve, command, ports)


@api.command(
    "/v1/claims/{claim_id}/assignment",
    operation_id="assignClaim",
    summary="Assign a claim to a handler",
    scope=Scope.CLAIMS_ASSESS,
    callers=STAFF,
    roles=CLAIM_HANDLERS,
    shows=InternalClaimView,
    if_match=True,
    raises=(WrongState,),
)
def post_assignment(claim_id: str, request: AssignmentRequest, command: Command) -> Stored[Claim]:
    return assign_claim(claim_id, request.handler, command, ports)


@api.command(
    "/v1/claims/{claim_id}/notes",
    operation_id="addClaimNote",
    summary="Add a note to a claim",
    scope=Scope.CLAIMS_ASSESS,
    callers=STAFF,
    roles=CLAIM_HANDLERS,
    shows=InternalClaimView,
    if_match=True,
    raises=(ClaimFull,),
)
def post_note(claim_id: str, request: NoteRequest, command: Command) -> Stored[Claim]:
    return add_note(claim_id, request.text, command, ports)


@api.command(
    "/v1/claims/{claim_id}/diary-entries",
    operation_id="createDiaryEntry",
    summary="Create a diary entry for a claim",
    scope=Scope.CLAIMS_ASSESS,
    callers=STAFF,
    roles=CLAIM_HANDLERS,
    shows=InternalClaimView,
    if_match=True,
    raises=(ClaimFull,),
)
def post_diary_entry(claim_id: str, request: DiaryEntryRequest, command: Command) -> Stored[Claim]:
    return create_diary_entry(claim_id, request.on, request.about, command, ports)


@api.command(
    "/v1/claims/{claim_id}/diary-entries/{number}/completion",
    operation_id="completeDiaryEntry",
    summary="Complete a diary entry of a claim",
    scope=Scope.CLAIMS_ASSESS,
    callers=STAFF,
    roles=CLAIM_HANDLERS,
    shows=InternalClaimView,
    if_match=True,
    raises=(DiaryEntryNotFound,),
)
def post_diary_entry_completion(claim_id: str, number: str, command: Command) -> Stored[Claim]:
    entry = int(number) if re.fullmatch("[1-9][0-9]{0,3}", number) else 0
    return complete_diary_entry(claim_id, entry, command, ports)


@api.query(
    "/v1/claims/{claim_id}/internal",
    operation_id="getClaimInternal",
    summary="Read the internal view of a claim: handler, notes and diary",
    scope=Scope.CLAIMS_ASSESS,
    callers=STAFF,
    roles=CLAIM_READERS,
    shows=InternalClaimView,
    etag=True,
)
def get_internal(claim_id: str, query: Query) -> Stored[Claim]:
    return read_claim(claim_id, query.caller, ports.claims)
