"""What is sent and answered, by its name in the definition: `QuoteRequest`, `ClaimView`, …"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from coverwright.generated import models as _generated

if TYPE_CHECKING:
    from coverwright.generated.models import *  # noqa: F403 (they are made from the definition)
else:  # a name that is not there is an error to who checks types, too

    def __getattr__(name: str) -> Any:
        return getattr(_generated, name)
