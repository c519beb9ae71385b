"""Accounting: close, lock and reopen accounting periods; and reconcile the ledger."""

from datetime import UTC, datetime
from typing import Any, Final

from insurance import bundles, telemetry, wiring
from insurance.api.fields import accounting_period
from insurance.api.router import Api
from insurance.api.views.ledger import CalendarView
from insurance.domain.core.caller import CallerKind
from insurance.domain.core.errors import InvalidFields, SamePerson, WrongState
from insurance.domain.core.identity import Mode
from insurance.domain.core.roles import Role
from insurance.domain.core.scopes import Scope
from insurance.domain.core.stored import Stored
from insurance.domain.ledger.calendar import Calendar
from insurance.operations.command import Command
from insurance.operations.ledger.close_period import close_period, lock_period, reopen_period
from insurance.operations.ledger.reconcile_ledger import reconcile_ledger

ports, idempotency = bundles.accounting_ports(), wiring.stores().staff_idempotency

RESERVE_MS: Final = 10_000

PERIOD = "/v1/ledger/periods/{period}"
STAFF = {CallerKind.STAFF}
ACCOUNTING_ROLES = {Role.FINANCE}

api = Api(idempotency.find_replay, wiring.edge_for_staff())
answer = api.entrypoint()


@api.command(
    f"{PERIOD}/closing",
    operation_id="closeAccountingPeriod",
    summary="Close an accounting period",
    scope=Scope.LEDGER_CLOSE,
    callers=STAFF,
    roles=ACCOUNTING_ROLES,
    shows=CalendarView.of_stored,
    raises=(InvalidFields, WrongState),
)
def post_period_closing(period: str, command: Command) -> Stored[Calendar]:
    """Months close in their order, once they are over. What belongs to a closed month later is
    posted to the next open one."""
    return close_period(accounting_period("period", period), command, ports)


@api.command(
    f"{PERIOD}/locking",
    operation_id="lockAccountingPeriod",
    summary="Lock a closed accounting period",
    scope=Scope.LEDGER_CLOSE,
    callers=STAFF,
    roles=ACCOUNTING_ROLES,
    shows=CalendarView.of_stored,
    raises=(InvalidFields, SamePerson, WrongState),
)
def post_period_locking(period: str, command: Command) -> Stored[Calendar]:
    """Another person than the one who closed it must lock it."""
    return lock_period(accounting_period("period", period), command, ports)


@api.command(
    f"{PERIOD}/reopening",
    operation_id="reopenAccountingPeriod",
    summary="Reopen the last closed accounting period",
    scope=Scope.LEDGER_CLOSE,
    callers=STAFF,
    roles=ACCOUNTING_ROLES,
    shows=CalendarView.of_stored,
    raises=(InvalidFields, WrongState),
)
def post_period_reopening(period: str, command: Command) -> Stored[Calendar]:
    return reopen_period(accounting_period("period", period), command, ports)


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Answer a call through the gateway, or one of the schedule's own."""
    return answer(event, context) if "httpMethod" in event else run_reconciliation(event, context)


@telemetry.metrics.log_metrics
def run_reconciliation(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Reconcile the ledgers of these modes, as far as time reaches; the next run continues."""
    finished = {}
    for mode in map(Mode, event["reconcile"]):
        result = reconcile_ledger(
            mode,
            ports,
            now=datetime.now(UTC),
            time_is_up=lambda: context.get_remaining_time_in_millis() < RESERVE_MS,
        )
        finished[mode.value] = result is not None
        if result is not None and not result.clean:
            telemetry.logger.error(
                "the ledger does not reconcile", mode=mode, wrong=len(result.wrong)
            )
    return {"finished": finished}
