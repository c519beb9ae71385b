"""What falls due is done on its day, once, whatever happens to the run."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest
from insurance.domain.core.errors import ArrearsOpen, QuoteExpired
from insurance.domain.core.event import StreamPosition
from insurance.domain.core.identity import quote_id_for, renewal_quote_id_for
from insurance.domain.core.posting import Account
from insurance.domain.core.stored import Stored
from insurance.domain.party.demands import RestrictionKind
from insurance.domain.party.details import details_of
from insurance.domain.party.party import Payee
from insurance.domain.party.record import Party
from insurance.domain.policy import Initiator
from insurance.domain.quote.quote import QuoteStatus
from insurance.domain.schedule.scheduled_job import ATTEMPTS_MAX, JobKind
from insurance.operations.billing.request_refund import RefundInput, request_refund
from insurance.operations.policy.record_non_renewal import record_non_renewal
from insurance.operations.policy.withdraw_notice import withdraw_notice
from insurance.operations.quoting.accept_quote import accept_quote
from insurance.operations.scheduler.run_jobs import PAGE

from tests.fakes.quoting import quoting_ports
from tests.support.fuse import Killed, blown
from tests.support.platform import Platform
from tests.support.policy_life import BOUGHT_ON, UNDERWRITER, WITH_A_TEENAGER, gbp, motor_with

FIRST_DUES = [f"2026-{month:02}-01" for month in range(1, 13)]


@pytest.fixture
def platform() -> Platform:
    platform = Platform()
    platform.issue_on_plan()
    return platform


def days_of(platform: Platform, type: str) -> list[str]:
    return [when[:10] for when, what in platform.story() if what == type]


def asked_of(platform: Platform, policy_id: str = "") -> int:
    account = platform.stores.billing.get(policy_id or platform.policy_id).account
    return account.record.invoiced if account else 0


def statuses(platform: Platform) -> tuple[str, ...]:
    return platform.policy.state_at(platform.now).codes


# Instalments


def test_every_instalment_is_asked_for_on_its_day(platform):
    platform.pay_today("186.19", on=date(2025, 12, 20), reference="ALL-BUT-NOTHING")
    paid = Platform(motor_with(grace_days=40))
    paid.issue_on_plan()
    for month in range(1, 13):
        paid.turn_to(date(2026, month, 1))
        paid.pay_today("15.52" if month > 1 else "15.47")

    assert days_of(paid, "billing.instalment_due") == [
        # The first second of the day in London is the evening before by UTC, in summer.
        *FIRST_DUES[:3],
        *(f"2026-{month:02}-{last}" for month, last in ((3, 31), (4, 30), (5, 31), (6, 30))),
        *(f"2026-{month:02}-{last}" for month, last in ((7, 31), (8, 31), (9, 30))),
        *FIRST_DUES[10:],
    ]
    platform.turn_to(date(2026, 12, 2))
    assert days_of(platform, "billing.instalment_due") == []


def test_who_never_chose_a_plan_is_asked_for_everything_at_the_start():
    platform = Platform()
    platform.issue_on_plan(plan=None)

    platform.turn_to(date(2026, 1, 1))

    assert platform.story()[-1] == ("2026-01-01T00:00Z", "billing.instalment_due")
    assert asked_of(platform) == 1


def test_what_a_change_costs_when_no_instalment_is_left_is_asked_for_at_once():
    platform = Platform()
    platform.issue_on_plan(plan=None)
    platform.turn_to(date(2026, 1, 1))
    platform.pay_today("169.26")
    platform.now = datetime(2026, 6, 20, 9, tzinfo=UTC)
    platform.endorse(date(2026, 7, 2), **WITH_A_TEENAGER)

    platform.turn_to(datetime(2026, 6, 20, 10, tzinfo=UTC))

    assert days_of(platform, "billing.instalment_due") == ["2026-01-01", "2026-06-20"]


def test_the_charge_falls_away_with_the_contract_and_comes_back_with_it(platform):
    def charges() -> list[str]:
        story = platform.memory.events[f"bil_{platform.policy_id[4:]}"]
        return [
            f"{posting.debit}: {posting.amount}" for event in story for posting in event.postings
        ]

    platform.now = datetime(2025, 12, 28, tzinfo=UTC)
    platform.cancel(date(2026, 1, 1))
    platform.turn_to(datetime(2025, 12, 28, 1, tzinfo=UTC))
    platform.reinstate(no_known_loss=True)
    platform.turn_to(datetime(2025, 12, 28, 2, tzinfo=UTC))

    assert charges() == [
        "premium_receivable: 16.93 GBP",
        "fee_income: 16.93 GBP",
        "premium_receivable: 16.93 GBP",
    ]


def test_an_account_with_a_refund_is_looked_at_like_any_other(platform):
    platform.pay_today("200", on=date(2025, 12, 20))
    request_refund(
        platform.policy_id,
        RefundInput(
            gbp("5"), Payee(name="Ada Lovelace", iban="GB33BUKB20201555555555"), "Paid too much."
        ),
        platform.command("refund"),
        platform.refund_ports,
    )

    assert platform.turn_to(date(2026, 2, 1)).failed == 0


# Arrears, notice, lapse and cure


def test_who_does_not_pay_is_given_notice_and_lapses_when_it_is_over(platform):
    platform.turn_to(date(2026, 1, 2))

    assert platform.story()[-1] == ("2026-01-02T00:00Z", "policy.notice_given")
    [notice] = platform.policy.notices
    assert (notice.kind, notice.arrears, notice.due_by) == ("lapse", gbp("15.47"), date(2026, 1, 1))
    assert statuses(platform) == ("on_risk", "delinquent")

    platform.now = datetime(2026, 1, 5, 14, tzinfo=UTC)
    over = platform.prove_dispatch_by_email()
    assert over == datetime(2026, 1, 13, tzinfo=UTC)
    platform.turn_to(over - timedelta(seconds=1))
    assert statuses(platform) == ("on_risk", "delinquent")

    platform.turn_to(over)
    assert platform.story()[-1] == ("2026-01-13T00:00Z", "policy.lapsed")
    assert statuses(platform) == ("lapsed",)
    assert platform.policy.covers_at(over - timedelta(microseconds=1))
    assert platform.policy.notices[0].ended == "carried_out"


def test_without_proof_of_dispatch_nothing_lapses(platform):
    platform.turn_to(date(2026, 6, 1))

    assert statuses(platform) == ("on_risk", "delinquent")
    assert [what for _, what in platform.story() if what.startswith("policy.")] == [
        "policy.issued",
        "policy.notice_given",
    ]


def test_a_payment_before_it_takes_effect_stops_the_lapse_at_once(platform):
    platform.turn_to(date(2026, 1, 2))
    over = platform.prove_dispatch_by_email()
    platform.now = over - timedelta(hours=30)
    platform.pay_today("15.47")

    platform.turn_to(platform.now + timedelta(minutes=1))
    assert platform.story()[-1][1] == "policy.notice_cured"
    assert statuses(platform) == ("on_risk",)

    platform.turn_to(over)
    assert statuses(platform) == ("on_risk",)


@pytest.mark.parametrize(("days", "expected"), [(-1, "on_risk"), (0, "lapsed")])
def test_what_counts_is_the_day_on_which_the_money_came_in(platform, days, expected):
    platform.turn_to(date(2026, 1, 2))
    over = platform.prove_dispatch_by_email()
    platform.now = over + timedelta(hours=1)
    platform.pay_today("15.47", on=over.date() + timedelta(days=days))

    platform.turn_to(over + timedelta(hours=2))

    assert statuses(platform)[0] == expected


def test_a_part_of_the_arrears_stops_nothing(platform):
    platform.turn_to(date(2026, 1, 2))
    over = platform.prove_dispatch_by_email()
    platform.pay_today("15.46")

    platform.turn_to(over)

    assert statuses(platform) == ("lapsed",)


def test_days_of_grace_come_before_the_notice():
    platform = Platform(motor_with(grace_days=10))
    platform.issue_on_plan()

    platform.turn_to(date(2026, 1, 11))
    assert statuses(platform) == ("on_risk",)

    platform.turn_to(date(2026, 1, 12))
    assert statuses(platform) == ("on_risk", "delinquent")


def test_arrears_that_a_person_let_pass_are_not_announced_again_but_the_next_are(platform):
    platform.turn_to(date(2026, 1, 2))
    command = platform.command("withdraw", caller=UNDERWRITER)
    withdraw_notice(platform.policy_id, 1, command, platform.servicing_ports)

    platform.turn_to(date(2026, 2, 1))
    assert len(platform.policy.notices) == 1
    platform.turn_to(date(2026, 2, 2))
    assert platform.policy.notices[1].arrears == gbp("15.52")


def test_a_policy_that_ends_otherwise_does_not_lapse(platform):
    platform.turn_to(date(2026, 1, 2))
    over = platform.prove_dispatch_by_email()
    platform.cancel(date(2026, 1, 5))

    platform.turn_to(over)

    assert statuses(platform) == ("cancelled",)
    assert platform.policy.notices[0].ended == "overtaken"


def test_a_cancellation_by_the_insurer_takes_effect_when_its_notice_is_over():
    platform = Platform()
    platform.issue_on_plan(plan=None)
    platform.turn_to(date(2026, 1, 1))
    platform.pay_today("169.26")
    platform.announce()
    over = platform.prove_dispatch_by_email()

    platform.turn_to(over - timedelta(seconds=1))
    assert statuses(platform) == ("on_risk", "cancel_pending")
    platform.turn_to(over)

    assert statuses(platform) == ("cancelled",)
    ended = platform.policy.cancelled_by()
    assert ended is not None
    assert ended.reason == "false_facts"


def test_a_product_that_names_no_jurisdiction_lapses_nothing_by_itself():
    platform = Platform(motor_with(notice=None))
    platform.issue_on_plan()

    platform.turn_to(date(2026, 12, 1))

    assert platform.policy.notices == ()


# Earned premium


def balances(platform: Platform) -> Counter[str]:
    found: Counter[str] = Counter()
    for events in platform.memory.events.values():
        for event in events:
            for posting in event.postings:
                found[posting.debit] += posting.amount.amount
                found[posting.credit] -= posting.amount.amount
    return found


def test_premium_is_posted_as_earned_at_the_end_of_every_month(platform):
    platform.pay_today("186.19")

    platform.turn_to(date(2026, 7, 1) + timedelta(days=1))
    posted = balances(platform)
    half = round(platform.policy.written.amount * 181 / 365)
    assert -posted[Account.EARNED_PREMIUM] == half
    platform.turn_to(date(2027, 1, 2))

    assert days_of(platform, "premium.earned") == [
        *(f"2026-{month:02}-01" for month in range(2, 13)),
        "2027-01-01",
    ]
    posted = balances(platform)
    assert -posted[Account.EARNED_PREMIUM] == platform.policy.written.amount
    assert posted[Account.UNEARNED_PREMIUM] == 0
    assert (
        platform.stores.scheduled_jobs.jobs.keys() & {(JobKind.EARNING, platform.policy_id)}
        == set()
    )


def test_a_policy_that_ended_earns_up_to_its_end_and_no_longer(platform):
    platform.pay_today("186.19")
    platform.turn_to(date(2026, 3, 5))
    platform.cancel(date(2026, 3, 20))

    platform.turn_to(date(2026, 4, 2))
    assert days_of(platform, "premium.earned") == ["2026-02-01", "2026-03-01", "2026-04-01"]
    # What a refund was rounded by is earned as slowly as the rest of the term goes by.
    assert abs(balances(platform)[Account.UNEARNED_PREMIUM]) <= 1
    platform.turn_to(date(2026, 12, 31))
    assert balances(platform)[Account.UNEARNED_PREMIUM] == 0


def test_a_change_that_comes_after_the_end_is_caught_up(platform):
    platform.pay_today("186.19")
    platform.turn_to(date(2027, 2, 3))
    platform.cancel(date(2026, 7, 1))
    assert balances(platform)[Account.UNEARNED_PREMIUM] != 0

    platform.turn_to(date(2027, 3, 2))

    assert days_of(platform, "premium.earned")[-1] == "2027-03-01"
    assert balances(platform)[Account.UNEARNED_PREMIUM] == 0


# Renewals and quotes


def test_the_next_term_is_offered_once_from_its_day(platform):
    platform.pay_today("186.19")
    platform.turn_to(date(2026, 12, 10))
    assert days_of(platform, "policy.renewal_invited") == []

    platform.turn_to(date(2026, 12, 11))
    platform.schedule_events(again=True)
    platform.turn_to(date(2026, 12, 31))

    assert days_of(platform, "policy.renewal_invited") == ["2026-12-11"]
    quote_id = renewal_quote_id_for(platform.policy_id)
    assert platform.policy.invitation.quote_id == quote_id
    assert platform.stores.quotes.get(quote_id).record.status is QuoteStatus.BINDABLE


def test_who_has_ended_the_policy_is_not_invited(platform):
    platform.cancel(date(2026, 6, 1))

    platform.turn_to(date(2026, 12, 31))

    assert platform.policy.invitation is None


def test_who_wants_no_other_term_is_not_invited(platform):
    ports = platform.servicing_ports
    record_non_renewal(
        platform.policy_id, Initiator.POLICYHOLDER, None, platform.command("no"), ports
    )

    platform.turn_to(date(2026, 12, 31))

    assert platform.policy.invitation is None


def test_who_restricted_the_use_of_their_data_is_invited_once_they_lifted_it(platform):
    platform.pay_today("186.19")
    policy = platform.policy
    party = Party.new(
        policy.party, policy.partner, details_of(policy.policyholder), at=platform.now, by="test"
    )
    kind = RestrictionKind.RESTRICTION
    demanding = party.restricted(kind, "asked to", at=platform.now)
    platform.memory.parties[party.id] = Stored(demanding, StreamPosition(), None)
    platform.turn_to(date(2026, 12, 20))
    assert platform.policy.invitation is None

    released = demanding.released(kind, "asked to", at=platform.now)
    platform.memory.parties[party.id] = Stored(released, StreamPosition(), None)
    platform.turn_to(date(2026, 12, 22))

    assert platform.policy.invitation is not None


def test_who_came_back_is_invited_after_all(platform):
    platform.pay_today("186.19")
    platform.now = datetime(2026, 12, 5, 9, tzinfo=UTC)
    platform.cancel(date(2026, 12, 10))
    platform.turn_to(date(2026, 12, 12))
    platform.reinstate(no_known_loss=True)

    platform.turn_to(date(2026, 12, 13))

    assert platform.policy.invitation is not None


def test_a_quote_that_was_issued_does_not_expire(platform):
    platform.turn_to(BOUGHT_ON + timedelta(days=60))

    assert days_of(platform, "quote.expired") == []


def test_a_quote_expires_once_and_cannot_be_taken_up_afterwards():
    platform = Platform()
    quote_id = accepted_quote(platform)
    valid_until = platform.stores.quotes.get(quote_id).record.valid_until

    platform.turn_to(valid_until - timedelta(seconds=1))
    assert platform.stores.quotes.get(quote_id).record.status is QuoteStatus.ACCEPTED
    platform.turn_to(valid_until)
    platform.schedule_events(again=True)
    platform.turn_to(valid_until + timedelta(days=1))

    assert platform.stores.quotes.get(quote_id).record.status is QuoteStatus.EXPIRED
    assert platform.story(quote_id)[-1][1] == "quote.expired"
    ports = quoting_ports(platform.products, platform.stores.quotes)
    with pytest.raises(QuoteExpired):
        accept_quote(quote_id, platform.command("accept"), ports)


def accepted_quote(platform: Platform) -> str:
    """A quote whose story ends, so far, with its acceptance."""
    platform.issue_on_plan(plan=None)
    quote_id = quote_id_for(platform.policy_id)
    memory = platform.memory
    bound = memory.events[quote_id].pop()
    accepted = memory.events[quote_id][-1]
    before = memory.quotes[quote_id]
    quote = before.record.replace(status=QuoteStatus.ACCEPTED)
    memory.quotes[quote_id] = type(before)(quote, accepted.head, before.key)
    del memory.policies[platform.policy_id]
    del memory.events[platform.policy_id]
    assert bound.type == "quote.bound"
    return quote_id


# Runs


def year_of_one_policy(fuse_at: int | None, *, after: bool) -> tuple[Platform, int]:
    """Never paid, given notice, lapsed; each run dies at its nth store call and is run again."""
    platform = Platform()
    platform.issue_on_plan()
    deaths = 0
    for month, day in ((1, 1), (1, 2), (1, 20), (2, 1), (12, 31)):
        if (month, day) == (1, 20):
            platform.now = datetime(2026, 1, 5, 14, tzinfo=UTC)
            platform.prove_dispatch_by_email()
        while True:
            try:
                with blown(platform, fuse_at, after=after):
                    platform.turn_to(date(2026, month, day))
                break
            except Killed:
                deaths += 1
                fuse_at = None if deaths > 50 else fuse_at
    return platform, deaths


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("fuse_at", range(3, 24))
def test_a_run_that_dies_anywhere_and_is_run_again_does_everything_once(fuse_at, after):
    undisturbed, _ = year_of_one_policy(None, after=False)

    platform, deaths = year_of_one_policy(fuse_at, after=after)

    assert platform.story() == undisturbed.story()
    assert platform.policy == undisturbed.policy
    assert deaths or fuse_at > 10


def test_a_year_played_in_one_go_is_the_year_lived_day_by_day():
    in_one_go, by_day = Platform(), Platform()
    for platform in (in_one_go, by_day):
        platform.issue_on_plan()
        platform.pay_today("100")

    day = date(2026, 1, 1)
    while day <= date(2026, 12, 31):
        by_day.turn_to(day)
        day += timedelta(days=1)
    in_one_go.turn_to(date(2026, 12, 31))

    assert in_one_go.story() == by_day.story()
    assert len(in_one_go.story()) > 8


def test_events_that_are_delivered_again_lead_to_nothing_new(platform):
    platform.turn_to(date(2026, 3, 2))
    before = platform.story()

    for _ in range(3):
        platform.schedule_events(again=True)
        platform.turn_to(date(2026, 3, 2))

    assert platform.story() == before


def test_two_runs_at_once_do_everything_once(platform):
    """The second jobs between the first's job and its store."""
    get, inside = platform.stores.billing.get, list[bool]()

    def get_and_let_the_other_run(policy_id: str):
        found = get(policy_id)
        if not inside:
            inside.append(True)
            platform.turn_to(date(2026, 1, 2))
        return found

    platform.stores.billing.get = get_and_let_the_other_run
    platform.turn_to(date(2026, 1, 2))
    platform.turn_to(date(2026, 1, 2))

    assert days_of(platform, "billing.instalment_due") == ["2026-01-01"]
    assert len(platform.policy.notices) == 1


def test_what_fails_stalls_nobody_else_and_goes_to_a_person():
    platform = Platform()
    ids = [platform.issue_on_plan() for _ in range(3)]
    job = platform.jobs[JobKind.BILLING]

    def fails_for_one(subject: str, now: datetime) -> datetime | None:
        if subject == ids[0]:
            raise KeyError(subject)
        return job(subject, now)

    platform.jobs = {**platform.jobs, JobKind.BILLING: fails_for_one}
    ran = [platform.turn_to(date(2026, 1, 2)) for _ in range(ATTEMPTS_MAX + 1)]

    assert [each.failed for each in ran] == [1] * ATTEMPTS_MAX + [0]
    assert [each.parked for each in ran] == [0] * (ATTEMPTS_MAX - 1) + [1, 0]
    noticed = [len(platform.policies.get(each).record.notices) for each in ids]
    assert noticed == [0, 1, 1]

    platform.jobs = {**platform.jobs, JobKind.BILLING: job}
    assert platform.stores.scheduled_jobs.release_parked("test#ptn_one", limit=10) == 1
    platform.turn_to(date(2026, 1, 2))
    assert len(platform.policies.get(ids[0]).record.notices) == 1


def test_a_run_stops_when_its_time_is_up_and_the_next_goes_on():
    platform = Platform()
    ids = [platform.issue_on_plan() for _ in range(4)]
    left = iter([False, False, True])

    first = platform.turn_to(date(2026, 1, 1), time_is_up=lambda: next(left, True))
    second = platform.turn_to(date(2026, 1, 1))

    assert (first.finished, first.jobs) == (False, 2)
    assert second.finished
    assert [asked_of(platform, each) for each in ids] == [1] * 4


def test_a_book_larger_than_a_page_is_worked_off_whole():
    platform = Platform()
    scheduled = platform.stores.scheduled_jobs
    platform.issue_on_plan()
    run: list[str] = []

    def job(subject: str, _now: datetime) -> None:
        run.append(subject)

    platform.jobs = {JobKind.BILLING: job}
    platform.schedule_events()
    [pattern] = scheduled.due("test#ptn_one", JobKind.BILLING, 0, by=date_of(2027), limit=1)
    for number in range(3 * PAGE + 1):
        scheduled.add(pattern.replace(subject=f"pol_test_{number}"))

    platform.turn_to(date(2026, 1, 1))

    assert len(run) == len(set(run)) == 3 * PAGE + 2


def date_of(year: int) -> datetime:
    return datetime(year, 1, 1, tzinfo=UTC)


def test_what_lapsed_comes_back_when_the_arrears_are_paid(platform):
    platform.turn_to(datetime(2026, 1, 5, 14, tzinfo=UTC))
    over = platform.prove_dispatch_by_email()
    platform.turn_to(over)
    assert statuses(platform) == ("lapsed",)
    platform.pay_today("15.46")

    for gap in (False, True):
        with pytest.raises(ArrearsOpen, match=r"0\.01 GBP"):
            platform.reinstate(no_known_loss=True, gap=gap)
    platform.pay_today("0.01")
    platform.reinstate(no_known_loss=True)

    assert statuses(platform) == ("on_risk",)
    platform.turn_to(date(2026, 1, 31))
    assert statuses(platform) == ("on_risk",)
