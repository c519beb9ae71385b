"""Policy servicing: policies changed, ended, reinstated and renewed, and the notices on them.

Every change has a preview, which stores nothing.

It is longer than other files because a function is one file, and every route declares all of itself.
"""

from collections.abc import Sequence
from functools import partial
from http import HTTPStatus

from insurance import bundles, wiring
from insurance.api.paging import Page
from insurance.api.requests.risks import UPLOAD
from insurance.api.requests.servicing import (
    AccessRequest,
    CancellationNoticeRequest,
    DispatchRequest,
    EndorsementRequest,
    NonRenewalRequest,
    PolicyCancellationRequest,
    ReinstatementRequest,
    ReversalRequest,
)
from insurance.api.router import Api
from insurance.api.views.notices import NoticesView, NoticeView
from insurance.api.views.parties import AccessView
from insurance.api.views.policies import PolicyView
from insurance.api.views.quotes import PreviewView, QuoteView
from insurance.api.views.servicing import (
    ChangeView,
    ComparisonParameters,
    ComparisonView,
    TransactionsView,
)
from insurance.domain.core.caller import CallerKind
from insurance.domain.core.errors import (
    AccessFull,
    AlreadyErased,
    ArrearsOpen,
    InvalidFields,
    NoAuthority,
    NoticeNotFound,
    NoticeNotServed,
    OutsideTerm,
    ProcessingRestricted,
    RiskNotAccepted,
    Stopped,
    TermsNotOffered,
    TooManyChanges,
    TransactionNotFound,
    WrongState,
)
from insurance.domain.core.roles import EVERY_ROLE, SERVICING_ROLES
from insurance.domain.core.scopes import Scope
from insurance.domain.core.stored import Stored
from insurance.domain.party.party import Access
from insurance.domain.policy import Initiator, Policy
from insurance.domain.policy.difference import PolicyDifference
from insurance.domain.quote.pricing import PricedRisk
from insurance.domain.quote.quote import Quote
from insurance.operations.command import Command, Query
from insurance.operations.parties.grant_access import grant_access, withdraw_access
from insurance.operations.policy.change_policy import PolicyChange, change_policy, preview_change
from insurance.operations.policy.compare_policy import Version, compare_policy
from insurance.operations.policy.give_notice import give_notice
from insurance.operations.policy.read_policy import read_policy
from insurance.operations.policy.record_non_renewal import record_non_renewal
from insurance.operations.policy.renew_policy import find_offer, offer_renewal, preview_renewal
from insurance.operations.policy.report_dispatch import report_dispatch
from insurance.operations.policy.store_notice import NoticeResult
from insurance.operations.policy.withdraw_notice import withdraw_notice

ports, renewal_ports = bundles.servicing_ports(), bundles.renewal_ports()
idempotency = wiring.stores().idempotency
accesses = wiring.stores().accesses

api = Api(idempotency.find_replay, wiring.edge())
handler = api.entrypoint()

SELLERS = {CallerKind.APPLICATION, CallerKind.STAFF}
CHANGE = (AlreadyErased, InvalidFields, NoAuthority, TooManyChanges, WrongState)
CANCELLATION = (*CHANGE, NoticeNotServed, OutsideTerm, TermsNotOffered)
"""What an end of cover may be refused for: nothing that comes later is applied again."""
ENDORSEMENT = (*CHANGE, OutsideTerm, RiskNotAccepted)
"""Later endorsements are applied again, and may be refused too."""
REINSTATEMENT = (*ENDORSEMENT, ArrearsOpen, TermsNotOffered)
REVERSAL = (*CHANGE, RiskNotAccepted, TransactionNotFound)
RENEWAL = (AlreadyErased, Stopped, TermsNotOffered, WrongState)
NOTICE = (AlreadyErased, InvalidFields, NoticeNotFound, WrongState)

TRANSACTION_DIGITS = 5
NOTICE_DIGITS = 3


def transaction_number(number: str) -> int:
    """The number of a transaction in a path.

    Raises:
        TransactionNotFound: It is no number that a transaction can have.
    """
    if not (number.isascii() and number.isdecimal() and len(number) <= TRANSACTION_DIGITS):
        raise TransactionNotFound(number[:64])
    return int(number)


def notice_number(number: str, policy_id: str) -> int:
    """The number of a notice in a path.

    Raises:
        NoticeNotFound: It is no number that a notice can have.
    """
    if not (number.isascii() and number.isdecimal() and len(number) <= NOTICE_DIGITS):
        raise NoticeNotFound(f"{number[:8]} on policy {policy_id}")
    return int(number)


@api.query(
    "/v1/policies/{policy_id}/endorsements/preview",
    method="POST",
    operation_id="previewEndorsement",
    summary="Preview a change of a policy",
    scope=Scope.POLICIES_WRITE,
    callers=SELLERS,
    roles=SERVICING_ROLES,
    shows=ChangeView,
    raises=(*ENDORSEMENT, *UPLOAD),
)
def post_endorsement_preview(
    policy_id: str, request: EndorsementRequest, query: Query
) -> PolicyChange:
    return preview_change(
        policy_id, request.change(query.caller, bundles.risk_uploads), query, ports
    )


@api.command(
    "/v1/policies/{policy_id}/endorsements",
    operation_id="endorsePolicy",
    summary="Change a policy from a date",
    scope=Scope.POLICIES_WRITE,
    callers=SELLERS,
    roles=SERVICING_ROLES,
    shows=ChangeView,
    if_match=True,
    raises=(*ENDORSEMENT, *UPLOAD),
)
def post_endorsement(policy_id: str, request: EndorsementRequest, command: Command) -> PolicyChange:
    return change_policy(
        policy_id, request.change(command.caller, bundles.risk_uploads), command, ports
    )


@api.query(
    "/v1/policies/{policy_id}/cancellations/preview",
    method="POST",
    operation_id="previewCancellation",
    summary="Preview the cancellation of a policy",
    scope=Scope.POLICIES_WRITE,
    callers=SELLERS,
    roles=SERVICING_ROLES,
    shows=ChangeView,
    raises=CANCELLATION,
)
def post_cancellation_preview(
    policy_id: str, request: PolicyCancellationRequest, query: Query
) -> PolicyChange:
    return preview_change(policy_id, request.change(), query, ports)


@api.command(
    "/v1/policies/{policy_id}/cancellations",
    operation_id="cancelPolicy",
    summary="Cancel a policy from a date",
    scope=Scope.POLICIES_WRITE,
    callers=SELLERS,
    roles=SERVICING_ROLES,
    shows=ChangeView,
    if_match=True,
    raises=CANCELLATION,
)
def post_cancellation(
    policy_id: str, request: PolicyCancellationRequest, command: Command
) -> PolicyChange:
    return change_policy(policy_id, request.change(), command, ports)


@api.query(
    "/v1/policies/{policy_id}/reinstatements/preview",
    method="POST",
    operation_id="previewReinstatement",
    summary="Preview the reinstatement of a cancelled policy",
    scope=Scope.POLICIES_WRITE,
    callers=SELLERS,
    roles=SERVICING_ROLES,
    shows=ChangeView,
    raises=REINSTATEMENT,
)
def post_reinstatement_preview(
    policy_id: str, request: ReinstatementRequest, query: Query
) -> PolicyChange:
    return preview_change(policy_id, request.change(), query, ports)


@api.command(
    "/v1/policies/{policy_id}/reinstatements",
    operation_id="reinstatePolicy",
    summary="Reinstate a cancelled policy",
    scope=Scope.POLICIES_WRITE,
    callers=SELLERS,
    roles=SERVICING_ROLES,
    shows=ChangeView,
    if_match=True,
    raises=REINSTATEMENT,
)
def post_reinstatement(
    policy_id: str, request: ReinstatementRequest, command: Command
) -> PolicyChange:
    return change_policy(policy_id, request.change(), command, ports)


@api.query(
    "/v1/policies/{policy_id}/transactions/{number}/reversal/preview",
    method="POST",
    operation_id="previewTransactionReversal",
    summary="Preview the reversal of a transaction",
    scope=Scope.POLICIES_WRITE,
    callers=SELLERS,
    roles=SERVICING_ROLES,
    shows=ChangeView,
    raises=REVERSAL,
)
def post_reversal_preview(
    policy_id: str, number: str, request: ReversalRequest, query: Query
) -> PolicyChange:
    return preview_change(policy_id, request.change(transaction_number(number)), query, ports)


@api.command(
    "/v1/policies/{policy_id}/transactions/{number}/reversal",
    operation_id="reverseTransaction",
    summary="Reverse a transaction that was a mistake",
    scope=Scope.POLICIES_WRITE,
    callers=SELLERS,
    roles=SERVICING_ROLES,
    shows=ChangeView,
    if_match=True,
    raises=REVERSAL,
)
def post_reversal(
    policy_id: str, number: str, request: ReversalRequest, command: Command
) -> PolicyChange:
    return change_policy(policy_id, request.change(transaction_number(number)), command, ports)


@api.query(
    "/v1/policies/{policy_id}/renewals/preview",
    method="POST",
    operation_id="previewRenewal",
    summary="Preview the next term of a policy",
    scope=Scope.POLICIES_WRITE,
    callers=SELLERS,
    roles=SERVICING_ROLES,
    shows=PreviewView,
    raises=RENEWAL,
)
def post_renewal_preview(policy_id: str, query: Query) -> PricedRisk:
    return preview_renewal(policy_id, query, renewal_ports).priced


@api.command(
    "/v1/policies/{policy_id}/renewals",
    operation_id="offerRenewal",
    summary="Offer the next term of a policy as a quote",
    scope=Scope.POLICIES_WRITE,
    callers=SELLERS,
    roles=SERVICING_ROLES,
    status=HTTPStatus.CREATED,
    shows=QuoteView,
    raises=(*RENEWAL, ProcessingRestricted),
    find_replay=partial(find_offer, ports=renewal_ports),
)
def post_renewal(policy_id: str, command: Command) -> Stored[Quote]:
    """Accepted and issued like any quote, it becomes the policy of the next term."""
    return offer_renewal(policy_id, command, renewal_ports)


@api.command(
    "/v1/policies/{policy_id}/non-renewal",
    operation_id="recordNonRenewal",
    summary="Record that a policy will not be renewed",
    scope=Scope.POLICIES_WRITE,
    callers=SELLERS,
    roles=SERVICING_ROLES,
    shows=PolicyView,
    if_match=True,
    raises=(AlreadyErased, NoAuthority, WrongState),
)
def post_non_renewal(
    policy_id: str, request: NonRenewalRequest, command: Command
) -> Stored[Policy]:
    return record_non_renewal(policy_id, Initiator(request.by), request.reason, command, ports)


@api.command(
    "/v1/policies/{policy_id}/notices",
    operation_id="giveNotice",
    summary="Give notice of a cancellation by the insurer",
    scope=Scope.NOTICES_WRITE,
    callers={CallerKind.STAFF},
    roles=SERVICING_ROLES,
    shows=NoticeView,
    if_match=True,
    raises=(AlreadyErased, InvalidFields, TermsNotOffered, TooManyChanges, WrongState),
)
def post_notice(
    policy_id: str, request: CancellationNoticeRequest, command: Command
) -> NoticeResult:
    return give_notice(policy_id, request.reason, request.effective_on, command, ports)


@api.command(
    "/v1/policies/{policy_id}/notices/{number}/dispatch",
    operation_id="recordNoticeDispatch",
    summary="Report the proof that a notice was sent",
    scope=Scope.NOTICES_WRITE,
    callers={CallerKind.STAFF},
    roles=SERVICING_ROLES,
    shows=NoticeView,
    if_match=True,
    raises=NOTICE,
)
def post_dispatch(
    policy_id: str, number: str, request: DispatchRequest, command: Command
) -> NoticeResult:
    """The proof decides when the notice takes effect."""
    place = notice_number(number, policy_id)
    return report_dispatch(policy_id, place, request.dispatch(), command, ports)


@api.command(
    "/v1/policies/{policy_id}/notices/{number}/withdrawal",
    operation_id="withdrawNotice",
    summary="Withdraw a notice before it takes effect",
    scope=Scope.NOTICES_WRITE,
    callers={CallerKind.STAFF},
    roles=SERVICING_ROLES,
    shows=NoticeView,
    if_match=True,
    raises=NOTICE,
)
def post_withdrawal(policy_id: str, number: str, command: Command) -> NoticeResult:
    return withdraw_notice(policy_id, notice_number(number, policy_id), command, ports)


@api.query(
    "/v1/policies/{policy_id}/notices",
    operation_id="listNotices",
    summary="List the insurer's notices on a policy",
    scope=Scope.POLICIES_READ,
    callers=SELLERS,
    roles=EVERY_ROLE,
    shows=NoticesView,
    etag=True,
    paged="notices:{policy_id}",
)
def get_notices(policy_id: str, page: Page, query: Query) -> Stored[Policy]:
    return read_policy(policy_id, query, ports)


@api.query(
    "/v1/policies/{policy_id}/transactions",
    operation_id="listTransactions",
    summary="List a policy's transactions, each with its computation",
    scope=Scope.POLICIES_READ,
    callers=SELLERS,
    roles=EVERY_ROLE,
    shows=TransactionsView,
    paged="transactions:{policy_id}",
    paged_before="{policy_id}",
)
def get_transactions(policy_id: str, page: Page, query: Query) -> Stored[Policy]:
    return read_policy(policy_id, query, ports)


@api.query(
    "/v1/policies/{policy_id}/comparison",
    operation_id="comparePolicyVersions",
    summary="Compare two versions of a policy",
    scope=Scope.POLICIES_READ,
    callers=SELLERS,
    roles=EVERY_ROLE,
    shows=ComparisonView,
)
def get_comparison(
    policy_id: str, parameters: ComparisonParameters, query: Query
) -> Sequence[PolicyDifference]:
    as_at = parameters.as_at or query.now
    second = Version(as_at, parameters.known_at)
    first = Version(
        parameters.since_as_at or as_at, parameters.since_known_at or parameters.known_at
    )
    return compare_policy(policy_id, first, second, query, ports)


@api.command(
    "/v1/policies/{policy_id}/access",
    operation_id="grantPolicyAccess",
    summary="Grant a holder access to their policy in your portal",
    scope=Scope.POLICIES_SHARE,
    callers={CallerKind.APPLICATION},
    shows=AccessView,
    raises=(AccessFull, AlreadyErased, InvalidFields),
)
def post_access(policy_id: str, request: AccessRequest, command: Command) -> Access:
    """Grant access to the person whom you know to be the holder: sign-in proves a subject only.

    It counts from the person's next sign-in, or within a minute.
    """
    return grant_access(policy_id, request.of_policy(command.caller), command, accesses)


@api.command(
    "/v1/policies/{policy_id}/access/withdrawal",
    operation_id="withdrawPolicyAccess",
    summary="Withdraw a person's access to a policy",
    scope=Scope.POLICIES_SHARE,
    callers={CallerKind.APPLICATION},
    shows=AccessView,
    raises=(InvalidFields,),
)
def post_access_withdrawal(policy_id: str, request: AccessRequest, command: Command) -> Access:
    return withdraw_access(policy_id, request.of_policy(command.caller), command, accesses)
