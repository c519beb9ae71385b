"""Versions of what is stored: which one is written, which are known, and the steps between them.

A body says its version as `v`; one that says none is version 1. Within a version a kind only grows, by fields
with a default. Anything else is a new version, with a step that makes a body of the one before it into one
of the new one (docs/releases.md).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from insurance.domain.core.errors import WrittenByNewerRelease

VERSION: Final = "v"
"""The name under which a body says its version."""

type Body = dict[str, Any]
type Step = Callable[[Body], Body]
"""Makes a body of one version into one of the next. It is pure, and leaves what it was given as it is. A body
may lack any field: defaults are not stored, and personal fields come apart from the others."""


@dataclass(frozen=True, slots=True)
class Versions:
    """The versions of one kind of record.

    Versions()                                        # version 1, as long as it only grows
    Versions(steps=(judged_on_as_object,), written=1)  # this release reads 2, and the next writes it
    Versions(steps=(judged_on_as_object,))
    """

    steps: tuple[Step, ...] = ()
    """The first makes version 1 into 2, and so on."""
    written: int = 0
    """The version that is written, where that is not yet the newest that is known."""

    @property
    def known(self) -> int:
        """The newest version that is read."""
        return 1 + len(self.steps)

    def __post_init__(self) -> None:
        object.__setattr__(self, "written", self.written or self.known)
        if not self.known - 1 <= self.written <= self.known or self.written < 1:
            raise ValueError("a release writes the newest version that it knows, or the one before")

    def marked(self, body: Body) -> Body:
        """The body as it is written: with its version, unless that is the first."""
        return body if self.written == 1 else {**body, VERSION: self.written}

    def current(self, body: Body, kind: str) -> Body:
        """The body as this release knows it; again the same if it is asked twice.

        Raises:
            WrittenByNewerRelease: Its version is not known yet.
        """
        if not self.steps and VERSION not in body:
            return body
        version = body.get(VERSION, 1)
        if version > self.known:
            raise WrittenByNewerRelease(kind)
        if version == self.known:
            return body
        for step in self.steps[version - 1 :]:
            body = step(body)
        return {**body, VERSION: self.known}


def without_version(body: Mapping[str, Any]) -> Body:
    """The fields alone."""
    return {name: value for name, value in body.items() if name != VERSION}
