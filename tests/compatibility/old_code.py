"""Runs a function of a release, in a process of its own: `python old_code.py <folder>`.

Only the release's code is on the path, beside the libraries. A line of JSON on stdin is a call (`function`,
`environment`, `event`); the answer is a line on stdout.
"""

import importlib.util
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

CONTEXT = SimpleNamespace(
    function_name="old",
    memory_limit_in_mb=512,
    invoked_function_arn="arn:aws:lambda:eu-west-2:000000000000:function:old",
    aws_request_id="old",
    get_remaining_time_in_millis=lambda: 300_000,
)


def main(folder: Path) -> None:
    # An editable install puts the working tree's own package in front of any path.
    sys.meta_path = [each for each in sys.meta_path if "editable" not in repr(each).lower()]
    sys.path[:0] = [str(folder / "layers" / "common"), str(folder)]
    answers, sys.stdout = sys.stdout, sys.stderr  # its log
    handler = None
    for line in sys.stdin:
        call = json.loads(line)
        if handler is None:
            os.environ.clear()
            os.environ.update(call["environment"])
            handler = _handler(folder, call["function"])
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
