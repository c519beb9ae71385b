"""A file counts as clean once GuardDuty has said so, by a tag that nothing else can set."""

from typing import Any

import pytest
from insurance.domain.evidence.refusal import ADVICE, Refusal

from tests.support import loopback
from tests.support.evidence import asked, receipt, send
from tests.support.pictures import photograph
from tests.support.platform import Platform
from tests.support.scans import scanned


@pytest.fixture
def path(handlers: Platform) -> str:
    return f"/v1/claims/{handlers.notified()['id']}/evidence"


@pytest.fixture
def uploaded(handlers: Platform, path: str) -> Any:
    made = asked(handlers, path, photograph())
    assert send(made["upload"], photograph()) == 204
    return made["evidence"]


def test_a_file_is_not_read_before_its_scan_has_ended(handlers, path, uploaded):
    scanned(handlers, f"inbox/{uploaded['id']}", None)

    early = receipt(handlers, path, uploaded, key="once")
    assert (early.status, early.code) == (409, "evidence-not-scanned")
    assert handlers.call("GET", path).body["items"][0]["status"] == "expected"

    scanned(handlers, f"inbox/{uploaded['id']}", "NO_THREATS_FOUND")
    late = receipt(handlers, path, uploaded, key="once")
    assert (late.status, late.body["status"]) == (200, "received")


def test_the_bucket_lends_nobody_an_upload_that_was_not_scanned(handlers, path, uploaded):
    objects = handlers.apps["evidence"].ports.objects
    link = objects.link(
        f"inbox/{uploaded['id']}", seconds=60, name="early.jpg", media_type="image/jpeg"
    )
    scanned(handlers, f"inbox/{uploaded['id']}", None)

    assert loopback.get(link).status_code == 403


@pytest.mark.parametrize(
    ("status", "why"), [("THREATS_FOUND", "infected"), ("UNSUPPORTED", "not_scannable")]
)
def test_what_the_scan_does_not_clear_is_refused(handlers, path, uploaded, status, why):
    scanned(handlers, f"inbox/{uploaded['id']}", status)

    evidence = receipt(handlers, path, uploaded).body

    assert (evidence["status"], evidence["refused_because"]) == ("refused", why)
    assert evidence["advice"] == ADVICE[Refusal(why)]


@pytest.mark.parametrize("status", ["FAILED", "ACCESS_DENIED"])
def test_a_scan_that_did_not_happen_clears_nothing(handlers, path, uploaded, status):
    scanned(handlers, f"inbox/{uploaded['id']}", status)

    answer = receipt(handlers, path, uploaded)

    assert (answer.status, answer.code) == (503, "busy")
    assert handlers.call("GET", path).body["items"][0]["status"] == "expected"
