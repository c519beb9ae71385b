"""What follows an event: lines of the ledger, and for a payment the order on the bus for the bank.

A batch is carried out whole, and again whole where something fails: lines have keys of their own, and the
bank knows an order by its id.
"""

import json
import os

import boto3
import ledger
from boto3.dynamodb.types import TypeDeserializer

BUS_TAKES = 10

table = boto3.resource("dynamodb").Table(os.environ["TABLE"])
bus = boto3.client("events")
deserialize = TypeDeserializer().deserialize


def handler(event, _context):
    events = [
        {name: deserialize(value) for name, value in record["dynamodb"]["NewImage"].items()}
        for record in event["Records"]
    ]
    with table.batch_writer() as batch:
        for each in events:
            for line in ledger.lines(each):
                batch.put_item(Item=line)
    orders = [each for each in events if _orders_a_payment(each)]
    for start in range(0, len(orders), BUS_TAKES):
        publish(orders[start : start + BUS_TAKES])


def publish(events):
    answer = bus.put_events(
        Entries=[
            {
                "EventBusName": os.environ["EVENT_BUS"],
                "Source": "motor",
                "DetailType": each["type"],
                "Detail": json.dumps(
                    {name: each[name] for name in ("stream", "sequence", "type", "mode", "facts")},
                    default=int,
                ),
            }
            for each in events
        ]
    )
    if answer["FailedEntryCount"]:
        raise RuntimeError(f"{answer['FailedEntryCount']} orders were not taken")


def _orders_a_payment(event):
    payments = event["facts"].get("payments", ())
    return any(payment["status"] == "executing" for payment in payments)
