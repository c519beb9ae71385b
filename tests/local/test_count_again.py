"""Lines of the access log that no delivery brought are counted when they are given again, and the others are not twice."""

import argparse
import io
import json
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from insurance.access_log import read_delivery
from moto import mock_aws

from local.aws.cloudformation import REGION
from tests.support.access_log import line
from tools.count_again import count_again

type Json = dict[str, Any]


class Function:
    """The function, which remembers calls as the meter does."""

    def __init__(self, counted: set[str], *, fails: bool = False) -> None:
        self.calls, self.fails = counted, fails
        self.streams: set[str] = set()

    def invoke(self, *, FunctionName: str, Payload: str) -> Json:  # noqa: N803 - boto3's names
        assert FunctionName == "usage:live"
        if self.fails:
            body = {"errorMessage": "out of reach"}
            return {"FunctionError": "Unhandled", "Payload": io.BytesIO(json.dumps(body).encode())}
        batch = read_delivery(json.loads(Payload))
        self.streams.add(batch.stream)
        new = {call.id for call in batch.calls} - self.calls
        self.calls |= new
        told = {"counted": len(new), "set_aside": len(batch.unreadable)}
        return {"Payload": io.BytesIO(json.dumps(told).encode())}


@pytest.fixture
def logs() -> Any:
    with mock_aws():
        client: Any = boto3.client("logs", region_name=REGION)
        client.create_log_group(logGroupName="access")
        for stream in ("a", "b"):
            client.create_log_stream(logGroupName="access", logStreamName=stream)
            now = int(time.time() * 1000)
            texts = [json.dumps(line(f"{stream}{n}", datetime.now(UTC))) for n in range(700)]
            client.put_log_events(
                logGroupName="access",
                logStreamName=stream,
                logEvents=[{"timestamp": now, "message": text} for text in [*texts, "broken"]],
            )
        yield client


def asked() -> argparse.Namespace:
    now = datetime.now(UTC)
    hour = timedelta(hours=1)
    return argparse.Namespace(
        log_group="access", function="usage:live", since=now - hour, until=now + hour
    )


def test_what_is_missing_is_counted_and_the_rest_is_not_counted_twice(logs: Any) -> None:
    function = Function({f"a{n}" for n in range(700)})

    first, again = (count_again(logs, function, asked()) for _ in range(2))

    assert first == {"lines": 1402, "counted": 700, "set_aside": 2}
    assert again == {"lines": 1402, "counted": 0, "set_aside": 2}
    assert function.streams == {"a", "b"}


def test_a_function_that_fails_ends_it(logs: Any) -> None:
    with pytest.raises(RuntimeError, match="out of reach"):
        count_again(logs, Function(set(), fails=True), asked())
