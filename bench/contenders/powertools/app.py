"""The popular way: Powertools' event handler with validation, Logger, Tracer, Metrics, boto3's resource."""

import os
from typing import Annotated

import boto3
import motor
from aws_lambda_powertools import Logger, Metrics, Tracer
from aws_lambda_powertools.event_handler import APIGatewayRestResolver, Response, content_types
from aws_lambda_powertools.event_handler.exceptions import NotFoundError
from aws_lambda_powertools.event_handler.openapi.params import Header
from aws_lambda_powertools.logging import correlation_paths
from aws_lambda_powertools.metrics import MetricUnit
from models import Quote, QuoteRequest

logger = Logger()
tracer = Tracer()
metrics = Metrics()
app = APIGatewayRestResolver(enable_validation=True)

table = boto3.resource("dynamodb").Table(os.environ["QUOTES_TABLE"])
kms = boto3.client("kms")
CONTEXT = {"purpose": "party-key"}


def generate():
    made = kms.generate_data_key(
        KeyId=os.environ["PERSONAL_DATA_KEY"], KeySpec="AES_256", EncryptionContext=CONTEXT
    )
    return made["CiphertextBlob"], made["Plaintext"]


def decrypt(blob):
    return kms.decrypt(
        CiphertextBlob=blob, KeyId=os.environ["PERSONAL_DATA_KEY"], EncryptionContext=CONTEXT
    )["Plaintext"]


keys = motor.Keys(generate, decrypt)


def caller():
    return app.current_event.raw_event["requestContext"]["authorizer"]


@app.post("/v1/quotes")
@tracer.capture_method
def post_quote(
    request: QuoteRequest,
    idempotency_key: Annotated[str, Header(alias="Idempotency-Key")],
) -> Response[dict]:
    item, quote = motor.make_quote(
        request.asked(),
        caller=caller(),
        key=idempotency_key,
        now=motor.clock(app.current_event.headers),
        path=app.current_event.path,
        keys=keys,
    )
    table.put_item(Item=item, ConditionExpression="attribute_not_exists(id)")
    metrics.add_metric(name="QuoteMade", unit=MetricUnit.Count, value=1)
    logger.info("quote made", quote_id=quote["id"])
    return shown(201, quote)


@app.get("/v1/quotes/<quote_id>")
@tracer.capture_method
def get_quote(quote_id: str) -> Response[dict]:
    found = table.get_item(Key={"id": quote_id}, ConsistentRead=True).get("Item")
    try:
        item = found and {
            name: value.value if hasattr(value, "value") else value for name, value in found.items()
        }
        return shown(200, motor.read_quote(item, caller(), keys))
    except motor.Unknown:
        raise NotFoundError(f"There is no quote {quote_id}.") from None


def shown(status, quote):
    return Response(
        status_code=status,
        content_type=content_types.APPLICATION_JSON,
        body=Quote.model_validate(quote).model_dump(mode="json", exclude_none=True),
        headers={"ETag": motor.etag(quote)},
    )


@logger.inject_lambda_context(correlation_id_path=correlation_paths.API_GATEWAY_REST)
@tracer.capture_lambda_handler
@metrics.log_metrics(capture_cold_start_metric=True)
def handler(event, context):
    return app.resolve(event, context)
