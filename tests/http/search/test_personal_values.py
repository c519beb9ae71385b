"""No personal value stands in the search index, nor in any file of the database engine."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.support.driving.http import Json
from tests.support.engine import client, make_tables, running_engine
from tests.support.personal_data import readings
from tests.support.platform import Platform, platform_on
from tests.support.search import insured

HOLDER = {
    "name": "Quillfeather Thistledown",
    "email": "quill@thistledown.example",
    "date_of_birth": "1991-03-14",
    "address": {"lines": ["7 Greenhouse Row"], "postcode": "ZE1 0QQ", "country": "GB"},
}
HEIR = "Oystercatcher Bramblewick"
NARRATIVE = "Reversed into the wigwam of a neighbour."
GRIEVANCE = "Nobody rang about the porcupine."
MARKERS = (
    *("oystercatcher", "bramblewick", "wigwam", "porcupine", "gb33bukb20201555555555"),
    *("quillfeather", "thistledown", "1991-03-14", "greenhouse", "ze1 0qq", "ab12 cde"),
)
"""And each without its spaces."""


@pytest.fixture
def on_disk(tmp_path: Path) -> Iterator[Platform]:
    """The platform on an engine that keeps its data in files."""
    with running_engine(tmp_path) as url:
        dynamodb = client(url)
        with platform_on(dynamodb, make_tables(dynamodb)) as platform:
            yield platform


def lived_through(platform: Platform) -> Json:
    """A policy with a claim, a complaint and a request, which passed on to another holder."""
    policy = insured(platform, HOLDER)
    path, platform.now = f"/v1/policies/{policy['id']}", platform.now + timedelta(days=60)
    loss = {
        "policy_id": policy["id"],
        "cover": "accidental_damage",
        "occurred_at": platform.now.isoformat().replace("+00:00", "Z"),
        "claimed": {"amount": 300_000, "currency": "GBP"},
        "facts": {"driver_age": 35, "fault": True},
        "claimant": {"name": HEIR},
        "payee": {"name": HEIR, "iban": "GB33BUKB20201555555555"},
        "narrative": NARRATIVE,
    }
    platform.post("/v1/claims", loss)
    grievance = {"about": policy["id"], "category": "delay", "complainant": HEIR}
    platform.post("/v1/complaints", grievance | {"text": GRIEVANCE})
    request = {"kind": "access", "text": "Quillfeather asks for all."}
    platform.post(f"/v1/parties/{policy['party_id']}/data-requests", request)
    divorce = {"reason": "divorce", "consents": ["holder", "new_holder"]}
    platform.post(f"{path}/transfers", divorce | {"holder": {"name": HEIR}})
    return policy


def test_no_personal_value_can_be_read_in_the_index_or_in_the_engines_files(
    on_disk: Platform, tmp_path: Path
):
    policy = lived_through(on_disk)
    on_disk.deliver()
    marks = {"name": "thistledown", "postcode": "ZE1 0QQ"}
    assert on_disk.post("/v1/parties/search", marks)["items"][0]["id"] == policy["party_id"]

    items = on_disk.parts.stores.client.scan(TableName=on_disk.tables["search"])["Items"]
    files = b"\n".join(file.read_bytes() for file in tmp_path.rglob("*") if file.is_file())

    assert policy["id"].encode() in files
    texts = ["\n".join(readings(items)).lower(), files.decode("utf-8", "replace").lower()]
    for marker in MARKERS:
        for text in texts:
            assert marker not in text
            assert marker.replace(" ", "") not in text
