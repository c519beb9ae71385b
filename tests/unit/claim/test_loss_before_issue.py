"""A loss that happened before the policy was issued is never paid without a person."""

from datetime import datetime, timedelta

import pytest
from insurance.domain.claim.verdict import LossNotice
from insurance.domain.claim.verification import common_rules
from insurance.domain.contract.rule import RuleOutcome

from tests.support.builders import gbp, make_policy

MINUTE = timedelta(minutes=1)
START = make_policy().period.start
ISSUED = START + timedelta(hours=14, minutes=47)
"""The policy is bought in the afternoon for the whole day."""


def after_issue(at: datetime, *, cover_begins_at: datetime | None = None) -> RuleOutcome | None:
    """What the rule answers to a loss at an instant; None where it has nothing to say."""
    policy = make_policy(issued_at=ISSUED, cover_begins_at=cover_begins_at)
    notice = LossNotice(
        cover="accidental_damage",
        occurred_at=at,
        reported_at=ISSUED + timedelta(days=1),
        claimed=gbp("2500"),
        facts={},
        item=None,
        same_loss_as=(),
    )
    outcomes = {rule.code: rule.outcome for rule in common_rules(notice, policy, at)}
    return outcomes.get("after_issue")


@pytest.mark.parametrize("at", [START, START + MINUTE, ISSUED - MINUTE])
def test_a_loss_of_the_first_day_before_the_issue_is_not_covered(at: datetime):
    assert after_issue(at) is RuleOutcome.FAIL


@pytest.mark.parametrize("at", [START, START + MINUTE, ISSUED - MINUTE])
def test_where_cover_began_before_the_issue_a_person_looks_at_the_loss(at: datetime):
    assert after_issue(at, cover_begins_at=START) is RuleOutcome.REFER


@pytest.mark.parametrize("at", [ISSUED, ISSUED + MINUTE])
def test_from_the_moment_of_issue_the_rule_has_nothing_to_say(at: datetime):
    assert after_issue(at) is None


def test_cover_of_a_policy_issued_ahead_begins_with_its_term():
    ahead = make_policy(issued_at=START - timedelta(days=10))

    assert ahead.cover_begins == START
