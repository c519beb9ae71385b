"""Policy issuance: a policy from an accepted quote, and what became of it."""

from http import HTTPStatus
from typing import Literal

from insurance import bundles, wiring
from insurance.api.body import Request
from insurance.api.fields import Reason
from insurance.api.paging import Page
from insurance.api.router import Api
from insurance.api.views.policies import EventsView, PolicyView, VersionParameters
from insurance.api.views.screenings import ScreeningRunView, ScreeningsView, ScreeningView
from insurance.domain.core.caller import CallerKind
from insurance.domain.core.errors import (
    AlreadyErased,
    NoLongerSold,
    NumberTaken,
    QuoteAlreadyIssued,
    QuoteChanged,
    QuoteExpired,
    QuoteNotFound,
    ReferralOpen,
    ScreeningOpen,
    Stopped,
    WrongState,
)
from insurance.domain.core.identity import InForcePosition, QuoteId
from insurance.domain.core.roles import EVERY_ROLE, SERVICING_ROLES, Role
from insurance.domain.core.scopes import Scope
from insurance.domain.core.stored import Stored
from insurance.domain.policy import Policy
from insurance.domain.screening.screening import ScreeningCase
from insurance.operations.command import Command, Query
from insurance.operations.listing import ListPage
from insurance.operations.parties.decide_screening import (
    clear_screening,
    confirm_screening,
    list_open_screenings,
)
from insurance.operations.parties.screen_policies import ScreeningRun, screen_policies
from insurance.operations.policy.issue_policy import issue_policy
from insurance.operations.policy.read_policy import EventPage, read_policy, read_policy_events

ports, idempotency = bundles.issuing_ports(), wiring.stores().idempotency

api = Api(idempotency.find_replay, wiring.edge())
handler = api.entrypoint()

SELLERS = {CallerKind.APPLICATION, CallerKind.STAFF}
SCREENERS = {Role.UNDERWRITER, Role.CHIEF_UNDERWRITER, Role.COMPLIANCE}


class ScreeningDecisionRequest(Request):
    """Whether the policyholder is another person than the listed one, and how that is known."""

    decision: Literal["clear", "confirm"]
    reason: Reason


class ScreeningRunRequest(Request):
    """The position to start from: the `next` of the previous answer."""

    after: InForcePosition = ""


class IssuePolicyRequest(Request):
    """Which accepted quote becomes a policy, and what the policyholder declares."""

    quote_id: QuoteId
    no_known_loss: bool = False
    """Whether the policyholder declares that they know of no loss. Cover begins when the policy is
    issued, unless the product lets it begin with the first day for those who declare this."""


@api.command(
    "/v1/policies",
    operation_id="issuePolicy",
    summary="Issue a policy from an accepted quote",
    scope=Scope.POLICIES_WRITE,
    callers=SELLERS,
    roles=SERVICING_ROLES,
    status=HTTPStatus.CREATED,
    shows=PolicyView,
    if_match=True,
    raises=(
        AlreadyErased,
        NoLongerSold,
        NumberTaken,
        QuoteAlreadyIssued,
        QuoteChanged,
        QuoteExpired,
        QuoteNotFound,
        ReferralOpen,
        ScreeningOpen,
        Stopped,
        WrongState,
    ),
)
def post_policy(request: IssuePolicyRequest, command: Command) -> Stored[Policy]:
    return issue_policy(request.quote_id, command, ports, no_known_loss=request.no_known_loss)


@api.query(
    "/v1/policies/{policy_id}",
    operation_id="getPolicy",
    summary="Read a policy",
    scope=Scope.POLICIES_READ,
    callers={CallerKind.APPLICATION, CallerKind.POLICYHOLDER, CallerKind.STAFF},
    roles=EVERY_ROLE,
    shows=PolicyView.of_version,
    etag=True,
)
def get_policy(policy_id: str, parameters: VersionParameters, query: Query) -> Stored[Policy]:
    return read_policy(policy_id, query, ports, known_at=parameters.known_at)


@api.query(
    "/v1/policies/{policy_id}/events",
    operation_id="listPolicyEvents",
    summary="List a policy's events and verify their chain of hashes",
    scope=Scope.POLICIES_READ,
    callers=SELLERS,
    roles=EVERY_ROLE,
    shows=EventsView,
    paged="policy-events:{policy_id}",
    paged_before="{policy_id}",
)
def get_policy_events(policy_id: str, page: Page, query: Query) -> EventPage:
    return read_policy_events(policy_id, query, ports, after=page.number, limit=page.limit)


@api.query(
    "/v1/screenings",
    operation_id="listScreenings",
    summary="List the open screening cases",
    scope=Scope.QUOTES_UNDERWRITE,
    callers={CallerKind.STAFF},
    roles=SCREENERS | {Role.AUDITOR},
    shows=ScreeningsView,
    paged="screenings",
)
def get_screenings(page: Page, query: Query) -> ListPage[ScreeningCase]:
    return list_open_screenings(page, query, ports.screening)


@api.command(
    "/v1/screenings/{screening_id}/decision",
    operation_id="decideScreening",
    summary="Decide a screening case: whether the policyholder is the listed person",
    scope=Scope.QUOTES_UNDERWRITE,
    callers={CallerKind.STAFF},
    roles=SCREENERS,
    shows=ScreeningView.of_stored,
    raises=(AlreadyErased, WrongState),
)
def post_screening_decision(
    screening_id: str, request: ScreeningDecisionRequest, command: Command
) -> Stored[ScreeningCase]:
    if request.decision == "clear":
        return clear_screening(screening_id, request.reason, command, ports.screening)
    return confirm_screening(screening_id, request.reason, command, ports.screening)


@api.query(
    "/v1/screening-runs",
    method="POST",
    operation_id="runScreening",
    summary="Screen some of the policies in force against the current sanctions list",
    scope=Scope.QUOTES_UNDERWRITE,
    callers={CallerKind.STAFF},
    roles=SCREENERS,
    shows=ScreeningRunView,
)
def post_screening_run(request: ScreeningRunRequest, query: Query) -> ScreeningRun:
    return screen_policies(request.after, query, ports.screening)
