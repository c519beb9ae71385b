"""One table as most samples have it: pk and sk, nested maps, two indexes with every attribute projected."""

import json
import os
from contextlib import contextmanager

import boto3
import cipher
import motor
from boto3.dynamodb.conditions import Key
from botocore.exceptions import ClientError

TABLE = os.environ["TABLE"]
CONTEXT = {"purpose": "party-key"}

table = boto3.resource("dynamodb").Table(TABLE)
kms = boto3.client("kms")


class Taken(Exception):
    """A condition does not hold: somebody was first, or an earlier try of this very request."""


def key(id, sort):
    return {"pk": id, "sk": sort}


def listed(kind, id, partner, start):
    """Where the indexes find a thing: by its partner, and by its product."""
    return {
        "gsi1pk": f"PARTNER#{partner}",
        "gsi1sk": f"{kind}#{id}",
        "gsi2pk": "PRODUCT#personal_motor",
        "gsi2sk": f"{start}#{id}",
    }


def get(id, sort):
    return table.get_item(Key=key(id, sort), ConsistentRead=True).get("Item")


def collection(id, sort):
    """What stands under one partition key and begins alike, in the order of its sort keys."""
    found = table.query(
        KeyConditionExpression=Key("pk").eq(id) & Key("sk").begins_with(sort), ConsistentRead=True
    )
    return found["Items"]


def put(item):
    return {
        "Put": {
            "TableName": TABLE,
            "Item": item,
            "ConditionExpression": "attribute_not_exists(pk)",
        }
    }


def update(id, sort, *, expects, values):
    """Set values of an item whose status is the expected one."""
    return {
        "Update": {
            "TableName": TABLE,
            "Key": key(id, sort),
            "UpdateExpression": "SET " + ", ".join(f"#{name} = :{name}" for name in values),
            "ConditionExpression": "#status = :expected",
            "ExpressionAttributeNames": {"#status": "status", **{f"#{n}": n for n in values}},
            "ExpressionAttributeValues": {
                ":expected": expects,
                **{f":{name}": value for name, value in values.items()},
            },
        }
    }


def write(*changes):
    """All of it, or nothing."""
    with conditions():
        table.meta.client.transact_write_items(TransactItems=list(changes))


@contextmanager
def conditions():
    """Tells a condition that does not hold from everything else that may go wrong."""
    try:
        yield
    except ClientError as error:
        reasons = [each.get("Code") for each in error.response.get("CancellationReasons", ())]
        if "ConditionalCheckFailed" in reasons:
            raise Taken from error
        if error.response["Error"]["Code"] == "ConditionalCheckFailedException":
            raise Taken from error
        raise


# -- personal data --------------------------------------------------------------------------------


def _generate():
    made = kms.generate_data_key(
        KeyId=os.environ["PERSONAL_DATA_KEY"], KeySpec="AES_256", EncryptionContext=CONTEXT
    )
    return made["CiphertextBlob"], made["Plaintext"]


def _decrypt(blob):
    return kms.decrypt(
        CiphertextBlob=blob, KeyId=os.environ["PERSONAL_DATA_KEY"], EncryptionContext=CONTEXT
    )["Plaintext"]


keys = motor.Keys(_generate, _decrypt)


def sealed(personal, about, party_key):
    text = json.dumps(personal, separators=(",", ":")).encode()
    return cipher.seal(party_key, text, about.encode())


def personal(item, about):
    """What is sealed in an item, and the party's key."""
    party_key = keys.open(item["key"].value)
    text = cipher.unseal(party_key, item["sealed"].value, about.encode())
    return json.loads(text), party_key
