"""Accounting: close, lock and reopen accounting periods; and reconcile the ledger."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from insurance import telemetry, wiring
from insurance.api.body import Request
from insurance.api.fields import accounting_period
from insurance.api.legacy_call import Call
from insurance.api.legacy_call import LegacyApi as Api
from insurance.api.views.ledger import CalendarView
from insurance.domain.core.identity import Mode
from insurance.domain.core.stored import Stored
from insurance.domain.ledger.calendar import Calendar
from insurance.operations.idempotency import RecordedAnswer
from insurance.operations.ledger.close_period import (
    close_period,
    lock_period,
    reopen_period,
)
from insurance.operations.ledger.reconcile_ledger import ReconciliationPorts, reconcile_ledger

stores, products = wiring.stores(), wiring.products()
calendars, receipts = stores.calendars, stores.receipts
reconciliation_ports = ReconciliationPorts(stores.reconciliations, products)

RESERVE_MS = 10_000

api = Api(receipts.find_replay)
answer = api.entrypoint()


class PeriodRequest(Request):
    """Nothing is asked beside the month itself."""


@api.command(
    "/v1/ledger/periods/{period}/closing",
    scope="ledger:close",
    staff=True,
    summary="Close an accounting period",
)
def post_period_closing(
    period: str, request: PeriodRequest, call: Call
) -> CalendarView | RecordedAnswer:
    """Months close in their order, once they are over. What belongs to a closed month later is posted
    to the next open one."""
    return _keep(close_period, period, call)


@api.command(
    "/v1/ledger/periods/{period}/locking",
    scope="ledger:close",
    staff=True,
    summary="Lock a closed accounting period",
)
def post_period_locking(
    period: str, request: PeriodRequest, call: Call
) -> CalendarView | RecordedAnswer:
    """Another person than the one who closed it must lock it."""
    return _keep(lock_period, period, call)


@api.command(
    "/v1/ledger/periods/{period}/reopening",
    scope="ledger:close",
    staff=True,
    summary="Reopen the last closed accounting period",
)
def post_period_reopening(
    period: str, request: PeriodRequest, call: Call
) -> CalendarView | RecordedAnswer:
    return _keep(reopen_period, period, call)


def _keep(step: Callable[..., Stored[Calendar]], period: str, call: Call) -> RecordedAnswer:
    month = accounting_period("period", period)
    return call.once(
        lambda receipt: step(month, caller=call.caller, calendars=calendars, receipt=receipt),
        shows=lambda kept: CalendarView.of(call.caller.mode, kept.record),
    )


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """A call through the gateway, or the schedule's own."""
    return answer(event, context) if "httpMethod" in event else scheduled(event, context)


@telemetry.metrics.log_metrics
def scheduled(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Reconcile the ledgers of these modes, as far as time reaches; the next run continues."""
    finished = {}
    for mode in map(Mode, event["reconcile"]):
        result = reconcile_ledger(
            mode,
            reconciliation_ports,
            now=datetime.now(UTC),
            time_is_up=lambda: context.get_remaining_time_in_millis() < RESERVE_MS,
        )
        finished[mode.value] = result is not None
        if result is not None and not result.clean:
            telemetry.logger.error(
                "the ledger does not reconcile", mode=mode, wrong=len(result.wrong)
            )
    return {"finished": finished}
