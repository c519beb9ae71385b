"""What can go wrong, as exceptions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


class CoverwrightError(Exception):
    """The base of all that this package raises."""


class NotConfigured(CoverwrightError):
    """An address, or a credential, is missing or makes no sense."""


class SignInRefused(CoverwrightError):
    """The token endpoint gave no token.

    An earlier try of the same command may have been carried out: repeat it with the same `idempotency_key`.
    """

    def __init__(self, text: str, *, idempotency_key: str | None = None) -> None:
        super().__init__(text)
        self.idempotency_key = idempotency_key


class InvalidSignature(CoverwrightError):
    """A webhook's message is not from us, not whole, or too old: do not act on it."""


class ConnectionLost(CoverwrightError):
    """No answer came, however often the call was repeated. Whether it was carried out is not known.

    Repeat it with the same `idempotency_key`: nothing is done twice.
    """

    def __init__(self, text: str, *, idempotency_key: str | None = None) -> None:
        super().__init__(text)
        self.idempotency_key = idempotency_key


@dataclass(frozen=True)
class FieldFault:
    """One fault in what was sent."""

    pointer: str
    """A JSON pointer into the body, or the name of a parameter or a header."""
    code: str
    detail: str


class ProblemError(CoverwrightError):
    """The API answered with a problem (RFC 9457). Act on `code`, never on the words."""

    def __init__(
        self,
        status: int,
        problem: Mapping[str, Any],
        *,
        retry_after: float | None = None,
        idempotency_key: str | None = None,
    ) -> None:
        self.status = status
        self.problem = problem
        """The whole answer: some problems have further members."""
        self.code = str(problem.get("code", "unknown"))
        self.title = str(problem.get("title", ""))
        self.detail = str(problem.get("detail", ""))
        self.type = str(problem.get("type", "about:blank"))
        self.request_id = str(problem.get("request_id", ""))
        self.errors = tuple(
            FieldFault(
                str(each.get("pointer", "")),
                str(each.get("code", "")),
                str(each.get("detail", "")),
            )
            for each in problem.get("errors", ())
        )
        self.retry_after = retry_after
        """After how many seconds the API asks to be called again."""
        self.idempotency_key = idempotency_key
        """The key that the command was sent with: a repetition takes the same."""
        super().__init__(str(self))

    def __str__(self) -> str:
        lines = [f"{self.code} ({self.status}): {self.detail or self.title}"]
        lines += [f"  {each.pointer}: {each.detail} ({each.code})" for each in self.errors]
        if self.request_id:
            lines.append(f"  request {self.request_id}")
        return "\n".join(lines)
