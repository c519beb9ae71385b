"""What files are promised: in memory, and on the local S3 with signed requests over HTTP."""

from base64 import b64encode
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import boto3
import httpx
import pytest
from botocore.config import Config
from insurance.operations.files.ports import Objects
from insurance.s3 import S3Objects
from starlette.applications import Starlette

from local.aws.cloudformation import REGION
from local.aws.services.s3 import S3
from local.aws.services.store import open_store
from tests.fakes.documents import MemoryObjects
from tests.support import loopback
from tests.support.serving import served

PDF = "application/pdf"
BODY, OTHER = b"a policy schedule", b"another one, later"
CLOCK = {"ahead": timedelta()}


def digest(body: bytes) -> str:
    return b64encode(sha256(body).digest()).decode()


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    store = open_store(tmp_path_factory.mktemp("s3") / "services.sqlite")
    s3 = S3(store, ["documents"], now=lambda: datetime.now(UTC) + CLOCK["ahead"])
    with served(Starlette(routes=s3.routes())) as url:
        yield url
    store.close()


@pytest.fixture(autouse=True)
def on_time() -> Iterator[None]:
    yield
    CLOCK["ahead"] = timedelta()


def on_s3(address: str, signed_with: str = "local") -> S3Objects:
    client: Any = boto3.client(
        "s3",
        endpoint_url=address,
        region_name=REGION,
        aws_access_key_id="local",
        aws_secret_access_key=signed_with,
        config=Config(signature_version="s3v4", retries={"max_attempts": 1}),
    )
    return S3Objects(client, "documents")


@pytest.fixture(params=["memory", "s3"])
def objects(request: pytest.FixtureRequest) -> Objects:
    if request.param == "memory":
        return MemoryObjects()
    return on_s3(request.getfixturevalue("address"))


@pytest.fixture
def key(request: pytest.FixtureRequest) -> str:
    return f"test/{digest(request.node.name.encode()).replace('/', '-')} é+.pdf"


def test_an_object_is_read_as_it_was_stored(objects: Objects, key: str) -> None:
    assert objects.get(key) is None

    assert objects.put(key, BODY, media_type="application/pdf")

    assert objects.get(key) == BODY


def test_an_object_has_the_tags_that_others_gave_it(objects: Objects, key: str) -> None:
    assert objects.tags(key) is None

    objects.put(key, BODY, media_type="application/pdf")

    assert objects.tags(key) == {}


def test_all_objects_under_a_prefix_are_deleted_and_no_other(objects: Objects, key: str) -> None:
    names = [f"a_b/{key}/1.pdf", f"a_b/{key}/é 2.pdf", f"a_b/{key}2", f"axb/{key}/1.pdf"]
    for name in names:
        objects.put(name, BODY, media_type="application/pdf")

    objects.delete_all(f"a_b/{key}/")
    objects.delete_all(f"nothing/{key}/")

    assert [objects.get(name) for name in names] == [None, None, BODY, BODY]


def test_a_key_never_changes_what_it_holds(objects: Objects, key: str) -> None:
    objects.put(key, BODY, media_type="text/plain")

    assert objects.put(key, OTHER, media_type="text/plain") is False
    assert objects.get(key) == BODY


def test_what_was_deleted_is_gone_and_deleting_it_again_is_nothing(
    objects: Objects, key: str
) -> None:
    objects.put(key, BODY, media_type="text/plain")

    objects.delete(key)
    objects.delete(key)

    assert objects.get(key) is None


def test_a_link_reads_the_object_until_it_ends(address: str, key: str) -> None:
    objects = on_s3(address)
    objects.put(key, BODY, media_type="text/html")  # whatever it was stored as
    link = objects.link(key, seconds=60, name="schedule.pdf", media_type=PDF)

    read = loopback.get(link)
    assert (read.status_code, read.content) == (200, BODY)
    assert read.headers["content-disposition"] == 'attachment; filename="schedule.pdf"'
    assert read.headers["content-type"] == PDF

    CLOCK["ahead"] = timedelta(seconds=61)
    late = loopback.get(link)
    assert (late.status_code, "Request has expired" in late.text) == (403, True)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("test/", "live/"),
        ("X-Amz-Expires=60", "X-Amz-Expires=600"),
        ("X-Amz-Signature=", "X-Amz-Signature=0"),
        ("application%2Fpdf", "text%2Fhtml"),
        ("attachment", "inline"),
    ],
)
def test_a_forged_link_reads_nothing(address: str, key: str, old: str, new: str) -> None:
    objects = on_s3(address)
    objects.put(key, BODY, media_type="application/pdf")
    link = objects.link(key, seconds=60, name="schedule.pdf", media_type=PDF)
    assert old in link

    forged = loopback.get(link.replace(old, new))

    assert (forged.status_code, "SignatureDoesNotMatch" in forged.text) == (403, True)


def test_nobody_reads_without_a_signature_or_with_another_secret(address: str, key: str) -> None:
    on_s3(address).put(key, BODY, media_type="application/pdf")

    assert loopback.get(f"{address}/documents/{key}").status_code == 403
    assert (
        loopback.get(
            on_s3(address, signed_with="guessed").link(
                key, seconds=60, name="schedule.pdf", media_type=PDF
            )
        ).status_code
        == 403
    )


def send(
    objects: Objects, key: str, body: bytes, changes: dict[str, str] | None = None
) -> httpx.Response:
    """The file that the form is for, or another one, with the form's fields changed or not."""
    form = objects.upload_form(
        key, media_type="image/jpeg", sha256=digest(BODY), largest=len(OTHER), seconds=60
    )
    return loopback.post(form.url, data={**form.fields, **(changes or {})}, files={"file": body})


def test_a_form_takes_the_file_that_it_is_for(address: str, key: str) -> None:
    objects = on_s3(address)

    sent = send(objects, key, BODY)

    assert sent.status_code == 204, sent.text
    assert objects.get(key) == BODY


@pytest.mark.parametrize(
    ("body", "changes", "code"),
    [
        (OTHER, {}, "BadDigest"),
        (BODY * 2, {}, "EntityTooLarge"),
        (b"", {}, "EntityTooSmall"),
        (OTHER, {"x-amz-checksum-sha256": digest(OTHER)}, "AccessDenied"),
        (BODY, {"Content-Type": "text/html"}, "AccessDenied"),
        (BODY, {"key": "live/elsewhere"}, "AccessDenied"),
        (BODY, {"x-amz-meta-more": "field"}, "AccessDenied"),
        (BODY, {"x-amz-signature": "0" * 64}, "SignatureDoesNotMatch"),
    ],
)
def test_a_form_takes_nothing_else(
    address: str, key: str, body: bytes, changes: dict[str, str], code: str
) -> None:
    objects = on_s3(address)

    sent = send(objects, key, body, changes)

    assert sent.status_code in {400, 403}
    assert f"<Code>{code}</Code>" in sent.text
    assert objects.get(key) is None


def test_a_form_ends(address: str, key: str) -> None:
    objects = on_s3(address)
    CLOCK["ahead"] = timedelta(seconds=61)

    sent = send(objects, key, BODY)

    assert (sent.status_code, "Policy expired" in sent.text) == (403, True)


def test_objects_are_still_there_after_a_restart(tmp_path: Path) -> None:
    for _ in range(2):
        store = open_store(tmp_path / "services.sqlite")
        S3(store, ["documents"])._write("documents", "k", BODY, {}, once=True)
        found = store.execute("SELECT body FROM objects").fetchall()
        store.close()

    assert found == [(BODY,)]
