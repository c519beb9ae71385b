"""Growth: what a command costs on a book of a hundred policies and on one of a hundred thousand."""

import base64
import itertools
import json
import multiprocessing
from collections.abc import Callable, Mapping
from http import HTTPStatus
from http.client import HTTPConnection
from typing import TYPE_CHECKING, Any

from bench import machine
from bench.meter import ours
from bench.meter.ours import Cost, Handlers
from bench.meter.tally import Meter

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

type Json = dict[str, Any]
type Say = Callable[[str], None]

SIZES = (100, 1_000, 10_000, 100_000)
ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
BATCH = 25
SEEDERS = 2
SUFFIX = "@suffix@"
HEADERS = {
    "Authorization": "AWS4-HMAC-SHA256 Credential=bench/20261122/eu-west-2/dynamodb/aws4_request,"
    " SignedHeaders=host, Signature=none",
    "Content-Type": "application/x-amz-json-1.0",
    "X-Amz-Date": "20261122T000000Z",
    "X-Amz-Target": "DynamoDB_20120810.BatchWriteItem",
}


def measure(
    call: Handlers, meter: Meter, database: str, *, sizes: tuple[int, ...] = SIZES, say: Say
) -> dict[int, dict[str, Cost]]:
    """The cost of every command at each size of the book."""
    patterns = pattern(call, machine.client(database))
    found, seeded = {}, 0
    for size in sizes:
        seed(database, patterns, range(seeded, size))
        seeded = size
        say(f"growth: {size:,} policies")
        found[size] = ours.measure(call, meter, lives=2, mark=f"of-{size}").by_command
    return found


def slopes(found: Mapping[int, Mapping[str, Cost]]) -> dict[str, tuple[float, float, float]]:
    """Per command, the least-squares slope of read units, write units and round trips."""
    sizes = list(found)
    middle = sum(sizes) / len(sizes)
    spread = sum((size - middle) ** 2 for size in sizes)

    def slope(values: list[float]) -> float:
        mean = sum(values) / len(values)
        rise = sum((s - middle) * (v - mean) for s, v in zip(sizes, values, strict=True))
        return rise / spread

    return {
        command: (
            slope([float(found[size][command].read_units) for size in sizes]),
            slope([float(found[size][command].write_units) for size in sizes]),
            slope([float(found[size][command].round_trips) for size in sizes]),
        )
        for command in found[sizes[0]]
    }


def seed(database: str, patterns: list[tuple[str, Json]], numbers: range) -> None:
    """Copies of one life's items under other ids, by BatchWriteItem, from several processes."""
    if not numbers:
        return
    step = -(-len(numbers) // SEEDERS)
    parts = [numbers[start : start + step] for start in range(0, len(numbers), step)]
    context = multiprocessing.get_context("spawn")
    seeders = [context.Process(target=_seed, args=(database, patterns, part)) for part in parts]
    for seeder in seeders:
        seeder.start()
    for seeder in seeders:
        seeder.join()
        if seeder.exitcode != 0:
            raise RuntimeError(f"seeding ended with {seeder.exitcode}")


def _seed(database: str, patterns: list[tuple[str, Json]], numbers: range) -> None:
    """BatchWriteItem over one kept connection: botocore would take longer than the engine."""
    connection = HTTPConnection(database.removeprefix("http://"), timeout=60)
    texts = [(table, json.dumps({"PutRequest": {"Item": item}})) for table, item in patterns]
    items = (
        (table, text.replace(SUFFIX, _suffix(number)))
        for number in numbers
        for table, text in texts
    )
    while batch := list(itertools.islice(items, BATCH)):
        asked: dict[str, list[str]] = {}
        for table, text in batch:
            asked.setdefault(table, []).append(text)
        tables = ",".join(f'"{table}":[{",".join(puts)}]' for table, puts in asked.items())
        connection.request("POST", "/", f'{{"RequestItems":{{{tables}}}}}', HEADERS)
        response = connection.getresponse()
        answer = json.loads(response.read())
        if response.status != HTTPStatus.OK or answer.get("UnprocessedItems"):
            raise RuntimeError(f"the engine took only a part: {answer}")


def pattern(call: Handlers, dynamodb: "DynamoDBClient") -> list[tuple[str, Json]]:
    """The items that a policy stands in, as JSON, their suffix marked: header, event, party, quote."""
    policy = ours.issued(call, "pattern")
    ids = {policy["quote_id"], policy["id"], policy["party_id"]}
    return [
        (table, _marked(item))
        for table in dynamodb.list_tables()["TableNames"]
        for item in dynamodb.scan(TableName=table)["Items"]
        if item.get("id", {}).get("S") in ids or item.get("stream", {}).get("S") == policy["id"]
    ]


def _marked(item: Mapping[str, Any]) -> Json:
    """The same item for any policy: what is sealed or packed inside is read by nobody here."""
    marked: Json = {}
    for name, value in item.items():
        if "B" in value:
            marked[name] = {"B": base64.b64encode(value["B"]).decode()}
        elif name in {"id", "stream"}:
            marked[name] = {"S": value["S"].rsplit("_", 1)[0] + "_" + SUFFIX}
        else:
            marked[name] = value
    return marked


def _suffix(number: int) -> str:
    """Sixteen letters spread over the key space, as those of real quotes are."""
    spread = (number * 0x9E3779B97F4A7C15 + 1) % 2**80
    return "".join(ALPHABET[spread >> 5 * place & 31] for place in range(16))
