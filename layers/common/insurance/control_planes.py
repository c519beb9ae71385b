"""Calls of control planes: services that make credentials and count them, and know no call again."""

from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from typing import Final

from botocore.exceptions import ClientError, HTTPClientError
from botocore.exceptions import ConnectionError as NoConnection

from insurance.domain.core.errors import QuotaUsedUp, Unanswered, Unavailable
from insurance.domain.partner.application import CLAIM_LASTS

BUSY: Final = frozenset(
    {
        "TooManyRequestsException",
        "ThrottlingException",
        "ConcurrentModificationException",
    }
)
"""Beside whatever comes with HTTP status 429: Cognito says it with 400."""
QUOTA: Final = "LimitExceededException"
RETRY_AFTER: Final = int(CLAIM_LASTS.total_seconds()) + 1
"""In seconds: the call that was broken off has the application to itself until then."""


@contextmanager
def one_call(service: str, *, unless: str = "") -> Iterator[None]:
    """One call of a service; what is refused with the code `unless` is as it should be, and passes.

    Raises:
        Unavailable: The service is busy.
        QuotaUsedUp: It takes no more.
        Unanswered: It failed or did not answer: nobody knows whether it has acted.
    """
    try:
        yield
    except ClientError as error:
        code = error.response["Error"]["Code"]
        status = error.response["ResponseMetadata"]["HTTPStatusCode"]
        if code == unless:
            return
        if code == QUOTA:
            raise QuotaUsedUp(service, retry_after_seconds=RETRY_AFTER) from None
        if code in BUSY or status == HTTPStatus.TOO_MANY_REQUESTS:
            raise Unavailable(service, retry_after_seconds=RETRY_AFTER) from None
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise Unanswered(service, retry_after_seconds=RETRY_AFTER) from None
        raise
    except (NoConnection, HTTPClientError):
        raise Unanswered(service, retry_after_seconds=RETRY_AFTER) from None
