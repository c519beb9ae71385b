"""Scheduler: run the jobs that are due; live ones by schedule, test ones when their owner calls."""

import time
from datetime import datetime
from functools import partial
from typing import Any, Final

from insurance import bundles, delivery_bundles, telemetry, wiring
from insurance.api.access_record import note_administration
from insurance.api.router import Api
from insurance.api.views.scheduler import RunView
from insurance.domain.core.caller import CallerKind
from insurance.domain.core.errors import NoAuthority
from insurance.domain.core.identity import Mode, PolicyId
from insurance.domain.core.scopes import Scope
from insurance.domain.schedule.scheduled_job import LIVE, JobKind, partition_for
from insurance.live_jobs import run_live_jobs, running_out
from insurance.metrics import Metric
from insurance.operations.billing.collect_premium import collect_premium
from insurance.operations.claims.charge_reinstatement import charge_reinstatement
from insurance.operations.command import Query
from insurance.operations.documents.remake_documents import remake_documents
from insurance.operations.ledger.post_earned_premium import post_earned_premium
from insurance.operations.parties.carry_out_erasure import carry_out_erasure
from insurance.operations.payments.correct_payees import correct_payees
from insurance.operations.policy.invite_renewal import invite_renewal
from insurance.operations.quoting.expire_quote import expire_quote
from insurance.operations.scheduler.check_deadlines import (
    check_claim_deadlines,
    check_complaint_deadlines,
)
from insurance.operations.scheduler.run_jobs import Job, RunReport, run_jobs

stores, scheduled = wiring.stores(), wiring.stores().scheduled_jobs


def remake(policy_id: PolicyId, now: datetime) -> None:
    """Make documents again. The typesetter is loaded by the first such job: it is large, and rarely needed."""
    remake_documents(policy_id, now, bundles.document_ports())


JOBS: Final[dict[JobKind, Job]] = {
    JobKind.QUOTE: partial(expire_quote, quotes=stores.quotes),
    JobKind.RENEWAL: partial(invite_renewal, ports=bundles.invitation_ports()),
    JobKind.BILLING: partial(collect_premium, ports=bundles.collection_ports()),
    JobKind.EARNING: partial(post_earned_premium, ports=bundles.earnings_ports()),
    JobKind.CLAIM: partial(check_claim_deadlines, claims=stores.claims),
    JobKind.LIMIT: partial(charge_reinstatement, ports=bundles.reinstatement_ports()),
    JobKind.COMPLAINT: partial(check_complaint_deadlines, complaints=stores.complaints),
    JobKind.ERASURE: partial(carry_out_erasure, ports=bundles.erasure_ports()),
    JobKind.DOCUMENT: remake,
    JobKind.PAYEE: partial(correct_payees, ports=delivery_bundles.corrected_payee_ports()),
}
ANSWER_SECONDS: Final = 15.0
"""The gateway waits for 29 s; a job may take a few."""
PARKED_MAX: Final = 100

api = Api(edge=wiring.edge())
answer = api.entrypoint()


@api.query(
    "/v1/scheduler/runs",
    method="POST",
    operation_id="runDueJobs",
    summary="Run the due scheduled jobs of your test data",
    scope=Scope.POLICIES_WRITE,
    callers={CallerKind.APPLICATION},
    shows=RunView,
)
def post_run(query: Query) -> RunReport:
    """Each job runs as of the instant at which it fell due. To call again repeats nothing that was
    done. If `finished` is false, time was up before all jobs were run: call again.

    Raises:
        NoAuthority: The caller has no test data of its own.
    """
    if query.caller.mode is not Mode.TEST or not query.caller.partner:
        raise NoAuthority("the clock of live data, which follows the calendar")
    until = time.monotonic() + ANSWER_SECONDS
    return run_jobs(
        partition_for(Mode.TEST, query.caller.partner),
        JOBS,
        scheduled=scheduled,
        now=query.now,
        time_is_up=lambda: time.monotonic() > until,
    )


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Answer a call through the gateway, or one of the schedule's own."""
    return answer(event, context) if "httpMethod" in event else run_live(event, context)


@telemetry.metrics.log_metrics
def run_live(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Run live jobs by the real time.

    `kinds` names the kinds of job of this schedule. `release_parked` first schedules parked jobs
    again, once a person has removed the cause; `by` is their id, for the access record.
    """
    if event.get("release_parked"):
        note_administration("releaseParkedJobs", by=event.get("by"))
    released = (
        scheduled.release_parked(LIVE, limit=PARKED_MAX) if event.get("release_parked") else 0
    )
    jobs = {JobKind(kind): JOBS[JobKind(kind)] for kind in event["kinds"]}
    report = run_live_jobs(jobs, scheduled, time_is_up=running_out(context))
    telemetry.count(Metric.STOPS_IN_FORCE, len(stores.stops.get(Mode.LIVE).record.stops))
    return {
        "jobs": report.jobs,
        "failed": report.failed,
        "parked": report.parked,
        "finished": report.finished,
        "released": released,
    }
