"""A quote: one item, with what is personal sealed beside it."""

import motor
import tables
from boto3.dynamodb.conditions import Attr
from models import Quote
from once import once
from refusals import Conflict, NotFound

SORT = "QUOTE"


@once
def make(*, asked, caller, now) -> Quote:
    body = asked["body"]
    facts = motor.quote_facts(body, caller=caller, key=asked["key"], now=now)
    personal = {"answers": body["answers"], "policyholder": body["policyholder"]}
    wrapped, party_key = tables.keys.new()
    item = {
        **tables.key(facts["id"], SORT),
        **tables.listed("QUOTE", facts["id"], caller["partner"], body["start"]),
        **facts,
        "revision": 1,
        "expires_at": motor.disposable_from(facts),
        "key": wrapped,
        "sealed": tables.sealed(personal, facts["id"], party_key),
    }
    try:
        with tables.conditions():
            tables.table.put_item(Item=item, ConditionExpression="attribute_not_exists(pk)")
    except tables.Taken:  # the id comes from the key: an earlier try died before its record was whole
        return _shown(load(facts["id"], caller))
    return Quote.model_validate(motor.answer(facts, personal, 1))


def read(quote_id, caller):
    return _shown(load(quote_id, caller))


@once
def accept(*, asked, quote_id, caller, now) -> Quote:
    acceptable = (
        Attr("status").eq("bindable")
        & Attr("partner").eq(caller["partner"])
        & Attr("valid_until").gt(motor.text(now))
    )
    try:
        with tables.conditions():
            changed = tables.table.update_item(
                Key=tables.key(quote_id, SORT),
                UpdateExpression="SET #status = :accepted, accepted_by = :key ADD revision :one",
                ConditionExpression=acceptable,
                ExpressionAttributeNames={"#status": "status"},
                ExpressionAttributeValues={
                    ":accepted": "accepted",
                    ":key": asked["key"],
                    ":one": 1,
                },
                ReturnValues="ALL_NEW",
            )
    except tables.Taken:
        item = load(quote_id, caller)
        if item.get("accepted_by") != asked["key"]:
            raise Conflict(f"The quote is {item['status']}, or has expired.") from None
        return _shown(item)
    return _shown(changed["Attributes"])


def load(quote_id, caller):
    item = tables.get(quote_id, SORT)
    if item is None or item["partner"] != caller["partner"]:
        raise NotFound(f"There is no quote {quote_id}.")
    return item


def _shown(item):
    personal, _ = tables.personal(item, item["id"])
    return Quote.model_validate(motor.answer(item, personal, item["revision"]))
