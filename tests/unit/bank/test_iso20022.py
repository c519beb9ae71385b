"""Payments as the bank reads them, held against the standard's own schema, and its reports."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from insurance.bank.iso20022 import (
    BankMessages,
    Debtor,
    end_to_end_id,
    payment_id_of,
    read_status_report,
)
from insurance.domain.bank import Instruction, Payable, PaymentFile, StatusMeaning
from insurance.domain.core.errors import UnreadableReport
from insurance.domain.core.identity import Mode
from insurance.domain.core.money import Currency, Money
from insurance.domain.party.party import Payee

from local.bank_messages.messages import read_payments, schema, status_report

MESSAGES = BankMessages(Debtor("Coverwright Insurance", "GB29NWBK60161331926819", "NWBKGB2L"))
FILE_ID = "pmf_test_0123456789abcdef"
IBAN: dict[str, Any] = {"iban": "GB33BUKB20201555555555"}
SORT_CODE: dict[str, Any] = {"sort_code": "202015", "account_number": "55555555"}

names = st.text(
    st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=200
)  # what a body may hold
payables = st.builds(
    lambda number, amount, name, account: Payable(
        f"pay_test_0123456789abcdefghjkmn_{number}",
        Money(amount=amount, currency=Currency.GBP),
        Payee(name=name, **account),
        "Claim clm_test_0123456789abcdefghjkmn",
    ),
    st.integers(1, 99),
    st.integers(1, 10**12),
    names,
    st.sampled_from([IBAN, SORT_CODE]),
)


def file_of(payables: list[Payable], currency: Currency = Currency.GBP) -> PaymentFile:
    return PaymentFile(
        id=FILE_ID,
        mode=Mode.TEST,
        currency=currency,
        made_at=datetime(2027, 1, 18, 8, 30, tzinfo=UTC),
        instructions=tuple(
            Instruction(id=each.id, mode=Mode.TEST, amount=each.amount) for each in payables
        ),
    )


def written(payables: list[Payable], currency: Currency = Currency.GBP) -> bytes:
    return MESSAGES.write(file_of(payables, currency), payables)


def payable(amount: int = 50_000, currency: Currency = Currency.GBP, **payee: str) -> Payable:
    named: dict[str, Any] = {"name": "Ada Merton", **IBAN} | payee
    return Payable(
        "pay_test_0123456789abcdefghjkmn_1",
        Money(amount=amount, currency=currency),
        Payee(**named),
        "Claim",
    )


@settings(deadline=None)  # the first example reads the schema
@given(st.lists(payables, min_size=1, max_size=5))
def test_a_bank_takes_the_file_for_any_payment_and_payee(payables):
    ordered = read_payments(written(payables))

    assert [payment_id_of(each.reference) for each in ordered.transfers] == [
        each.id for each in payables
    ]
    assert [Decimal(each.amount) * 100 for each in ordered.transfers] == [
        each.amount.amount for each in payables
    ]
    assert MESSAGES.payments_in(written(payables)) == {each.id for each in payables}


def test_a_file_written_again_has_the_same_bytes():
    assert written([payable()]) == written([payable()])


@pytest.mark.parametrize(
    ("amount", "currency", "said"),
    [(5, Currency.GBP, "0.05"), (500, Currency.JPY, "500"), (1234, Currency.KWD, "1.234")],
)
def test_an_amount_has_the_digits_of_its_currency(amount, currency, said):
    [transfer] = read_payments(written([payable(amount, currency)], currency)).transfers

    assert (transfer.amount, transfer.currency) == (said, currency)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Zoë Müller-Łuczak", "Zoe Muller-.uczak"),
        ("Smith & Sons <Ltd>", "Smith . Sons .Ltd."),
        ("田中", ".."),
        ("x" * 200, "x" * 140),
    ],
)
def test_a_name_is_written_in_letters_that_every_bank_carries(name, said):
    [transfer] = read_payments(written([payable(name=name)])).transfers

    assert transfer.name == said


def test_a_british_account_is_named_by_sort_code_and_number():
    message = written([Payable("pay_1", payable().amount, Payee(name="A", **SORT_CODE), "Claim")])

    assert b"<Cd>GBDSC</Cd>" in message
    assert b"<MmbId>202015</MmbId>" in message
    assert read_payments(message).transfers[0].account == "55555555"


def test_a_reference_fits_a_bank_and_comes_back_as_the_payments_id():
    longest = "pay_test_0123456789abcdefghjkmn_99"

    assert len(end_to_end_id(longest)) <= 35
    assert payment_id_of(end_to_end_id(longest)) == longest


@pytest.mark.parametrize(
    ("code", "step"),
    [
        ("ACSC", StatusMeaning.SETTLED),
        ("ACCC", StatusMeaning.SETTLED),
        ("RJCT", StatusMeaning.REJECTED),
        ("CANC", StatusMeaning.REJECTED),
        ("ACTC", StatusMeaning.PENDING),
        ("ACSP", StatusMeaning.PENDING),
        ("PDNG", StatusMeaning.PENDING),
        ("NEWS", StatusMeaning.PENDING),
    ],
)
def test_a_status_means_that_a_payment_is_settled_rejected_or_under_way(code, step):
    report = read_status_report(
        status_report("R-1", end_to_end_id(FILE_ID), group="PART", payments={"pay-1": (code, None)})
    )

    assert report.of("pay_1").meaning is step


def test_a_report_says_which_file_which_payments_and_why():
    report = read_status_report(
        status_report(
            "R-1",
            end_to_end_id(FILE_ID),
            group="PART",
            payments={"pay-1": ("ACSC", None), "pay-2": ("RJCT", "AC04")},
        )
    )

    assert (report.id, report.file_id) == ("R-1", FILE_ID)
    assert report.of("pay_2").reason == "AC04"
    assert report.of("pay_3").meaning is StatusMeaning.PENDING


def test_a_group_that_is_rejected_takes_every_payment_with_it():
    report = read_status_report(
        status_report("R-1", end_to_end_id(FILE_ID), group="RJCT", payments={})
    )

    assert report.of("pay_1").meaning is StatusMeaning.REJECTED


def test_an_older_version_of_the_report_is_read_as_well():
    newer = status_report("R-1", "pmf-1", group="ACSC", payments={})

    assert read_status_report(newer.replace("pain.002.001.12", "pain.002.001.03")).id == "R-1"


BOMB = (
    '<!DOCTYPE a [<!ENTITY x "x"><!ENTITY y "&x;&x;">]>'
    "<Document><CstmrPmtStsRpt>&y;</CstmrPmtStsRpt></Document>"
)
ELSEWHERE = '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><Document>&x;</Document>'


@pytest.mark.parametrize(
    "document",
    [
        BOMB,
        ELSEWHERE,
        "not XML",
        "<Document/>",
        "<Document><CstmrPmtStsRpt/></Document>",
        "<Document><CstmrPmtStsRpt><OrgnlGrpInfAndSts/></CstmrPmtStsRpt></Document>",
        "\ud800",
    ],
)
def test_what_is_no_report_or_not_safe_to_read_is_refused(document):
    with pytest.raises(UnreadableReport):
        read_status_report(document)


def test_the_schemas_are_those_of_the_standard():
    assert schema("pain.001.001.09").target_namespace.endswith("pain.001.001.09")
    assert schema("pain.002.001.12").target_namespace.endswith("pain.002.001.12")
