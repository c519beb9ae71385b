"""A bank reads a file of payments, strictly by the standard's schema, and answers it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from xml.etree import ElementTree

import xmlschema
from defusedxml.ElementTree import fromstring

HERE = Path(__file__).parent
PAIN_001 = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"
PAIN_002 = "urn:iso:std:iso:20022:tech:xsd:pain.002.001.12"


class NotValid(Exception):
    """Not what the schema allows, or not what its own sums say."""


@dataclass(frozen=True)
class Transfer:
    """One payment as the bank reads it."""

    reference: str
    amount: str
    currency: str
    name: str
    account: str


@dataclass(frozen=True)
class Ordered:
    """A file of payments as the bank reads it."""

    message_id: str
    debtor: str
    transfers: tuple[Transfer, ...]


@cache
def schema(message: str) -> xmlschema.XMLSchema:
    return xmlschema.XMLSchema(HERE / f"{message}.xsd")


def read_payments(document: bytes) -> Ordered:
    """Raises NotValid for a file that a bank would not take."""
    root = fromstring(document)
    try:
        schema("pain.001.001.09").validate(root)
    except xmlschema.XMLSchemaValidationError as error:
        raise NotValid(str(error)) from error
    transfers = tuple(_transfers(root))
    message = _text(root, ".//{*}GrpHdr/{*}MsgId")
    for where in ("GrpHdr", "PmtInf"):
        if _text(root, f".//{{*}}{where}/{{*}}NbOfTxs") != str(len(transfers)):
            raise NotValid(f"{message}: the number of payments differs")
        if not _adds_up(_text(root, f".//{{*}}{where}/{{*}}CtrlSum"), transfers):
            raise NotValid(f"{message}: the sum of the payments differs")
    return Ordered(message, _text(root, ".//{*}DbtrAcct/{*}Id/{*}IBAN"), transfers)


def _transfers(root: ElementTree.Element) -> Iterator[Transfer]:
    for each in root.iterfind(".//{*}CdtTrfTxInf"):
        [amount] = each.iterfind("{*}Amt/{*}InstdAmt")
        yield Transfer(
            reference=_text(each, "{*}PmtId/{*}EndToEndId"),
            amount=amount.text or "",
            currency=amount.attrib["Ccy"],
            name=_text(each, "{*}Cdtr/{*}Nm"),
            account=each.findtext("{*}CdtrAcct/{*}Id/{*}IBAN")
            or _text(each, "{*}CdtrAcct/{*}Id/{*}Othr/{*}Id"),
        )


def _adds_up(total: str, transfers: tuple[Transfer, ...]) -> bool:
    return Decimal(total) == sum(Decimal(each.amount) for each in transfers)


def _text(element: ElementTree.Element, path: str) -> str:
    found = element.findtext(path)
    if not found:
        raise NotValid(f"{path} is missing")
    return found


def status_report(
    report_id: str, message_id: str, *, group: str, payments: Mapping[str, tuple[str, str | None]]
) -> str:
    """A pain.002 on a file: the group's status, and each payment's with the reason's code."""
    root = ElementTree.Element("Document", xmlns=PAIN_002)
    report = _add(root, "CstmrPmtStsRpt")
    header = _add(report, "GrpHdr")
    _add(header, "MsgId", report_id)
    _add(header, "CreDtTm", "2027-01-18T09:00:00Z")
    original = _add(report, "OrgnlGrpInfAndSts")
    _add(original, "OrgnlMsgId", message_id)
    _add(original, "OrgnlMsgNmId", "pain.001.001.09")
    _add(original, "GrpSts", group)
    if payments:
        batch = _add(report, "OrgnlPmtInfAndSts")
        _add(batch, "OrgnlPmtInfId", message_id)
        for reference, (status, reason) in payments.items():
            payment = _add(batch, "TxInfAndSts")
            _add(payment, "OrgnlEndToEndId", reference)
            _add(payment, "TxSts", status)
            if reason is not None:
                _add(_add(_add(payment, "StsRsnInf"), "Rsn"), "Cd", reason)
    document: str = ElementTree.tostring(root, encoding="unicode")
    schema("pain.002.001.12").validate(document)
    return document


def _add(parent: ElementTree.Element, name: str, text: str | None = None) -> ElementTree.Element:
    element = ElementTree.SubElement(parent, name)
    element.text = text
    return element
