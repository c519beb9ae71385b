"""Scenes of payments: one HTTP event each."""

from collections.abc import Iterator
from hashlib import sha256

from insurance.bank.iso20022 import end_to_end_id
from insurance.domain.core import identity
from insurance.domain.core.identity import Mode
from insurance.scanning import EICAR

from local.bank_messages.messages import status_report
from tests.artefact.scenes.common import (
    BANK,
    CLAIMED_AT,
    FINANCE,
    GBP,
    ISSUED,
    POLICY,
    REDRESS_ORDERED,
    REDRESSED,
    REFUND_ORDERED,
    REFUNDED,
    SETTLED,
    Json,
    Scene,
)
from tests.artefact.scenes.policy import at_instant


def payment_files_scenes() -> Iterator[Scene]:
    """A payment that the stream of events has brought to the queue, its file, the bank's report."""
    later, send = at_instant(CLAIMED_AT), "POST /v1/payment-files"
    queued = (*SETTLED, "event_delivery/delivered")
    pounds = {"currency": GBP}
    yield Scene("payment_execution/send", send, FINANCE, pounds, queued, **later)
    yield Scene("payment_execution/send_nothing", send, FINANCE, pounds, **later)
    yield Scene("payment_execution/send_by_the_bank", send, BANK, pounds, **later)
    file_id = identity.payment_file_id_for(Mode.TEST, FINANCE["claims"]["sub"], "send")
    sent, file = (*queued, "payment_execution/send"), {"file_id": file_id}
    read = f"GET {send.removeprefix('POST ')}/{{file_id}}"
    yield Scene("payment_execution/read", read, FINANCE, None, sent, file, **later)
    document = status_report("BR-1", end_to_end_id(file_id), group="ACSC", payments={})
    report: Json = {"document": document}
    take = "POST /v1/bank-status-reports"
    yield Scene("payment_execution/report", take, BANK, report, sent, **later)
    back = (*REFUNDED, REFUND_ORDERED)
    yield Scene("payment_execution/send_refund", send, FINANCE, pounds, back, **later)
    owed = (*REDRESSED, REDRESS_ORDERED)
    yield Scene("payment_execution/send_redress", send, FINANCE, pounds, owed, **later)
    file_id = identity.payment_file_id_for(Mode.TEST, FINANCE["claims"]["sub"], "send_redress")
    document = status_report("BR-2", end_to_end_id(file_id), group="ACSC", payments={})
    gone = (*owed, "payment_execution/send_redress")
    put_right = {"document": document}
    yield Scene("payment_execution/report_redress", take, BANK, put_right, gone, **later)
    yield from statements_scenes()
    nonsense: Json = {"document": "paid, all of it"}
    yield Scene("payment_execution/report_unreadable", take, BANK, nonsense, **later)


def statements_scenes() -> Iterator[Scene]:
    """What a bank's statement says came in."""
    later, take = at_instant(CLAIMED_AT), "POST /v1/bank-statements"
    iban = "GB33BUKB20201555555555"
    rows = [
        "account,entry_reference,posted_on,amount,currency,credit_debit,text",
        f"{iban},E-1,2026-12-04,100.00,GBP,credit,{identity.invoice_id_for(POLICY, 1)}",
        f"{iban},E-2,2026-12-04,12.00,GBP,credit,for my sister",
        f"{iban},E-3,2026-12-04,9.00,GBP,debit,bank charges",
    ]
    document = {"format": "csv", "document": "\n".join(rows)}
    taken = "payment_execution/statement"
    yield Scene(taken, take, BANK, document, ISSUED, **later)
    again = "payment_execution/statement_again"
    yield Scene(again, take, BANK, document, (*ISSUED, taken), **later)
    no_xml = {"format": "camt.053", "document": "<Document"}
    yield Scene("payment_execution/statement_unreadable", take, BANK, no_xml, **later)
    yield from uploads_scenes("\n".join(rows).encode())


def uploads_scenes(statement: bytes) -> Iterator[Scene]:
    """The same by an upload; one that is named and was never sent; one with malware."""
    later, take = at_instant(CLAIMED_AT), "POST /v1/bank-statements"
    form: Json = {"varies": ("/body/upload",), "key": "-"}

    def announced(name: str, file: bytes) -> Scene:
        body = {"size_bytes": len(file), "sha256": sha256(file).hexdigest()}
        return Scene(name, "POST /v1/bank-uploads", BANK, body, ISSUED, sends=file, **form, **later)

    def named(file: bytes) -> Json:
        bank = BANK["claims"]["sub"]
        upload_id = identity.upload_id_for(Mode.TEST, bank, sha256(file).hexdigest())
        return {"format": "csv", "upload_id": upload_id}

    uploaded, infected = "payment_execution/upload", "payment_execution/upload_malware"
    yield announced(uploaded, statement)
    before = (*ISSUED, uploaded)
    yield Scene(
        "payment_execution/statement_uploaded", take, BANK, named(statement), before, **later
    )
    never = named(b"never sent")
    yield Scene("payment_execution/statement_not_uploaded", take, BANK, never, ISSUED, **later)
    yield announced(infected, EICAR)
    bad = (*ISSUED, infected)
    yield Scene("payment_execution/statement_with_malware", take, BANK, named(EICAR), bad, **later)
    report = {"upload_id": named(EICAR)["upload_id"]}
    reports = "POST /v1/bank-status-reports"
    yield Scene("payment_execution/report_with_malware", reports, BANK, report, bad, **later)
    missing = {"upload_id": never["upload_id"]}
    yield Scene("payment_execution/report_not_uploaded", reports, BANK, missing, **later)
