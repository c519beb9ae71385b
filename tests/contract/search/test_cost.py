"""A page costs one query, and as much on a book of ten thousand policies as on one of a hundred."""

from contextlib import closing
from itertools import batched
from typing import TYPE_CHECKING

from insurance.api.paging import Page
from insurance.domain.core.identity import Mode, new_quote_id, party_id_for, policy_id_for
from insurance.domain.search.entry import (
    ObjectKind,
    PartyPlace,
    SearchField,
    SearchKey,
    key_partition,
    list_partition,
    place_of,
)
from insurance.domain.search.summaries import PolicySummary
from insurance.dynamodb import codec
from insurance.operations.delivery.ports import PartyLinks
from insurance.operations.search.find_objects import find_objects
from insurance.operations.search.list_objects import ListFilter, list_objects
from insurance.operations.search.ports import SearchPorts

from bench.meter.tally import Meter, Tally
from tests.support.builders import NOW, PARTNER, make_policy, make_query
from tests.support.engine import ITEMS_PER_BATCH, make_tables
from tests.support.lean_client import LeanClient
from tests.support.stores import on_dynamodb

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

FEW, MANY = 100, 10_000
PLATE = SearchKey(SearchField.REGISTRATION, "AB12CDE")
OWNER = party_id_for(new_quote_id(Mode.TEST, "seed", "owner"))
"""A fleet's party, with another one merged into it."""


def test_a_page_is_one_query_and_costs_the_same_at_any_size_of_the_book(
    dynamodb: "DynamoDBClient",
):
    tables = make_tables(dynamodb)
    stores = on_dynamodb(dynamodb, tables)
    ports = SearchPorts(stores.lists, stores.index_keys)
    by_plate = key_partition(Mode.TEST, ObjectKind.POLICIES, PLATE, stores.index_keys.token)
    listed = list_partition(Mode.TEST, ObjectKind.POLICIES, PARTNER.partner)
    of_owner = PartyPlace(ObjectKind.POLICIES, OWNER, "").listed_for(OWNER).partition
    meter = Meter({})
    meter.listen(dynamodb)

    merged = PartyLinks(members=(party_id_for(new_quote_id(Mode.TEST, "seed", "other")),))
    stores.index.regroup(OWNER, 2, merged)

    def costs() -> list[Tally]:
        found = []
        for after in ("", place_of(NOW)):
            page = Page("", after, 20)
            with meter.measuring() as of_list:
                listing = list_objects(ObjectKind.POLICIES, ListFilter(), page, make_query(), ports)
            with meter.measuring() as of_search:
                finding = find_objects(ObjectKind.POLICIES, PLATE, page, make_query(), ports)
            wanted = ListFilter(keys=(SearchKey(SearchField.PARTY, OWNER),))
            with meter.measuring() as of_party:
                owned = list_objects(ObjectKind.POLICIES, wanted, page, make_query(), ports)
            assert len(listing.items) == len(finding.items) == len(owned.items) == 20
            found += [of_list, of_search, of_party]
        return found

    partitions = (listed, by_plate, of_owner)
    seed(dynamodb, tables["search"], partitions, range(FEW))
    few = costs()
    seed(dynamodb, tables["search"], partitions, range(FEW, MANY))
    many = costs()
    meter.leave(dynamodb)

    assert [tally.round_trips for tally in few] == [1] * len(few)
    assert [tally.cost for tally in many] == [tally.cost for tally in few]


def seed(
    dynamodb: "DynamoDBClient", table: str, partitions: tuple[str, ...], numbers: range
) -> None:
    """Places of policies that are alike but for their ids, in each partition."""
    row = codec.pack(PolicySummary.of(make_policy()).split_personal()[0])
    puts = []
    for number in numbers:
        place = place_of(NOW, policy_id_for(new_quote_id(Mode.TEST, "seed", str(number))))
        for partition in partitions:
            key = f"{PARTNER.partner}#{place}" if "#key#" in partition else place
            item = {
                "partition": codec.text(partition),
                "place": codec.text(key),
                "row": codec.binary(row),
            }
            puts.append({"PutRequest": {"Item": item}})
    with closing(LeanClient(dynamodb.meta.endpoint_url)) as engine:
        for some in batched(puts, ITEMS_PER_BATCH, strict=False):
            engine.batch_write_item(RequestItems={table: list(some)})
