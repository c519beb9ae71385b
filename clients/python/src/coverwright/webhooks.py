"""Webhooks: was this message signed by us, and just now? (Standard Webhooks 1.0)"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from standardwebhooks import Webhook, WebhookVerificationError

from coverwright.errors import InvalidSignature


def verify_webhook(
    body: bytes | str, headers: Mapping[str, str], secrets: str | Sequence[str]
) -> dict[str, Any]:
    """The message, if it was signed with one of the secrets within five minutes of now.

    `body` is what arrived, byte for byte: a body that was read and written again has another signature. While a
    secret is being changed, give the old and the new one. Act on each `webhook-id` once: messages are repeated.

    Raises:
        InvalidSignature: It is not from us, not whole, or too old.
    """
    why = "no secret was given"
    for secret in [secrets] if isinstance(secrets, str) else secrets:
        verifier = Webhook(secret)
        try:
            message = verifier.verify(body, dict(headers))
        except WebhookVerificationError as error:
            why = str(error)
        except ValueError:  # a signature, or a body, that cannot even be read
            why = "the message is malformed"
        else:
            if isinstance(message, dict):
                return message
            why = "the message is no JSON object"
    raise InvalidSignature(why)
