"""The index is made again from all events: after a loss it finds what it found, and nothing erased."""

import json
from typing import Any

from insurance.domain.core.identity import party_id_for
from insurance.dynamodb.aggregates import read_event
from insurance.dynamodb.codec import from_stream
from insurance.dynamodb.search.stored_quotes import read_stored_quote
from insurance.operations.delivery.index_event import index_event, index_quote

from tests.support.driving.http import Json
from tests.support.lists import listed, searched
from tests.support.platform import Platform
from tests.support.search import ADA, PLATES, erase, insured, quoted
from tools.reindex import reindex

STAFF = "call-centre-test"


class Delivery:
    """Event delivery as Lambda calls it, with what the tool sends."""

    def __init__(self, platform: Platform) -> None:
        self._ports = platform.index_ports()

    def invoke(self, *, FunctionName: str, Payload: str) -> Json:  # noqa: N803 - AWS's own names
        assert FunctionName == "event-delivery"
        for item in map(from_stream, json.loads(Payload)["Index"]):
            if "stream" in item:
                index_event(read_event(item), self._ports)
            elif quote := read_stored_quote(item):
                index_quote(quote, self._ports)
        return {}


def found(platform: Platform) -> list[Any]:
    plates = [
        searched(platform, "/v1/policies/search", STAFF, {"registration": plate})
        for plate in PLATES
    ]
    parties = searched(platform, "/v1/parties/search", STAFF, {"email": ADA["email"]})
    lists = [listed(platform, path, STAFF) for path in ("/v1/policies", "/v1/quotes")]
    return [plates, parties, *lists]


def test_an_index_that_was_lost_is_made_again_and_brings_nothing_erased_back(platform):
    first, second = insured(platform), insured(platform, plate=PLATES[1])
    third = quoted(platform, plate=PLATES[2])
    platform.deliver()
    erase(platform, first["party_id"])
    platform.deliver()
    before = found(platform)
    assert sorted(before[1]) == sorted([second["party_id"], party_id_for(third["id"])])

    dynamodb, table = platform.parts.stores.client, platform.tables["search"]
    for item in dynamodb.scan(TableName=table)["Items"]:
        key = {name: item[name] for name in ("partition", "place")}
        dynamodb.delete_item(TableName=table, Key=key)
    assert found(platform) != before
    count = reindex(
        dynamodb,
        Delivery(platform),
        events=platform.tables["events"],
        quotes=platform.tables["quotes"],
        function="event-delivery",
    )

    of_quotes = [event for event in platform.events() if event.stream.startswith("quo_")]
    assert count == len(platform.events()) - len(of_quotes) + 3
    assert found(platform) == before
