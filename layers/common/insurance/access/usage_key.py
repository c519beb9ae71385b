"""The key by which a usage plan counts a caller: the authorizer answers it, and onboarding puts it in the plan."""

import hashlib
import hmac


def usage_key(secret: bytes, principal: str) -> str:
    """The caller's key of the usage plan. It is derived, so that no key is stored or shown."""
    return hmac.new(secret, principal.encode(), hashlib.sha256).hexdigest()
