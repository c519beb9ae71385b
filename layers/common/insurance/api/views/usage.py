"""How usage is shown: day by day, and as the statement of a month."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Annotated, Any, Self

from pydantic import BaseModel, Field, StringConstraints

from insurance.api.paging import Page
from insurance.domain.core.csv_export import write_csv
from insurance.domain.ledger.calendar import AccountingPeriod
from insurance.domain.partner.partner import PartnerCode
from insurance.domain.usage.call import CallOutcome
from insurance.domain.usage.latency import LONGEST_MS
from insurance.domain.usage.tally import Tally, UsageRow
from insurance.operations.listing import ListPage
from insurance.operations.usage.read_usage import OperationUsage, UsageStatement

OperationId = Annotated[str, StringConstraints(pattern=r"^[a-z][A-Za-z]{0,63}$")]
AccountName = Annotated[
    str,
    StringConstraints(
        pattern=r"^(app_(test_)?[0-9a-hjkmnp-tv-z]{20}|developers|internal|unknown)$"
    ),
]
"""Whose calls are counted together."""
Count = Annotated[int, Field(json_schema_extra={"minimum": 0, "maximum": 2**53 - 1})]
"""As far as JSON's readers count."""
Milliseconds = Annotated[int, Field(json_schema_extra={"minimum": 0, "maximum": LONGEST_MS})]
ROWS_MAX = 20_000
"""What one answer of 6 MB has room for, of rows of three hundred bytes."""


class TallyView(BaseModel):
    """How many calls were answered how, how fast, and how much was answered."""

    calls: Count
    succeeded: Count
    invalid: Count
    unauthorized: Count
    forbidden: Count
    not_found: Count
    conflict: Count
    limited: Count
    failed: Count
    p50_ms: Milliseconds | None
    p95_ms: Milliseconds | None
    bytes: Count

    @staticmethod
    def fields_of(tally: Tally) -> dict[str, Any]:
        return {
            "calls": tally.calls,
            **{outcome.value: tally.outcomes[outcome] for outcome in CallOutcome},
            "p50_ms": tally.answered_within(50),
            "p95_ms": tally.answered_within(95),
            "bytes": tally.bytes,
        }

    @classmethod
    def of(cls, tally: Tally) -> Self:
        return cls(**cls.fields_of(tally))


class UsageRowView(TallyView):
    """What an application called of one operation on one day."""

    day: date
    application: AccountName
    operation: OperationId
    statement: AccountingPeriod

    @classmethod
    def of_row(cls, row: UsageRow) -> Self:
        return cls(
            day=row.day,
            application=row.application,
            operation=row.operation,
            statement=row.month,
            **cls.fields_of(row.tally),
        )


class UsageListView(BaseModel):
    """A page of an application's usage, by day and operation."""

    items: list[UsageRowView]
    next: str | None

    @classmethod
    def of(cls, found: ListPage[UsageRow], *, page: Page) -> Self:
        items = [UsageRowView.of_row(row) for row in found.items]
        return cls(items=items, next=page.next(found.next) if found.next else None)


class OperationUsageView(TallyView):
    """What an application called of one operation in the month."""

    application: AccountName
    operation: OperationId

    @classmethod
    def of_operation(cls, row: OperationUsage) -> Self:
        return cls(application=row.application, operation=row.operation, **cls.fields_of(row.tally))


class UsageStatementView(BaseModel):
    """What a partner's applications called in a month: the sum of the days, as rows and as CSV."""

    partner: PartnerCode
    application: AccountName | None
    month: AccountingPeriod
    is_final: bool
    final_at: datetime
    operations: Annotated[list[OperationUsageView], Field(json_schema_extra={"maxItems": ROWS_MAX})]
    corrections: Annotated[list[UsageRowView], Field(json_schema_extra={"maxItems": ROWS_MAX})]
    total: TallyView
    csv: str

    @classmethod
    def of(cls, statement: UsageStatement) -> Self:
        return cls(
            partner=statement.partner,
            application=statement.application,
            month=statement.month,
            is_final=statement.is_final,
            final_at=statement.final_at,
            operations=[OperationUsageView.of_operation(row) for row in statement.operations],
            corrections=[UsageRowView.of_row(row) for row in statement.corrections],
            total=TallyView.of(statement.total),
            csv=write_csv(_lines(statement), COLUMNS),
        )


COLUMNS = (
    *("partner", "month", "application", "operation", "correction_of"),
    *(field for field in TallyView.model_fields),
)


def _lines(statement: UsageStatement) -> Iterator[tuple[Any, ...]]:
    """A line for each application and operation, and one for each correction, with the day that it corrects."""
    for row in statement.operations:
        yield _line(statement, row.application, row.operation, "", row.tally)
    for each in statement.corrections:
        yield _line(statement, each.application, each.operation, each.day, each.tally)


def _line(
    statement: UsageStatement, application: str, operation: str, day: date | str, tally: Tally
) -> tuple[Any, ...]:
    figures = TallyView.fields_of(tally).values()
    return statement.partner, statement.month, application, operation, str(day), *figures
