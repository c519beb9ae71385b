"""ISO 20022: payments as the bank reads them (pain.001.001.09), and its reports (pain.002).

The messages hold what the bank needs and no more. Its reports are read by the names of the
elements, which every version of pain.002 shares.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import NamedTuple
from xml.etree import ElementTree

from insurance.bank.xml import NoPlainXml, read_xml
from insurance.domain.bank import Payable, PaymentFile, ReportedStatus, StatusReport
from insurance.domain.bank.status import status_of
from insurance.domain.core.errors import UnreadableReport
from insurance.domain.core.money import Money
from insurance.domain.party.party import Payee

PAIN_001 = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"
NAME_MAX, LINE_MAX = 140, 140
FOREIGN = re.compile("[^A-Za-z0-9/?:().,'+ -]")
"""What banks need not carry: the Latin set that all of them do (EPC 217-08)."""

REFERENCES = re.compile(rb"<EndToEndId>([^<]+)</EndToEndId>")

type Element = ElementTree.Element


class Debtor(NamedTuple):
    """Whose account is debited."""

    name: str
    iban: str
    bic: str


def end_to_end_id(payment_id: str) -> str:
    """The payment's id in the characters that every bank carries; at most 35 of them."""
    return payment_id.replace("_", "-")


def payment_id_of(end_to_end_id: str) -> str:
    return end_to_end_id.replace("-", "_")


def payment_message(file: PaymentFile, payables: Sequence[Payable], debtor: Debtor) -> bytes:
    """The file's bytes: the same for the same file and payments, whenever it is written."""
    root = ElementTree.Element("Document", xmlns=PAIN_001)
    message = _add(root, "CstmrCdtTrfInitn")
    header = _add(message, "GrpHdr")
    _add(header, "MsgId", end_to_end_id(file.id))
    _add(header, "CreDtTm", _instant(file.made_at))
    _sums(header, payables)
    _add(_add(header, "InitgPty"), "Nm", _latin(debtor.name, NAME_MAX))
    batch = _add(message, "PmtInf")
    _add(batch, "PmtInfId", end_to_end_id(file.id))
    _add(batch, "PmtMtd", "TRF")
    _sums(batch, payables)
    _add(_add(batch, "ReqdExctnDt"), "Dt", file.made_at.astimezone(UTC).date().isoformat())
    _add(_add(batch, "Dbtr"), "Nm", _latin(debtor.name, NAME_MAX))
    account = _add(batch, "DbtrAcct")
    _add(_add(account, "Id"), "IBAN", debtor.iban)
    _add(account, "Ccy", file.currency)
    _add(_add(_add(batch, "DbtrAgt"), "FinInstnId"), "BICFI", debtor.bic)
    for payable in payables:
        _add_transfer(batch, payable)
    written: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return written


class BankMessages:
    """The port `Messages` in pain.001.001.09."""

    def __init__(self, debtor: Debtor) -> None:
        self._debtor = debtor

    def write(self, file: PaymentFile, payables: Sequence[Payable]) -> bytes:
        return payment_message(file, payables, self._debtor)

    def read_report(self, document: str) -> StatusReport:
        return read_status_report(document)

    def payments_in(self, message: bytes) -> frozenset[str]:
        """As `write` wrote it: this is our own file, read back."""
        return frozenset(
            payment_id_of(reference.decode()) for reference in REFERENCES.findall(message)
        )


def _sums(parent: Element, payables: Sequence[Payable]) -> None:
    _add(parent, "NbOfTxs", str(len(payables)))
    whole = payables[0].amount.replace(amount=sum(payable.amount.amount for payable in payables))
    _add(parent, "CtrlSum", _amount(whole))


def _add_transfer(batch: Element, payable: Payable) -> None:
    payee = payable.payee
    if payee is None:
        raise ValueError("a payment without a payee stands in no file")
    transfer = _add(batch, "CdtTrfTxInf")
    _add(_add(transfer, "PmtId"), "EndToEndId", end_to_end_id(payable.id))
    amount = _add(_add(transfer, "Amt"), "InstdAmt", _amount(payable.amount))
    amount.set("Ccy", payable.amount.currency)
    if payee.sort_code is not None:
        member = _add(_add(_add(transfer, "CdtrAgt"), "FinInstnId"), "ClrSysMmbId")
        _add(_add(member, "ClrSysId"), "Cd", "GBDSC")
        _add(member, "MmbId", payee.sort_code)
    _add(_add(transfer, "Cdtr"), "Nm", _latin(payee.name, NAME_MAX))
    _add_account(_add(_add(transfer, "CdtrAcct"), "Id"), payee)
    _add(_add(transfer, "RmtInf"), "Ustrd", _latin(payable.about, LINE_MAX))


def _add_account(holder: Element, payee: Payee) -> None:
    if payee.iban is not None:
        _add(holder, "IBAN", payee.iban)
    else:
        _add(_add(holder, "Othr"), "Id", payee.account_number or "")


def _add(parent: Element, name: str, text: str | None = None) -> Element:
    element = ElementTree.SubElement(parent, name)
    element.text = text
    return element


def _amount(money: Money) -> str:
    """In major units, with as many digits as the currency has."""
    exponent = money.currency.exponent
    digits = str(money.amount).rjust(exponent + 1, "0")
    return f"{digits[:-exponent]}.{digits[-exponent:]}" if exponent else digits


def _instant(value: datetime) -> str:
    return value.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _latin(text: str, most: int) -> str:
    """Without accents; what has no Latin letter becomes a full stop, as banks themselves do it."""
    plain = unicodedata.normalize("NFKD", text)
    letters = "".join(part for part in plain if not unicodedata.combining(part))
    return FOREIGN.sub(".", " ".join(letters.split()))[:most].strip() or "."


def read_status_report(document: str) -> StatusReport:
    """Read a pain.002 of any version.

    Raises:
        UnreadableReport: It is no pain.002, or is not safe to read.
    """
    try:
        root = read_xml(document)
    except NoPlainXml as error:
        raise UnreadableReport("it is not plain XML") from error
    report = _child(root, "CstmrPmtStsRpt")
    if report is None:
        raise UnreadableReport("it is no CstmrPmtStsRpt")
    group = _child(report, "OrgnlGrpInfAndSts")
    if group is None:
        raise UnreadableReport("OrgnlGrpInfAndSts is missing")
    batches = list(_children(report, "OrgnlPmtInfAndSts"))
    payments, contradicted = _payments(batches)
    return StatusReport(
        id=_text(report, "GrpHdr", "MsgId"),
        file_id=payment_id_of(_text(group, "OrgnlMsgId")),
        group=_status(group, "GrpSts"),
        payments=payments,
        batch=_batch(batches),
        contradicted=contradicted,
    )


def _batch(batches: Sequence[Element]) -> ReportedStatus | None:
    """What is said of the batch as a whole: our files have one."""
    [batch] = batches if len(batches) == 1 else [None]
    if batch is None or _child(batch, "PmtInfSts") is None:
        return None
    return _status(batch, "PmtInfSts")


def _payments(batches: Sequence[Element]) -> tuple[dict[str, ReportedStatus], frozenset[str]]:
    """The payments that are named, and those of which two things are said.

    The reference of a payment is optional: an entry without one says nothing of any payment.
    """
    named: dict[str, ReportedStatus] = {}
    contradicted = set()
    for batch in batches:
        for payment in _children(batch, "TxInfAndSts"):
            reference = _child(payment, "OrgnlEndToEndId")
            if reference is None or not reference.text:
                continue
            payment_id = payment_id_of(reference.text.strip())
            status = _status(payment, "TxSts")
            if named.setdefault(payment_id, status).meaning is not status.meaning:
                contradicted.add(payment_id)
    return named, frozenset(contradicted)


def _status(element: Element, name: str) -> ReportedStatus:
    """The status of a group, a batch or a payment; without one it is under way."""
    code = _child(element, name)
    reasons = [
        text
        for info in _children(element, "StsRsnInf")
        for text in (*_texts(info, "Rsn"), *_texts(info, "AddtlInf"))
    ]
    return status_of((code.text or "").strip() if code is not None else "", reasons)


def _texts(element: Element, name: str) -> Iterator[str]:
    for child in _children(element, name):
        yield from (text.strip() for text in child.itertext() if text.strip())


def _text(element: Element, *path: str) -> str:
    """The text at the end of the path, which a report without is unreadable."""
    node: Element | None = element
    for name in path:
        node = _child(node, name) if node is not None else None
    if node is None or not node.text:
        raise UnreadableReport(f"{'/'.join(path)} is missing")
    return node.text.strip()


def _child(element: Element, name: str) -> Element | None:
    return next(_children(element, name), None)


def _children(element: Element, name: str) -> Iterator[Element]:
    return (child for child in element if child.tag.rpartition("}")[2] == name)
