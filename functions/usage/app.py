"""Usage: count the calls of the gateway's access log, and tell partners what their applications called."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from insurance import bundles, telemetry, wiring
from insurance.access_log import read_delivery
from insurance.api.fields import Day
from insurance.api.paging import Page
from insurance.api.parameters import Parameters
from insurance.api.router import Api
from insurance.api.views.usage import AccountName, UsageListView, UsageStatementView
from insurance.domain.core.caller import CallerKind
from insurance.domain.core.errors import (
    ApplicationNotFound,
    InvalidFields,
    PartnerNotFound,
    UsageNoLongerKept,
)
from insurance.domain.core.roles import Role
from insurance.domain.core.scopes import Scope
from insurance.domain.ledger.calendar import AccountingPeriod
from insurance.domain.partner.partner import PartnerCode
from insurance.domain.usage.tally import UsageRow
from insurance.metrics import Metric
from insurance.operations.command import Query
from insurance.operations.listing import ListPage
from insurance.operations.usage.count_calls import count_calls
from insurance.operations.usage.read_usage import (
    UsageAsked,
    UsageStatement,
    list_usage,
    read_statement,
)
from pydantic import Field

type Json = dict[str, Any]

ports = bundles.usage_ports()
api = Api(edge=wiring.edge())
answer = api.entrypoint()

CALLERS = {CallerKind.APPLICATION, CallerKind.DEVELOPER, CallerKind.STAFF}
READERS = {Role.OPERATOR, Role.AUDITOR, Role.FINANCE}


def handler(event: Json, context: Any) -> Json:
    """Count a delivery of the access log, or answer a call of the API."""
    return _count(event, context) if "awslogs" in event else answer(event, context)


@telemetry.metrics.log_metrics
def _count(event: Mapping[str, Any], _context: Any) -> Json:
    """A delivery that fails is delivered again, and what of it was counted is not counted twice."""
    stream, calls, unreadable = read_delivery(event)
    report = count_calls(stream, calls, ports, now=datetime.now(UTC))
    telemetry.count(Metric.CALLS_COUNTED, report.counted)
    set_aside = [*unreadable, *(call.id for call in report.refused)]
    if set_aside:
        telemetry.count(Metric.CALLS_SET_ASIDE, len(set_aside))
        telemetry.logger.error("set aside", stream=stream, lines=set_aside)
    return {"counted": report.counted, "set_aside": len(set_aside)}


class UsageParameters(Parameters):
    """Whose usage, and of which days."""

    application: AccountName | None = Field(
        None,
        description="The application; the caller's own without it: people name one. `developers` are the people of the "
        "partner's team. Staff may name `internal` for calls of our own people and machines, or `unknown` for those that "
        "named nobody.",
    )
    since: Day | None = Field(
        None, description="The first day, in UTC; without it the 31 days until the last."
    )
    until: Day | None = Field(None, description="The last day, in UTC; today without it.")


class StatementParameters(Parameters):
    """Whose statement, and of which month."""

    month: AccountingPeriod = Field(description="The month, in UTC: `2026-11`.")
    partner: PartnerCode | None = Field(
        None, description="The partner; the caller's own without it. Staff name one."
    )
    application: AccountName | None = Field(
        None,
        description="One application's part of the statement, or of `developers`: needed where the month is too large.",
    )


@api.query(
    "/v1/usage",
    operation_id="listUsage",
    summary="List what an application called, by day and operation",
    scope=Scope.USAGE_READ,
    callers=CALLERS,
    roles=READERS,
    shows=UsageListView,
    paged="usage:{application}/{since}/{until}",
    raises=(ApplicationNotFound, InvalidFields, UsageNoLongerKept),
)
def get_usage(parameters: UsageParameters, page: Page, query: Query) -> ListPage[UsageRow]:
    return list_usage(
        UsageAsked(parameters.application, parameters.since, parameters.until), page, query, ports
    )


@api.query(
    "/v1/usage/statement",
    operation_id="getUsageStatement",
    summary="Read what a partner's applications called in a month, as rows and as CSV",
    scope=Scope.USAGE_READ,
    callers=CALLERS,
    roles=READERS,
    shows=UsageStatementView,
    raises=(ApplicationNotFound, InvalidFields, PartnerNotFound, UsageNoLongerKept),
)
def get_statement(parameters: StatementParameters, query: Query) -> UsageStatement:
    """A month is final some days after its end, and stays as it is: what is late is a correction of a later one."""
    return read_statement(
        parameters.partner, parameters.month, query, ports, parameters.application
    )
