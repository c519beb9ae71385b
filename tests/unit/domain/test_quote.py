"""A quote moves only as its table says, and only while it stands."""

from datetime import timedelta

import pytest
from insurance.domain.contract.terms import Finding, ImposedTerms
from insurance.domain.core.errors import (
    AlreadyErased,
    QuoteAlreadyIssued,
    QuoteExpired,
    ReferralOpen,
    WrongState,
)
from insurance.domain.quote.quote import NEXT, Quote, QuoteStatus, QuoteStep, UnderwriterDecision

from tests.support.builders import NOW, PREMIUM, make_quote

DECISION = UnderwriterDecision(underwriter="staff-ursula", reason="garaged", decided_at=NOW)
DECIDED = (QuoteStep.ACCEPT_REFERRAL, QuoteStep.DECLINE_REFERRAL)
AT_ISSUE = Finding(code="report", outcome="refer", reason="No report yet.", blocks="issue")


def before(status: QuoteStatus, step: QuoteStep, **changes: object) -> Quote:
    """A quote that stands so; for a decision, with something to decide."""
    findings = (AT_ISSUE,) if step in DECIDED else ()
    return make_quote(status=status, findings=findings, **changes)


def take(quote: Quote, step: QuoteStep) -> Quote:
    match step:
        case QuoteStep.ACCEPT:
            return quote.accepted(now=NOW)
        case QuoteStep.ACCEPT_REFERRAL:
            return quote.referral_accepted(
                decision=DECISION,
                looked_up=quote.looked_up,
                imposed=ImposedTerms(),
                covers=quote.covers,
                premium=PREMIUM,
            )
        case QuoteStep.DECLINE_REFERRAL:
            return quote.referral_declined(decision=DECISION)
        case QuoteStep.BIND:
            return quote.bound(now=NOW)
        case QuoteStep.EXPIRE:
            return quote.expired()
        case QuoteStep.CUT_OVER | QuoteStep.REVERSE:
            move = quote.cut_over if step is QuoteStep.CUT_OVER else quote.reversed
            return move(now=NOW)


@pytest.mark.parametrize("status", QuoteStatus)
@pytest.mark.parametrize("step", QuoteStep)
def test_every_step_is_in_the_table_or_refused(status, step):
    quote = before(status, step)

    if (status, step) in NEXT:
        assert take(quote, step).status is NEXT[status, step]
    else:
        with pytest.raises((WrongState, QuoteAlreadyIssued, QuoteExpired, ReferralOpen)):
            take(quote, step)


@pytest.mark.parametrize("step", DECIDED)
@pytest.mark.parametrize("status", [QuoteStatus.BINDABLE, QuoteStatus.ACCEPTED])
def test_there_is_nothing_to_decide_where_no_referral_is_open(status, step):
    for findings in ((), (AT_ISSUE.replace(answered=True),)):
        with pytest.raises(WrongState):
            take(make_quote(status=status, findings=findings), step)


def test_what_is_blocked_at_issue_is_not_bound():
    with pytest.raises(ReferralOpen, match="report"):
        make_quote(status=QuoteStatus.ACCEPTED, findings=(AT_ISSUE,)).bound(now=NOW)


def test_only_the_acceptances_that_were_given_run_out():
    at_quote = AT_ISSUE.replace(code="value", blocks="quote", expires_days=2)
    findings = (at_quote, AT_ISSUE.replace(expires_days=1))
    quote = make_quote(status=QuoteStatus.REFERRED, findings=findings)

    taken = take(quote, QuoteStep.ACCEPT_REFERRAL)

    assert taken.valid_until == NOW + timedelta(days=2)
    assert [found.answered for found in taken.findings] == [True, False]


@pytest.mark.parametrize(
    ("status", "step"),
    [
        (status, step)
        for status, step in NEXT
        if step is not QuoteStep.EXPIRE and status is not QuoteStatus.MIGRATING
    ],
)
def test_an_expired_quote_moves_nowhere(status, step):
    with pytest.raises(QuoteExpired):
        take(before(status, step, valid_until=NOW), step)


def test_a_quote_stands_until_the_very_instant_it_expires():
    just_open = make_quote(valid_until=NOW + timedelta(microseconds=1))

    assert just_open.accepted(now=NOW).status is QuoteStatus.ACCEPTED


@pytest.mark.parametrize(("status", "step"), NEXT)
def test_an_erased_quote_moves_nowhere(status, step):
    with pytest.raises(AlreadyErased):
        take(make_quote(status=status, answers=None, policyholder=None), step)


def test_a_referred_risk_is_never_bound_without_an_acceptance():
    reached = {QuoteStatus.REFERRED, QuoteStatus.QUOTED}
    for _ in QuoteStatus:
        reached |= {
            after
            for (before, step), after in NEXT.items()
            if before in reached and step is not QuoteStep.ACCEPT_REFERRAL
        }

    assert QuoteStatus.BOUND not in reached


def test_a_declined_quote_has_no_price():
    declined = make_quote(status=QuoteStatus.REFERRED).referral_declined(decision=DECISION)

    assert declined.premium is None
