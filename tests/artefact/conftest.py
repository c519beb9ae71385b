"""Functions from source and as built, in front of the same engine and services."""

import json
import os
import subprocess
import sys
from abc import ABC, abstractmethod
from base64 import b64decode
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest

from local.aws.cloudformation import REGION
from tests.artefact.backend import Backend, backend
from tests.artefact.cases import Case, case
from tests.artefact.emulator import MACHINE, Function, runtime_folder
from tests.artefact.in_process import SourceFunction
from tests.support import loopback
from tests.support.backend import State

ROOT = Path(__file__).resolve().parents[2]
# One for each worker: a build must not change under the functions of another.
BUILT = ROOT / ".aws-sam" / f"here{os.environ.get('PYTEST_XDIST_WORKER', '')}"


type Played = tuple[str, ...]
"""Events in their order, by path."""


class Stage[F: Function | SourceFunction](ABC):
    """The functions of one artefact, started when first asked for.

    What is given before an event is played once: the next event that is given the same begins with
    tables and files as they were after it.
    """

    def __init__(self, behind: Backend) -> None:
        self.behind = behind
        self.functions: dict[str, F] = {}
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

    def left(self) -> Mapping[Played, State]:
        """Tables and files after each chain of events that was played."""
        return self._states

    def answered(self, played: Played) -> Any:
        """What the last of these events was answered."""
        return self._outcomes[played]

    def begin(self, *played: str) -> None:
        """Tables and files as they are after these events; nothing where there are none."""
        self._set(played)
        self.behind.restore(self._states[played])

    def go_on(self, played: Case) -> Any:
        """What the event is answered on tables and files as they are now."""
        result = self.function(played.folder).invoke(played.event)
        if "sends" in played.expected:
            _send(json.loads(result["body"])["upload"], played.expected["sends"])
        return result

    def environment_of(self, folder: str) -> dict[str, str]:
        """What the template and Lambda set for the function."""
        return self._described(folder)[1]

    def take_over(self, states: Mapping[Played, State]) -> None:
        """Begin where others have left off: with what stands after chains of events."""
        self._states.update(states)

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
        result = self.go_on(played)
        self._outcomes[path] = result
        self._states[path] = self.behind.state()
        return result

    def function(self, folder: str) -> F:
        if folder not in self.functions:
            self.functions[folder] = self._started(folder)
        return self.functions[folder]

    @abstractmethod
    def _started(self, folder: str) -> F: ...

    def _described(self, folder: str) -> tuple[str, dict[str, str]]:
        """The function's logical id, and what the template and Lambda set for it."""
        template = self.behind.template
        logical_id, function = next(
            (logical_id, function)
            for logical_id, function in template.functions.items()
            if function.folder.name == folder
        )
        return logical_id, {
            **function.environment,
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_ACCESS_KEY_ID": function.name,
            "AWS_SECRET_ACCESS_KEY": "local",
            "AWS_ENDPOINT_URL": f"{self.behind.url}/{folder}",
            # Nothing traces here, and the metadata service is nowhere.
            "AWS_EC2_METADATA_DISABLED": "true",
        }

    def stop(self) -> None:
        for function in self.functions.values():
            function.stop()


class SourceStage(Stage[SourceFunction]):
    """The working tree, in this process: tests/end_to_end run it in processes of its own."""

    def _started(self, folder: str) -> SourceFunction:
        _, variables = self._described(folder)
        here = {
            "AWS_DATA_PATH": "",
            "NO_PROXY": "*",
            # By way of the backend a call takes as long again.
            "AWS_ENDPOINT_URL_DYNAMODB": self.behind.engine_url,
        }
        return SourceFunction(folder, variables | here, judge=partial(self.behind.judge, folder))


class BuiltStage(Stage[Function]):
    """What was built, each function under the emulator of Lambda."""

    def __init__(self, behind: Backend, folder: Path) -> None:
        super().__init__(behind)
        self._folder = folder
        self._runtime = runtime_folder(folder / "runtime")

    def _started(self, folder: str) -> Function:
        logical_id, environment = self._described(folder)
        layer = BUILT / "CommonLayer"
        environment["AWS_DATA_PATH"] = str(layer / "botocore")  # /opt/botocore on Lambda
        paths = [BUILT / logical_id, layer / "python", self._runtime]
        log = self._folder / f"{folder}.log"
        return Function(logical_id, paths=paths, environment=environment, log=log)


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


@pytest.fixture(scope="session")
def source_stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SourceStage]:
    """Everything in place to play events on the working tree."""
    with backend(tmp_path_factory.mktemp("source")) as behind:
        yield SourceStage(behind)


@pytest.fixture(scope="session")
def built_stage(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[BuiltStage]:
    """Everything in place to play events on what was built."""
    folder = tmp_path_factory.mktemp("built")
    with backend(folder) as behind:
        stage = BuiltStage(behind, folder)
        try:
            yield stage
        finally:
            stage.stop()


@pytest.fixture(scope="session", params=["source", "built"])
def stage(request: pytest.FixtureRequest) -> SourceStage | BuiltStage:
    """Everything in place to play events on one artefact."""
    stage: SourceStage | BuiltStage = request.getfixturevalue(f"{request.param}_stage")
    return stage


@pytest.fixture(scope="session")
def machine() -> str:
    return MACHINE
