"""Claim assessment: what people do with a claim. They decide, reserve, hold, close and reopen it."""

import re
from collections.abc import Callable
from typing import Literal

from insurance import wiring
from insurance.api.body import Request
from insurance.api.fields import Code, Instant, MoneyOrNil, PositiveMoney, Reason, Subject
from insurance.api.legacy_call import Call
from insurance.api.legacy_call import LegacyApi as Api
from insurance.api.views.claims import ClaimView
from insurance.api.views.work import ClaimDeskView
from insurance.domain.claim import Claim, CostType, Decision, ReserveReason, Step
from insurance.domain.core.stored import Stored
from insurance.operations.claims.decide_claim import (
    DecisionAsked,
    confirm_decision,
    decide_claim,
)
from insurance.operations.claims.handle_claim import ClaimDesk
from insurance.operations.claims.read_claim import read_claim
from insurance.operations.idempotency import RecordedAnswer

products, claims, receipts = wiring.products(), wiring.stores().claims, wiring.stores().receipts
screening = wiring.screening()

api = Api(receipts.find_replay)
handler = api.entrypoint()

DECISIONS = {
    "approve": Decision.APPROVED,
    "part_approve": Decision.PART_APPROVED,
    "deny": Decision.DENIED,
    "goodwill": Decision.GOODWILL,
}
SETTLED = "settled"


class DecisionRequest(Request):
    """What a person decides, and why."""

    decision: Literal["approve", "part_approve", "deny", "goodwill"]
    amount: PositiveMoney | None = None
    """What is paid in all: for a part approval and for goodwill."""
    reason_code: Code
    reason: Reason
    made_good: bool = False
    """The loss was made good: an approval pays what was held back for wear too."""

    def asked(self) -> DecisionAsked:
        return DecisionAsked(
            decision=DECISIONS[self.decision],
            amount=self.amount,
            reason_code=self.reason_code,
            reason=self.reason,
            made_good=self.made_good,
        )


class ConfirmationRequest(Request):
    """Whether a second person agrees, and why."""

    decision: Literal["confirm", "refuse"]
    reason: Reason


class ReserveRequest(Request):
    """What is still expected to be paid of one type of cost."""

    cost_type: Literal["indemnity", "expense"]
    outstanding: MoneyOrNil
    reason: Literal["new_information", "revised_estimate", "legal_advice"]


class HoldRequest(Request):
    """Why nothing is decided or paid for now."""

    reason: Reason


class ReleaseRequest(Request):
    """Nothing is asked beside the claim itself."""


class ClosureRequest(Request):
    """Why there is nothing more to do. A claim that is not decided is withdrawn or a duplicate."""

    reason: Literal["settled", "withdrawn", "duplicate"]


class ReopeningRequest(Request):
    """Why a closed claim is looked at again, and what it may still cost."""

    reason: Reason
    reserve: PositiveMoney | None = None


class AssignmentRequest(Request):
    """Who has the claim in hand from now on; without a handler, nobody."""

    handler: Subject | None = None


class NoteRequest(Request):
    """What the next person should know. Kept for our own people, sealed with the party's key."""

    text: Reason


class FollowUpRequest(Request):
    """When the claim is to be looked at again, and what for."""

    on: Instant
    about: Reason


def at_desk(
    claim_id: str,
    call: Call,
    step: Callable[[ClaimDesk], Stored[Claim]],
    shows: type[ClaimView] | type[ClaimDeskView] = ClaimView,
) -> RecordedAnswer:
    return call.once(
        lambda receipt: step(
            ClaimDesk(
                claim_id,
                expected_revision=call.expected_revision,
                caller=call.caller,
                products=products,
                claims=claims,
                receipt=receipt,
            )
        ),
        shows=shows.of,
    )


@api.command(
    "/v1/claims/{claim_id}/decision",
    scope="claims:assess",
    staff=True,
    summary="Approve a claim, in part or whole, deny it with reasons, or pay as goodwill",
)
def post_decision(
    claim_id: str, request: DecisionRequest, call: Call
) -> ClaimView | RecordedAnswer:
    return call.once(
        lambda receipt: decide_claim(
            claim_id,
            request.asked(),
            expected_revision=call.expected_revision,
            caller=call.caller,
            products=products,
            claims=claims,
            screening=screening,
            receipt=receipt,
        ),
        shows=ClaimView.of,
    )


@api.command(
    "/v1/claims/{claim_id}/decision/confirmation",
    scope="claims:assess",
    staff=True,
    summary="Confirm or refuse a decision that somebody else proposed",
)
def post_confirmation(
    claim_id: str, request: ConfirmationRequest, call: Call
) -> ClaimView | RecordedAnswer:
    return call.once(
        lambda receipt: confirm_decision(
            claim_id,
            confirm=request.decision == "confirm",
            reason=request.reason,
            expected_revision=call.expected_revision,
            caller=call.caller,
            products=products,
            claims=claims,
            receipt=receipt,
        ),
        shows=ClaimView.of,
    )


@api.command(
    "/v1/claims/{claim_id}/reserves",
    scope="claims:assess",
    staff=True,
    summary="Change what a claim is expected to cost still",
)
def post_reserve(claim_id: str, request: ReserveRequest, call: Call) -> ClaimView | RecordedAnswer:
    return at_desk(
        claim_id,
        call,
        lambda desk: desk.reserve(
            CostType(request.cost_type), request.outstanding, ReserveReason(request.reason)
        ),
    )


@api.command(
    "/v1/claims/{claim_id}/hold",
    scope="claims:assess",
    staff=True,
    summary="Put a claim on hold: nothing is decided or paid",
)
def post_hold(claim_id: str, request: HoldRequest, call: Call) -> ClaimView | RecordedAnswer:
    return at_desk(claim_id, call, lambda desk: desk.hold(request.reason))


@api.command(
    "/v1/claims/{claim_id}/release",
    scope="claims:assess",
    staff=True,
    summary="Take a claim off hold",
)
def post_release(claim_id: str, request: ReleaseRequest, call: Call) -> ClaimView | RecordedAnswer:
    return at_desk(claim_id, call, lambda desk: desk.release())


@api.command(
    "/v1/claims/{claim_id}/closure",
    scope="claims:assess",
    staff=True,
    summary="Close a claim and release its reserves",
)
def post_closure(claim_id: str, request: ClosureRequest, call: Call) -> ClaimView | RecordedAnswer:
    step = Step.FINISH if request.reason == SETTLED else Step.WITHDRAW
    return at_desk(claim_id, call, lambda desk: desk.close(request.reason, step=step))


@api.command(
    "/v1/claims/{claim_id}/reopening",
    scope="claims:assess",
    staff=True,
    summary="Open a closed claim again",
)
def post_reopening(
    claim_id: str, request: ReopeningRequest, call: Call
) -> ClaimView | RecordedAnswer:
    return at_desk(claim_id, call, lambda desk: desk.reopen(request.reason, request.reserve))


@api.command(
    "/v1/claims/{claim_id}/assignment",
    scope="claims:assess",
    staff=True,
    summary="Put a claim into somebody's hands",
)
def post_assignment(
    claim_id: str, request: AssignmentRequest, call: Call
) -> ClaimDeskView | RecordedAnswer:
    return at_desk(claim_id, call, lambda desk: desk.assign(request.handler), ClaimDeskView)


@api.command(
    "/v1/claims/{claim_id}/notes",
    scope="claims:assess",
    staff=True,
    summary="Write down what the next person should know",
)
def post_note(claim_id: str, request: NoteRequest, call: Call) -> ClaimDeskView | RecordedAnswer:
    return at_desk(claim_id, call, lambda desk: desk.note(request.text), ClaimDeskView)


@api.command(
    "/v1/claims/{claim_id}/diary",
    scope="claims:assess",
    staff=True,
    summary="Have a claim come back to the work list at a time",
)
def post_follow_up(
    claim_id: str, request: FollowUpRequest, call: Call
) -> ClaimDeskView | RecordedAnswer:
    return at_desk(
        claim_id, call, lambda desk: desk.follow_up(request.on, request.about), ClaimDeskView
    )


@api.command(
    "/v1/claims/{claim_id}/diary/{number}/done",
    scope="claims:assess",
    staff=True,
    summary="Strike a follow-up that was seen to",
)
def post_follow_up_done(
    claim_id: str, number: str, request: ReleaseRequest, call: Call
) -> ClaimDeskView | RecordedAnswer:
    place = int(number) if re.fullmatch("[1-9][0-9]{0,3}", number) else 0
    return at_desk(claim_id, call, lambda desk: desk.followed_up(place), ClaimDeskView)


@api.query(
    "GET",
    "/v1/claims/{claim_id}/desk",
    scope="claims:assess",
    staff=True,
    summary="Read what our people keep beside a claim",
)
def get_desk(claim_id: str, call: Call) -> ClaimDeskView:
    return ClaimDeskView.of(read_claim(claim_id, caller=call.caller, claims=claims))
