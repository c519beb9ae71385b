"""Policy issuance: a policy from an accepted quote, and what became of it."""

from http import HTTPStatus
from typing import Literal

from insurance import wiring
from insurance.api.body import Request
from insurance.api.fields import Reason
from insurance.api.legacy_call import Call
from insurance.api.legacy_call import LegacyApi as Api
from insurance.api.views.policies import EventsView, PolicyView
from insurance.api.views.screenings import ScreeningRunView, ScreeningsView, ScreeningView
from insurance.domain.core.identity import BookPlace, QuoteId
from insurance.operations.idempotency import RecordedAnswer
from insurance.operations.parties.screen_policyholder import (
    decide_screening_case,
    screen_book,
)
from insurance.operations.policy.issue_policy import issue_policy
from insurance.operations.policy.read_policy import read_policy, read_policy_events

products, policies, receipts = wiring.products(), wiring.stores().policies, wiring.stores().receipts
screening, screenings = wiring.screening(), wiring.stores().screenings

api = Api(receipts.find_replay)
handler = api.entrypoint()


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
    scope="policies:write",
    status=HTTPStatus.CREATED,
    summary="Issue a policy from an accepted quote",
)
def post_policy(request: IssuePolicyRequest, call: Call) -> PolicyView | RecordedAnswer:
    return call.once(
        lambda receipt: issue_policy(
            request.quote_id,
            expected_revision=call.expected_revision,
            caller=call.caller,
            products=products,
            policies=policies,
            screening=screening,
            screenings=screenings,
            receipt=receipt,
        ),
        shows=lambda kept: PolicyView.at(call.now, kept),
    )


@api.query(
    "GET",
    "/v1/policies/{policy_id}",
    scope="policies:read",
    policyholders=True,
    summary="Read a policy",
)
def get_policy(policy_id: str, call: Call) -> PolicyView:
    kept = read_policy(policy_id, known_at=call.known_at, caller=call.caller, policies=policies)
    return PolicyView.at(call.as_at, kept)


@api.query(
    "GET",
    "/v1/policies/{policy_id}/events",
    scope="policies:read",
    summary="Read a policy's events and check their chain",
)
def get_policy_events(policy_id: str, call: Call) -> EventsView:
    page = call.page(of=policy_id)
    events = read_policy_events(
        policy_id, after=page.after, limit=page.limit, caller=call.caller, policies=policies
    )
    return EventsView.of(policy_id, events)


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
