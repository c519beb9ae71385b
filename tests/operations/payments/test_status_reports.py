"""What the bank's report on a file says counts at the nearest level, and pays nothing twice."""

from typing import Any

import pytest
from insurance.bank.iso20022 import end_to_end_id

from tests.support.bank import BANK, FILES, FINANCE, REPORTS, executing, payments
from tests.support.platform import Platform

type Json = dict[str, Any]

REJECTED = "<GrpSts>RJCT</GrpSts><StsRsnInf><Rsn><Cd>{}</Cd></Rsn></StsRsnInf>"
ACCEPTED, SETTLED = "<GrpSts>ACCP</GrpSts>", "<GrpSts>ACSC</GrpSts>"
BATCH_REJECTED = (
    "<PmtInfSts>RJCT</PmtInfSts><StsRsnInf><Rsn><Cd>NARR</Cd></Rsn>"
    "<AddtlInf>Service level not supported</AddtlInf></StsRsnInf>"
)
NO_REFERENCE = (
    "<TxInfAndSts><OrgnlTxRef><Amt><InstdAmt Ccy='GBP'>500.00</InstdAmt></Amt></OrgnlTxRef>"
    "</TxInfAndSts>"
)


def entry(payment_id: str, status: str, reason: str = "AC01") -> str:
    """What a report says of one payment that it names."""
    reference = f"<OrgnlEndToEndId>{end_to_end_id(payment_id)}</OrgnlEndToEndId>"
    why = f"<StsRsnInf><Rsn><Cd>{reason}</Cd></Rsn></StsRsnInf>" if status == "RJCT" else ""
    return f"<TxInfAndSts>{reference}<TxSts>{status}</TxSts>{why}</TxInfAndSts>"


class Bank:
    """The bank of one payment of 500.00 that stands in a file."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform
        [claim] = executing(platform)
        self.path = f"/v1/claims/{claim['id']}"
        [self.payment] = payments([claim])
        [file] = platform.post(FILES, {"currency": "GBP"}, by=FINANCE)["files"]
        self._file = end_to_end_id(file["id"])

    def report(self, group: str, batch: str = "") -> Json:
        """Send a pain.002 and return what it did to the payment."""
        whole = f"<OrgnlPmtInfAndSts><OrgnlPmtInfId>{self._file}</OrgnlPmtInfId>{batch}</OrgnlPmtInfAndSts>"
        document = (
            "<Document xmlns='urn:iso:std:iso:20022:tech:xsd:pain.002.001.10'><CstmrPmtStsRpt>"
            f"<GrpHdr><MsgId>R-{next(self._platform.numbers)}</MsgId></GrpHdr><OrgnlGrpInfAndSts>"
            f"<OrgnlMsgId>{self._file}</OrgnlMsgId>{group}</OrgnlGrpInfAndSts>"
            f"{whole if batch else ''}</CstmrPmtStsRpt></Document>"
        )
        [payment] = self._platform.post(REPORTS, {"document": document}, by=BANK)["payments"]
        return dict(payment)

    def status(self) -> str:
        return str(self._platform.get(self.path)["payments"][0]["status"])


@pytest.fixture
def bank(platform: Platform) -> Bank:
    return Bank(platform)


@pytest.mark.parametrize("code", ["AM05", "DU01", "DU02", "DU03", "DU04", "DU05"])
@pytest.mark.parametrize("settled_first", [True, False])
def test_a_second_delivery_that_is_refused_says_nothing_of_the_first(
    bank: Bank, code: str, settled_first: bool
):
    if settled_first:
        bank.report(SETTLED)

    refused = bank.report(REJECTED.format(code))

    assert refused.get("outcome") is None
    assert bank.status() == ("paid" if settled_first else "executing")


def test_what_was_settled_is_not_undone_by_a_rejection_that_does_not_name_it(bank: Bank):
    bank.report(SETTLED)

    said = [bank.report(REJECTED.format("MS03")), bank.report(ACCEPTED, BATCH_REJECTED)]

    assert [one["doubt"] for one in said] == ["settled_before"] * 2
    assert bank.status() == "paid"


def test_what_was_settled_comes_back_by_a_rejection_that_names_it(bank: Bank):
    bank.report(SETTLED)

    assert bank.report(ACCEPTED, entry(bank.payment, "RJCT"))["outcome"] == "returned"
    assert bank.status() == "returned"


def test_a_report_that_says_two_things_of_a_payment_does_nothing(bank: Bank):
    twice = entry(bank.payment, "ACSC") + entry(bank.payment, "RJCT")

    assert bank.report(ACCEPTED, twice)["doubt"] == "contradiction"
    assert bank.status() == "executing"


def test_a_batch_that_is_rejected_fails_its_payments_for_its_own_reason(bank: Bank):
    failed = bank.report(ACCEPTED, BATCH_REJECTED)

    assert (failed["outcome"], failed["reason"]) == ("failed", "NARR; Service level not supported")
    assert bank.status() == "failed"


def test_a_payment_that_is_named_goes_its_own_way_in_a_batch_that_is_rejected(bank: Bank):
    assert bank.report(ACCEPTED, BATCH_REJECTED + entry(bank.payment, "ACSC"))["outcome"] == "paid"


def test_an_entry_without_a_reference_is_left_and_its_payment_goes_the_way_of_the_group(
    bank: Bank,
):
    under_way = bank.report(ACCEPTED, f"<PmtInfSts>ACCP</PmtInfSts>{NO_REFERENCE}")
    assert under_way["code"] == "ACCP"

    assert bank.report(SETTLED, NO_REFERENCE)["outcome"] == "paid"
