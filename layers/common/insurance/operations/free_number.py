"""A number that nobody has: the first candidate that the store takes."""

from collections.abc import Callable, Iterable

from insurance.domain.contract.number import ReferenceNumber
from insurance.domain.core.errors import NumberTaken


def with_free_number[R](
    candidates: Iterable[ReferenceNumber], store: Callable[[ReferenceNumber], R]
) -> R:
    """What `store` gives for the first candidate that is free. Nothing is stored with one that is taken.

    Raises:
        NumberTaken: Every candidate is taken.
    """
    for candidate in candidates:
        try:
            return store(candidate)
        except NumberTaken as error:
            taken = error
    raise taken
