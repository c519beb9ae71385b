"""Bank statements as banks send them, CAMT.053 and CSV, read into entries.

A CAMT.053 is read by the names of its elements, which every version shares. Document types and
entities are refused before anything is read (defusedxml), and a statement whose balances do not
add up is no statement.
"""

import csv
import io
import re
from collections.abc import Iterator
from datetime import date
from typing import Any, Final
from xml.etree.ElementTree import Element

from pydantic import ValidationError

from insurance.bank.xml import NoPlainXml, read_xml
from insurance.domain.bank.payer import Payer
from insurance.domain.bank.statement import ENTRIES_MAX, BankEntry, BankStatement
from insurance.domain.core.errors import UnreadableStatement
from insurance.domain.core.money import Currency, Money

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:camt.053.001."
COLUMNS = (
    "account",
    "entry_reference",
    "posted_on",
    "amount",
    "currency",
    "credit_debit",
    "text",
)
PAYER_COLUMNS = ("payer_name", "payer_account")
"""Of a file that says from which account money came."""


AMOUNT: Final = re.compile(r"[0-9]{1,15}(\.[0-9]{1,5})?")
"""ISO 20022's `ActiveOrHistoricCurrencyAndAmount`: digits and one point. `Decimal` alone would take
`1e5`, `1_69.26` and the digits of other scripts."""
DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def read_camt(document: str) -> BankStatement:
    """Read the one statement of a CAMT.053 message.

    Raises:
        UnreadableStatement: It is no CAMT.053, is not safe to read, holds more or less than one
            statement, or an entry or balance in it is not whole.
    """
    try:
        root = read_xml(document)
    except NoPlainXml as error:
        raise UnreadableStatement("it is no plain XML") from error
    if not root.tag.startswith(f"{{{NAMESPACE}") or not root.tag.endswith("}Document"):
        raise UnreadableStatement("it is no camt.053 message")
    statements = root.findall("{*}BkToCstmrStmt/{*}Stmt")
    if len(statements) != 1:
        raise UnreadableStatement(f"it holds {len(statements)} statements where one is read")
    return _Camt(statements[0]).read()


def read_csv(document: str) -> BankStatement:
    """Read our own plain form: a heading, then a line for each entry, amounts in major units.

    Raises:
        UnreadableStatement: A column, an amount, a date or a reference is missing or is none, or it
            is of more than one account.
    """
    lines = io.StringIO(document.removeprefix("\ufeff"))
    try:
        rows = list(csv.DictReader(lines, restkey="beyond"))
    except csv.Error as error:
        raise UnreadableStatement("it is no CSV") from error
    if not rows or tuple(rows[0])[: len(COLUMNS)] != COLUMNS:
        raise UnreadableStatement(f"its columns are not {', '.join(COLUMNS)}")
    if len(rows) > ENTRIES_MAX:
        raise UnreadableStatement(f"it has more than {ENTRIES_MAX} entries")
    accounts = {row["account"] for row in rows}
    if len(accounts) != 1 or not all(accounts):
        raise UnreadableStatement("it is of more than one account, or of none")
    [account] = accounts
    entries = []
    for number, row in enumerate(rows, start=1):
        where = f"line {number + 1}"
        if "beyond" in row or None in row.values():
            raise UnreadableStatement(f"{where} has not as many fields as there are columns")
        if row["credit_debit"] not in {"credit", "debit"}:
            raise UnreadableStatement(f"{where} says neither credit nor debit")
        entries.append(
            _entry(
                where,
                reference=_reference(account, row["entry_reference"]),
                amount=_money(where, row["amount"], row["currency"]),
                came_in=row["credit_debit"] == "credit",
                posted=True,
                reversal=False,
                posted_on=_day(where, row["posted_on"]),
                text=row["text"],
                payer=Payer.of(row.get("payer_account"), row.get("payer_name")),
            )
        )
    return _statement("csv", account, entries)


READERS = {"camt.053": read_camt, "csv": read_csv}


class _Camt:
    """One statement, element by element."""

    def __init__(self, element: Element) -> None:
        self._element = element
        self._account = _text(element, "Acct/Id/IBAN") or _text(element, "Acct/Id/Othr/Id")
        if not self._account:
            raise UnreadableStatement("it names no account")

    def read(self) -> BankStatement:
        lines = self._element.findall("{*}Ntry")
        entries = [entry for place, line in enumerate(lines, 1) for entry in self._of(line, place)]
        if len(entries) > ENTRIES_MAX:
            raise UnreadableStatement(f"it has more than {ENTRIES_MAX} entries")
        self._check_balances(lines)
        return _statement(_text(self._element, "Id") or "", self._account, entries)

    def _of(self, line: Element, place: int) -> Iterator[BankEntry]:
        """A line's payments: one, or as many as it bundles, each with its own amount."""
        where = f"entry {place}"
        named = _text(line, "AcctSvcrRef") or _text(line, "NtryRef")
        details = line.findall("{*}NtryDtls/{*}TxDtls")
        whole = _amount(where, line)
        status = _text(line, "Sts/Cd") or _text(line, "Sts")
        common: dict[str, Any] = {
            "came_in": _is_credit(where, line),
            "posted": status == "BOOK",
            "reversal": _text(line, "RvslInd") in {"true", "1"},
            "posted_on": _day(where, _text(line, "BookgDt/Dt") or _text(line, "BookgDt/DtTm")),
        }
        if len(details) <= 1:
            payer = _payer(details[0]) if details else None
            text = " ".join(_texts(details[0] if details else line))
            reference = named or (_text(details[0], "Refs/AcctSvcrRef") if details else "")
            reference = _reference(self._account, reference)
            yield _entry(where, reference=reference, amount=whole, text=text, payer=payer, **common)
            return
        amounts = [_amount(where, detail) for detail in details]
        if sum(amount.amount for amount in amounts) != whole.amount:
            raise UnreadableStatement(f"{where} is not the sum of its payments")
        for number, (detail, amount) in enumerate(zip(details, amounts, strict=True), 1):
            own = _text(detail, "Refs/AcctSvcrRef") or (f"{named}.{number}" if named else "")
            yield _entry(
                where,
                reference=_reference(self._account, own),
                amount=amount,
                text=" ".join(_texts(detail)),
                payer=_payer(detail),
                **common,
            )

    def _check_balances(self, lines: list[Element]) -> None:
        """Opening, what is posted, closing: where the bank says all three, they agree."""
        balances = {
            _text(balance, "Tp/CdOrPrtry/Cd"): balance
            for balance in self._element.findall("{*}Bal")
        }
        if not {"OPBD", "CLBD"} <= balances.keys():
            return
        opening, closing = (_signed("a balance", balances[code]) for code in ("OPBD", "CLBD"))
        posted = [line for line in lines if (_text(line, "Sts/Cd") or _text(line, "Sts")) == "BOOK"]
        if opening + sum(_signed("an entry", line) for line in posted) != closing:
            raise UnreadableStatement("its entries do not lead from its first balance to its last")


def _texts(details: Element) -> Iterator[str]:
    """What the payer wrote, and what payment systems carry along."""
    for path in ("RmtInf/Strd/CdtrRefInf/Ref", "RmtInf/Ustrd", "Refs/EndToEndId"):
        for node in details.findall("/".join(f"{{*}}{step}" for step in path.split("/"))):
            yield (node.text or "").strip()


def _payer(details: Element) -> Payer | None:
    """From whom money came. Newer versions have the party one step further down."""
    account = "RltdPties/DbtrAcct/Id"
    return Payer.of(
        _text(details, f"{account}/IBAN") or _text(details, f"{account}/Othr/Id"),
        _text(details, "RltdPties/Dbtr/Nm") or _text(details, "RltdPties/Dbtr/Pty/Nm"),
    )


def _signed(where: str, element: Element) -> int:
    amount = _amount(where, element).amount
    return amount if _is_credit(where, element) else -amount


def _is_credit(where: str, element: Element) -> bool:
    said = _text(element, "CdtDbtInd")
    if said not in {"CRDT", "DBIT"}:
        raise UnreadableStatement(f"{where} says neither credit nor debit")
    return said == "CRDT"


def _amount(where: str, element: Element) -> Money:
    node = element.find("{*}Amt")
    if node is None:
        node = element.find("{*}AmtDtls/{*}TxAmt/{*}Amt")
    if node is None:
        raise UnreadableStatement(f"{where} has no amount")
    return _money(where, node.text or "", node.get("Ccy", ""))


def _money(where: str, major: str | None, currency: str | None) -> Money:
    digits = (major or "").strip()
    if digits.startswith("-") and AMOUNT.fullmatch(digits[1:]):
        raise UnreadableStatement(f"{where} has a negative amount")
    if not AMOUNT.fullmatch(digits):
        raise UnreadableStatement(f"{where} has no amount that is one")
    try:
        return Money.of(digits, Currency(currency or ""))
    except ValueError as error:
        raise UnreadableStatement(f"{where} has no amount that is one") from error


def _day(where: str, text: str | None) -> date:
    day = (text or "")[:10]
    if not DAY.fullmatch(day):
        raise UnreadableStatement(f"{where} has no posting date")
    try:
        return date.fromisoformat(day)
    except ValueError as error:
        raise UnreadableStatement(f"{where} has no posting date") from error


def _reference(account: str, own: str) -> str:
    """The bank's reference with the account's last digits; empty where the bank gives none."""
    own = "".join(own.split())
    return f"{account[-8:]}/{own}" if own else ""


def _entry(where: str, **fields: Any) -> BankEntry:
    if not fields["reference"]:
        raise UnreadableStatement(f"{where} has no reference: it could be posted twice")
    try:
        return BankEntry(**fields)
    except ValidationError as error:
        raise UnreadableStatement(f"{where} holds what no entry can") from error


def _statement(id: str, account: str, entries: list[BankEntry]) -> BankStatement:
    references = [entry.reference for entry in entries]
    if len(set(references)) < len(references):
        raise UnreadableStatement("two of its entries have one reference")
    return BankStatement(id=id, account=account, entries=tuple(entries))


def _text(element: Element, path: str) -> str:
    node = element.find("/".join(f"{{*}}{step}" for step in path.split("/")))
    return (node.text or "").strip() if node is not None else ""
