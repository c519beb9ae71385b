"""Functions under AWS's runtime interface emulator: one process each, as Lambda runs them."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from itertools import count
from pathlib import Path
from typing import Any

import httpx

from local.processes import wait_until_listening
from tests.support.waiting import ENDED_SECONDS

ROOT = Path(__file__).resolve().parents[2]
SITE = Path(httpx.__file__).resolve().parents[1]
RAPID = ROOT / ".venv-sam" / "lib" / "python3.13" / "site-packages" / "samcli" / "local" / "rapid"
MACHINE = "arm64" if os.uname().machine in {"arm64", "aarch64"} else "x86_64"
PYTHON = Path(sys.base_prefix) / "bin" / "python3.13"
ANSWER_SECONDS = 300
"""No promise: the emulator ends a function that takes longer than its own timeout."""

# The emulator wants numbers, and tells one of them to the function: the kernel cannot choose them.
# So each process of tests has a loopback address of its own, and counts ports there.
OWN_ADDRESS = f"127.{64 + (os.getpid() >> 16)}.{os.getpid() >> 8 & 255}.{os.getpid() & 255}"
_ports = count(9000)

# What Lambda's Python runtime brings itself: its client and boto3, with what they need.
RUNTIME = (
    *("awslambdaric", "runtime_client.*.so", "snapshot_restore_py", "simplejson"),
    *("boto3", "botocore", "s3transfer", "jmespath", "dateutil", "urllib3", "six.py"),
)


def runtime_folder(target: Path) -> Path:
    """A folder with the runtime's own packages and nothing else of this environment."""
    target.mkdir()
    for pattern in RUNTIME:
        for package in SITE.glob(pattern):
            (target / package.name).symlink_to(package)
    return target


class Function:
    """One function's process behind the emulator."""

    def __init__(
        self, name: str, *, paths: Sequence[Path], environment: Mapping[str, str], log: Path
    ) -> None:
        self.name = name
        self.log = log
        port, runtime_api = next(_ports), f"{OWN_ADDRESS}:{next(_ports)}"
        invocations = f"{OWN_ADDRESS}:{port}"
        self._url = f"http://{invocations}/2015-03-31/functions/function/invocations"
        command = [
            str(RAPID / f"aws-lambda-rie-{MACHINE}"),
            *("--runtime-interface-emulator-address", invocations),
            *("--runtime-api-address", runtime_api),
            *("--log-level", "error"),
            # -S and -s: no site-packages, so that only what is deployed can be imported.
            *(str(PYTHON), "-S", "-s", "-m", "awslambdaric", "app.handler"),
        ]
        with log.open("wb") as output:
            self._process = subprocess.Popen(  # noqa: S603 (AWS's emulator, from aws-sam-cli)
                command,
                cwd=paths[0],
                env={
                    "PATH": os.environ["PATH"],
                    "PYTHONPATH": os.pathsep.join(str(path) for path in paths),
                    "PYTHONDONTWRITEBYTECODE": "1",
                    "AWS_LAMBDA_FUNCTION_NAME": name,
                    "AWS_LAMBDA_FUNCTION_TIMEOUT": str(ANSWER_SECONDS),
                    **environment,
                },
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        # It listens to the function first, and a moment later to us.
        wait_until_listening(self._process.pid, self._process.poll, what=name, port=port)
        self._client = httpx.Client(timeout=ANSWER_SECONDS)
        self.seconds: list[float] = []

    def invoke(self, event: Any) -> Any:
        """The answer, or Lambda's description of the error."""
        started = time.monotonic()
        answer = self._client.post(self._url, json=event)
        self.seconds.append(time.monotonic() - started)
        return answer.json()

    def metrics(self) -> set[tuple[str, str, tuple[str, ...]]]:
        """(namespace, metric, its dimensions) of every EMF line that it printed."""
        found: set[tuple[str, str, tuple[str, ...]]] = set()
        for line in self.log.read_text(encoding="utf-8").splitlines():
            if line.startswith("{") and '"_aws"' in line:
                for directive in json.loads(line)["_aws"]["CloudWatchMetrics"]:
                    for metric in directive["Metrics"]:
                        for dimensions in directive["Dimensions"]:
                            found.add(
                                (
                                    directive["Namespace"],
                                    metric["Name"],
                                    tuple(sorted(dimensions)),
                                )
                            )
        return found

    def stop(self) -> None:
        self._client.close()
        # The emulator and the function under it, at once: asked politely it waits for the function.
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait(ENDED_SECONDS)
