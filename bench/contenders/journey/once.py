"""Powertools' idempotency utility, one record a command."""

import os

from aws_lambda_powertools.utilities.idempotency import (
    DynamoDBPersistenceLayer,
    IdempotencyConfig,
    idempotent_function,
)
from aws_lambda_powertools.utilities.idempotency.serialization.pydantic import PydanticSerializer

KEPT_SECONDS = 30 * 24 * 3600

config = IdempotencyConfig(
    event_key_jmespath="key",
    payload_validation_jmespath="body",
    raise_on_no_idempotency_key=True,
    expires_after_seconds=KEPT_SECONDS,
)
store = DynamoDBPersistenceLayer(table_name=os.environ["IDEMPOTENCY_TABLE"])


def once(command):
    """Carry out a command once for each key; `asked` holds the key and the body. It answers a model."""
    return idempotent_function(
        command,
        data_keyword_argument="asked",
        persistence_store=store,
        config=config,
        output_serializer=PydanticSerializer,
    )
