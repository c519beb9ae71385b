"""Runs the functions of a release: `python old_code.py <folder>`.

Only the release's code is on the path, beside the libraries. A line of JSON on stdin is a call (`function`,
`environment`, `event`); the answer is a line on stdout. Each function has a process of its own, with its own environment,
forked from this one, which has done the imports that all of them do.
"""

import importlib
import importlib.util
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import IO, Any

CONTEXT = SimpleNamespace(
    function_name="old",
    memory_limit_in_mb=512,
    invoked_function_arn="arn:aws:lambda:eu-west-2:000000000000:function:old",
    aws_request_id="old",
    get_remaining_time_in_millis=lambda: 300_000,
)
IMPORTED_BY_ALL = ("boto3", "botocore.auth", "cryptography.fernet", "insurance.domain.claim")
"""What reads no environment."""

type Pipes = tuple[IO[str], IO[str]]
"""Of a function's process: what it is told, and what it says."""


def main(folder: Path) -> None:
    # An editable install puts the working tree's own package in front of any path.
    sys.meta_path = [each for each in sys.meta_path if "editable" not in repr(each).lower()]
    sys.path[:0] = [str(folder / "layers" / "common"), str(folder)]
    for name in IMPORTED_BY_ALL:
        importlib.import_module(name)
    answers, sys.stdout = sys.stdout, sys.stderr  # its log
    processes: dict[str, Pipes] = {}
    for line in sys.stdin:
        name = json.loads(line)["function"]
        if name not in processes:
            processes[name] = _forked(folder, name, processes)
        told, said = processes[name]
        told.write(line)
        told.flush()
        answers.write(said.readline() or "null\n")  # it has died
        answers.flush()
    for told, _ in processes.values():
        told.close()
    for _ in processes:
        os.wait()


def _forked(folder: Path, name: str, others: dict[str, Pipes]) -> Pipes:
    """A process for one function: it ends when nobody can tell it anything any more."""
    (calls_out, calls_in), (answers_out, answers_in) = os.pipe(), os.pipe()
    if not os.fork():
        for mine in (
            calls_in,
            answers_out,
            *(pipe.fileno() for pair in others.values() for pipe in pair),
        ):
            os.close(mine)
        _serve(folder, name, os.fdopen(calls_out), os.fdopen(answers_in, "w"))
        os._exit(0)
    os.close(calls_out)
    os.close(answers_in)
    return os.fdopen(calls_in, "w"), os.fdopen(answers_out)


def _serve(folder: Path, name: str, calls: IO[str], answers: IO[str]) -> None:
    handler = None
    for line in calls:
        call = json.loads(line)
        if handler is None:
            os.environ.clear()
            os.environ.update(call["environment"])
            handler = _handler(folder, name)
        answer = handler(call["event"], CONTEXT)
        said = {"answer": answer, "from": sys.modules["insurance"].__file__}
        answers.write(json.dumps(said) + "\n")
        answers.flush()


def _handler(folder: Path, name: str):
    spec = importlib.util.spec_from_file_location(
        f"old_{name}", folder / "functions" / name / "app.py"
    )
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules[spec.name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    handler: Callable[[Any, Any], Any] = module.handler
    return handler


if __name__ == "__main__":
    main(Path(sys.argv[1]))
