"""The keys by which API Gateway's usage plans count applications. Callers never see one."""

import hashlib
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Final

from insurance.access.usage_key import usage_key
from insurance.control_planes import one_call

if TYPE_CHECKING:
    from mypy_boto3_apigateway import APIGatewayClient

GATEWAY: Final = "The gateway"
DIGEST_SHOWN: Final = 8
"""So many digits of a value's digest stand in a key's name."""
THERE: Final = "ConflictException"
PLANS_MAX: Final = 500
"""As many as the gateway lists at once, and more than an account may have."""


class GatewayUsageKeys:
    """The port `UsageKeys`: a key has the value that the authorizer works out.

    An account has one list of keys for all its stacks, and the same application may be in several. So a key's
    name says whose it is: the stack's prefix, the application's id, and how the digest of its value begins.
    """

    def __init__(
        self, client: "APIGatewayClient", prefix: str, secret: Callable[[], bytes]
    ) -> None:
        """`prefix` is how the names of our stack's usage plans and keys begin."""
        self._client = client
        self._prefix = prefix
        self._secret = secret

    @cached_property
    def _plans(self) -> Mapping[str, str]:
        """The ids of the usage plans by what applications call them."""
        with one_call(GATEWAY):
            found = self._client.get_usage_plans(limit=PLANS_MAX)
        return {
            plan["name"].removeprefix(self._prefix): plan["id"]
            for plan in found["items"]
            if plan["name"].startswith(self._prefix)
        }

    def put(self, application_id: str, plan: str, *, is_keyed_by_plan: bool = False) -> str:
        value = usage_key(self._secret(), application_id, plan if is_keyed_by_plan else "")
        digest = hashlib.sha256(value.encode()).hexdigest()
        name = f"{self._prefix}{application_id}-{digest[:DIGEST_SHOWN]}"
        key_id = self._find(name) or self._create(name, value)
        with one_call(GATEWAY, unless=THERE):
            self._client.create_usage_plan_key(
                usagePlanId=self._plans[plan], keyId=key_id, keyType="API_KEY"
            )
        return key_id

    def _create(self, name: str, value: str) -> str:
        with one_call(GATEWAY):
            made = self._client.create_api_key(name=name, value=value, enabled=True)
        return made["id"]

    def _find(self, name: str) -> str | None:
        """By its name; the query is for names that begin so, and ours have one length."""
        with one_call(GATEWAY):
            found = self._client.get_api_keys(nameQuery=name, includeValues=False)
        return next((key["id"] for key in found["items"] if key["name"] == name), None)
