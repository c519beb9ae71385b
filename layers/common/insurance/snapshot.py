"""SnapStart: what a function makes before Lambda takes its snapshot, and what is made anew in each copy of it.

A snapshot is taken when a version is published, and every environment starts as a copy of it. So
whatever the first request would make for all that follow it is made before; and what two copies must not
share, or what does not outlive the wait, is made after: connections, data keys, randomness. No time is
kept: what is cached for a while is compared with the clock, which has gone on.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from types import CodeType

SEARCHED = (
    "insurance.access",
    "insurance.api",
    "insurance.domain",
    "insurance.dynamodb",
    "insurance.operations",
)
"""Packages whose functions import late what few requests need."""


type Step = Callable[[], None]

_before: Final[list[Step]] = []
_after: Final[list[Step]] = []


def is_taken() -> bool:
    """Whether Lambda starts this process to take a snapshot of it."""
    return os.environ.get("AWS_LAMBDA_INITIALIZATION_TYPE") == "snap-start"


def also(*, before: Step | None = None, after: Step | None = None) -> None:
    """Have a further step done before a snapshot is taken, or in each copy of it; where none is, forget it.

    What makes a thing that can be ready, or that two copies must not share, says so here.
    """
    if is_taken():
        _before.extend([before] if before else [])
        _after.extend([after] if after else [])


def around(prepare: Step, renew: Step) -> None:
    """Have `prepare` called before a snapshot is taken, and `renew` in each copy of it."""
    if is_taken():
        from snapshot_restore_py import (  # noqa: PLC0415 - Lambda's runtime has it, no layer of ours
            register_after_restore,
            register_before_snapshot,
        )

        register_before_snapshot(prepare)
        register_after_restore(renew)


def prepare() -> None:
    """Load what is imported late, make the validators of every model, and do what was left for now."""
    import gc  # noqa: PLC0415 - only a snapshot pays for it

    from pydantic import BaseModel  # noqa: PLC0415 - as above

    load_late_imports()
    for model in _subclasses(BaseModel):
        model.model_rebuild(raise_errors=False)
    for step in _before:
        step()
    gc.collect()
    gc.freeze()


def renew() -> None:
    """Have other random numbers than the other copies, and do what each copy does for itself."""
    import random  # noqa: PLC0415 - only a copy pays for it

    random.seed()
    for step in _after:
        step()


def load_late_imports() -> None:
    """Load the modules that functions of loaded modules import when they are called, and theirs in turn."""
    from importlib import import_module  # noqa: PLC0415 - only a snapshot pays for it

    searched: set[str] = set()
    while found := [name for name in sys.modules if name.startswith(SEARCHED)]:
        if not (new := set(found) - searched):
            return
        searched |= new
        for name in sorted(new):
            for late in _late_imports(name):
                try:
                    import_module(late)
                except ImportError:
                    continue  # another function ships what it needs, and this one never calls it


def _late_imports(module: str) -> Iterator[str]:
    code = sys.modules[module].__spec__.loader.get_code(module)  # type: ignore[union-attr] # a file's
    for constant in code.co_consts:
        if hasattr(constant, "co_consts"):
            yield from _imported(constant)


def _imported(code: CodeType) -> Iterator[str]:
    """The modules that a function's code imports, and the functions inside it."""
    import dis  # noqa: PLC0415 - only a snapshot pays for it

    for step in dis.get_instructions(code):
        if step.opname == "IMPORT_NAME":
            yield step.argval
    for constant in code.co_consts:
        if hasattr(constant, "co_consts"):
            yield from _imported(constant)


def _subclasses[T](of: type[T]) -> Iterator[type[T]]:
    for each in of.__subclasses__():
        yield each
        yield from _subclasses(each)
