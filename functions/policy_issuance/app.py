"""Policy issuance: a policy from an accepted quote, and what became of it."""

from http import HTTPStatus
from typing import Literal

from insurance import wiring
from insurance.api.body import Request
from insurance.api.fields import Reason
from insurance.api.legacy_call import Call
from insurance.api.legacy_call import LegacyApi as Api
from insurance.api.paging import Page
from insurance.api.views.policies import EventsView, PolicyView, VersionParameters
from insurance.api.views.screenings import ScreeningRunView, ScreeningsView, ScreeningView
from insurance.domain.core.caller import CallerKind
from insurance.domain.core.errors import (
    AlreadyErased,
    NoLongerSold,
    QuoteAlreadyIssued,
    QuoteChanged,
    QuoteExpired,
    QuoteNotFound,
    ReferralOpen,
    ScreeningOpen,
    WrongState,
)
from insurance.domain.core.identity import BookPlace, QuoteId
from insurance.domain.core.roles import EVERY_ROLE, SERVICING_ROLES
from insurance.domain.core.scopes import Scope
from insurance.domain.core.stored import Stored
from insurance.domain.policy import Policy
from insurance.operations.command import Command, Query
from insurance.operations.idempotency import RecordedAnswer
from insurance.operations.parties.screen_policyholder import (
    decide_screening_case,
    screen_book,
)
from insurance.operations.policy.issue_policy import issue_policy
from insurance.operations.policy.read_policy import EventPage, read_policy, read_policy_events

ports, receipts = wiring.issuing_ports(), wiring.stores().receipts
screening, screenings = wiring.screening(), wiring.stores().screenings

api = Api(receipts.find_replay)
handler = api.entrypoint()

SELLERS = {CallerKind.APPLICATION, CallerKind.STAFF}


class ScreeningDecisionRequest(Request):
    """Whether it is somebody else than the list means, and how that is known."""

    decision: Literal["clear", "confirm"]
    reason: Reason


class ScreeningRunRequest(Request):
    """From where to go on: the `next` of the run's last answer."""

    after: BookPlace = ""


class IssuePolicyRequest(Request):
    """Which accepted quote becomes a policy."""

    quote_id: QuoteId


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
        QuoteAlreadyIssued,
        QuoteChanged,
        QuoteExpired,
        QuoteNotFound,
        ReferralOpen,
        ScreeningOpen,
        WrongState,
    ),
)
def post_policy(request: IssuePolicyRequest, command: Command) -> Stored[Policy]:
    return issue_policy(request.quote_id, command, ports)


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
    paged="{policy_id}",
)
def get_policy_events(policy_id: str, page: Page, query: Query) -> EventPage:
    return read_policy_events(policy_id, query, ports, after=page.number, limit=page.limit)


@api.query(
    "GET",
    "/v1/screenings",
    scope="quotes:underwrite",
    staff=True,
    summary="List the names that a person must look at",
)
def get_screenings(call: Call) -> ScreeningsView:
    page = call.place(of="screenings")
    cases = screenings.listed_open(call.caller.mode, after=page.after, limit=page.limit)
    return ScreeningsView.of(cases, page.limit)


@api.command(
    "/v1/screenings/{screening_id}/decision",
    scope="quotes:underwrite",
    staff=True,
    summary="Say whether a policyholder is who a sanctions list means",
)
def post_screening_decision(
    screening_id: str, request: ScreeningDecisionRequest, call: Call
) -> ScreeningView | RecordedAnswer:
    return call.once(
        lambda receipt: decide_screening_case(
            screening_id,
            clear=request.decision == "clear",
            reason=request.reason,
            caller=call.caller,
            screenings=screenings,
            receipt=receipt,
        ),
        shows=lambda kept: ScreeningView.of(kept.record),
    )


@api.query(
    "POST",
    "/v1/screening-runs",
    scope="quotes:underwrite",
    staff=True,
    summary="Screen part of the book in force against the list as it is now",
)
def post_screening_run(request: ScreeningRunRequest, call: Call) -> ScreeningRunView:
    screened = screen_book(
        request.after,
        caller=call.caller,
        book=screenings,
        screening=screening,
        screenings=screenings,
        now=call.now,
    )
    return ScreeningRunView.of(screened)
