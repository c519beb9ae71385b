"""How long functions wait for AWS: so long in tests that no busy machine makes them give up.

Where a function gives up in production is asked of a clock of its own (tests/resilience/test_transaction.py).
"""

import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any

from tests.support.waiting import STRETCH

HURRY = 0.5
"""For tests of a database that never answers: half of the wait shows the same."""

_made: dict[tuple[object, ...], Any] = {}
"""Clients by all that they depend on. One takes longer to make than most tests, and keeps nothing but
connections: what is wired anew for the next test takes the one that is there."""


_loaders: dict[tuple[object, ...], Any] = {}
"""What reads botocore's data: sessions that are wired anew find them read."""

_waited = [0.0]
"""The seconds that functions of this process have waited, without anybody taking them."""


def _wait(seconds: float) -> None:
    _waited[0] += seconds


def _now() -> float:
    return time.time() + _waited[0]


@contextmanager
def limits_stretched(by: float = STRETCH) -> Iterator[None]:
    """Multiply every limit of time that functions set themselves when they call AWS.

    The number of tries stays, so a call to a database that stays busy ends after TRIES, however slow
    the machine is. Who waits until leases of stops are over takes no time: leases are so much older then.
    What was built really waits (tests/artefact).
    """
    from insurance import clients, wiring  # noqa: PLC0415 - where no function is called, neither is
    from insurance.calls import data  # noqa: PLC0415 - the same
    from insurance.dynamodb import transaction  # noqa: PLC0415 - the same
    from insurance.dynamodb.controls import stops  # noqa: PLC0415 - the same

    def client(
        service: str, *, connect_timeout: float = 1, read_timeout: float = 2, attempts: int = 3
    ) -> object:
        if service != "dynamodb":  # whose limits are the stretched ones of `transaction`
            connect_timeout, read_timeout = connect_timeout * by, read_timeout * by
        limits = {"connect_timeout": connect_timeout, "read_timeout": read_timeout}
        surroundings = {
            k: v for k, v in os.environ.items() if k.startswith(("AWS_", "POWERTOOLS_"))
        }
        key = (service, attempts, *limits.values(), *sorted(surroundings.items()))
        if key not in _made:
            _made[key] = clients.client(service, **limits, attempts=attempts)
        return _made[key]

    def loader(by_rules: bool, paths: Sequence[str], **options: Any) -> object:
        key = (by_rules, *paths, *sorted(options.items()))
        if key not in _loaders:
            _loaders[key] = read_by(by_rules, paths, **options)
        return _loaders[key]

    names = ("PATIENCE_SECONDS", "CONNECT_SECONDS", "READ_SECONDS")
    shipped = {name: getattr(transaction, name) for name in names}
    wired = {name: vars(wiring)[name] for name in ("client", "wait")}
    leases, read_by = stops.DynamoDBStops, data.Data
    vars(transaction).update({name: seconds * by for name, seconds in shipped.items()})
    vars(wiring).update(client=client, wait=_wait)
    vars(stops)["DynamoDBStops"] = partial(leases, now=_now)
    vars(data)["Data"] = loader
    try:
        yield
    finally:
        vars(transaction).update(shipped)
        vars(wiring).update(wired)
        vars(stops)["DynamoDBStops"] = leases
        vars(data)["Data"] = read_by
