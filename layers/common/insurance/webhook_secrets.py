"""Secrets that webhooks sign with, by Standard Webhooks: each is sealed with a key that the key service wraps."""

from __future__ import annotations

import base64
import os
from typing import TYPE_CHECKING, Final, Protocol

from insurance.domain.events.message import PREFIX
from insurance.operations.notifications.webhook_ports import NewSecret, SealedSecret

if TYPE_CHECKING:
    from insurance.domain.core.stored import PartyKey

SECRET_BYTES: Final = 32
"""Standard Webhooks asks for 24 to 64."""


class Ring(Protocol):
    """Makes keys, and opens wrapped ones."""

    def new(self) -> PartyKey: ...
    def open(self, wrapped: bytes) -> PartyKey: ...


class WebhookSecrets:
    """The port `Secrets` on a ring of keys."""

    def __init__(self, ring: Ring) -> None:
        self._ring = ring

    def new(self, webhook_id: str) -> NewSecret:
        text = PREFIX + base64.b64encode(os.urandom(SECRET_BYTES)).decode()
        key = self._ring.new()
        return NewSecret(text, SealedSecret(key.wrapped, key.seal({"secret": text}, webhook_id)))

    def reveal(self, secret: SealedSecret, webhook_id: str) -> str:
        text: str = self._ring.open(secret.key).unseal(secret.sealed, webhook_id)["secret"]
        return text
