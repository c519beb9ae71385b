"""Stores of what becomes of events: their delivery, the feed and the audit."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from insurance.dynamodb.store_parts import StoreParts

# As in `stores`: every import below is inside its property.
if TYPE_CHECKING:
    from insurance.dynamodb.audit.audit_records import DynamoDBAuditRecords
    from insurance.dynamodb.audit.recorded_events import DynamoDBRecordedEvents
    from insurance.dynamodb.delivery.deliveries import DynamoDBDeliveries
    from insurance.dynamodb.delivery.stored_events import DynamoDBStoredEvents
    from insurance.dynamodb.notifications.feeds import DynamoDBFeeds


class EventStores(StoreParts):
    """Each store, made when it is first asked for."""

    @cached_property
    def deliveries(self) -> DynamoDBDeliveries:
        from insurance.dynamodb.delivery.deliveries import DynamoDBDeliveries

        return DynamoDBDeliveries(self.client, self._tables)

    @cached_property
    def stored_events(self) -> DynamoDBStoredEvents:
        from insurance.dynamodb.delivery.stored_events import DynamoDBStoredEvents

        return DynamoDBStoredEvents(self.client, self._tables)

    @cached_property
    def audit_records(self) -> DynamoDBAuditRecords:
        from insurance.dynamodb.audit.audit_records import DynamoDBAuditRecords

        return DynamoDBAuditRecords(self.client, self._tables)

    @cached_property
    def recorded_events(self) -> DynamoDBRecordedEvents:
        from insurance.dynamodb.audit.recorded_events import DynamoDBRecordedEvents

        return DynamoDBRecordedEvents(self.client, self._tables)

    @cached_property
    def feeds(self) -> DynamoDBFeeds:
        from insurance.dynamodb.notifications.feeds import DynamoDBFeeds

        return DynamoDBFeeds(self.client, self._tables)
