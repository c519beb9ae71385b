"""No personal value stands in the search index, nor in any file of the database engine."""

from collections.abc import Iterator
from pathlib import Path

import pytest

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
MARKERS = ("quillfeather", "thistledown", "1991-03-14", "greenhouse", "ze1 0qq", "ab12 cde")
"""And each without its spaces."""


@pytest.fixture
def on_disk(tmp_path: Path) -> Iterator[Platform]:
    """The platform on an engine that keeps its data in files."""
    with running_engine(tmp_path) as url:
        dynamodb = client(url)
        with platform_on(dynamodb, make_tables(dynamodb)) as platform:
            yield platform


def test_no_personal_value_can_be_read_in_the_index_or_in_the_engines_files(
    on_disk: Platform, tmp_path: Path
):
    policy = insured(on_disk, HOLDER)
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
