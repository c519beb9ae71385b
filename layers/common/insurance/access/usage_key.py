"""The key by which a usage plan counts a caller: the authorizer answers it, and onboarding puts it in the plan."""

import hashlib
import hmac


def usage_key(secret: bytes, principal: str, plan: str = "") -> str:
    """The caller's key of the usage plan. It is derived, so that no key is stored or shown.

    `plan` is that of an application which was moved to another one: a stage counts a key in one plan alone, and
    between two plans there would be a moment in which nobody knows it.
    """
    counted = f"{principal} {plan}" if plan else principal
    return hmac.new(secret, counted.encode(), hashlib.sha256).hexdigest()
