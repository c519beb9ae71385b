"""A handler of one's own: pydantic for the body, boto3's client, nothing else."""

import json

import motor
import storage
from models import QuoteRequest
from pydantic import ValidationError


def handler(event, _context):
    caller = event["requestContext"]["authorizer"]
    if event["httpMethod"] == "POST" and event["path"] == "/v1/quotes":
        return post_quote(event, caller)
    if event["httpMethod"] == "GET" and event["path"].startswith("/v1/quotes/"):
        return get_quote(event["path"].removeprefix("/v1/quotes/"), caller)
    return answer(404, {"message": "There is no such route."})


def post_quote(event, caller):
    try:
        asked = QuoteRequest.model_validate_json(event["body"])
    except ValidationError as error:
        return answer(422, json.loads(error.json(include_url=False)))
    item, quote = motor.make_quote(
        asked.asked(),
        caller=caller,
        key=event["headers"]["Idempotency-Key"],
        now=motor.clock(event["headers"]),
        path=event["path"],
        keys=storage.keys,
    )
    storage.put(item)
    return answer(201, quote, motor.etag(quote))


def get_quote(quote_id, caller):
    try:
        quote = motor.read_quote(storage.get(quote_id), caller, storage.keys)
    except motor.Unknown:
        return answer(404, {"message": f"There is no quote {quote_id}."})
    return answer(200, quote, motor.etag(quote))


def answer(status, body, etag=None):
    headers = {"Content-Type": "application/json"}
    if etag:
        headers["ETag"] = etag
    return {"statusCode": status, "headers": headers, "body": json.dumps(body)}
