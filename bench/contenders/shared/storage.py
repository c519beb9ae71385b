"""DynamoDB and KMS through boto3's clients, as a plain handler would use them."""

import os

import boto3
import motor

CONTEXT = {"purpose": "party-key"}
TYPES = {str: "S", bytes: "B", int: "N"}
TABLE = os.environ["QUOTES_TABLE"]

dynamodb = boto3.client("dynamodb")
kms = boto3.client("kms")


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


def put(item):
    dynamodb.put_item(
        TableName=TABLE,
        Item={
            name: {TYPES[type(value)]: str(value) if isinstance(value, int) else value}
            for name, value in item.items()
        },
        ConditionExpression="attribute_not_exists(id)",
    )


def get(quote_id):
    found = dynamodb.get_item(TableName=TABLE, Key={"id": {"S": quote_id}}, ConsistentRead=True)
    item = found.get("Item")
    return item and {name: next(iter(value.values())) for name, value in item.items()}
