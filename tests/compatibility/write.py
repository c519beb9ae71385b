"""`python -m tests.compatibility.write`: write what this release leaves to tests/compatibility/<version>/.

It plays every recorded event on the working tree, and keeps the tables, files and answers after each, the shapes of
what is stored, the code, and what the definition promises. It may be run again until the release: `--release` says that this is it, and from
then on the folder is never written again.
"""

import argparse
import io
import json
import sys
import tarfile
import tempfile
import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime
from hashlib import sha256
from http import HTTPStatus
from pathlib import Path
from typing import Any

from insurance.domain.core.delivery import Delivery
from insurance.dynamodb.delivery.deliveries import DynamoDBDeliveries
from insurance.dynamodb.tables import Tables
from insurance.dynamodb.used_proofs import DynamoDBUsedProofs

from tests import conftest  # noqa: F401 - telemetry reads its namespace when it is first imported
from tests.artefact.backend import Backend, backend
from tests.artefact.cases import ROOT, all_cases, case
from tests.artefact.conftest import SourceStage
from tests.compatibility.release import HERE, Release
from tests.compatibility.shapes import shapes
from tools.openapi.__main__ import PUBLISHED
from tools.openapi.compatibility.release import keep, read_definition

type Json = dict[str, Any]

MARK = "RELEASED"
CODE = "code.tar.xz"
KEPT_CODE = ("layers/common/insurance", "functions")


def main() -> str | None:
    """What is wrong, if anything is."""
    parser = argparse.ArgumentParser(prog="tests.compatibility.write", description=__doc__)
    parser.add_argument("--release", action="store_true", help="never write this folder again")
    arguments = parser.parse_args()
    folder = HERE / version()
    if (folder / MARK).exists():
        return f"{folder.name} was released: its data are never written again."
    release = played()
    release.write(folder)
    described = json.dumps(shapes(release.items), indent=1, sort_keys=True)
    (folder / "shapes.json").write_text(described + "\n", encoding="utf-8")
    (folder / CODE).write_bytes(code())
    keep(folder.name, read_definition(PUBLISHED))
    if arguments.release:
        (folder / MARK).write_text(digests(folder), encoding="utf-8")
    return None


def version() -> str:
    """This release's."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    return str(project["project"]["version"])


def played() -> Release:
    """What is left after every recorded event that stores anything."""
    release = Release(datetime.now(UTC))
    with tempfile.TemporaryDirectory() as name, backend(Path(name)) as behind:
        stage = SourceStage(behind)
        for each in all_cases():
            stage.play(each)
        for path, state in stage.left().items():
            release.add(path, state, behind.template)
            if path:
                release.answers[path] = {
                    "event": case(path[-1]).event,
                    "answer": stage.answered(path),
                }
        note_what_no_event_leaves(behind)
        release.add(("notes",), behind.state(), behind.template)
        release.pages = list(second_pages(stage))
        release.keys = behind.keys()
    return release


def note_what_no_event_leaves(behind: Backend) -> None:
    """Items of kinds that a recorded event does not come to, by the stores that write them."""
    behind.empty()
    tables = Tables(lambda name: behind.template.resources[logical_id(name)].name)
    DynamoDBUsedProofs(behind.dynamodb, tables).use("proof", expires_at=1_900_000_000)
    reached = Delivery(
        "pol_test_m2kebdx4jz36n8e7", head=1, since=datetime(2026, 11, 22, tzinfo=UTC)
    )
    DynamoDBDeliveries(behind.dynamodb, tables).set_bookmark(reached)


def logical_id(setting: str) -> str:
    """`scheduled_jobs` is the ScheduledJobsTable."""
    return "".join(word.capitalize() for word in setting.split("_")) + "Table"


def second_pages(stage: SourceStage) -> Iterator[Json]:
    """Of each list that was asked for and is not empty: what stands behind its first entry."""
    for each in all_cases():
        given = tuple(each.expected.get("given", ()))
        answer = stage.answered((*given, each.path))
        if each.event.get("httpMethod") != "GET" or not _is_list(answer):
            continue
        stage.begin(*given)
        function, query = stage.function(each.folder), each.event["queryStringParameters"] or {}
        first = function.invoke(asking(each.event, {**query, "limit": "1"}))
        cursor = (
            json.loads(first["body"]).get("next") if first["statusCode"] == HTTPStatus.OK else None
        )
        if cursor is not None:
            event = asking(each.event, {**query, "limit": "1", "after": cursor})
            yield {"played": given, "event": event, "answer": function.invoke(event)}


def _is_list(answer: Any) -> bool:
    if not isinstance(answer, dict) or answer.get("statusCode") != HTTPStatus.OK:
        return False
    body = json.loads(answer["body"]) if answer["body"].startswith("{") else {}
    return bool(body.get("items"))


def asking(event: Json, query: dict[str, str]) -> Json:
    """The same event with another query."""
    several = {name: [value] for name, value in query.items()}
    return event | {"queryStringParameters": query, "multiValueQueryStringParameters": several}


def code() -> bytes:
    """The layer's package and the functions, the same bytes for the same sources."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:xz", preset=9) as archive:
        for file in sorted(each for top in KEPT_CODE for each in (ROOT / top).rglob("*")):
            if file.is_file() and "__pycache__" not in file.parts:
                described = tarfile.TarInfo(str(file.relative_to(ROOT)))
                described.size = file.stat().st_size
                with file.open("rb") as content:
                    archive.addfile(described, content)
    return packed.getvalue()


def digests(folder: Path) -> str:
    """Of every file of the folder: what was released stays as it was."""
    files = sorted(each for each in folder.iterdir() if each.name != MARK)
    return "".join(f"{sha256(each.read_bytes()).hexdigest()}  {each.name}\n" for each in files)


if __name__ == "__main__":
    sys.exit(main())
