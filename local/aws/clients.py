"""boto3's clients of the local engine."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from local.aws.cloudformation import REGION

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodbstreams import DynamoDBStreamsClient


@cache
def dynamodb_client(url: str) -> DynamoDBClient:
    import boto3  # noqa: PLC0415 (0.4 s: in a thread, while the workers start)

    return boto3.client(
        "dynamodb",
        endpoint_url=url,
        region_name=REGION,
        aws_access_key_id="local",
        aws_secret_access_key="local",  # noqa: S106 (the engine asks for one, any one)
    )


@cache
def streams_client(url: str) -> DynamoDBStreamsClient:
    import boto3  # noqa: PLC0415 (as above)
    from botocore.config import Config  # noqa: PLC0415 (as above)

    return boto3.client(
        "dynamodbstreams",
        endpoint_url=url,
        region_name=REGION,
        aws_access_key_id="local",
        aws_secret_access_key="local",  # noqa: S106 (as above)
        # dynoxide's stream ids are shorter than boto3's validation wants.
        config=Config(parameter_validation=False),
    )
