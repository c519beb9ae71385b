"""Legal holds: each reason not to erase, alone; when it ends; and that without one nothing is open."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from insurance.domain.bank.outgoing_payment import OPEN as OPEN_PAYMENT
from insurance.domain.bank.payment_status import PaymentStatus
from insurance.domain.billing.refund import Refund
from insurance.domain.claim import CostType, Handling, Payment, Reserve, ReserveReason
from insurance.domain.claim.recovery import Recovery, RecoveryKind, RecoveryStatus
from insurance.domain.complaint import ComplaintStatus
from insurance.domain.complaint.redress import Redress
from insurance.domain.contract.terms import ProductRef
from insurance.domain.core.identity import payment_id_for, redress_id_for, refund_id_for
from insurance.domain.core.money import Currency, Money
from insurance.domain.policy import PolicyStatus
from insurance.domain.privacy.legal_hold import (
    UNFINISHED_RECOVERIES,
    ContractRecords,
    HoldCode,
    LegalHold,
)
from insurance.domain.privacy.legal_hold import legal_hold as hold_of
from insurance.domain.product import Product
from insurance.domain.quote.quote import QuoteStatus
from insurance.products import product

from tests.support.builders import gbp, make_claim
from tests.support.party_records import (
    END,
    START,
    account_of,
    cancelled_at,
    complaint_of,
    paid_contract,
    policy_in,
    quote_in,
    stored,
)

DURING = START + timedelta(days=200)
AFTER = END + timedelta(days=1)
RECORDS_UNTIL = datetime(2033, 1, 2, tzinfo=UTC)
"""Six years after the end of a policy in Great Britain."""
LEDGER_UNTIL = datetime(2034, 1, 1, tzinfo=UTC)
LONDON = ZoneInfo("Europe/London")
SIX_YEARS_AFTER_JULY = datetime(2032, 7, 21, tzinfo=LONDON)
"""For what ended on 20 July 2026, which is `DURING`."""


def legal_hold(contracts: Sequence[ContractRecords], now: datetime) -> LegalHold:
    return hold_of(contracts, sold_in, now)


def sold_in(_ref: ProductRef) -> Product:
    """Every contract names the territory of its risk."""
    raise AssertionError


def codes(hold: LegalHold) -> set[HoldCode]:
    return {found.code for found in hold.holds}


def beside_records(hold: LegalHold) -> set[HoldCode]:
    """The codes of what is open: not of records that are merely kept."""
    return {code for code in codes(hold) if not code.endswith("_records")}


# Contracts


HOLDING = {QuoteStatus.BOUND, QuoteStatus.MIGRATING}


def test_a_policy_of_another_system_holds_its_data_until_its_cut_over() -> None:
    contract = ContractRecords(stored(quote_in(status=QuoteStatus.MIGRATING)))

    [hold] = legal_hold([contract], DURING).holds

    assert (hold.code, hold.about) == (HoldCode.ON_RISK, contract.quote.record.id)


@pytest.mark.parametrize("status", [one for one in QuoteStatus if one not in HOLDING])
def test_nothing_holds_the_data_of_a_quote_that_became_no_policy(status: QuoteStatus) -> None:
    contract = ContractRecords(stored(quote_in(status=status)))

    assert legal_hold([contract], DURING) == LegalHold()


def test_new_york_keeps_an_application_for_six_calendar_years() -> None:
    contract = ContractRecords(stored(quote_in("US-NY"), at=DURING))

    [hold] = legal_hold([contract], AFTER).holds

    assert (hold.code, hold.about) == (HoldCode.QUOTE_RECORDS, contract.quote.record.id)
    assert hold.until == datetime(2033, 1, 1, 5, tzinfo=UTC), "midnight in New York"


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (START - timedelta(days=1), {HoldCode.NOT_BEGUN}),
        (START, {HoldCode.ON_RISK}),
        (END - timedelta(microseconds=1), {HoldCode.ON_RISK}),
        (END, set()),
    ],
)
def test_a_policy_is_held_until_its_cover_ends(now: datetime, expected: set[HoldCode]) -> None:
    hold = legal_hold([paid_contract()], now)

    assert beside_records(hold) == expected
    assert HoldCode.POLICY_RECORDS in codes(hold)


def test_a_cancellation_ends_the_hold_of_cover_earlier_and_its_records_age_from_then() -> None:
    policy = cancelled_at(policy_in(), DURING)
    hold = legal_hold([paid_contract(policy=policy)], DURING)
    [records] = [found for found in hold.holds if found.code is HoldCode.POLICY_RECORDS]

    assert beside_records(hold) == set()
    assert records.until == SIX_YEARS_AFTER_JULY


def test_a_policy_that_was_cancelled_from_its_start_is_kept_from_the_day_of_the_cancellation() -> (
    None
):
    policy = cancelled_at(policy_in(), START)
    [made] = policy.transactions
    policy = policy.replace(transactions=(made.replace(processed_at=DURING),))

    hold = legal_hold([paid_contract(policy=policy)], DURING)

    assert beside_records(hold) == set()
    assert min(found.until for found in hold.holds if found.until) == SIX_YEARS_AFTER_JULY


def test_a_contract_that_does_not_say_where_the_risk_is_follows_its_products_first_territory() -> (
    None
):
    motor = product("personal_motor")
    contract = ContractRecords(stored(quote_in("")), stored(policy_in("")))

    hold = hold_of([contract], lambda _ref: motor, DURING)

    assert motor.territories[0] == "GB"
    assert RECORDS_UNTIL in {one.until for one in hold.holds}


# Money


def test_premium_that_is_owed_holds_until_the_debt_is_time_barred() -> None:
    policy = policy_in()
    contract = ContractRecords(stored(quote_in()), stored(policy))

    hold = legal_hold([contract], AFTER)

    [owed] = [found for found in hold.holds if found.code is HoldCode.PREMIUM_OWED]
    assert owed.until == RECORDS_UNTIL
    assert "169.26" in owed.reason


@pytest.mark.parametrize(
    ("paid", "expected"),
    [
        ("169.25", {HoldCode.PREMIUM_OWED}),
        ("169.26", set()),
        ("169.27", {HoldCode.MONEY_TO_RETURN}),
    ],
)
def test_a_balance_holds_whoever_owes_it(paid: str, expected: set[HoldCode]) -> None:
    account = account_of(policy_in(), gbp(paid))

    assert beside_records(legal_hold([paid_contract(account=account)], AFTER)) == expected


def test_a_credit_has_no_end_until_it_is_given_back() -> None:
    account = account_of(policy_in(), gbp("200"))
    hold = legal_hold([paid_contract(account=account)], AFTER)

    assert hold.free_from is None
    [credit] = [found for found in hold.holds if found.until is None]
    assert (credit.code, "30.74" in credit.reason) == (HoldCode.MONEY_TO_RETURN, True)


@pytest.mark.parametrize("status", PaymentStatus)
def test_a_refund_holds_while_it_is_not_finished(status: PaymentStatus) -> None:
    policy = policy_in()
    refund = Refund(
        id=refund_id_for(policy.id, 1),
        amount=gbp("1"),
        of_suspense=gbp("0"),
        status=status,
        requested_by="fiona",
    )
    account = account_of(policy, policy.charged, refunds=(refund,))
    found = codes(legal_hold([paid_contract(account=account)], AFTER))

    assert (HoldCode.REFUND_OPEN in found) is (status in OPEN_PAYMENT)


def test_the_ledgers_records_are_kept_from_the_year_of_the_last_entry() -> None:
    [hold] = [
        found
        for found in legal_hold([paid_contract()], AFTER).holds
        if found.code is HoldCode.LEDGER_RECORDS
    ]
    closed_late = stored(
        make_claim(policy_in(), handling=Handling.CLOSED, payments=(payment(PaymentStatus.PAID),)),
        at=datetime(2029, 5, 1, tzinfo=UTC),
    )
    later = legal_hold([paid_contract(claims=[closed_late])], AFTER)

    assert hold.until == LEDGER_UNTIL
    assert datetime(2036, 1, 1, tzinfo=UTC) in {found.until for found in later.holds}


# Claims


def payment(status: PaymentStatus) -> Payment:
    return Payment(
        id=payment_id_for(make_claim(policy_in()).id, 1),
        amount=gbp("10"),
        status=status,
        requested_by="staff-hana",
    )


def recovery(status: RecoveryStatus) -> Recovery:
    zero = gbp("0")
    return Recovery(
        number=1,
        kind=RecoveryKind.SALVAGE,
        status=status,
        expected=gbp("5"),
        received=zero,
        kept=zero,
    )


@pytest.mark.parametrize("handling", Handling)
def test_a_claim_holds_until_it_is_closed_and_its_records_six_years_more(
    handling: Handling,
) -> None:
    claim = stored(make_claim(policy_in(), handling=handling), at=DURING)
    hold = legal_hold([paid_contract(claims=[claim])], AFTER)
    [records] = [found for found in hold.holds if found.code is HoldCode.CLAIM_RECORDS]

    assert (HoldCode.CLAIM_OPEN in codes(hold)) is (handling is not Handling.CLOSED)
    assert (records.about, records.until) == (
        claim.record.id,
        SIX_YEARS_AFTER_JULY,
    )


@pytest.mark.parametrize("status", PaymentStatus)
def test_a_payment_of_a_closed_claim_holds_while_it_is_not_finished(status: PaymentStatus) -> None:
    claim = make_claim(policy_in(), handling=Handling.CLOSED, payments=(payment(status),))
    hold = legal_hold([paid_contract(claims=[stored(claim)])], AFTER)

    assert (HoldCode.CLAIM_PAYMENT_OPEN in codes(hold)) is (status in OPEN_PAYMENT)


@pytest.mark.parametrize("status", RecoveryStatus)
def test_a_recovery_of_a_closed_claim_holds_until_it_ends(status: RecoveryStatus) -> None:
    claim = make_claim(policy_in(), handling=Handling.CLOSED, recoveries=(recovery(status),))
    hold = legal_hold([paid_contract(claims=[stored(claim)])], AFTER)

    ended = status in {RecoveryStatus.RECOVERED, RecoveryStatus.ABANDONED}
    assert (HoldCode.RECOVERY_OPEN in codes(hold)) is not ended


def test_the_insureds_share_of_a_recovery_holds_until_it_is_paid_out() -> None:
    share = Reserve(
        cost_type=CostType.INSURED_SHARE,
        outstanding=gbp("3"),
        reason=ReserveReason.RECOVERY,
        by="staff-hana",
        at=DURING,
    )
    claim = make_claim(policy_in(), handling=Handling.CLOSED, reserves=(share,))
    hold = legal_hold([paid_contract(claims=[stored(claim)])], AFTER)

    assert beside_records(hold) == {HoldCode.MONEY_TO_RETURN}


# Complaints


@pytest.mark.parametrize("status", ComplaintStatus)
def test_a_complaint_holds_until_it_is_closed_and_three_years_from_its_receipt(
    status: ComplaintStatus,
) -> None:
    contract = ContractRecords(
        stored(quote_in()), complaints=[stored(complaint_of(status=status), at=AFTER)]
    )
    hold = legal_hold([contract], AFTER)
    [records] = [found for found in hold.holds if found.code is HoldCode.COMPLAINT_RECORDS]

    assert (HoldCode.COMPLAINT_OPEN in codes(hold)) is (status is not ComplaintStatus.CLOSED)
    assert records.until == datetime(2029, 7, 1, tzinfo=LONDON)


@pytest.mark.parametrize("status", PaymentStatus)
def test_redress_of_a_closed_complaint_holds_while_it_is_not_finished(
    status: PaymentStatus,
) -> None:
    complaint = complaint_of(status=ComplaintStatus.CLOSED)
    redress = Redress(
        id=redress_id_for(complaint.id, 1),
        amount=gbp("10"),
        status=status,
        requested_by="staff-kim",
    )
    contract = paid_contract(complaints=[stored(complaint.replace(redress=(redress,)))])

    found = codes(legal_hold([contract], AFTER))

    assert (HoldCode.REDRESS_OPEN in found) is (status in OPEN_PAYMENT)


# All of a party's contracts


def test_the_holds_of_every_contract_count_and_the_last_end_decides() -> None:
    closed = paid_contract()
    later = paid_contract("FR")

    hold = legal_hold([closed, later], datetime(2033, 6, 1, tzinfo=UTC))

    assert HoldCode.POLICY_RECORDS in codes(hold)
    assert hold.free_from == datetime(2038, 1, 1, tzinfo=UTC)
    assert legal_hold([closed, later], datetime(2038, 1, 1, tzinfo=UTC)) == LegalHold()


def test_without_a_hold_there_is_no_end_of_it() -> None:
    assert legal_hold([], DURING).free_from is None


@st.composite
def contracts(draw: st.DrawFn) -> ContractRecords:
    """Any contract: paid or not, with a claim and a complaint in any state."""
    territory = draw(st.sampled_from(["GB", "IE", "US-CA", "US-NY", "FR"]))
    policy = policy_in(territory)
    if draw(st.booleans()):
        policy = cancelled_at(policy, START + timedelta(days=draw(st.integers(0, 364))))
    if draw(st.booleans()):
        return ContractRecords(stored(quote_in(territory)))
    account: Any = account_of(
        policy, Money(amount=draw(st.integers(16900, 16950)), currency=Currency.GBP)
    )
    claim = make_claim(
        policy,
        handling=draw(st.sampled_from(Handling)),
        payments=(payment(draw(st.sampled_from(PaymentStatus))),),
        recoveries=(recovery(draw(st.sampled_from(RecoveryStatus))),),
    )
    complaint = complaint_of(territory, status=draw(st.sampled_from(ComplaintStatus)))
    return paid_contract(
        territory,
        policy=policy,
        account=account,
        claims=[stored(claim, DURING)] if draw(st.booleans()) else [],
        complaints=[stored(complaint, DURING)] if draw(st.booleans()) else [],
    )


AT_ANY_TIME = st.integers(0, 20 * 365 * 24).map(lambda hours: START + timedelta(hours=hours - 300))


@given(st.lists(contracts(), max_size=4), AT_ANY_TIME)
def test_without_a_hold_nothing_is_open(found: list[ContractRecords], now: datetime) -> None:
    if legal_hold(found, now).holds:
        return
    for contract in found:
        assert all(claim.record.handling is Handling.CLOSED for claim in contract.claims)
        assert all(
            payment.status not in OPEN_PAYMENT
            for claim in contract.claims
            for payment in claim.record.payments
        )
        assert all(
            recovery.status not in UNFINISHED_RECOVERIES
            for claim in contract.claims
            for recovery in claim.record.recoveries
        )
        assert all(each.record.status is ComplaintStatus.CLOSED for each in contract.complaints)
        if contract.policy is None:
            continue
        policy = contract.policy.record
        assert policy.state_at(now).status not in {PolicyStatus.PENDING, PolicyStatus.ON_RISK}
        assert contract.account is not None
        account = contract.account.record
        assert account.received + account.in_suspense <= account.owed(policy)
        assert now.year > 2030, "the records of a policy of 2026 are kept at least as long"


@given(st.lists(contracts(), max_size=4), AT_ANY_TIME)
def test_the_hold_ends_when_it_says_and_not_a_moment_earlier(
    found: list[ContractRecords], now: datetime
) -> None:
    hold = legal_hold(found, now)
    free_from = hold.free_from

    if free_from is None:
        assert not hold.holds or any(each.until is None for each in hold.holds)
    else:
        assert legal_hold(found, free_from - timedelta(microseconds=1)).holds
        assert not legal_hold(found, free_from).holds
