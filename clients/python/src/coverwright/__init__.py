"""Client of the Coverwright API: sign in, call, repeat safely, read lists, act on problems, verify webhooks.

`Coverwright` has a method for each operation, with types that are generated from the API's definition. `Connection`,
which it stands on, takes a path and answers JSON.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from coverwright.connection import Answer, Connection, Retries
from coverwright.credentials import ClientCredentials
from coverwright.errors import (
    ConnectionLost,
    CoverwrightError,
    FieldFault,
    InvalidSignature,
    NotConfigured,
    ProblemError,
    SignInRefused,
)
from coverwright.money import money_text
from coverwright.settings import ClientSettings
from coverwright.version import __version__
from coverwright.webhooks import verify_webhook

if TYPE_CHECKING:
    from coverwright.client import Coverwright

__all__ = [
    "Answer",
    "ClientCredentials",
    "ClientSettings",
    "Connection",
    "ConnectionLost",
    "Coverwright",
    "CoverwrightError",
    "FieldFault",
    "InvalidSignature",
    "NotConfigured",
    "ProblemError",
    "Retries",
    "SignInRefused",
    "__version__",
    "money_text",
    "verify_webhook",
]

if not TYPE_CHECKING:

    def __getattr__(name: str) -> Any:
        """`Coverwright` is loaded when it is asked for: not every caller needs all models."""
        if name == "Coverwright":
            from coverwright.client import Coverwright  # noqa: PLC0415

            return Coverwright
        raise AttributeError(f"module {__name__} has no attribute {name}")
