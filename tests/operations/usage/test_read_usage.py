"""Statements: open, then final, and never changed after that."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from insurance.domain.core.caller import Caller, CallerKind
from insurance.domain.core.errors import UsageNoLongerKept
from insurance.domain.core.identity import Mode
from insurance.domain.usage.tally import Tally
from insurance.operations.command import Query
from insurance.operations.usage.count_calls import count_calls
from insurance.operations.usage.ports import UsagePorts
from insurance.operations.usage.read_usage import UsageStatement, read_statement

from tests.fakes.usage import MemoryMeter
from tests.support.access_log import AT, OAK_WEB, call

NOVEMBER_FULL = datetime(2026, 12, 4, tzinfo=UTC)
DAYS = 400


@pytest.fixture
def ports() -> UsagePorts:
    registered: Any = None  # a partner's own usage asks nobody who is registered
    return UsagePorts(MemoryMeter(), registered, lambda: DAYS)


def statement(ports: UsagePorts, month: str, now: datetime) -> UsageStatement:
    oak = Caller(
        principal=OAK_WEB,
        kind=CallerKind.APPLICATION,
        partner="oak",
        roles=frozenset(),
        scopes=frozenset({"usage:read"}),
        mode=Mode.TEST,
    )
    return read_statement(None, month, Query(oak, now, now), ports)


def test_a_final_statement_never_changes_and_late_lines_are_corrections_of_the_next(
    ports: UsagePorts,
) -> None:
    count_calls("a", [call("1"), call("2", status="429")], ports, now=AT + timedelta(hours=1))
    count_calls("a", [call("3")], ports, now=NOVEMBER_FULL - timedelta(seconds=1))
    assert not statement(ports, "2026-11", NOVEMBER_FULL).is_final
    final = statement(ports, "2026-11", NOVEMBER_FULL + timedelta(minutes=15))
    assert (final.is_final, final.total.calls) == (True, 3)

    late = [call("4", status="404"), call("3")]
    count_calls("a", late, ports, now=NOVEMBER_FULL + timedelta(hours=1))

    assert statement(ports, "2026-11", NOVEMBER_FULL + timedelta(days=30)) == final
    december = statement(ports, "2026-12", NOVEMBER_FULL + timedelta(days=1))
    assert december.operations == []
    [correction] = december.corrections
    assert (correction.day, correction.tally.statuses) == (AT.date(), {404: 1})
    assert december.total == correction.tally


def test_a_months_total_is_the_sum_of_its_days(ports: UsagePorts) -> None:
    calls = [call(f"{n}", AT + timedelta(days=n % 9), latency_ms=f"{n}") for n in range(90)]
    count_calls("a", calls, ports, now=AT + timedelta(days=10))

    [row] = statement(ports, "2026-11", AT + timedelta(days=10)).operations

    exact = Tally()
    for each in calls:
        exact.add(each)
    assert row.tally == exact


def test_what_is_too_old_to_know_whether_it_was_counted_is_given_back(ports: UsagePorts) -> None:
    calls = [call("old", AT - timedelta(days=46)), call("1"), call("ahead", AT + timedelta(days=1))]

    counted, refused = count_calls("a", calls, ports, now=AT)

    assert counted == 1
    assert [each.id for each in refused] == ["old", "ahead"]
    assert statement(ports, "2026-11", AT).total.calls == 1


def test_a_month_is_shown_for_so_many_days_after_its_end(ports: UsagePorts) -> None:
    gone = datetime(2026, 12, 1, tzinfo=UTC) + timedelta(days=DAYS)
    statement(ports, "2026-11", gone - timedelta(seconds=1))

    with pytest.raises(UsageNoLongerKept):
        statement(ports, "2026-11", gone)
