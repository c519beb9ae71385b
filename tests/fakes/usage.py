"""The meter in memory: held to the same contract as the one on DynamoDB (tests/contract)."""

from collections.abc import Callable, Sequence
from datetime import date

from insurance.domain.core.identity import Mode
from insurance.domain.ledger.calendar import AccountingPeriod
from insurance.domain.usage.call import LoggedCall, UsageAccount
from insurance.domain.usage.months import month_for
from insurance.domain.usage.tally import Tally, UsageRow
from insurance.operations.usage.ports import AskedDays, MeterTime


class MemoryMeter:
    def __init__(self) -> None:
        self._counted: dict[str, tuple[LoggedCall, AccountingPeriod]] = {}

    def count(self, _stream: str, calls: Sequence[LoggedCall], time: MeterTime) -> int:
        before = len(self._counted)
        for call in calls:
            self._counted.setdefault(call.id, (call, month_for(call.at, time.now)))
        return len(self._counted) - before

    def days(self, asked: AskedDays, after: str, limit: int) -> Sequence[UsageRow]:
        rows = [
            row
            for row in self._rows(lambda account: account == asked.account)
            if row.month in asked.months and asked.since <= row.day <= asked.until
        ]
        return [row for row in rows if row.position > after][:limit]

    def month(
        self, mode: Mode, partner: str, month: AccountingPeriod, application: str | None = None
    ) -> Sequence[UsageRow]:
        def is_of(account: UsageAccount) -> bool:
            wanted = application in {None, account.application}
            return wanted and (account.partner, account.mode) == (partner, mode)

        rows = [row for row in self._rows(is_of) if row.month == month]
        return sorted(rows, key=lambda row: row[1:4])

    def _rows(self, wanted: Callable[[UsageAccount], bool]) -> list[UsageRow]:
        tallies: dict[tuple[AccountingPeriod, str, date, str], Tally] = {}
        for call, month in self._counted.values():
            if wanted(call.account):
                key = (month, call.account.application, call.day, call.operation)
                tallies.setdefault(key, Tally()).add(call)
        rows = [UsageRow(*key, tally) for key, tally in tallies.items()]
        return sorted(rows, key=lambda row: row.position)
