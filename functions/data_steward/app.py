"""Data steward: parties that may be one customer, found, linked and parted."""

from functools import partial
from typing import Any, Literal

from insurance import bundles, telemetry, wiring
from insurance.api.body import Request
from insurance.api.paging import Page
from insurance.api.parameters import Parameters
from insurance.api.router import Api
from insurance.api.views.lineage import BatchLineageView
from insurance.api.views.matches import FoundPartyMatchesView, PartyMatchListView, PartyMatchView
from insurance.api.views.overview import OverviewView
from insurance.domain.core.caller import CallerKind
from insurance.domain.core.errors import AlreadyErased, PartyFull, SamePerson, WrongState
from insurance.domain.core.identity import PartyId
from insurance.domain.core.roles import BATCH_ROLES, MATCH_ROLES, Role
from insurance.domain.core.scopes import Scope
from insurance.domain.core.stored import Stored
from insurance.domain.party.match import Match, MatchReason, MatchStatus
from insurance.domain.schedule.scheduled_job import JobKind
from insurance.live_jobs import run_live_jobs, running_out
from insurance.operations.command import Command, Query
from insurance.operations.intake.read_lineage import BatchLineage, LineagePorts, read_lineage
from insurance.operations.listing import ListPage
from insurance.operations.parties.decide_match import (
    MatchedNow,
    decide_match,
    list_matches,
    match_now,
    read_match,
)
from insurance.operations.parties.find_matches import match_party
from insurance.operations.parties.read_overview import Overview, read_overview
from pydantic import Field

ports = bundles.match_ports()
lineage = LineagePorts(wiring.stores().sources, wiring.stores().batches)
api = Api(wiring.stores().staff_idempotency.find_replay, wiring.edge_for_staff())
answer = api.entrypoint()

STAFF = {CallerKind.STAFF}
OVERSEERS = {Role.CALL_CENTRE, Role.COMPLIANCE, Role.AUDITOR}
"""Who may read all that it shows, claims among it."""
READERS = MATCH_ROLES | {Role.AUDITOR}


class MatchParameters(Parameters):
    """Which matches are listed."""

    status: MatchStatus | None = Field(
        None, description="What is known of the two; left out: `open`"
    )


class PartyMatchDecisionRequest(Request):
    """What a person says of two parties."""

    decision: Literal["same", "different"]
    reason: MatchReason


class PartyMatchRunRequest(Request):
    """What else is compared."""

    party_id: PartyId | None = None


@api.query(
    "/v1/matches",
    operation_id="listMatches",
    summary="List parties that may be one customer, the earliest first",
    scope=Scope.PARTIES_READ,
    callers=STAFF,
    roles=READERS,
    shows=PartyMatchListView,
    paged="matches:{status}",
)
def get_matches(parameters: MatchParameters, page: Page, query: Query) -> ListPage[Match]:
    return list_matches(parameters.status or MatchStatus.OPEN, page, query, ports)


@api.query(
    "/v1/matches/{match_id}",
    operation_id="getMatch",
    summary="Read why two parties may be one customer, and what was decided",
    scope=Scope.PARTIES_READ,
    callers=STAFF,
    roles=READERS,
    shows=PartyMatchView,
    etag=True,
)
def get_match(match_id: str, query: Query) -> Stored[Match]:
    return read_match(match_id, query, ports)


@api.command(
    "/v1/matches/{match_id}/decision",
    operation_id="decideMatch",
    summary="Say whether two parties are one customer",
    scope=Scope.PARTIES_WRITE,
    callers=STAFF,
    roles=MATCH_ROLES,
    shows=PartyMatchView,
    if_match=True,
    raises=(AlreadyErased, PartyFull, SamePerson, WrongState),
)
def post_decision(
    match_id: str, request: PartyMatchDecisionRequest, command: Command
) -> Stored[Match]:
    """`same` merges one party into the other, as `mergeParties` does; `different` parts those that were linked, and is not
    asked again. Where a mark contradicts, another person confirms what one proposes."""
    is_same = request.decision == "same"
    return decide_match(match_id, request.reason, command, ports, is_same=is_same)


@api.query(
    "/v1/parties/{party_id}/overview",
    operation_id="getCustomerOverview",
    summary="Read one customer over all their records",
    scope=Scope.PARTIES_READ,
    callers=STAFF,
    roles=OVERSEERS,
    shows=OverviewView,
    raises=(AlreadyErased,),
)
def get_overview(party_id: str, query: Query) -> Overview:
    """Of each detail the word that counts, by the rules of survivorship, and which record, file and row it comes from;
    policies, quotes and claims, each with the record that it belongs to, where the caller's scopes have them."""
    return read_overview(party_id, query, ports)


@api.query(
    "/v1/parties/{party_id}/match-runs",
    method="POST",
    operation_id="runMatching",
    summary="Look for other records of a customer at once",
    scope=Scope.PARTIES_WRITE,
    callers=STAFF,
    roles=MATCH_ROLES,
    shows=FoundPartyMatchesView,
    raises=(AlreadyErased, WrongState),
)
def post_match_run(party_id: str, request: PartyMatchRunRequest, query: Query) -> MatchedNow:
    """As the scheduler does with live records a minute after they came. Sure ones are linked; doubtful ones, and one that is
    named here, wait for a person. Calls at the same time do nothing twice."""
    return match_now(party_id, request.party_id, query, ports)


@api.query(
    "/v1/batches/{batch_id}/lineage",
    operation_id="getBatchLineage",
    summary="Read where each field of a batch's records comes from",
    scope=Scope.DATA_READ,
    callers=STAFF,
    roles=BATCH_ROLES | {Role.OPERATOR, Role.AUDITOR},
    shows=BatchLineageView,
)
def get_lineage(batch_id: str, query: Query) -> BatchLineage:
    """Columns, and rules that may put another value; with the row that stands at what it became, the cells behind a detail.
    `openlineage` is the same as a run event of OpenLineage, to be sent on as it is."""
    return read_lineage(batch_id, query, lineage)


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Answer a call through the gateway, or one of the schedule's own."""
    return answer(event, context) if "httpMethod" in event else run_live(event, context)


@telemetry.metrics.log_metrics
def run_live(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Look for other records of the live customers that are due."""
    jobs = {JobKind(kind): partial(match_party, ports=ports) for kind in event["kinds"]}
    report = run_live_jobs(jobs, wiring.stores().scheduled_jobs, time_is_up=running_out(context))
    return {"jobs": report.jobs, "failed": report.failed, "finished": report.finished}
