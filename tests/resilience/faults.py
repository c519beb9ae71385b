"""Faults between the handlers and the database: PyPI `microburst` as a proxy on loopback."""

import json
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from local.processes import LOOPBACK, free_port

type Rule = dict[str, Any]


class Faults:
    """The proxy: what it breaks can be changed while it runs."""

    def __init__(self, url: str) -> None:
        self.url = url

    def inject(self, *rules: Rule) -> None:
        """These faults from now on, and no others."""
        self._control("DELETE", "fired")
        self._control("POST", "rules", [{"service": "dynamodb"} | rule for rule in rules])

    def fired(self) -> list[dict[str, Any]]:
        """Every fault that was injected since."""
        found: list[dict[str, Any]] = self._control("GET", "fired?limit=10000")
        return found

    def _control(self, method: str, path: str, body: Sequence[Rule] | None = None) -> Any:
        request = urllib.request.Request(  # noqa: S310 - loopback
            f"{self.url}/_microburst/{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=5) as answer:  # noqa: S310 - loopback
            return json.load(answer)


@contextmanager
def running_faults(engine_url: str) -> Iterator[Faults]:
    port = free_port(0, what="faults", setting="FAULTS_PORT")
    process = subprocess.Popen(  # noqa: S603 - a pinned package
        [
            *(sys.executable, "-m", "microburst"),
            *("--upstream", engine_url),
            *("--host", LOOPBACK, "--port", str(port)),
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        faults = Faults(f"http://{LOOPBACK}:{port}")
        _wait(faults, process)
        yield faults
    finally:
        process.kill()  # it would wait for connections that nobody uses any more
        process.wait()


def _wait(faults: Faults, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + 20
    while True:
        try:
            faults.fired()
        except urllib.error.URLError:
            if process.poll() is not None or time.monotonic() > deadline:
                raise
            time.sleep(0.02)
        else:
            return


# -- rules ------------------------------------------------------------------------------------------


def reply_lost(about: str, *, after_bytes: int, times: int | None = None) -> Rule:
    """The transaction that names `about` is carried out; its reply breaks off."""
    rule: Rule = {
        "operation": "TransactWriteItems",
        "body": f"contains(to_string(@), '{about}')",
        "response": {"abort_bytes": after_bytes},
    }
    return rule | ({} if times is None else {"times": times})


def cancelled(reason: str, *, writes: int, share: float) -> Rule:
    """This share of transactions of so many writes is cancelled, as DynamoDB words it."""
    reasons = [{"Code": reason, "Message": "injected"}, *[{"Code": "None"}] * (writes - 1)]
    words = ", ".join(each["Code"] for each in reasons)
    return {
        "operation": "TransactWriteItems",
        "body": f"length(TransactItems) == `{writes}`",
        "probability": share,
        "error": {
            "code": "TransactionCanceledException",
            "status": 400,
            "message": "Transaction cancelled, please refer cancellation reasons for specific"
            f" reasons [{words}]",
            "fields": {"CancellationReasons": reasons},
        },
    }


def throttled(*, share: float, operation: str | None = None) -> Rule:
    rule: Rule = {
        "probability": share,
        "error": {"code": "ThrottlingException", "status": 400, "message": "Rate exceeded"},
    }
    return rule | ({} if operation is None else {"operation": operation})


def silent(operation: str) -> Rule:
    """The call is taken, and nobody answers for longer than anybody waits."""
    return {"operation": operation, "latency": 8_000}
