"""The stores of data intake: sources, batches, and rows by whom they name."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from insurance.dynamodb.store_parts import StoreParts

# A function loads the stores that it asks for and no other: every import below is inside its property.
if TYPE_CHECKING:
    from insurance.dynamodb.intake.batches import DynamoDBBatches
    from insurance.dynamodb.intake.person_rows import DynamoDBPersonRows
    from insurance.dynamodb.intake.sources import DynamoDBSources


class IntakeStores(StoreParts):
    """Each made when it is first asked for."""

    @cached_property
    def sources(self) -> DynamoDBSources:
        from insurance.dynamodb.intake.sources import DynamoDBSources

        return DynamoDBSources(self.client, self._tables, idempotency=self.staff_idempotency)

    @cached_property
    def batches(self) -> DynamoDBBatches:
        from insurance.dynamodb.intake.batches import DynamoDBBatches

        return DynamoDBBatches(
            self.client, self._tables, idempotency=self.staff_idempotency, keys=self.keys
        )

    @cached_property
    def person_rows(self) -> DynamoDBPersonRows:
        from insurance.dynamodb.intake.person_rows import DynamoDBPersonRows

        return DynamoDBPersonRows(self.client, self._tables, keys=self.keys)
