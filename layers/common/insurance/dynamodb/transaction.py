"""One read, one transaction: the two calls that a command makes, and what can come of them."""

import time
from collections.abc import Callable, Iterator, Sequence
from random import random
from typing import TYPE_CHECKING, Any, NamedTuple, cast
from uuid import uuid4

from botocore.exceptions import ClientError, HTTPClientError
from botocore.exceptions import ConnectionError as NoConnection

from insurance.domain.core.errors import Unanswered, Unavailable
from insurance.dynamodb.codec import Item
from insurance.dynamodb.read_ahead import note_read, note_written, read_before
from insurance.dynamodb.sizes import check_sizes

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

TRIES = 8
PATIENCE_SECONDS = 5.0
CONNECT_SECONDS, READ_SECONDS = 0.5, 2.0
"""How long one try may take. The client tries once: all the patience there is is counted here."""
FIRST_PAUSE_SECONDS = 0.02

BUSY = frozenset(
    {
        "TransactionConflict",
        "ThrottlingError",
        "ProvisionedThroughputExceeded",
        "TransactionConflictException",
        "TransactionInProgressException",
        "ThrottlingException",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "InternalServerError",
        "ServiceUnavailable",
    }
)
"""Cancellation reasons and error codes that say "not now". botocore does not retry the reasons."""

UNSURE = frozenset({"InternalServerError", "ServiceUnavailable"})
"""Those of them after which the call may have been carried out all the same."""

type Refusal = Callable[[Item | None], Exception]
"""What it means that a write's condition failed, given the item that stood in its way."""


class Write(NamedTuple):
    """One conditional write of a transaction, and the refusal its failed condition stands for."""

    action: str
    """"Put", "Update", "Delete" or "ConditionCheck"."""
    request: dict[str, Any]
    refusal: Refusal


def put(table: str, item: Item, refusal: Refusal, *, condition: str, **values: Any) -> Write:
    """A conditional Put. `values` are the condition's, by name without the colon."""
    return Write(
        "Put", _conditional({"TableName": table, "Item": item}, condition, values), refusal
    )


def add(table: str, item: Item, refusal: Refusal, *, key: str) -> Write:
    """A Put of an item that is not there yet; `key` is its partition key's name."""
    request = {
        "TableName": table,
        "Item": item,
        "ConditionExpression": "attribute_not_exists(#key)",
        "ExpressionAttributeNames": {"#key": key},  # "stream" is a reserved word
        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
    }
    return Write("Put", request, refusal)


def update(
    table: str,
    key: Item,
    columns: Item,
    refusal: Refusal,
    *,
    condition: str,
    removed: Sequence[str] = (),
    **values: Any,
) -> Write:
    """A conditional Update of one item: set these columns, remove those, leave the others."""
    names = {f"#{place}": name for place, name in enumerate([*columns, *removed])}
    aliases = {name: alias for alias, name in names.items()}
    sets = ", ".join(f"{aliases[name]} = :set{aliases[name][1:]}" for name in columns)
    removes = ", ".join(aliases[name] for name in removed)
    parts = (f"SET {sets}" if sets else "", f"REMOVE {removes}" if removes else "")
    request = {
        "TableName": table,
        "Key": key,
        "UpdateExpression": " ".join(filter(None, parts)),
        "ExpressionAttributeNames": names,
    }
    assigned = {f"set{aliases[name][1:]}": value for name, value in columns.items()}
    return Write("Update", _conditional(request, condition, assigned | values), refusal)


def remove_path(table: str, key: Item, path: tuple[str, str], refusal: Refusal) -> Write:
    """A conditional Update of one item: remove an entry of a map, which must be there."""
    where = "#map.#entry"
    request = {
        "TableName": table,
        "Key": key,
        "UpdateExpression": f"REMOVE {where}",
        "ExpressionAttributeNames": dict(zip(("#map", "#entry"), path, strict=True)),
    }
    return Write("Update", _conditional(request, f"attribute_exists({where})", {}), refusal)


def mark(table: str, key: Item, column: str, value: Item, refusal: Refusal) -> Write:
    """A conditional Update of an item that is there: set a column that has no other value."""
    request = {
        "TableName": table,
        "Key": key,
        "UpdateExpression": "SET #mark = :value",
        "ExpressionAttributeNames": {"#mark": column},
    }
    condition = "attribute_exists(id) AND (attribute_not_exists(#mark) OR #mark = :value)"
    return Write("Update", _conditional(request, condition, {"value": value}), refusal)


def unmark(table: str, key: Item, column: str, value: Item, refusal: Refusal) -> Write:
    """A conditional Update of an item: remove a column that has this value."""
    request = {
        "TableName": table,
        "Key": key,
        "UpdateExpression": "REMOVE #mark",
        "ExpressionAttributeNames": {"#mark": column},
    }
    return Write("Update", _conditional(request, "#mark = :value", {"value": value}), refusal)


def without_entry(write: Write, path: tuple[str, str]) -> Write:
    """The same Update, which also removes an entry of a map, which must be there."""
    request = write.request
    names = dict(zip(("#map", "#entry"), path, strict=True))
    expression = request["UpdateExpression"]
    clause = "," if " REMOVE " in expression else " REMOVE"
    return Write(
        write.action,
        request
        | {
            "UpdateExpression": f"{expression}{clause} #map.#entry",
            "ConditionExpression": f"{request['ConditionExpression']} AND attribute_exists(#map.#entry)",
            "ExpressionAttributeNames": request["ExpressionAttributeNames"] | names,
        },
        write.refusal,
    )


def where_absent(write: Write, columns: Item) -> Write:
    """The same Update, which also sets these columns where the item does not have them yet."""
    names = {f"#absent{place}": name for place, name in enumerate(columns)}
    values = {f":absent{place}": value for place, value in enumerate(columns.values())}
    sets = [
        f"{alias} = if_not_exists({alias}, {value})"
        for alias, value in zip(names, values, strict=True)
    ]
    request = write.request
    return Write(
        write.action,
        request
        | {
            "UpdateExpression": request["UpdateExpression"].replace(
                "SET ", f"SET {', '.join(sets)}, ", 1
            ),
            "ExpressionAttributeNames": request["ExpressionAttributeNames"] | names,
            "ExpressionAttributeValues": request["ExpressionAttributeValues"] | values,
        },
        write.refusal,
    )


def check(
    table: str,
    key: Item,
    refusal: Refusal,
    *,
    condition: str,
    names: dict[str, str],
    **values: Any,
) -> Write:
    """A condition on an item that the transaction does not write."""
    request = {"TableName": table, "Key": key, "ExpressionAttributeNames": names}
    return Write("ConditionCheck", _conditional(request, condition, values), refusal)


def enter(table: str, key: Item, column: str, member: str, refusal: Refusal) -> Write:
    """An Update that enters a text in a set of texts, once; it makes the item where there is none."""
    request = {
        "TableName": table,
        "Key": key,
        "UpdateExpression": "ADD #column :members",
        "ExpressionAttributeNames": {"#column": column},
    }
    values = {
        "members": {"SS": [member]},
        "member": {"S": member},
    }
    condition = "attribute_not_exists(#column) OR NOT contains(#column, :member)"
    return Write("Update", _conditional(request, condition, values), refusal)


def transact(client: "DynamoDBClient", writes: Sequence[Write]) -> None:
    """Do all of the writes or none.

    Raises the refusal of a write whose condition failed (the last such write's, and an idempotency record
    stands last: a replay is never told "already issued"), TooLargeToStore before anything is sent, or
    Unavailable when the tables stay busy.
    """
    check_sizes([write.request for write in writes])
    if len(writes) == 1 and writes[0].action in {"Put", "Update"}:
        _insist(lambda: _write_alone(client, writes[0]))
    else:
        # A try after a lost reply is the same transaction to DynamoDB, and is done once.
        token = str(uuid4())
        _insist(lambda: _transact_once(client, writes, token))
    note_written((write.action, write.request) for write in writes)


def load(client: "DynamoDBClient", keys: Sequence[tuple[str, Item]]) -> list[Item | None]:
    """The items under these (table, key) pairs, in their order, None where there is none.

    One BatchGetItem, consistent; asks again only for what a throttled table left out.
    """
    if not keys:
        return []
    wanted: dict[str, Any] = {}
    for table, key in keys:
        entry = wanted.setdefault(table, {"Keys": [], "ConsistentRead": True})
        entry["Keys"].append(key)
    found: list[tuple[str, Item]] = []

    def fetch() -> bool:
        nonlocal wanted
        answer = client.batch_get_item(RequestItems=wanted)
        for table, items in answer["Responses"].items():
            found.extend((table, dict(item)) for item in items)
        wanted = dict(answer.get("UnprocessedKeys", {}))
        return not wanted

    _insist(fetch)
    items = [_matching(found, table, key) for table, key in keys]
    note_read(keys, items)
    return items


def load_expected(client: "DynamoDBClient", keys: Sequence[tuple[str, Item]]) -> list[Item | None]:
    """The same, of what may have been read ahead: some of it may be old.

    Only for a write that is refused where one of these items has changed. Once it was refused, use `load`.
    """
    known = read_before(keys)
    missing = [place for number, place in enumerate(keys) if number not in known]
    found = iter(load(client, missing))
    return [known[number] if number in known else next(found) for number in range(len(keys))]


def read(client: "DynamoDBClient", table: str, key: Item) -> Item | None:
    """One item, by a consistent GetItem: a twentieth of a warm request cheaper than a batch of one."""
    items: list[Item | None] = []

    def fetch() -> bool:
        answer = client.get_item(TableName=table, Key=key, ConsistentRead=True)
        items.append(answer.get("Item"))
        return True

    _insist(fetch)
    return items[0]


def query(client: "DynamoDBClient", *, consistent: bool = True, **request: Any) -> list[Item]:
    """One page of a Query, insisted on like every other call. An index follows its table a little
    later: it cannot be asked to be consistent."""
    items: list[Item] = []

    def fetch() -> bool:
        answer = client.query(**request, ConsistentRead=consistent)
        items.extend(dict(item) for item in answer["Items"])
        return True

    _insist(fetch)
    return items


def query_all(client: "DynamoDBClient", *, most: int | None = None, **request: Any) -> list[Item]:
    """Every page of a consistent Query, for what is bounded by its nature; or until there are more items than `most`."""
    items: list[Item] = []
    start: Item | None = None

    def fetch() -> bool:
        nonlocal start
        if start:
            request["ExclusiveStartKey"] = start
        answer = client.query(**request, ConsistentRead=True)
        items.extend(dict(item) for item in answer["Items"])
        start = dict(answer.get("LastEvaluatedKey", {}))
        return True

    _insist(fetch)
    while start and (most is None or len(items) <= most):
        _insist(fetch)
    return items


def _matching(found: list[tuple[str, Item]], table: str, key: Item) -> Item | None:
    for owner, item in found:
        if owner == table and key.items() <= item.items():
            return item
    return None


def _insist(attempt: Callable[[], bool]) -> None:
    """Call until it returns true: at most TRIES times within PATIENCE_SECONDS, with full jitter.

    A lost reply is asked for again: every write is conditional, so that it cannot be done twice.
    Raises Unavailable when nothing was done, Unanswered when that is not known; the idempotency record then
    tells the next call.
    """
    unsure = False
    for pause in _pauses():
        if pause:
            time.sleep(pause)
        try:
            if attempt():
                return
        except ClientError as error:
            code = error.response["Error"]["Code"]
            if code not in BUSY:
                raise
            unsure = unsure or code in UNSURE
        except (HTTPClientError, NoConnection):
            unsure = True
    raise Unanswered("The database") if unsure else Unavailable("The database")


def _pauses() -> Iterator[float]:
    """How long to wait before each try: not at all, then longer; none that could end too late."""
    deadline = time.monotonic() + PATIENCE_SECONDS - (CONNECT_SECONDS + READ_SECONDS)
    yield 0
    for attempt in range(TRIES - 1):
        # Jitter keeps callers from meeting again; nothing here is a secret.
        pause = random() * FIRST_PAUSE_SECONDS * 2**attempt  # noqa: S311
        if time.monotonic() + pause > deadline:
            return
        yield pause


def _write_alone(client: "DynamoDBClient", write: Write) -> bool:
    """For half of what a transaction of one costs."""
    try:
        if write.action == "Put":
            client.put_item(**write.request)
        else:
            client.update_item(**write.request)
    except client.exceptions.ConditionalCheckFailedException as error:
        raise write.refusal(cast("Item | None", error.response.get("Item"))) from error
    return True


def _transact_once(client: "DynamoDBClient", writes: Sequence[Write], token: str) -> bool:
    """True when it is done, False when it is worth another try."""
    try:
        client.transact_write_items(
            TransactItems=[{write.action: write.request} for write in writes],  # type: ignore[misc]  # the key is one of four literals
            ClientRequestToken=token,
        )
    except client.exceptions.TransactionCanceledException as error:
        reasons = error.response["CancellationReasons"]
        failed = [
            (write, reason)
            for write, reason in zip(writes, reasons, strict=True)
            if reason["Code"] == "ConditionalCheckFailed"
        ]
        if failed:
            write, reason = failed[-1]
            raise write.refusal(cast("Item | None", reason.get("Item"))) from error
        if any(reason["Code"] in BUSY for reason in reasons):
            return False
        raise
    return True


def _conditional(request: dict[str, Any], condition: str, values: dict[str, Any]) -> dict[str, Any]:
    request |= {
        "ConditionExpression": condition,
        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
    }
    if values:
        request["ExpressionAttributeValues"] = {f":{name}": value for name, value in values.items()}
    return request
