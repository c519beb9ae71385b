"""Accounting: the months of the books, open, closed and locked; and the count of all books."""

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
from insurance.operations.ledger.keep_calendar import (
    close_period,
    lock_period,
    reopen_period,
)
from insurance.operations.ledger.reconcile_books import Recounter

calendars, receipts = wiring.stores().calendars, wiring.stores().receipts
counted, products = wiring.stores().counted_books, wiring.products()

RESERVE_MS = 10_000

api = Api(receipts.find_replay)
answer = api.entrypoint()


class PeriodRequest(Request):
    """Nothing is asked beside the month itself."""


@api.command(
    "/v1/ledger/periods/{period}/closing",
    scope="ledger:close",
    staff=True,
    summary="Close a month: nothing is booked into it any more",
)
def post_period_closing(
    period: str, request: PeriodRequest, call: Call
) -> CalendarView | RecordedAnswer:
    """Months close in their order, once they are over. What comes late goes to the next open one."""
    return _keep(close_period, period, call)


@api.command(
    "/v1/ledger/periods/{period}/locking",
    scope="ledger:close",
    staff=True,
    summary="Lock a closed month for good",
)
def post_period_locking(
    period: str, request: PeriodRequest, call: Call
) -> CalendarView | RecordedAnswer:
    """By another person than who closed it."""
    return _keep(lock_period, period, call)


@api.command(
    "/v1/ledger/periods/{period}/reopening",
    scope="ledger:close",
    staff=True,
    summary="Open the last closed month again, as long as it is not locked",
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
    """Count the books of these modes, as far as time reaches; the next run goes on from there."""
    finished = {}
    for mode in map(Mode, event["recount"]):
        result = Recounter(
            counted,
            products,
            datetime.now(UTC),
            lambda: context.get_remaining_time_in_millis() < RESERVE_MS,
        ).run(mode)
        finished[mode.value] = result is not None
        if result is not None and not result.clean:
            telemetry.logger.error("the books do not agree", mode=mode, wrong=len(result.wrong))
    return {"finished": finished}
