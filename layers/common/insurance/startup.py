"""The start of a function: what its modules make while they load stays, so none of it is garbage."""

import gc

from insurance.config import is_lambda


def begin() -> None:
    """Collect no garbage until `end`, in a Lambda: to look for some takes a fortieth of a cold start."""
    if is_lambda():
        gc.disable()


def end() -> None:
    """Collect garbage from here on, but not among what was made before."""
    if not gc.isenabled():
        gc.freeze()
        gc.enable()
