"""Files of the bank that are larger than a request: announced, uploaded by a form, and named by the import."""

from hashlib import sha256
from typing import Any

import pytest
from insurance.bank.iso20022 import end_to_end_id
from insurance.bank.xml import MARKS_MAX
from insurance.domain.bank.statement import ENTRIES_MAX
from insurance.operations.files.uploads import UPLOAD_BYTES_MAX
from insurance.scanning import EICAR

from local.bank_messages.messages import status_report
from tests.support import loopback
from tests.support.calls import BANK, Answer, machine, staff
from tests.support.platform import Platform
from tests.support.route_calls import SUFFIX
from tests.support.scans import scanned

type Json = dict[str, Any]

UPLOADS, STATEMENTS, REPORTS = "/v1/bank-uploads", "/v1/bank-statements", "/v1/bank-status-reports"
REPORTER = staff("staff-fred", "finance", "payments:report")
DETAILS = "what a bank writes beside an entry; " * 200


def entry(number: int) -> str:
    return (
        f'<Ntry><Amt Ccy="GBP">{number}.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>'
        f"<BookgDt><Dt>2026-01-05</Dt></BookgDt><AcctSvcrRef>A{number}</AcctSvcrRef>"
        f"<NtryDtls><TxDtls><AddtlTxInf>{DETAILS}</AddtlTxInf></TxDtls></NtryDtls></Ntry>"
    )


def statement(entries: int) -> bytes:
    lines = "".join(entry(number) for number in range(1, entries + 1))
    return (
        '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><Stmt>'
        "<Id>STMT-1</Id><Acct><Id><IBAN>GB33BUKB20201555555555</IBAN></Id></Acct>"
        f"{lines}</Stmt></BkToCstmrStmt></Document>"
    ).encode()


def described(file: bytes) -> Json:
    return {"size_bytes": len(file), "sha256": sha256(file).hexdigest()}


def announced(handlers: Platform, file: bytes, caller: Json = BANK) -> Json:
    answer = handlers.call("POST", UPLOADS, described(file), by=caller, key=None)
    assert answer.status == 200, answer.text
    body: Json = answer.body
    return body


def send(upload: Json, file: bytes) -> int:
    sent = loopback.post(upload["url"], data=upload["fields"], files={"file": file})
    return int(sent.status_code)


def uploaded(handlers: Platform, file: bytes, caller: Json = BANK) -> str:
    made = announced(handlers, file, caller)
    assert send(made["upload"], file) == 204
    upload_id: str = made["upload_id"]
    return upload_id


def imported(handlers: Platform, upload_id: str, caller: Json = BANK, **options: Any) -> Answer:
    body = {"format": "camt.053", "upload_id": upload_id}
    return handlers.call("POST", STATEMENTS, body, by=caller, **options)


def test_a_statement_of_as_many_entries_as_one_has_is_imported_from_an_upload(handlers: Platform):
    file = statement(ENTRIES_MAX)
    assert len(file) > 1_000_000  # more than a request takes

    answer = imported(handlers, uploaded(handlers, file))

    assert answer.status == 200, answer.text
    assert len(answer.body["entries"]) == ENTRIES_MAX
    assert {entry["outcome"] for entry in answer.body["entries"]} == {"suspended"}


def test_the_same_entries_are_posted_once_whether_uploaded_or_sent(handlers: Platform):
    file = statement(2)

    first = imported(handlers, uploaded(handlers, file))
    inline = {"format": "camt.053", "document": file.decode()}
    second = handlers.call("POST", STATEMENTS, inline, by=BANK)

    assert [entry["outcome"] for entry in first.body["entries"]] == ["suspended"] * 2
    assert [entry["outcome"] for entry in second.body["entries"]] == ["posted_before"] * 2


def test_a_status_report_is_imported_from_an_upload(handlers: Platform):
    report = status_report("R-1", end_to_end_id(f"pmf_test_{SUFFIX}"), group="ACSC", payments={})
    named = {"upload_id": uploaded(handlers, report.encode(), REPORTER)}

    answer = handlers.call("POST", REPORTS, named, by=REPORTER)

    assert (answer.status, answer.code) == (404, "payment-file-not-found")  # it was read


def test_a_repeated_import_is_answered_as_the_first_though_the_file_is_gone(handlers: Platform):
    upload_id = uploaded(handlers, statement(1))
    first = imported(handlers, upload_id, key="once")
    handlers.apps["payment_execution"].uploads.objects.delete(upload_id)

    again = imported(handlers, upload_id, key="once")
    anew = imported(handlers, upload_id, key="twice")

    assert (again.status, again.replayed, again.body) == (200, True, first.body)
    assert (anew.status, anew.code) == (409, "upload-not-sent")


def test_what_was_not_sent_yet_can_be_sent_still(handlers: Platform):
    file = statement(1)
    made = announced(handlers, file)

    early = imported(handlers, made["upload_id"])
    again = announced(handlers, file)

    assert (early.status, early.code) == (409, "upload-not-sent")
    assert again["upload_id"] == made["upload_id"]
    assert send(again["upload"], file) == 204
    assert imported(handlers, made["upload_id"]).status == 200


@pytest.mark.parametrize(
    "other", [REPORTER, machine("payments:report", mode="live")], ids=["person", "mode"]
)
def test_a_file_is_named_by_who_uploaded_it_and_in_its_mode(other: Json, handlers: Platform):
    upload_id = uploaded(handlers, statement(1))

    refused = imported(handlers, upload_id, other, clock=None)

    assert (refused.status, refused.code) == (409, "upload-not-sent")


def test_the_form_takes_no_other_file(handlers: Platform):
    file = statement(1)
    upload = announced(handlers, file)["upload"]

    assert send(upload, statement(2)) == 400
    assert send(upload, file + b" ") == 400


@pytest.mark.parametrize(
    ("file", "why"),
    [(b"<x>" + EICAR + b"</x>", "malware"), ("<x>é</x>".encode("latin-1"), "UTF-8")],
    ids=["malware", "another encoding"],
)
def test_a_file_that_cannot_be_taken_is_refused_and_says_why(
    file: bytes, why: str, handlers: Platform
):
    refused = imported(handlers, uploaded(handlers, file))

    assert (refused.status, refused.code) == (422, "upload-refused")
    assert why in refused.body["detail"]


def test_a_document_of_more_elements_than_a_message_has_is_unreadable(handlers: Platform):
    file = b"<x>" + b"<y/>" * MARKS_MAX + b"</x>"

    refused = imported(handlers, uploaded(handlers, file))

    assert (refused.status, refused.code) == (422, "unreadable-statement")


@pytest.mark.parametrize("both", [True, False])
@pytest.mark.parametrize(("path", "more"), [(STATEMENTS, {"format": "csv"}), (REPORTS, {})])
def test_a_document_is_sent_or_an_upload_is_named(
    path: str, more: Json, both: bool, handlers: Platform
):
    files = {"document": "x", "upload_id": f"upl_test_{SUFFIX}"} if both else {}

    refused = handlers.call("POST", path, more | files, by=BANK)

    assert (refused.status, refused.code) == (422, "invalid-fields")
    assert [error["pointer"] for error in refused.body["errors"]] == ["/document"]


def test_a_file_that_is_too_large_to_upload_is_refused_before_it_is_sent(handlers: Platform):
    about = described(b"") | {"size_bytes": UPLOAD_BYTES_MAX + 1}

    refused = handlers.call("POST", UPLOADS, about, by=REPORTER, key=None)

    assert refused.status == 422
    [error] = refused.body["errors"]
    assert error["pointer"] == "/size_bytes"
    assert str(UPLOAD_BYTES_MAX) in error["detail"]


def test_an_announcement_stores_nothing(handlers: Platform):
    announced(handlers, statement(1))

    assert not any(handlers.backend.everything().values())


def test_a_file_is_not_read_before_its_scan_has_ended(handlers: Platform):
    upload_id = uploaded(handlers, statement(1))
    scanned(handlers, upload_id, None)

    early = imported(handlers, upload_id, key="once")
    scanned(handlers, upload_id, "NO_THREATS_FOUND")
    late = imported(handlers, upload_id, key="once")

    assert (early.status, early.code) == (409, "upload-not-scanned")
    assert late.status == 200, late.text


@pytest.mark.parametrize(
    ("status", "why"), [("THREATS_FOUND", "holds malware"), ("UNSUPPORTED", "cannot be scanned")]
)
def test_what_the_scan_does_not_clear_is_refused(status: str, why: str, handlers: Platform):
    upload_id = uploaded(handlers, statement(1))
    scanned(handlers, upload_id, status)

    refused = imported(handlers, upload_id)

    assert (refused.status, refused.code) == (422, "upload-refused")
    assert why in refused.body["detail"]


def test_a_scan_that_did_not_happen_clears_nothing(handlers: Platform):
    upload_id = uploaded(handlers, statement(1))
    scanned(handlers, upload_id, "FAILED")

    refused = imported(handlers, upload_id)

    assert (refused.status, refused.code) == (503, "busy")
