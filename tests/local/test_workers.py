"""A function whose worker ends at once is told of when the stack starts, with why, and where to read more."""

import asyncio
import json
from pathlib import Path

import pytest

from local.aws.template import Function
from local.aws.workers import Pool, Result


class EndedAtOnce:
    """A process that is over when it is started."""

    returncode = 3

    async def wait(self) -> int:
        return self.returncode

    def kill(self) -> None: ...


class Starter:
    """Starts what ends at once, after it has told the runtime why, or has not."""

    def __init__(self, why: Result | None) -> None:
        self.why = why
        self.pool: Pool

    async def start(self, *_: object, **__: object) -> EndedAtOnce:
        worker = self.pool.worker(1)
        assert worker is not None
        worker.init_error = self.why
        return EndedAtOnce()

    async def stop(self) -> None: ...


def pool_of(folder: Path, why: Result | None) -> Pool:
    function = Function(
        logical_id="QuotingFunction",
        name="quoting",
        arn="arn",
        folder=folder / "quoting",
        handler="app.handler",
        timeout_seconds=3,
        memory_mb=128,
        environment={},
        layers=(),
        log_format="JSON",
        log_group="group",
    )
    starter = Starter(why)
    pool = Pool(
        function,
        ports=[1],
        init_seconds=5,
        endpoints={},
        starter=starter,
        log=folder / "quoting.log",
    )
    starter.pool = pool
    return pool


IMPORT = {"errorType": "Runtime.ImportModuleError", "errorMessage": "No module named 'pydantic'"}


@pytest.mark.parametrize(
    ("why", "said"),
    [
        (
            Result(json.dumps(IMPORT).encode(), error="Runtime.ImportModuleError"),
            "Runtime.ImportModuleError: No module named 'pydantic'",
        ),
        (None, "its worker ended with status 3"),
    ],
    ids=["it said why", "it just ended"],
)
def test_a_worker_that_ends_at_once_is_told_of(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], why: Result | None, said: str
) -> None:
    asyncio.run(pool_of(tmp_path, why).warm())

    expected = f"WARNING: quoting does not start: {said}; see {tmp_path / 'quoting.log'}\n"
    assert capsys.readouterr().err == expected


def test_of_a_stack_that_is_stopping_nothing_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pool = pool_of(tmp_path, None)
    pool.is_stopping = True

    asyncio.run(pool.warm())

    assert capsys.readouterr().err == ""
