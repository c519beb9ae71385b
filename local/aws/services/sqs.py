"""SQS: messages kept on disk until the mapping of a queue has handed them on (`local/aws/queues.py`)."""

from __future__ import annotations

import hashlib
import sqlite3
import time
from collections.abc import Collection
from typing import Any, Self

from local.aws.cloudformation import arn_of
from local.aws.rights import Call
from local.aws.services.errors import ServiceError
from local.aws.template import Template

type Json = dict[str, Any]

MOST_ENTRIES = 10
BATCH_LIMIT = 1024 * 1024


class Sqs:
    """SendMessageBatch: the one call of the functions. Messages are received by the mapping alone."""

    def __init__(self, store: sqlite3.Connection, queues: Collection[str]) -> None:
        self._store = store
        self._queues = frozenset(queues)

    @classmethod
    def of(cls, template: Template, store: sqlite3.Connection) -> Self:
        """The queues that the template declares."""
        urls = [queue.name for queue in template.of_type("AWS::SQS::Queue")]
        return cls(store, [queue_of(url) for url in urls])

    def send_message_batch(self, request: Json) -> Json:
        queue, entries = _queue_of(request), request.get("Entries", [])
        if queue not in self._queues:
            message = "The specified queue does not exist."
            raise ServiceError("com.amazonaws.sqs#QueueDoesNotExist", message)
        if not entries:
            message = "There should be at least one SendMessageBatchRequestEntry in the request."
            raise ServiceError("com.amazonaws.sqs#EmptyBatchRequest", message)
        if len(entries) > MOST_ENTRIES:
            message = f"Maximum number of entries per request are {MOST_ENTRIES}."
            raise ServiceError("com.amazonaws.sqs#TooManyEntriesInBatchRequest", message)
        if len({each["Id"] for each in entries}) < len(entries):
            message = "Two or more batch entries have the same Id in the request."
            raise ServiceError("com.amazonaws.sqs#BatchEntryIdsNotDistinct", message)
        if sum(len(each["MessageBody"].encode()) for each in entries) > BATCH_LIMIT:
            message = f"Batch requests cannot be longer than {BATCH_LIMIT} bytes."
            raise ServiceError("com.amazonaws.sqs#BatchRequestTooLong", message)
        return {"Successful": [self._put(queue, each) for each in entries]}

    def calls(self, request: Json) -> list[Call]:
        """What IAM is asked about such a request."""
        return [Call("sqs:SendMessage", arn_of("AWS::SQS::Queue", "", _queue_of(request)), {})]

    def _put(self, queue: str, entry: Json) -> Json:
        body = entry["MessageBody"]
        visible_at = time.time() + int(entry.get("DelaySeconds", 0))
        added = self._store.execute(
            "INSERT INTO queued (queue, body, visible_at, receives) VALUES (?, ?, ?, 0)",
            (queue, body, visible_at),
        )
        return {
            "Id": entry["Id"],
            "MessageId": f"{added.lastrowid:032x}",
            "MD5OfMessageBody": hashlib.md5(body.encode(), usedforsecurity=False).hexdigest(),
        }


def queue_of(url: str) -> str:
    """The name of a queue, by its URL."""
    return url.rsplit("/", 1)[-1]


def _queue_of(request: Json) -> str:
    return queue_of(str(request.get("QueueUrl", "")))
