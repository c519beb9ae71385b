"""`Coverwright`: a method for each operation, sent over a `Connection`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from types import TracebackType
from typing import Any, ParamSpec, Protocol, TypeVar

from coverwright.connection import Answer, Connection
from coverwright.generated.api import Operations
from coverwright.settings import ClientSettings

Arguments = ParamSpec("Arguments")
Entry = TypeVar("Entry")
Entry_co = TypeVar("Entry_co", covariant=True)


class Page(Protocol[Entry_co]):
    """What operations that list answer: entries, and where there are more the place to go on from (`next`)."""

    @property
    def items(self) -> Sequence[Entry_co]: ...


class Coverwright(Operations):
    """The API, with a method for each operation. Safe to share among threads; close it, or use it with `with`.

    A command takes `idempotency_key`, where you have a number of your own for it; else it is given one. What is
    repeated for you has the same key. `if_match` takes the `etag` of an answer.
    """

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self._answers: ContextVar[list[Answer] | None] = ContextVar("answers", default=None)

    @classmethod
    def from_environment(cls, profile: str | None = None) -> Coverwright:
        """As the environment, or a profile, says: `ClientSettings.read`.

        Raises:
            NotConfigured: Something is missing.
        """
        return cls(Connection.of(ClientSettings.read(profile)))

    def __enter__(self) -> Coverwright:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.connection.close()

    def at(self, clock: str) -> Coverwright:
        """The same connection, at a time of its own: for test mode."""
        return Coverwright(self.connection.at(clock))

    def each(
        self,
        operation: Callable[Arguments, Page[Entry]],
        *arguments: Arguments.args,
        **parameters: Arguments.kwargs,
    ) -> Iterator[Entry]:
        """Each entry of a list, page by page, as they are asked for: `each(cw.list_claims, status="open")`."""
        while True:
            page = operation(*arguments, **parameters)
            yield from page.items
            after = getattr(page, "next_", None)
            if not after or after == parameters.get("after"):
                return  # a feed of events has a place to go on from at its end, too
            parameters["after"] = after

    @contextmanager
    def answers(self) -> Iterator[list[Answer]]:
        """What the calls within were answered, with their headers: `etag`, `request_id`, `replayed`."""
        seen: list[Answer] = []
        before = self._answers.set(seen)
        try:
            yield seen
        finally:
            self._answers.reset(before)

    def _call(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, Any] | None = None,
        json: Any = None,
        headers: Mapping[str, str] | None = None,
    ) -> Any:
        answer = self.connection.call(method, path, parameters=params, body=json, headers=headers)
        seen = self._answers.get()
        if seen is not None:
            seen.append(answer)
        return answer.body
