"""Policy issuance: a policy from an accepted quote, and what became of it."""

from http import HTTPStatus

from insurance import wiring
from insurance.api.app import Api, Call
from insurance.api.body import Request
from insurance.api.views.policies import EventsView, PolicyView
from insurance.domain.identity import QuoteId
from insurance.operations.issue_policy import issue_policy
from insurance.operations.read_policy import read_policy, read_policy_events
from insurance.operations.receipt import Answer

products, policies, receipts = wiring.products(), wiring.policies(), wiring.receipts()

api = Api(receipts.recall)
handler = api.entrypoint()


class IssuePolicyRequest(Request):
    """Which accepted quote becomes a policy."""

    quote_id: QuoteId


@api.command(
    "/v1/policies",
    scope="policies:write",
    status=HTTPStatus.CREATED,
    summary="Issue a policy from an accepted quote",
)
def post_policy(request: IssuePolicyRequest, call: Call) -> PolicyView | Answer:
    return call.once(
        lambda receipt: issue_policy(
            request.quote_id,
            expected_revision=call.expected_revision,
            caller=call.caller,
            products=products,
            policies=policies,
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
