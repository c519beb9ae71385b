"""`python -m tests.artefact.record`: write events/ from the scenes (scenes/<area>.py), and what the source answers.

A change that is meant changes an expected answer: record again and read the difference
(`git diff --text events`) before committing it. Events that no two runs make alike are made again only where they are missing: the
authorizer's, whose tokens' key is thrown away (`tests/artefact/issuer_keys.json`), and the
stream's (`events/event_delivery`, `events/event_register`).
"""

import argparse
import base64
import json
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests import conftest  # noqa: F401 - telemetry reads its namespace when it is first imported
from tests.artefact.authorizer_events import KEYS, authorizer_events
from tests.artefact.backend import backend
from tests.artefact.cases import EVENTS, EXPECTED, case, observed, settled
from tests.artefact.conftest import SourceStage
from tests.artefact.proxy import proxy_event
from tests.artefact.scenes.api_products import api_product_scenes
from tests.artefact.scenes.audit import audit_scenes
from tests.artefact.scenes.billing import billing_scenes
from tests.artefact.scenes.claims import arrears_scenes, assessment_scenes, claims_scenes
from tests.artefact.scenes.common import (
    BUSY,
    CAUGHT_UP,
    CORRECTED,
    CORRECTION_PLANNED,
    DELIVERED,
    ERASED_CUSTOMER,
    ERASURE,
    ERASURE_PLANNED,
    IN_SUSPENSE,
    INDEXED,
    ISSUED,
    PAID,
    PLANNED,
    PRODUCT_ENDS,
    PRODUCT_ENDS_TOLD,
    QUOTE_DELETED,
    QUOTE_INDEXED,
    QUOTE_MADE,
    REDRESS_ORDERED,
    REDRESSED,
    REFUND_ORDERED,
    REFUNDED,
    REGISTERED,
    ROOTS_MADE,
    SHARED,
    SUSPENDED,
    TOLD,
    WAITING_ERASURE,
    WEBHOOK_BOOK_AGAIN,
    WEBHOOK_DUE,
    WEBHOOK_NOTED,
    WEBHOOK_PASSED_OVER,
    WEBHOOK_TESTED,
    Json,
    Scene,
)
from tests.artefact.scenes.complaints import complaints_scenes
from tests.artefact.scenes.controls import controls_scenes
from tests.artefact.scenes.customers import customers_scenes
from tests.artefact.scenes.documents import documents_scenes, evidence_scenes
from tests.artefact.scenes.intake import BY_SCHEDULE, intake_scenes
from tests.artefact.scenes.ledger import reporting_scenes
from tests.artefact.scenes.migration import migration_scenes
from tests.artefact.scenes.notifications import notifications_scenes
from tests.artefact.scenes.partners import partners_scenes
from tests.artefact.scenes.policy import (
    notices_scenes,
    scheduler_scenes,
    servicing_scenes,
)
from tests.artefact.scenes.products import products_scenes, published_scenes
from tests.artefact.scenes.quoting import (
    issuance_scenes,
    quoting_scenes,
    screening_scenes,
    sharing_scenes,
)
from tests.artefact.scenes.search import search_scenes
from tests.artefact.scenes.settlement import settlement_scenes
from tests.artefact.scenes.usage import PROBED, probe, usage_scenes
from tests.artefact.stream_events import stream_events

GIVEN = {
    DELIVERED: PAID,
    INDEXED: PAID,
    TOLD: PAID,
    WEBHOOK_NOTED: WEBHOOK_TESTED,
    WEBHOOK_DUE: (*WEBHOOK_TESTED, WEBHOOK_NOTED),
    WEBHOOK_PASSED_OVER: WEBHOOK_BOOK_AGAIN,
    REGISTERED: PAID,
    CAUGHT_UP: (*PAID, REGISTERED),
    SUSPENDED: IN_SUSPENSE,
    **dict.fromkeys((QUOTE_MADE, QUOTE_INDEXED), ("quoting/quote",)),
    QUOTE_DELETED: ("quoting/quote", QUOTE_MADE),
    REFUND_ORDERED: REFUNDED,
    REDRESS_ORDERED: REDRESSED,
    PLANNED: BUSY,
    ERASURE_PLANNED: (*ISSUED, WAITING_ERASURE),
    CORRECTION_PLANNED: CORRECTED,
    ERASURE: ERASED_CUSTOMER,
    PRODUCT_ENDS_TOLD: PRODUCT_ENDS,
    "authorizer/policyholder": SHARED,
}


SECRETS = {
    "client_secret": "example-that-signs-in-nobody",
    "secret": "whsec_" + base64.b64encode(b"an example that signs no message").decode(),
}
"""What answers show once, and what is recorded instead. Each is among the values that vary."""


def scenes() -> Iterator[Scene]:
    """Every HTTP event."""
    yield from partners_scenes()
    yield from controls_scenes()
    yield from intake_scenes()
    yield from migration_scenes()
    yield from api_product_scenes()
    yield from products_scenes()
    yield from published_scenes()
    yield from quoting_scenes()
    yield from issuance_scenes()
    yield from screening_scenes()
    yield from servicing_scenes()
    yield from notices_scenes()
    yield from sharing_scenes()
    yield from scheduler_scenes()
    yield from billing_scenes()
    yield from arrears_scenes()
    yield from documents_scenes()
    yield from reporting_scenes()
    yield from claims_scenes()
    yield from assessment_scenes()
    yield from settlement_scenes()
    yield from evidence_scenes()
    yield from complaints_scenes()
    yield from customers_scenes()
    yield from search_scenes()
    yield from notifications_scenes()
    yield from usage_scenes()
    yield from audit_scenes()


def write(path: str, content: Json) -> None:
    file = EVENTS / f"{path}"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def main() -> None:
    """Write the events, play them, write the answers."""
    argparse.ArgumentParser(prog="tests.artefact.record", description=__doc__).parse_args()
    with tempfile.TemporaryDirectory() as name, backend(Path(name)) as behind:
        stage = SourceStage(behind)
        if not KEYS.exists():
            for path, event in authorizer_events():
                write(f"{path}.json", event)
        played = list(scenes())
        delete_stale({scene.path for scene in played})
        for scene in played:
            write(f"{scene.path}.json", proxy_event(scene))
        for path, event in stream_events(behind, stage):
            if not (EVENTS / f"{path}.json").exists():
                write(f"{path}.json", event)
        write(f"{ROOTS_MADE}.json", {"roots": ["test"], "today": True})
        _answer(stage, ROOTS_MADE, (), (*PAID, TOLD))
        for scene in played:
            _answer(stage, scene.path, scene.varies, scene.given, scene.sends)
        _record_others(stage)


def delete_stale(paths: set[str]) -> None:
    """Delete the events of scenes that there are no more."""
    for file in EVENTS.glob("*/*.json"):
        path = f"{file.parent.name}/{file.name.removesuffix(EXPECTED).removesuffix('.json')}"
        if (
            path not in paths | {BY_SCHEDULE, MATCHED, RECONCILE, SCHEDULED, PROBED, ROOTS_MADE}
            and file.parent.name not in RECORDED_APART
        ):
            file.unlink()


RECONCILE, SCHEDULED = "accounting/reconcile", "scheduler/scheduled"
MATCHED = "data_steward/scheduled"
RECORDED_APART = frozenset({"authorizer", "event_delivery", "event_register", "webhook_delivery"})
"""The folders of events that are no scenes: tokens, and records of the table's stream."""


def _record_others(stage: SourceStage) -> None:
    write(f"{RECONCILE}.json", {"reconcile": ["test"]})
    _answer(stage, RECONCILE, (), (*PAID, DELIVERED))
    # Live data, by the real time: nothing of test mode stands in them.
    write(f"{SCHEDULED}.json", {"kinds": ["billing", "earning"], "release_parked": True})
    _answer(stage, SCHEDULED, (), (*BUSY, PLANNED))
    for path, kind in ((BY_SCHEDULE, "batch"), (MATCHED, "match")):
        write(f"{path}.json", {"kinds": [kind]})
        _answer(stage, path, (), ())
    write(f"{PROBED}.json", probe())
    _answer(stage, PROBED, (), ())
    usage_key = ("/answer/usageIdentifierKey",)
    for folder, varies in (
        ("authorizer", usage_key),
        ("event_delivery", ()),
        ("webhook_delivery", ()),
        ("event_register", ()),
    ):
        for file in sorted((EVENTS / folder).glob("*.json")):
            if not file.name.endswith(EXPECTED):
                path = f"{folder}/{file.stem}"
                _answer(stage, path, varies, GIVEN.get(path, ()))


FAULTS = frozenset({"quoting/quote_of_nobody"})
"""A call without a caller never passes the gateway: there the fault is what is to be seen."""


def _answer(
    stage: SourceStage,
    path: str,
    varies: tuple[str, ...],
    given: tuple[str, ...],
    sends: bytes = b"",
) -> None:
    """Write what the event is answered, unless only what varies has changed."""
    recorded = case(path)
    expected: Json = {"given": list(given)} if given else {}
    if sends:
        expected["sends"] = base64.b64encode(sends).decode()
    expected |= observed(stage.play(recorded._replace(expected=expected)), {})
    if "httpMethod" in recorded.event and "type" not in recorded.event:
        assert "status" in expected, (path, expected)  # a handler answers, whatever happens
        fault = expected["status"] >= 500 and path not in FAULTS
        assert not fault, (path, expected)  # nobody is to expect one
    if settled(expected, list(varies)) != expected:
        expected["varies"] = list(varies)
    if settled(recorded.expected, list(varies)) != settled(expected, list(varies)):
        _forget_secrets(expected)
        write(f"{path}{EXPECTED}", expected)
        print(path, expected.get("status", expected.get("error", "")))  # noqa: T201


def _forget_secrets(expected: Json) -> None:
    """Put an example where the answer has a secret: nobody who searches for secrets shall find one here."""
    answered = expected.get("body")
    if isinstance(answered, dict):
        answered |= {name: example for name, example in SECRETS.items() if answered.get(name)}


if __name__ == "__main__":
    main()
