"""Functions from source and as built, in front of the same engine and services."""

import json
import os
import subprocess
import sys
from base64 import b64decode
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from local.aws.cloudformation import REGION
from local.aws.template import Template
from tests.artefact.backend import Backend, backend
from tests.artefact.cases import Case, case
from tests.artefact.emulator import MACHINE, SITE, Function, runtime_folder
from tests.support import loopback
from tests.support.backend import State

ROOT = Path(__file__).resolve().parents[2]
# One for each worker: a build must not change under the functions of another.
BUILT = ROOT / ".aws-sam" / f"here{os.environ.get('PYTEST_XDIST_WORKER', '')}"


type Played = tuple[str, ...]
"""Events in their order, by path."""


class Stage:
    """The functions of one artefact, started when first asked for.

    What is given before an event is played once: the next event that is given the same begins with
    tables and files as they were after it.
    """

    def __init__(self, artefact: str, behind: Backend, runtime: Path, logs: Path) -> None:
        self.artefact = artefact
        self.behind = behind
        self._runtime = runtime
        self._logs = logs
        self.functions: dict[str, Function] = {}
        self._outcomes: dict[Played, Any] = {}
        self._states: dict[Played, State] = {}

    def play(self, played: Case) -> Any:
        """The result of a case on fresh tables, after what was given."""
        given = tuple(played.expected.get("given", ()))
        path = (*given, played.path)
        if path not in self._outcomes:
            self._set(given)
            self._play(path, played)
        return self._outcomes[path]

    def show(self, *played: str) -> None:
        """Tables and files as they are after these events."""
        self._set(played)
        self.behind.restore(self._states[played])

    def _set(self, given: Played) -> None:
        known = next(n for n in range(len(given), -1, -1) if n == 0 or given[:n] in self._states)
        if known == 0 and () not in self._states:
            self.behind.empty()
            self._states[()] = self.behind.state()
        self.behind.restore(self._states[given[:known]])
        for place in range(known, len(given)):
            earlier = case(given[place])
            result = self._play(given[: place + 1], earlier)
            # A refusal is given only where it is what the event was played for.
            wanted = max(299, earlier.expected.get("status", 200))
            assert result.get("statusCode", 200) <= wanted, (given, earlier.path, result)

    def _play(self, path: Played, played: Case) -> Any:
        result = self.function(played.folder).invoke(played.event)
        if "sends" in played.expected:
            _send(json.loads(result["body"])["upload"], played.expected["sends"])
        self._outcomes[path] = result
        self._states[path] = self.behind.state()
        return result

    def function(self, folder: str) -> Function:
        if folder not in self.functions:
            self.functions[folder] = self._started(folder)
        return self.functions[folder]

    def _started(self, folder: str) -> Function:
        logical_id, function = next(
            (logical_id, function)
            for logical_id, function in Template(
                ROOT / "template.yaml", issuer_url=self.behind.template.issuer_url
            ).functions.items()
            if function.folder.name == folder
        )
        environment = {
            **function.environment,
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_ACCESS_KEY_ID": "local",
            "AWS_SECRET_ACCESS_KEY": "local",
            "AWS_ENDPOINT_URL": f"{self.behind.url}/{folder}",
            # RIE does not trace, and the metadata service is nowhere here.
            "AWS_EC2_METADATA_DISABLED": "true",
        }
        if self.artefact == "built":
            layer = BUILT / "CommonLayer"
            environment["AWS_DATA_PATH"] = str(layer / "botocore")  # /opt/botocore on Lambda
            paths = [BUILT / logical_id, layer / "python", self._runtime]
        else:
            del environment["AWS_DATA_PATH"]
            paths = [ROOT / "functions" / folder, ROOT / "layers" / "common", SITE]
        log = self._logs / f"{self.artefact}-{folder}.log"
        return Function(logical_id, paths=paths, environment=environment, log=log)

    def stop(self) -> None:
        for function in self.functions.values():
            function.stop()


def _send(upload: Any, file: str) -> None:
    """A file, in base64, by the form that was answered."""
    files = {"file": b64decode(file)}
    sent = loopback.post(upload["url"], data=upload["fields"], files=files)
    assert sent.status_code == httpx.codes.NO_CONTENT, sent.text


@pytest.fixture(scope="session")
def built() -> Path:
    """The artefact for this machine's processor, built now."""
    command = [sys.executable, "-m", "tools.build", "--architecture", "here"]
    done = subprocess.run(  # noqa: S603 (our own module)
        [*command, "--artefacts", str(BUILT)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return BUILT


@pytest.fixture(scope="session", params=["source", "built"])
def stage(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Stage]:
    """Everything in place to play events on one artefact."""
    if request.param == "built":
        request.getfixturevalue("built")
    folder = tmp_path_factory.mktemp(request.param)
    with backend(folder) as behind:
        stage = Stage(request.param, behind, runtime_folder(folder / "runtime"), folder)
        try:
            yield stage
        finally:
            stage.stop()


@pytest.fixture(scope="session")
def machine() -> str:
    return MACHINE
