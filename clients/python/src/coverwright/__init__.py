"""Client of the Coverwright API: sign in, call, repeat safely, read lists, act on problems, verify webhooks.

`Coverwright` has a method for each operation, with types that are generated from the API's definition. `Connection`,
which it stands on, takes a path and answers JSON.
"""

from __future__ import annotations

from coverwright.connection import Answer, Connection, Retries
from coverwright.credentials import ClientCredentials
from coverwright.errors import (
    ConnectionLost,
    CoverwrightError,
    FieldFault,
    NotConfigured,
    ProblemError,
    SignInRefused,
)
from coverwright.money import money_text
from coverwright.settings import ClientSettings
from coverwright.version import __version__

__all__ = [
    "Answer",
    "ClientCredentials",
    "ClientSettings",
    "Connection",
    "ConnectionLost",
    "CoverwrightError",
    "FieldFault",
    "NotConfigured",
    "ProblemError",
    "Retries",
    "SignInRefused",
    "__version__",
    "money_text",
]
