"""The index is made again from all events: after a loss it finds what it found, and nothing erased."""

import json
from typing import Any

from insurance.dynamodb.aggregates import read_event
from insurance.dynamodb.codec import from_stream
from insurance.operations.delivery.index_event import index_event
from insurance.operations.delivery.ports import IndexPorts

from tests.support.driving.http import Json
from tests.support.lists import listed, searched
from tests.support.platform import Platform
from tests.support.search import ADA, PLATES, erase, insured
from tools.reindex import reindex

STAFF = "call-centre-test"


class Delivery:
    """Event delivery as Lambda calls it, with what the tool sends."""

    def __init__(self, platform: Platform) -> None:
        stores = platform.parts.stores
        self._ports = IndexPorts(
            platform.products, stores.sealed_facts, stores.index_keys, stores.search_index
        )

    def invoke(self, *, FunctionName: str, Payload: str) -> Json:  # noqa: N803 - AWS's own names
        assert FunctionName == "event-delivery"
        for item in json.loads(Payload)["Index"]:
            index_event(read_event(from_stream(item)), self._ports)
        return {}


def found(platform: Platform) -> list[Any]:
    plates = [
        searched(platform, "/v1/policies/search", STAFF, {"registration": plate})
        for plate in PLATES
    ]
    parties = searched(platform, "/v1/parties/search", STAFF, {"email": ADA["email"]})
    return [plates, parties, listed(platform, "/v1/policies", STAFF)]


def test_an_index_that_was_lost_is_made_again_and_brings_nothing_erased_back(platform):
    first, second = insured(platform), insured(platform, plate=PLATES[1])
    platform.deliver()
    erase(platform, first["party_id"])
    platform.deliver()
    before = found(platform)
    assert before[1] == [second["party_id"]]

    dynamodb, table = platform.parts.stores.client, platform.tables["search"]
    for item in dynamodb.scan(TableName=table)["Items"]:
        key = {name: item[name] for name in ("partition", "place")}
        dynamodb.delete_item(TableName=table, Key=key)
    assert found(platform) != before
    count = reindex(
        dynamodb, Delivery(platform), table=platform.tables["events"], function="event-delivery"
    )

    assert count == len(platform.events())
    assert found(platform) == before
