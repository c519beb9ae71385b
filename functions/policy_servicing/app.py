"""Policy servicing: a policy changed, ended or brought back; each of them first as a preview."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Annotated, Any, Literal

from insurance import wiring
from insurance.access.people import person_id
from insurance.api.body import Request
from insurance.api.fields import Code, Day, Instant, TokenName
from insurance.api.legacy_call import Call
from insurance.api.legacy_call import LegacyApi as Api
from insurance.api.views.notices import NoticesView, NoticeView
from insurance.api.views.parties import AccessView
from insurance.api.views.policies import PolicyView
from insurance.api.views.quotes import PreviewView, QuoteView
from insurance.api.views.servicing import ChangeView, ComparisonView, TransactionsView
from insurance.domain.core.caller import Caller
from insurance.domain.core.errors import NoticeNotFound, TransactionNotFound
from insurance.domain.jurisdiction import Channel
from insurance.domain.policy import Initiator, TransactionKind
from insurance.domain.policy.notice import DispatchReference
from insurance.operations.idempotency import Idempotency, RecordedAnswer
from insurance.operations.parties.grant_access import give_access, withdraw_access
from insurance.operations.policy.compare_policy import Version, compare_policy
from insurance.operations.policy.read_policy import read_policy
from insurance.operations.policy.renew_policy import offer_renewal, preview_renewal
from insurance.operations.policy.serve_notice import (
    DispatchInput,
    NoticeResult,
    announce_cancellation,
    refuse_renewal,
    report_dispatch,
    withdraw_notice,
)
from insurance.operations.policy.service_policy import (
    ChangeAsked,
    change_policy,
    preview_change,
)
from pydantic import Field

products, sources = wiring.products(), wiring.look_ups()
policies, receipts = wiring.stores().policy_changes, wiring.stores().receipts
renewals, quotes, keys = wiring.stores().renewals, wiring.stores().quotes, wiring.keys()
accesses, billing = wiring.stores().accesses, wiring.stores().billing

NUMBER_DIGITS = 6

api = Api(receipts.find_replay)
handler = api.entrypoint()


class EndorsementRequest(Request):
    """What changes, and from when; without a date it changes now."""

    effective_on: Day | None = None
    """A date where the risk is: from the time of day at which cover begins."""
    effective_at: Instant | None = None
    answers: Annotated[dict[str, Any], Field(max_length=200)] = {}
    """The answers that change, by code; null takes one away. The others stay."""
    covers: Annotated[list[Code], Field(max_length=50)] | None = None
    """The optional covers from then on; left out, they stay."""
    reason: Code | None = None

    def asked(self) -> ChangeAsked:
        return ChangeAsked(
            kind=TransactionKind.ENDORSEMENT,
            effective_on=self.effective_on,
            effective_at=self.effective_at,
            reason=self.reason,
            answers=self.answers,
            options=None if self.covers is None else tuple(self.covers),
        )


class RenewalRequest(Request):
    """Nothing is asked beside the policy itself."""


class PolicyCancellationRequest(Request):
    """Who ends the policy, why, and from when; without a date it ends now."""

    effective_on: Day | None = None
    effective_at: Instant | None = None
    by: Literal["policyholder", "insurer"] = "policyholder"
    reason: Code | None = None

    def asked(self) -> ChangeAsked:
        return ChangeAsked(
            kind=TransactionKind.CANCELLATION,
            effective_on=self.effective_on,
            effective_at=self.effective_at,
            by=Initiator(self.by),
            reason=self.reason,
        )


class ReinstatementRequest(Request):
    """Cover again: as if it had never ended, or with a gap, from a date or from now."""

    gap: bool = False
    effective_on: Day | None = None
    effective_at: Instant | None = None
    no_known_loss: bool = False
    """The policyholder declares that nothing has happened meanwhile; needed without a gap."""
    reason: Code | None = None

    def asked(self) -> ChangeAsked:
        return ChangeAsked(
            kind=TransactionKind.REINSTATEMENT,
            effective_on=self.effective_on,
            effective_at=self.effective_at,
            gap=self.gap,
            no_known_loss=self.no_known_loss,
            reason=self.reason,
        )


class ReversalRequest(Request):
    """Why a transaction was a mistake."""

    reason: Code

    def asked(self, number: str) -> ChangeAsked:
        return ChangeAsked(
            kind=TransactionKind.REVERSAL,
            effective_on=None,
            effective_at=None,
            reason=self.reason,
            number=read_number(number),
        )


def read_number(number: str) -> int:
    """A transaction's number in a path."""
    if not (number.isdecimal() and len(number) < NUMBER_DIGITS):
        raise TransactionNotFound(number[:64])
    return int(number)


class AccessRequest(Request):
    """A person, as the access tokens of the partner's sign-in name them."""

    issuer: TokenName
    """`iss`"""
    subject: TokenName
    """`sub`"""

    def person(self, caller: Caller) -> str:
        return person_id(
            caller.mode.value, partner=caller.partner, issuer=self.issuer, subject=self.subject
        )


def preview(policy_id: str, asked: ChangeAsked, call: Call) -> ChangeView:
    change = preview_change(
        policy_id,
        asked,
        caller=call.caller,
        products=products,
        look_ups=sources,
        policies=policies,
        billing=billing,
        now=call.now,
    )
    return ChangeView.at(call.now, change)


def carry_out(
    policy_id: str, asked: ChangeAsked, call: Call, *, expected_revision: int | None
) -> RecordedAnswer:
    return call.once(
        lambda receipt: change_policy(
            policy_id,
            asked,
            expected_revision=expected_revision,
            caller=call.caller,
            products=products,
            look_ups=sources,
            policies=policies,
            billing=billing,
            receipt=receipt,
        ),
        shows=lambda change: ChangeView.at(call.now, change),
    )


@api.query(
    "POST",
    "/v1/policies/{policy_id}/endorsements/preview",
    scope="policies:write",
    summary="Show what a change would cost, without making it",
)
def post_endorsement_preview(policy_id: str, request: EndorsementRequest, call: Call) -> ChangeView:
    return preview(policy_id, request.asked(), call)


@api.command(
    "/v1/policies/{policy_id}/endorsements",
    scope="policies:write",
    summary="Change a policy from a date",
)
def post_endorsement(
    policy_id: str, request: EndorsementRequest, call: Call
) -> ChangeView | RecordedAnswer:
    return carry_out(policy_id, request.asked(), call, expected_revision=call.expected_revision)


@api.query(
    "POST",
    "/v1/policies/{policy_id}/cancellations/preview",
    scope="policies:write",
    summary="Show what a cancellation would give back, without making it",
)
def post_cancellation_preview(
    policy_id: str, request: PolicyCancellationRequest, call: Call
) -> ChangeView:
    return preview(policy_id, request.asked(), call)


@api.command(
    "/v1/policies/{policy_id}/cancellations",
    scope="policies:write",
    summary="Cancel a policy from a date",
)
def post_cancellation(
    policy_id: str, request: PolicyCancellationRequest, call: Call
) -> ChangeView | RecordedAnswer:
    return carry_out(policy_id, request.asked(), call, expected_revision=call.expected_revision)


@api.query(
    "POST",
    "/v1/policies/{policy_id}/reinstatements/preview",
    scope="policies:write",
    summary="Show what bringing a policy back would cost, without doing it",
)
def post_reinstatement_preview(
    policy_id: str, request: ReinstatementRequest, call: Call
) -> ChangeView:
    return preview(policy_id, request.asked(), call)


@api.command(
    "/v1/policies/{policy_id}/reinstatements",
    scope="policies:write",
    summary="Bring a cancelled policy back",
)
def post_reinstatement(
    policy_id: str, request: ReinstatementRequest, call: Call
) -> ChangeView | RecordedAnswer:
    return carry_out(policy_id, request.asked(), call, expected_revision=call.expected_revision)


@api.query(
    "POST",
    "/v1/policies/{policy_id}/transactions/{number}/reversal/preview",
    scope="policies:write",
    summary="Show what undoing one transaction would come to, and what would be made again",
)
def post_reversal_preview(
    policy_id: str, number: str, request: ReversalRequest, call: Call
) -> ChangeView:
    return preview(policy_id, request.asked(number), call)


@api.command(
    "/v1/policies/{policy_id}/transactions/{number}/reversal",
    scope="policies:write",
    summary="Undo one transaction that was a mistake; later ones are made again",
)
def post_reversal(
    policy_id: str, number: str, request: ReversalRequest, call: Call
) -> ChangeView | RecordedAnswer:
    """A partner undoes its own endorsements; the rest is for our people."""
    return carry_out(
        policy_id, request.asked(number), call, expected_revision=call.expected_revision
    )


@api.query(
    "POST",
    "/v1/policies/{policy_id}/renewals/preview",
    scope="policies:write",
    summary="Show what the next term would cost, without offering it",
)
def post_renewal_preview(policy_id: str, request: RenewalRequest, call: Call) -> PreviewView:
    offered = preview_renewal(
        policy_id,
        caller=call.caller,
        products=products,
        look_ups=sources,
        renewals=renewals,
        now=call.now,
    )
    return PreviewView.of(offered.priced)


@api.command(
    "/v1/policies/{policy_id}/renewals",
    scope="policies:write",
    status=HTTPStatus.CREATED,
    summary="Offer the next term of a policy, as a quote",
)
def post_renewal(policy_id: str, request: RenewalRequest, call: Call) -> QuoteView | RecordedAnswer:
    """Accepted and issued like any quote, it becomes the policy of the next term."""
    return call.once(
        lambda receipt: offer_renewal(
            policy_id,
            caller=call.caller,
            products=products,
            look_ups=sources,
            renewals=renewals,
            quotes=quotes,
            keys=keys,
            receipt=receipt,
        ),
        shows=QuoteView.of,
        find_replay=lambda command: quotes.find_replay(command, policy_id=policy_id),
    )


class CancellationNoticeRequest(Request):
    """Why the insurer ends the policy, and from when; the days of notice may make it later."""

    reason: Code
    effective_on: Day | None = None


class DispatchRequest(Request):
    """The proof that a notice was sent."""

    channel: Literal["post", "registered_post", "email", "portal"]
    reference: DispatchReference
    dispatched_at: Instant


class WithdrawalRequest(Request):
    """Nothing is asked beside the notice itself."""


class NonRenewalRequest(Request):
    """Who does not want another term, and why."""

    by: Literal["policyholder", "insurer"] = "policyholder"
    reason: Code | None = None


def answer_with_notice(serve: Callable[[Idempotency], NoticeResult], call: Call) -> RecordedAnswer:
    return call.once(serve, shows=lambda served: NoticeView.at(call.now, served))


def numbered(number: str, policy_id: str) -> int:
    """The number of a notice as the path has it."""
    if not (number.isascii() and number.isdecimal() and len(number) < 4):  # noqa: PLR2004 - digits
        raise NoticeNotFound(f"{number[:8]} on policy {policy_id}")
    return int(number)


@api.command(
    "/v1/policies/{policy_id}/notices",
    scope="notices:write",
    staff=True,
    summary="Give notice of a cancellation in the insurer's name",
)
def post_notice(
    policy_id: str, request: CancellationNoticeRequest, call: Call
) -> NoticeView | RecordedAnswer:
    return answer_with_notice(
        lambda receipt: announce_cancellation(
            policy_id,
            reason=request.reason,
            effective_on=request.effective_on,
            caller=call.caller,
            products=products,
            policies=policies,
            receipt=receipt,
        ),
        call,
    )


@api.command(
    "/v1/policies/{policy_id}/notices/{number}/dispatch",
    scope="notices:write",
    staff=True,
    summary="Report the proof that a notice was sent",
)
def post_dispatch(
    policy_id: str, number: str, request: DispatchRequest, call: Call
) -> NoticeView | RecordedAnswer:
    """From now on it is known when the notice takes effect."""
    told = DispatchInput(Channel(request.channel), request.reference, request.dispatched_at)
    return answer_with_notice(
        lambda receipt: report_dispatch(
            policy_id,
            numbered(number, policy_id),
            told,
            caller=call.caller,
            products=products,
            policies=policies,
            receipt=receipt,
        ),
        call,
    )


@api.command(
    "/v1/policies/{policy_id}/notices/{number}/withdrawal",
    scope="notices:write",
    staff=True,
    summary="Take a notice back before it takes effect",
)
def post_withdrawal(
    policy_id: str, number: str, request: WithdrawalRequest, call: Call
) -> NoticeView | RecordedAnswer:
    return answer_with_notice(
        lambda receipt: withdraw_notice(
            policy_id,
            numbered(number, policy_id),
            caller=call.caller,
            policies=policies,
            receipt=receipt,
        ),
        call,
    )


@api.query(
    "GET",
    "/v1/policies/{policy_id}/notices",
    scope="policies:read",
    summary="Read the insurer's notices on a policy",
)
def get_notices(policy_id: str, call: Call) -> NoticesView:
    return NoticesView.of(read_policy(policy_id, caller=call.caller, policies=policies))


@api.command(
    "/v1/policies/{policy_id}/non-renewal",
    scope="policies:write",
    summary="Note that another term is not wanted",
)
def post_non_renewal(
    policy_id: str, request: NonRenewalRequest, call: Call
) -> PolicyView | RecordedAnswer:
    return call.once(
        lambda receipt: refuse_renewal(
            policy_id,
            by=Initiator(request.by),
            reason=request.reason,
            caller=call.caller,
            policies=policies,
            receipt=receipt,
        ),
        shows=lambda kept: PolicyView.at(call.now, kept),
    )


@api.query(
    "GET",
    "/v1/policies/{policy_id}/transactions",
    scope="policies:read",
    summary="Read a policy's transactions, each with its computation",
)
def get_transactions(policy_id: str, call: Call) -> TransactionsView:
    page = call.page(of=policy_id)
    kept = read_policy(policy_id, caller=call.caller, policies=policies)
    return TransactionsView.of(kept, after=page.after, limit=page.limit)


@api.query(
    "GET",
    "/v1/policies/{policy_id}/comparison",
    scope="policies:read",
    summary="Compare two versions of a policy",
)
def get_comparison(policy_id: str, call: Call) -> ComparisonView:
    """The version `as_at`, `known_at` with that of `since_as_at`, `since_known_at`."""
    second = Version(call.as_at, call.known_at)
    first = Version(call.since_as_at or call.as_at, call.since_known_at or call.known_at)
    found = compare_policy(policy_id, first, second, caller=call.caller, policies=policies)
    return ComparisonView.of(policy_id, found)


@api.command(
    "/v1/policies/{policy_id}/access",
    scope="policies:share",
    summary="Let the policyholder see their policy and its claims through your portal",
)
def post_access(policy_id: str, request: AccessRequest, call: Call) -> AccessView | RecordedAnswer:
    """Give it to whom you know to be the policyholder: sign-in proves a subject, only you know whose.

    It counts from the person's next sign-in, or within a minute.
    """
    return call.once(
        lambda receipt: give_access(
            policy_id,
            request.person(call.caller),
            caller=call.caller,
            accesses=accesses,
            receipt=receipt,
        ),
        shows=AccessView.of,
    )


@api.command(
    "/v1/policies/{policy_id}/access/withdrawal",
    scope="policies:share",
    summary="Take back a person's access to a policy",
)
def post_access_withdrawal(
    policy_id: str, request: AccessRequest, call: Call
) -> AccessView | RecordedAnswer:
    return call.once(
        lambda receipt: withdraw_access(
            policy_id,
            request.person(call.caller),
            caller=call.caller,
            accesses=accesses,
            receipt=receipt,
        ),
        shows=AccessView.of,
    )
