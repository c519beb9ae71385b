"""A scheduler that dies before or after any of its calls to a store."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.support.platform import Platform


@dataclass
class Killed(BaseException):
    """The process is gone."""


class Fuse:
    """Lets so many calls through, and kills the run before or after the next one."""

    def __init__(self, calls: int, *, after: bool) -> None:
        self.calls, self.after = calls, after

    def guard(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def guarded(*args: Any, **named: Any) -> Any:
            if self.calls == 0 and not self.after:
                raise Killed
            result = call(*args, **named)
            if self.calls == 0:
                raise Killed
            self.calls -= 1
            return result

        return guarded


class blown:  # noqa: N801 - reads as what it does
    """The stores with a fuse in front of every call, for one run."""

    def __init__(self, platform: Platform, fuse_at: int | None, *, after: bool) -> None:
        self.platform, self.fuse_at, self.after = platform, fuse_at, after
        self.guarded = [
            (platform.stores.billing, "get"),
            (platform.stores.billing, "store"),
            (platform.policies, "get"),
            (platform.policies, "change"),
            (platform.stores.quotes, "add"),
            (platform.stores.documents, "load"),
            (platform.stores.documents, "add"),
            (platform.objects, "put"),
            (platform.stores.scheduled_jobs, "move"),
            (platform.stores.scheduled_jobs, "due"),
        ]

    def __enter__(self) -> None:
        if self.fuse_at is None:
            return
        fuse = Fuse(self.fuse_at, after=self.after)
        for store, name in self.guarded:
            setattr(store, name, fuse.guard(getattr(type(store), name).__get__(store)))

    def __exit__(self, *_: object) -> None:
        for store, name in self.guarded:
            vars(store).pop(name, None)
