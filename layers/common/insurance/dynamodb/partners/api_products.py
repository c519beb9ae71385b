"""API products in the table of partners, and what the authorizer reads of those that are deprecated."""

from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import TYPE_CHECKING, Any, Final

from insurance.access.notices import notice_id
from insurance.api_products import API_PRODUCTS
from insurance.domain.core.errors import StaleRevision
from insurance.domain.core.event import Event
from insurance.domain.core.identity import Mode, api_product_id_for
from insurance.domain.core.stored import Stored
from insurance.domain.partner.api_product import ApiProductLife
from insurance.dynamodb import aggregates, codec
from insurance.dynamodb.codec import Item
from insurance.dynamodb.idempotency_records import IdempotencyRecords
from insurance.dynamodb.kinds import API_PRODUCT_NOTICE, SUBSCRIPTION
from insurance.dynamodb.tables import Tables
from insurance.dynamodb.transaction import Write, load, put, query, transact
from insurance.operations.command import Command

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

LIST: Final = "list"
"""The index of what the table lists; `partners` says how."""
PAGE: Final = 100


class DynamoDBSubscribers:
    """The port `Subscribers` on DynamoDB."""

    def __init__(self, client: "DynamoDBClient", tables: Tables) -> None:
        self._client = client
        self._tables = tables

    def partners_with(self, mode: Mode, product: str) -> Iterator[str]:
        rows = (item["partner"]["S"] for item in self._rows(mode, product))
        return (partner for partner, _ in groupby(rows))

    def _rows(self, mode: Mode, product: str) -> Iterator[Item]:
        """In the order of their partners, page by page."""
        after = ""
        while True:
            page = query(
                self._client,
                consistent=False,
                TableName=self._tables.partners,
                IndexName=LIST,
                KeyConditionExpression="#list = :list AND code > :after",
                ExpressionAttributeNames={"#list": LIST},
                ExpressionAttributeValues={
                    ":list": codec.text(subscribers_list(mode, product)),
                    ":after": codec.text(after or " "),
                },
                Limit=PAGE,
            )
            yield from page
            if len(page) < PAGE:
                return
            after = page[-1]["code"]["S"]


class DynamoDBApiProducts(DynamoDBSubscribers):
    """The port `ApiProducts` on DynamoDB."""

    def __init__(
        self, client: "DynamoDBClient", tables: Tables, *, idempotency: IdempotencyRecords
    ) -> None:
        super().__init__(client, tables)
        self._idempotency = idempotency

    def lives(self, mode: Mode) -> Mapping[str, Stored[ApiProductLife]]:
        keys = [(self._tables.partners, _key(mode, code)) for code in API_PRODUCTS]
        found = zip(API_PRODUCTS, load(self._client, keys), strict=True)
        return {
            code: aggregates.read_stored(ApiProductLife, item, None)
            for code, item in found
            if item is not None
        }

    def load(self, product: str, command: Command) -> Stored[ApiProductLife] | None:
        item, earlier = load(
            self._client,
            [
                (self._tables.partners, _key(command.caller.mode, product)),
                self._idempotency.key(command.idempotency),
            ],
        )
        self._idempotency.check(command.idempotency, earlier)
        return aggregates.read_stored(ApiProductLife, item, None) if item else None

    def store(
        self,
        event: Event,
        life: ApiProductLife,
        before: Stored[ApiProductLife] | None,
        command: Command,
    ) -> None:
        def stale(_item: Item | None) -> Exception:
            return StaleRevision(life.code)

        tables = self._tables
        transact(
            self._client,
            [
                *aggregates.moved(tables.partners, tables.events, event, before, stale, {}),
                *self._notice(life, stale),
                self._idempotency.keep(command.idempotency),
            ],
        )

    def _notice(self, life: ApiProductLife, stale: Any) -> list[Write]:
        """What the authorizer reads. The aggregate's own condition, beside it, says who is first."""
        item = notice_row(life)
        if item is None:
            return []
        condition = "attribute_not_exists(id) OR product = :product"
        return [
            put(
                self._tables.applications,
                item,
                stale,
                condition=condition,
                product=item["product"],
            )
        ]


def notice_row(life: ApiProductLife) -> Item | None:
    """A deprecated API product as the authorizer reads it; None: it is not deprecated."""
    served = life.served
    if served is None or served.deprecated_at is None or served.sunset_at is None:
        return None
    return {
        "id": codec.text(notice_id(life.mode, life.code)),
        "v": API_PRODUCT_NOTICE.mark,
        "product": codec.text(life.code),
        "deprecated_at": codec.epoch_seconds(served.deprecated_at),
        "sunset_at": codec.epoch_seconds(served.sunset_at),
        "successor": codec.text(served.successor),
    }


def subscription_row(
    application_id: str, partner: str, mode: Mode, product: str, *, is_subscribed: bool
) -> Item:
    """That an application has an API product; one that it has no longer is in no list."""
    row: Item = {
        "id": codec.text(f"{application_id} {product}"),
        "v": SUBSCRIPTION.mark,
        "partner": codec.text(partner),
        "code": codec.text(f"{partner} {application_id}"),
    }
    listed = {LIST: codec.text(subscribers_list(mode, product))}
    return row | listed if is_subscribed else row


def subscribers_list(mode: Mode, product: str) -> str:
    return f"{mode}#with {product}"


def _key(mode: Mode, product: str) -> Item:
    return {"id": codec.text(api_product_id_for(mode, product))}
