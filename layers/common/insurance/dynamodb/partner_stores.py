"""The stores of partners: who they are, what they have, and what they call."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from insurance.dynamodb.store_parts import StoreParts

# A function loads the stores that it asks for and no other: every import below is inside its property.
if TYPE_CHECKING:
    from insurance.dynamodb.partners.api_products import DynamoDBApiProducts, DynamoDBSubscribers
    from insurance.dynamodb.partners.partners import DynamoDBPartners
    from insurance.dynamodb.partners.registry import DynamoDBRegistry
    from insurance.dynamodb.usage.meter import DynamoDBMeter


class PartnerStores(StoreParts):
    """Each made when it is first asked for."""

    @cached_property
    def partners(self) -> DynamoDBPartners:
        from insurance.dynamodb.partners.partners import DynamoDBPartners

        return DynamoDBPartners(self.client, self._tables, idempotency=self.staff_idempotency)

    @cached_property
    def registry(self) -> DynamoDBRegistry:
        from insurance.dynamodb.partners.registry import DynamoDBRegistry

        return DynamoDBRegistry(self.client, self._tables)

    @cached_property
    def meter(self) -> DynamoDBMeter:
        from insurance.dynamodb.usage.meter import DynamoDBMeter

        return DynamoDBMeter(self.client, self._tables)

    @cached_property
    def api_products(self) -> DynamoDBApiProducts:
        from insurance.dynamodb.partners.api_products import DynamoDBApiProducts

        return DynamoDBApiProducts(self.client, self._tables, idempotency=self.staff_idempotency)

    @cached_property
    def subscribers(self) -> DynamoDBSubscribers:
        from insurance.dynamodb.partners.api_products import DynamoDBSubscribers

        return DynamoDBSubscribers(self.client, self._tables)
