"""Faults between the handlers and the database: a proxy that breaks, delays or holds calls.

Faults of chance are PyPI `microburst`'s. Where a test needs a certain moment, it holds the call at a
barrier and says when it goes on: no fault depends on how long something takes.
"""

import json
import os
import subprocess
import sys
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from local.processes import LOOPBACK, bound_socket
from tests.support.waiting import ENDED_SECONDS

type Rule = dict[str, Any]

ROOT = Path(__file__).resolve().parents[2]
CONTROL_SECONDS = 120
"""No promise: after so long without a word the proxy must be dead."""


class Faults:
    """The proxy: what it breaks can be changed while it runs."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._rules: list[int] = []

    def inject(self, *rules: Rule) -> None:
        """These faults from now on, and no others."""
        self._control("DELETE", "/_microburst/fired")
        injected = self._control(
            "POST", "/_microburst/rules", [{"service": "dynamodb"} | rule for rule in rules]
        )
        self._rules = [int(rule["id"]) for rule in injected]

    @contextmanager
    def injected(self, *rules: Rule) -> Iterator[None]:
        """These faults, for as long as it lasts."""
        self.inject(*rules)
        try:
            yield
        finally:
            self._control("POST", "/_microburst/rules", [])

    def fired(self) -> list[dict[str, Any]]:
        """Every fault that was injected since."""
        found: list[dict[str, Any]] = self._control("GET", "/_microburst/fired?limit=10000")
        return found

    def times_fired(self) -> list[int]:
        """How often each of the rules came true, in the order in which they were injected."""
        counted = Counter(int(fault["rule_id"]) for fault in self.fired())
        return [counted[rule] for rule in self._rules]

    @contextmanager
    def barrier(self, *calls: tuple[str, str], by: str = "") -> Iterator["Barrier"]:
        """Calls that are one of these (operation, what it names) are held, from the first on.

        Args:
            calls: The calls.
            by: The service that makes them; else anybody's are held, the stream's functions' too.
        """
        wanted = [{"operation": operation, "about": about, "by": by} for operation, about in calls]
        self._control("POST", "/_barrier/close", wanted)
        barrier = Barrier(self._control)
        try:
            yield barrier
        finally:
            barrier.open()
            barrier.drop()

    def _control(self, method: str, path: str, body: Sequence[Rule] | Rule | None = None) -> Any:
        request = urllib.request.Request(  # noqa: S310 - loopback
            f"{self.url}{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=CONTROL_SECONDS) as answer:  # noqa: S310
            return json.load(answer)


class Barrier:
    """Where calls wait for the test."""

    def __init__(self, control: Callable[[str, str], Any]) -> None:
        self._control = control

    def wait(self) -> None:
        """Until a call is held."""
        self._control("POST", "/_barrier/wait")

    def held(self) -> Counter[str]:
        """How many calls of each operation came so far, whether their callers still wait or not."""
        return Counter(self._control("POST", "/_barrier/count")["held"])

    def open(self) -> None:
        """Hold no further call; what is held stays."""
        self._control("POST", "/_barrier/open")

    def let_through(self) -> None:
        """What is held reaches the engine now, and is answered when this returns."""
        self._control("POST", "/_barrier/go-on")

    def drop(self) -> None:
        """What is held never reaches the engine."""
        self._control("POST", "/_barrier/drop")


@contextmanager
def running_faults(engine_url: str, *, log: Path | None = None) -> Iterator[Faults]:
    """A proxy in front of an engine. It is handed its socket: callers may come before it is up."""
    listener = bound_socket(0, what="faults", setting="-")
    listener.set_inheritable(True)
    with Path(log or os.devnull).open("wb") as output:
        process = subprocess.Popen(  # noqa: S603 - our own module
            [
                *(sys.executable, "-m", "tests.support.fault_proxy"),
                *(str(listener.fileno()), engine_url),
            ],
            cwd=ROOT,
            pass_fds=[listener.fileno()],
            stdout=output,
            stderr=output,
        )
    url = f"http://{LOOPBACK}:{listener.getsockname()[1]}"
    listener.close()
    try:
        faults = Faults(url)
        faults.inject()
        yield faults
    finally:
        process.kill()  # it would wait for connections that nobody uses any more
        process.wait(ENDED_SECONDS)


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
