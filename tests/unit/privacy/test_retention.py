"""How long records are kept: each place's rules, counted in its own days."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from insurance.domain.jurisdiction.places import JURISDICTIONS, jurisdiction_of
from insurance.domain.jurisdiction.retention import (
    RETENTION,
    RETENTION_ELSEWHERE,
    RecordKind,
    RetentionRule,
    kept_until,
    retention_of,
)

ENDED = datetime(2027, 1, 1, tzinfo=UTC)
"""In London midnight of 1 January, in New York and California the evening before."""

YEARS = {
    ("GB", RecordKind.POLICY): date(2033, 1, 2),
    ("GB", RecordKind.CLAIM): date(2033, 1, 2),
    ("GB", RecordKind.COMPLAINT): date(2030, 1, 2),
    ("GB", RecordKind.LEDGER): date(2034, 1, 1),
    ("IE", RecordKind.POLICY): date(2033, 1, 2),
    ("US-NY", RecordKind.QUOTE): date(2033, 1, 1),
    ("US-NY", RecordKind.POLICY): date(2033, 1, 1),
    ("US-CA", RecordKind.POLICY): date(2032, 1, 1),
    ("US-CA", RecordKind.CLAIM): date(2031, 1, 1),
    ("FR", RecordKind.POLICY): date(2037, 1, 2),
    ("FR", RecordKind.LEDGER): date(2038, 1, 1),
}
"""The first day on which records that began to age then are not kept any more."""


@pytest.mark.parametrize(("place", "kind"), YEARS)
def test_records_are_kept_as_long_as_the_place_says(place: str, kind: RecordKind) -> None:
    jurisdiction = jurisdiction_of(place)
    rule = retention_of(jurisdiction).rule(kind)

    assert rule is not None
    until = kept_until(rule, ENDED, jurisdiction).astimezone(ZoneInfo(jurisdiction.zone))
    assert (until.date(), until.hour) == (YEARS[place, kind], 0)


def test_a_day_that_a_later_year_does_not_have_is_the_last_of_its_month() -> None:
    leap_day = datetime(2028, 2, 29, 9, tzinfo=UTC)

    until = kept_until(RetentionRule(1, "a source"), leap_day, jurisdiction_of("GB"))

    assert until == datetime(2029, 3, 1, tzinfo=UTC)


def test_nothing_keeps_a_quote_that_was_not_taken_up_where_no_rule_does() -> None:
    places = [code for code, rules in RETENTION.items() if rules.rule(RecordKind.QUOTE)]

    assert places == ["US-NY"]


@pytest.mark.parametrize("code", [*RETENTION, "elsewhere"])
def test_every_rule_names_its_source_and_a_policys_records_are_always_kept(code: str) -> None:
    rules = RETENTION.get(code, RETENTION_ELSEWHERE)

    assert {RecordKind.POLICY, RecordKind.CLAIM, RecordKind.COMPLAINT, RecordKind.LEDGER} <= set(
        rules.records
    )
    assert all(rule.source and rule.years > 0 for rule in (*rules.records.values(), rules.debts))


def test_every_place_that_we_know_has_rules_of_its_own() -> None:
    assert set(RETENTION) == set(JURISDICTIONS)


@given(
    began=st.integers(0, 90 * 365 * 24).map(
        lambda hours: datetime(2000, 1, 1, tzinfo=UTC) + timedelta(hours=hours)
    ),
    years=st.integers(1, 40),
    code=st.sampled_from([*JURISDICTIONS, "elsewhere"]),
    calendar_years=st.booleans(),
)
def test_a_whole_number_of_years_always_passes_first(
    began: datetime, years: int, code: str, *, calendar_years: bool
) -> None:
    jurisdiction = jurisdiction_of(code)
    local = began.astimezone(ZoneInfo(jurisdiction.zone)).date()

    rule = RetentionRule(years, "a source", calendar_years=calendar_years)
    until = kept_until(rule, began, jurisdiction).astimezone(ZoneInfo(jurisdiction.zone)).date()

    assert until.year - local.year in {years, years + 1}
    assert (until.month, until.day) == (1, 1) or not calendar_years
    assert (until.toordinal() - local.toordinal()) > 365 * years


def test_what_no_source_confirms_is_said_to_be_assumed() -> None:
    """Every rule says its source in so many words; of New York and Ireland what is open is in the data."""
    assumed = {
        (code, kind)
        for code in ("US-NY", "IE")
        for kind, rule in RETENTION[code].records.items()
        if rule.assumes
    }

    assert assumed == {
        *(("US-NY", kind) for kind in RecordKind),
        *(("IE", kind) for kind in (RecordKind.POLICY, RecordKind.CLAIM, RecordKind.COMPLAINT)),
    }
    for rules in RETENTION.values():
        assert all(rule.source for rule in (*rules.records.values(), rules.debts))
