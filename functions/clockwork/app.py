"""Clockwork: what falls due is done; live by schedule, in a test book when its owner's clock says so."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from insurance import telemetry, wiring
from insurance.api.app import Api, Call
from insurance.api.body import Request
from insurance.api.views.scheduler import RunView
from insurance.domain.core.errors import NoAuthority
from insurance.domain.core.identity import Mode
from insurance.domain.schedule.scheduled_job import LIVE, Kind, book_of
from insurance.operations.billing.collect_premium import PremiumCollector
from insurance.operations.claims.charge_reinstatement import ReinstatementCharger
from insurance.operations.ledger.post_earnings import PremiumEarner
from insurance.operations.policy.invite_renewal import RenewalInviter
from insurance.operations.quoting.expire_quote import QuoteExpirer
from insurance.operations.scheduler.check_deadlines import ClaimWatcher, ComplaintWatcher
from insurance.operations.scheduler.run_jobs import Look, run_clockwork

agenda, products, sources = wiring.stores().agenda, wiring.products(), wiring.look_ups()
quotes, policies, keys = wiring.stores().quotes, wiring.stores().policy_changes, wiring.keys()
claims = wiring.stores().claims

LOOKS: dict[Kind, Look] = {
    Kind.QUOTE: QuoteExpirer(quotes).look,
    Kind.RENEWAL: RenewalInviter(
        products, sources, wiring.stores().renewals, quotes, keys, policies
    ).look,
    Kind.BILLING: PremiumCollector(products, sources, wiring.stores().billing, policies).look,
    Kind.EARNING: PremiumEarner(products, wiring.stores().earnings).look,
    Kind.CLAIM: ClaimWatcher(claims).look,
    Kind.LIMIT: ReinstatementCharger(products, claims, policies).look,
    Kind.COMPLAINT: ComplaintWatcher(wiring.stores().complaints).look,
}
ANSWER_SECONDS = 15.0
"""The gateway waits for 29 s; a look may take a few."""
RESERVE_MS = 30_000
PARKED_MAX = 100

api = Api()
answer = api.entrypoint()


class RunRequest(Request):
    """Nothing is asked beside the clock that the call carries."""


@api.query(
    "POST",
    "/v1/clockwork/runs",
    scope="policies:write",
    summary="Do what falls due in your test book by the time that your clock shows",
)
def post_run(request: RunRequest, call: Call) -> RunView:
    """Each thing is done as of the instant at which it fell due. To call again changes nothing that
    was done; `finished` is false where time was up: then call again."""
    if call.caller.mode is not Mode.TEST or not call.caller.partner:
        raise NoAuthority("the clock of a book that is not a partner's own test book")
    until = time.monotonic() + ANSWER_SECONDS
    ran = run_clockwork(
        book_of(Mode.TEST, call.caller.partner),
        kinds=tuple(LOOKS),
        looks=LOOKS,
        agenda=agenda,
        now=call.now,
        time_is_up=lambda: time.monotonic() > until,
    )
    return RunView.of(ran, call.now)


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """A call through the gateway, or the schedule's own."""
    return answer(event, context) if "httpMethod" in event else scheduled(event, context)


@telemetry.metrics.log_metrics
def scheduled(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """The live book, by the real time. `kinds` are those of this schedule; `retry_parked` first
    puts back what a person has seen to."""
    put_back = agenda.retry_parked(LIVE, limit=PARKED_MAX) if event.get("retry_parked") else 0
    ran = run_clockwork(
        LIVE,
        kinds=[Kind(each) for each in event["kinds"]],
        looks=LOOKS,
        agenda=agenda,
        now=datetime.now(UTC),
        time_is_up=_running_out(context),
    )
    telemetry.count("AgendaLooks", ran.looked)
    telemetry.count("AgendaFailures", ran.failed)
    telemetry.count("AgendaParked", ran.parked)
    if ran.failed:
        telemetry.logger.error("looks failed", failed=ran.failed, parked=ran.parked)
    return {
        "looked": ran.looked,
        "failed": ran.failed,
        "parked": ran.parked,
        "finished": ran.finished,
        "put_back": put_back,
    }


def _running_out(context: Any) -> Callable[[], bool]:
    return lambda: context.get_remaining_time_in_millis() < RESERVE_MS
