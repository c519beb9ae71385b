"""Nudges on Amazon SQS: a message for each webhook for which something waits. A lost one costs a minute."""

import json
from collections.abc import Sequence
from itertools import batched
from typing import TYPE_CHECKING, Final

from insurance.domain.core.errors import Unavailable

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

ENTRIES_MAX: Final = 10


class SqsNudges:
    """The port `Nudges` on a standard queue."""

    def __init__(self, client: "SQSClient", queue_url: str) -> None:
        self._client, self._queue_url = client, queue_url

    def nudge(self, webhook_ids: Sequence[str]) -> None:
        """Send a message for each webhook.

        Raises:
            Unavailable: The queue did not take one.
        """
        for some in batched(webhook_ids, ENTRIES_MAX, strict=False):
            answer = self._client.send_message_batch(
                QueueUrl=self._queue_url,
                Entries=[
                    {"Id": str(number), "MessageBody": json.dumps({"webhook": id})}
                    for number, id in enumerate(some)
                ],
            )
            if answer.get("Failed"):
                raise Unavailable("The queue of webhooks")
