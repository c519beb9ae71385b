"""How long functions wait for AWS: so long in tests that no busy machine makes them give up.

Where a function gives up in production is asked of a clock of its own (tests/resilience/test_transaction.py).
"""

from collections.abc import Iterator
from contextlib import contextmanager

from tests.support.waiting import STRETCH

HURRY = 0.5
"""For tests of a database that never answers: half of the wait shows the same."""


@contextmanager
def limits_stretched(by: float = STRETCH) -> Iterator[None]:
    """Multiply every limit of time that functions set themselves when they call AWS.

    The number of tries stays, so a call to a database that stays busy ends after TRIES, however slow
    the machine is.
    """
    from insurance import clients, wiring  # noqa: PLC0415 - where no function is called, neither is
    from insurance.dynamodb import transaction  # noqa: PLC0415 - the same

    def client(
        service: str, *, connect_timeout: float = 1, read_timeout: float = 2, attempts: int = 3
    ) -> object:
        if service != "dynamodb":  # whose limits are the stretched ones of `transaction`
            connect_timeout, read_timeout = connect_timeout * by, read_timeout * by
        return clients.client(
            service,
            connect_timeout=connect_timeout,
            read_timeout=read_timeout,
            attempts=attempts,
        )

    names = ("PATIENCE_SECONDS", "CONNECT_SECONDS", "READ_SECONDS")
    shipped = {name: getattr(transaction, name) for name in names}
    made_by = vars(wiring)["client"]
    vars(transaction).update({name: seconds * by for name, seconds in shipped.items()})
    vars(wiring)["client"] = client
    try:
        yield
    finally:
        vars(transaction).update(shipped)
        vars(wiring)["client"] = made_by
