"""The keys by which API Gateway's usage plans count applications. Callers never see one."""

import hashlib
import hmac
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING, Final

from botocore.exceptions import ClientError, HTTPClientError
from botocore.exceptions import ConnectionError as NoConnection

from insurance.domain.core.errors import Unanswered, Unavailable

if TYPE_CHECKING:
    from mypy_boto3_apigateway import APIGatewayClient

BUSY: Final = frozenset({"TooManyRequestsException", "ServiceUnavailableException"})
THERE: Final = "ConflictException"
RETRY_AFTER: Final = 31
PLANS_MAX: Final = 500
"""As many as the gateway lists at once, and more than an account may have."""


class GatewayUsageKeys:
    """The port `UsageKeys`: a key has its application's id for a name, and the value that the authorizer works out."""

    def __init__(
        self, client: "APIGatewayClient", prefix: str, secret: Callable[[], bytes]
    ) -> None:
        """`prefix` is how the names of our usage plans begin."""
        self._client = client
        self._prefix = prefix
        self._secret = secret

    @cached_property
    def _plans(self) -> Mapping[str, str]:
        """The ids of the usage plans by what applications call them."""
        with _asking():
            found = self._client.get_usage_plans(limit=PLANS_MAX)
        return {
            plan["name"].removeprefix(self._prefix): plan["id"]
            for plan in found["items"]
            if plan["name"].startswith(self._prefix)
        }

    def put(self, application_id: str, plan: str) -> str:
        key_id = self._find(application_id) or self._create(application_id)
        with _asking(but=THERE):
            self._client.create_usage_plan_key(
                usagePlanId=self._plans[plan], keyId=key_id, keyType="API_KEY"
            )
        return key_id

    def _create(self, application_id: str) -> str:
        value = hmac.new(self._secret(), application_id.encode(), hashlib.sha256).hexdigest()
        with _asking():
            made = self._client.create_api_key(name=application_id, value=value, enabled=True)
        return made["id"]

    def _find(self, application_id: str) -> str | None:
        """By its name; the query is for names that begin so, and ids have one length."""
        with _asking():
            found = self._client.get_api_keys(nameQuery=application_id, includeValues=False)
        return next((key["id"] for key in found["items"] if key["name"] == application_id), None)


@contextmanager
def _asking(but: str = "") -> Iterator[None]:
    """One call. What the gateway refuses for being busy, and what it does not answer, may be asked for again.

    Raises:
        Unavailable: The gateway is busy.
        Unanswered: Nobody knows whether the gateway has acted.
    """
    try:
        yield
    except ClientError as error:
        code = error.response["Error"]["Code"]
        if code == but:
            return
        if code in BUSY:
            raise Unavailable("The gateway", retry_after_seconds=RETRY_AFTER) from None
        raise
    except (NoConnection, HTTPClientError):
        raise Unanswered("The gateway", retry_after_seconds=RETRY_AFTER) from None
