"""Amounts and days of a bank's statement are read by the standard's grammar and no other."""

import pytest
from insurance.bank.statements import COLUMNS, PAYER_COLUMNS, read_camt, read_csv
from insurance.domain.bank.payer import Payer
from insurance.domain.core.errors import UnreadableStatement

LINE = {
    "account": "GB33BUKB20201555555555",
    "entry_reference": "R-1",
    "posted_on": "2026-12-20",
    "amount": "169.26",
    "currency": "GBP",
    "credit_debit": "credit",
    "text": "TEST-POL-26-HACS312P-33",
}


def statement(**changes: str) -> str:
    line = LINE | changes
    return ",".join(COLUMNS) + "\n" + ",".join(line[column] for column in COLUMNS) + "\n"


@pytest.mark.parametrize(
    ("amount", "minor"), [("169.26", 16_926), ("169", 16_900), ("169.26000", 16_926)]
)
def test_digits_and_one_point_are_an_amount(amount: str, minor: int) -> None:
    [entry] = read_csv(statement(amount=amount)).entries

    assert entry.amount.amount == minor


@pytest.mark.parametrize(
    "amount",
    [
        *("1e5", "1E5", "1_69.26", "169.26e0", "0x10", "NaN", "Infinity", "+169.26", "-169.26"),
        *("169,26", "1 69.26", ".26", "169.", "169.261", "", "\u0661\u0666\u0669", "\uff11"),
    ],
)
def test_anything_else_is_none(amount: str) -> None:
    quoted = f'"{amount}"'
    with pytest.raises(UnreadableStatement):
        read_csv(statement(amount=quoted))


@pytest.mark.parametrize(
    "day", ["20261220", "2026-W51-7", "2026-12-32", "20.12.2026", "\u0662026-12-20"]
)
def test_a_day_is_year_month_and_day(day: str) -> None:
    with pytest.raises(UnreadableStatement):
        read_csv(statement(posted_on=day))


AUNT = Payer(account="DE89370400440532013000", name="Eve Byron")


def test_a_file_of_our_own_form_may_say_who_paid() -> None:
    columns = (*COLUMNS, *PAYER_COLUMNS)
    line = LINE | {"payer_name": "Eve Byron", "payer_account": "DE89 3704 0044 0532 0130 00"}
    document = ",".join(columns) + "\n" + ",".join(line[column] for column in columns) + "\n"

    assert [entry.payer for entry in read_csv(document).entries] == [AUNT]
    assert [entry.payer for entry in read_csv(statement()).entries] == [None]


PARTY = "<Nm>Eve Byron</Nm>"
PARTIES = {
    "02": f"<Dbtr>{PARTY}</Dbtr><DbtrAcct><Id><IBAN>DE89370400440532013000</IBAN></Id></DbtrAcct>",
    "08": f"<Dbtr><Pty>{PARTY}</Pty></Dbtr>"
    "<DbtrAcct><Id><Othr><Id>DE89370400440532013000</Id></Othr></Id></DbtrAcct>",
}


@pytest.mark.parametrize("version", PARTIES)
@pytest.mark.parametrize("payments", [1, 2])
def test_a_banks_file_says_who_paid_each_payment(version: str, payments: int) -> None:
    detail = (
        '<TxDtls><Refs><AcctSvcrRef>R-{0}</AcctSvcrRef></Refs><Amt Ccy="GBP">10</Amt>'
        f"<RltdPties>{PARTIES[version]}</RltdPties></TxDtls>"
    )
    document = (
        f'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.{version}"><BkToCstmrStmt><Stmt>'
        "<Id>1</Id><Acct><Id><IBAN>GB33BUKB20201555555555</IBAN></Id></Acct>"
        f'<Ntry><Amt Ccy="GBP">{10 * payments}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts>'
        "<BookgDt><Dt>2026-12-20</Dt></BookgDt><NtryDtls>"
        f"{''.join(detail.format(number) for number in range(payments))}"
        "</NtryDtls></Ntry></Stmt></BkToCstmrStmt></Document>"
    )

    assert [entry.payer for entry in read_camt(document).entries] == [AUNT] * payments
