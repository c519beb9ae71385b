"""Lists and searches: what a page costs where the index has a hundred entries, and a hundred thousand."""

import base64
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from importlib import import_module
from typing import TYPE_CHECKING, Any

from bench import growth, machine, requests
from bench.meter import ours
from bench.meter.ours import Cost, Handlers
from bench.meter.tally import Meter

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

type Json = dict[str, Any]
type Say = Callable[[str], None]

SIZES = (100, 100_000)
PAGES = ("first", "second")
PAGE = 50


def measure(
    call: Handlers, meter: Meter, database: str, *, sizes: tuple[int, ...] = SIZES, say: Say
) -> dict[int, dict[str, Cost]]:
    """The cost of two pages of each kind of list and search, at each number of entries in its partition."""
    patterns = _pattern(call, machine.client(database))
    found: dict[int, dict[str, Cost]] = {}
    seeded = 0
    for size in sizes:
        growth.seed(database, patterns, range(seeded, size))
        seeded = size
        say(f"lists: {size:,} entries")
        found[size] = dict(_costs(call, meter))
    return found


def queries(found: Mapping[int, Mapping[str, Cost]]) -> int:
    """The most calls of the database that any page took."""
    return max(cost.round_trips for costs in found.values() for cost in costs.values())


def _costs(call: Handlers, meter: Meter) -> Iterator[tuple[str, Cost]]:
    for name, ask in requests.listings(PAGE).items():
        call(ask)  # reads what the process holds for a minute: no part of a page, at any size
        query = dict(ask.query or {})
        for page in PAGES:
            cost = Cost(f"{name}, {page} page")
            with meter.measuring() as tally:
                answer = call(replace(ask, query=query))
            if len(answer["items"]) != PAGE:
                raise RuntimeError(f"{cost.name} has {len(answer['items'])} items")
            cost.add(tally)
            yield cost.name, cost
            query["after"] = answer["next"]


def _pattern(call: Handlers, dynamodb: "DynamoDBClient") -> list[tuple[str, Json]]:
    """The places of one policy in the index, as JSON, the letters of its id marked."""
    policy = ours.issued(call, "listed")
    bundles, codec = (
        import_module("insurance.delivery_bundles"),
        import_module("insurance.dynamodb.codec"),
    )
    aggregates = import_module("insurance.dynamodb.aggregates")
    indexing = import_module("insurance.operations.delivery.index_event")
    ports = bundles.index_ports()
    [events] = [name for name in dynamodb.list_tables()["TableNames"] if "EventsTable" in name]
    first = {"stream": codec.text(policy["id"]), "sequence": codec.number(1)}
    issued = dynamodb.get_item(TableName=events, Key=first)["Item"]
    indexing.index_event(aggregates.read_event(issued), ports)
    [table] = [name for name in dynamodb.list_tables()["TableNames"] if "SearchTable" in name]
    return [
        (table, _marked(item, policy["id"].rpartition("_")[2]))
        for item in dynamodb.scan(TableName=table)["Items"]
        if policy["id"] in item["place"]["S"] and _is_measured(item["partition"]["S"])
    ]


def _is_measured(partition: str) -> bool:
    """Whether a page of this partition is read here: of a partner's policies, of those of a status, or of a
    plate that very many have."""
    is_list = "#list#" in partition and (partition.endswith("#") or "status=" in partition)
    return "#registration#" in partition or (is_list and "#list#*#" not in partition)


def _marked(item: Mapping[str, Any], letters: str) -> Json:
    """The same place for any policy: what is packed inside is read by nobody here."""
    marked: Json = {}
    for name, value in item.items():
        if "B" in value:
            marked[name] = {"B": base64.b64encode(value["B"]).decode()}
        elif "S" in value:
            marked[name] = {"S": value["S"].replace(letters, growth.SUFFIX)}
        else:
            marked[name] = value
    return marked
