"""The floor: the standard library alone, checks by hand. What nobody can go under in Python."""

import base64
import json
import os
import re

import aws
import motor

TABLE = os.environ["QUOTES_TABLE"]
KEY = {
    "KeyId": os.environ["PERSONAL_DATA_KEY"],
    "EncryptionContext": {"purpose": "party-key"},
}
TYPES = {str: "S", bytes: "B", int: "N"}


def generate():
    made = aws.call("kms", "TrentService.GenerateDataKey", KEY | {"KeySpec": "AES_256"})
    return base64.b64decode(made["CiphertextBlob"]), base64.b64decode(made["Plaintext"])


def decrypt(blob):
    asked = KEY | {"CiphertextBlob": base64.b64encode(blob).decode()}
    return base64.b64decode(aws.call("kms", "TrentService.Decrypt", asked)["Plaintext"])


keys = motor.Keys(generate, decrypt)


def put(item):
    typed = {}
    for name, value in item.items():
        if isinstance(value, bytes):
            typed[name] = {"B": base64.b64encode(value).decode()}
        else:
            typed[name] = {TYPES[type(value)]: str(value)}
    aws.call(
        "dynamodb",
        "DynamoDB_20120810.PutItem",
        {
            "TableName": TABLE,
            "Item": typed,
            "ConditionExpression": "attribute_not_exists(id)",
        },
    )


def get(quote_id):
    found = aws.call(
        "dynamodb",
        "DynamoDB_20120810.GetItem",
        {"TableName": TABLE, "Key": {"id": {"S": quote_id}}, "ConsistentRead": True},
    ).get("Item")
    return found and {
        name: base64.b64decode(value["B"]) if "B" in value else next(iter(value.values()))
        for name, value in found.items()
    }


def handler(event, _context):
    caller = event["requestContext"]["authorizer"]
    if event["httpMethod"] == "POST":
        try:
            asked = read(json.loads(event["body"]))
        except (KeyError, TypeError, ValueError) as error:
            return answer(422, {"message": f"{type(error).__name__}: {error}"})
        item, quote = motor.make_quote(
            asked,
            caller=caller,
            key=event["headers"]["Idempotency-Key"],
            now=motor.clock(event["headers"]),
            path=event["path"],
            keys=keys,
        )
        put(item)
        return answer(201, quote)
    try:
        quote_id = event["path"].removeprefix("/v1/quotes/")
        return answer(200, motor.read_quote(get(quote_id), caller, keys))
    except motor.Unknown:
        return answer(404, {"message": "There is no such quote."})


def read(body):
    """The request, checked as far as rating needs it."""
    answers = body["answers"]
    if body["product"] != "personal_motor" or not body["policyholder"]["name"]:
        raise ValueError("product or policyholder")
    if not re.fullmatch("[A-Za-z0-9 ]{2,12}", answers["registration"]):
        raise ValueError("registration")
    answers.setdefault("cover_type", "comprehensive")
    answers.setdefault("voluntary_excess", motor.money(0))
    for name, least, most in (("annual_mileage", 0, 500000), ("no_claims_years", 0, 80)):
        if type(answers[name]) is not int or not least <= answers[name] <= most:
            raise ValueError(name)
    for driver in answers["drivers"]:
        for name in ("age", "licence_years", "convictions"):
            if type(driver[name]) is not int or not 0 <= driver[name] <= 120:
                raise ValueError(name)
    return {"covers": []} | body


def answer(status, body):
    headers = {"Content-Type": "application/json"}
    if status < 300:
        headers["ETag"] = motor.etag(body)
    return {"statusCode": status, "headers": headers, "body": json.dumps(body)}
