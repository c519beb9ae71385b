"""Partners and applications in their table, and the rows by which the authorizer admits applications."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from insurance.domain.core.classification import Record
from insurance.domain.core.errors import (
    ApplicationNotFound,
    CodeTaken,
    FieldFault,
    InvalidFields,
    StaleRevision,
)
from insurance.domain.core.event import Event
from insurance.domain.core.identity import Mode, partner_id_for
from insurance.domain.core.stored import Stored
from insurance.domain.partner.application import PartnerApplication, PartnerPlan
from insurance.domain.partner.partner import SUBJECT, DeveloperStep, Partner
from insurance.dynamodb import aggregates, codec
from insurance.dynamodb.codec import Item
from insurance.dynamodb.idempotency_records import IdempotencyRecords
from insurance.dynamodb.kinds import APPLICATION_ROW
from insurance.dynamodb.partners.api_products import subscription_row
from insurance.dynamodb.partners.registry import DynamoDBRegistry, key_of
from insurance.dynamodb.tables import Tables
from insurance.dynamodb.transaction import Write, load, put, query, transact
from insurance.operations.command import Command
from insurance.operations.listing import ListEntry, ListRange
from insurance.operations.partners.ports import DeveloperChange

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

LIST = "list"
"""The index of partners, and of each partner's applications, by their codes."""
PARTNERS = "partners"


class DynamoDBPartners(DynamoDBRegistry):
    """The port `Partners` on DynamoDB."""

    def __init__(
        self, client: "DynamoDBClient", tables: Tables, *, idempotency: IdempotencyRecords
    ) -> None:
        super().__init__(client, tables)
        self._idempotency = idempotency

    def partners(self, mode: Mode, part: ListRange) -> Sequence[ListEntry[Partner]]:
        return self._listed(Partner, _list(mode, PARTNERS), part)

    def applications(
        self, mode: Mode, partner: str, part: ListRange
    ) -> Sequence[ListEntry[PartnerApplication]]:
        return self._listed(PartnerApplication, _list(mode, f"of {partner}"), part)

    def load_partner(self, code: str, command: Command) -> Stored[Partner] | None:
        item = self._load(partner_id_for(command.caller.mode, code), command)
        return aggregates.read_stored(Partner, item, None) if item else None

    def load_application(self, application_id: str, command: Command) -> Stored[PartnerApplication]:
        """An application, in one read with the command's idempotency record.

        Raises:
            ApplicationNotFound: There is none.
        """
        item = self._load(application_id, command)
        if item is None:
            raise ApplicationNotFound(application_id)
        return aggregates.read_stored(PartnerApplication, item, None)

    def register(self, event: Event, partner: Partner, command: Command) -> None:
        def taken(_item: Item | None) -> Exception:
            return CodeTaken("partner", partner.code)

        columns = {LIST: _list(event.mode, PARTNERS), "code": codec.text(partner.code)}
        transact(self._client, [*self._moved(event, None, taken, columns), *self._answer(command)])

    def change_developer(
        self,
        event: Event,
        partner: Partner,
        change: DeveloperChange,
        before: Stored[Partner],
        command: Command,
    ) -> None:
        def stale(_item: Item | None) -> Exception:
            return StaleRevision(partner.code)

        def elsewhere(_item: Item | None) -> Exception:
            taken = FieldFault(
                SUBJECT, "in-another-team", "The person is in another team: it removes them first."
            )
            return InvalidFields([taken])

        columns = {LIST: _list(event.mode, PARTNERS), "code": codec.text(partner.code)}
        row = developer_row(partner, change, event.mode)
        transact(
            self._client,
            [
                *self._moved(event, before, stale, columns),
                put(
                    self._tables.applications,
                    row,
                    elsewhere,
                    condition="attribute_not_exists(team) OR team = :team",
                    team=codec.text(partner.id),
                ),
                *self._answer(command),
            ],
        )

    def store(
        self,
        event: Event,
        application: PartnerApplication,
        before: Stored[PartnerApplication] | None,
        command: Command,
    ) -> None:
        def refusal(_item: Item | None) -> Exception:
            if before is None:
                return CodeTaken("application", application.code)
            return StaleRevision(application.id)

        of_partner = _list(event.mode, f"of {application.partner}")
        columns = {LIST: of_partner, "code": codec.text(application.code)}
        transact(
            self._client,
            [
                *self._moved(event, before, refusal, columns),
                *self._admission(application, refusal),
                *self._subscriptions(before, application, refusal),
                *self._answer(command),
            ],
        )

    def record_answer(self, command: Command) -> None:
        transact(self._client, self._answer(command))

    def _moved(
        self, event: Event, before: Stored[Any] | None, refusal: Any, columns: Item
    ) -> list[Write]:
        tables = self._tables
        return aggregates.moved(tables.partners, tables.events, event, before, refusal, columns)

    def _admission(self, application: PartnerApplication, refusal: Any) -> list[Write]:
        """The row that the authorizer reads, once there is a client that it may be asked about."""
        if not application.client_id:
            return []
        item = admission_row(application)
        return [
            put(
                self._tables.applications,
                item,
                refusal,
                condition="attribute_not_exists(id) OR application = :application",
                application=item["application"],
            )
        ]

    def _subscriptions(
        self, before: Stored[PartnerApplication] | None, now: PartnerApplication, refusal: Any
    ) -> list[Write]:
        """The rows by which who has an API product is found: those that change."""
        had, has = before.record.subscriptions if before else frozenset(), now.subscriptions
        return [
            put(
                self._tables.partners,
                subscription_row(now.id, now.partner, now.mode, code, is_subscribed=code in has),
                refusal,
                condition="attribute_not_exists(id) OR partner = :partner",
                partner=codec.text(now.partner),
            )
            for code in sorted(had ^ has)
        ]

    def _answer(self, command: Command) -> list[Write]:
        """The command's answer, if it has one yet: a step before the last has none."""
        if command.idempotency.answer is None:
            return []
        return [self._idempotency.keep(command.idempotency)]

    def _load(self, id: str, command: Command) -> Item | None:
        item, earlier = load(
            self._client,
            [(self._tables.partners, key_of(id)), self._idempotency.key(command.idempotency)],
        )
        self._idempotency.check(command.idempotency, earlier)
        return item

    def _listed[R: Record](
        self, kind: type[R], key: Item, part: ListRange
    ) -> Sequence[ListEntry[R]]:
        condition, values = "#list = :list", {":list": key}
        names = {"#list": LIST}
        if part.after:
            condition += " AND code > :after"
            values[":after"] = codec.text(part.after)
        items = query(
            self._client,
            consistent=False,
            TableName=self._tables.partners,
            IndexName=LIST,
            KeyConditionExpression=condition,
            ExpressionAttributeNames=names,
            ExpressionAttributeValues=values,
            Limit=part.limit,
        )
        return [
            ListEntry(item["code"]["S"], aggregates.read_stored(kind, item, None).record)
            for item in items
        ]


def admission_row(application: PartnerApplication) -> Item:
    """An application as the authorizer reads it: `functions/authorizer` says what each column means."""
    row: Item = {
        "id": codec.text(application.client_id),
        "v": APPLICATION_ROW.mark,
        "application": codec.text(application.id),
        "partner": codec.text(application.partner),
        "status": codec.text(application.status),
        "mode": codec.text(application.mode),
        "plan": codec.text(application.plan),
        "products": {"SS": [product.value for product in application.products]},
        "scopes": {"SS": [scope.value for scope in application.scopes]},
    }
    if application.per_month is not None:
        row["per_month"] = codec.number(application.per_month)
    if application.is_keyed_by_plan:
        row["keyed"] = {"BOOL": True}
    if application.is_portal:
        row["portal"] = {"BOOL": True}
    if application.issuer:
        row["issuer"] = codec.text(application.issuer)
    if application.proof:
        row["binding"] = codec.text(application.proof.method)
        row["thumbprints"] = {"SS": list(application.proof.thumbprints)}
    return row


def developer_row(partner: Partner, change: DeveloperChange, mode: Mode) -> Item:
    """A person of a partner's team as the authorizer reads them, in the place of an application's client."""
    is_member = change.step is not DeveloperStep.REMOVE
    return {
        "id": codec.text(change.developer_id),
        "v": APPLICATION_ROW.mark,
        "application": codec.text(change.developer_id),
        # Not `partner`: who appoints a broker counts the rows that have it (its index) as applications.
        "developer_of": codec.text(partner.code),
        "status": codec.text("active" if is_member else "removed"),
        "role": codec.text(change.role),
        "mode": codec.text(mode),
        "plan": codec.text(PartnerPlan.BRONZE),
        **({"team": codec.text(partner.id)} if is_member else {}),
    }


def _list(mode: Mode, name: str) -> dict[str, str]:
    return codec.text(f"{mode}#{name}")
