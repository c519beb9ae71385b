"""A loss is judged on what was in force when it happened, not on what is in force today."""

from datetime import UTC, date, datetime, timedelta

import pytest
from insurance.domain.claim.verdict import LossNotice, Verdict
from insurance.domain.claim.verification import verify_notice
from insurance.domain.contract.rule import JudgedSegment, RuleOutcome

from tests.support.motor import wire
from tests.support.platform import Platform
from tests.support.policy_life import gbp, motor_with

JULY = date(2026, 7, 2)
IN_JUNE, IN_AUGUST = (datetime(2026, month, 15, 9, tzinfo=UTC) for month in (6, 8))


def judged(platform: Platform, occurred_at: datetime) -> Verdict:
    notice = LossNotice(
        cover="accidental_damage",
        occurred_at=occurred_at,
        reported_at=occurred_at + timedelta(days=1),
        claimed=gbp("3000"),
        facts={"driver_age": 35, "fault": True},
    )
    return verify_notice(notice, platform.policy, platform.product, {})


def segment_of(verdict: Verdict) -> JudgedSegment:
    assert verdict.judged_on is not None
    return verdict.judged_on


def outcome(verdict: Verdict) -> RuleOutcome:
    return next(rule.outcome for rule in verdict.rules if rule.code == "in_force")


@pytest.fixture
def platform() -> Platform:
    platform = Platform()
    platform.issue()
    platform.now = datetime(2026, 2, 20, 9, tzinfo=UTC)
    return platform


def test_a_higher_voluntary_excess_counts_from_its_date(platform):
    platform.endorse(JULY, voluntary_excess=wire(500))

    assert judged(platform, IN_JUNE).payable == gbp("2500")
    assert judged(platform, IN_AUGUST).payable == gbp("2250")


def test_a_verdict_names_the_segment_that_it_rests_on(platform):
    platform.endorse(JULY, voluntary_excess=wire(500))
    first, second = platform.policy.segments()

    june, august = segment_of(judged(platform, IN_JUNE)), segment_of(judged(platform, IN_AUGUST))

    assert (june.number, june.start, june.end) == (1, first.period.start, first.period.end)
    assert (august.number, august.start, august.end) == (2, second.period.start, second.period.end)
    assert june.product == platform.product.ref


def test_a_loss_out_of_cover_rests_on_the_segment_that_ended_last(platform):
    platform.cancel(JULY)
    [segment] = platform.policy.segments()

    found = segment_of(judged(platform, IN_AUGUST))

    assert (found.number, found.end) == (1, segment.period.end)


def test_a_loss_before_the_policy_rests_on_no_segment(platform):
    assert judged(platform, datetime(2025, 12, 24, tzinfo=UTC)).judged_on is None


def test_a_loss_after_the_end_of_cover_is_not_covered(platform):
    platform.cancel(JULY)

    assert outcome(judged(platform, IN_JUNE)) is RuleOutcome.PASS
    assert outcome(judged(platform, IN_AUGUST)) is RuleOutcome.FAIL


def test_exactly_at_the_end_of_cover_nothing_is_covered(platform):
    platform.cancel(JULY)
    end = platform.policy.segments()[-1].period.end

    assert outcome(judged(platform, end)) is RuleOutcome.FAIL
    assert outcome(judged(platform, end - timedelta(microseconds=1))) is RuleOutcome.PASS


def test_a_cancellation_dated_back_before_a_loss_goes_to_a_person(platform):
    platform.now = datetime(2026, 9, 1, tzinfo=UTC)
    platform.cancel(JULY)

    assert outcome(judged(platform, IN_AUGUST)) is RuleOutcome.REFER


def test_a_loss_before_cover_was_brought_back_goes_to_a_person():
    platform = Platform(motor_with(reinstatement_days=90))
    platform.issue()
    platform.now = datetime(2026, 6, 20, tzinfo=UTC)
    platform.cancel(JULY)
    platform.now = datetime(2026, 9, 1, tzinfo=UTC)
    platform.reinstate(no_known_loss=True)

    assert outcome(judged(platform, IN_AUGUST)) is RuleOutcome.REFER
    assert outcome(judged(platform, IN_JUNE)) is RuleOutcome.PASS
    assert outcome(judged(platform, datetime(2026, 9, 2, tzinfo=UTC))) is RuleOutcome.PASS


def test_a_change_dated_back_before_a_loss_goes_to_a_person(platform):
    platform.now = datetime(2026, 9, 1, tzinfo=UTC)
    platform.endorse(JULY, voluntary_excess=wire(0))

    assert outcome(judged(platform, IN_AUGUST)) is RuleOutcome.REFER
    assert outcome(judged(platform, IN_JUNE)) is RuleOutcome.PASS
