"""The kind `policies`: a row is a policy in force of another system. It waits for its cut-over."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, ClassVar

from pydantic_core import to_json

from insurance.domain.contract.proration import HALF_UP, earned
from insurance.domain.core.errors import QuoteNotFound
from insurance.domain.core.identity import new_quote_id
from insurance.domain.core.stored import Stored
from insurance.domain.intake.batch import DataBatch
from insurance.domain.intake.figures import PolicyFigures
from insurance.domain.intake.made import MadeStatus
from insurance.domain.policy.conditions import Conditions
from insurance.domain.policy.migrated import policy_of
from insurance.domain.quote.quote import Quote
from insurance.operations.command import Command
from insurance.operations.intake.kinds import Made, RowCall
from insurance.operations.policy.migrate_policy import (
    Origin,
    PolicyInput,
    account_of,
    read_migrated,
    stage_policy,
)
from insurance.operations.policy.migration_ports import MigrationPorts


@dataclass(frozen=True, slots=True)
class PolicyRows:
    """Rows that become policies, when their batch is cut over."""

    ports: MigrationPorts
    read: Callable[[Mapping[str, Any], datetime], PolicyInput]
    """A mapped row as a policy in force. Raises InvalidFields."""
    operation: ClassVar[str] = "migratePolicy"

    def key(self, batch: DataBatch, number: int) -> str:
        """By the batch: what a batch brought and took back, another may bring. A number there is one policy's."""
        return key_in_batch(batch, number)

    def check(self, record: Mapping[str, Any], call: RowCall) -> Made:
        """What the policy would be.

        Raises:
            PartyNotFound: The named party does not exist, or belongs to another partner.
            AlreadyErased: The named party was erased.
            PartyDiffers: Other details are stored for the party.
            ProcessingRestricted: The party demanded that their data are used for nothing new.
            ProductNotFound: No such product is on sale.
            InvalidFields: The policy does not fit.
        """
        given = self.read(record, call.command.now)
        migrated = read_migrated(given, origin_of(call.batch), call.command, self.ports)
        return self._made(migrated.quote, call.command)

    def take(self, record: Mapping[str, Any], call: RowCall) -> Stored[Any]:
        given = self.read(record, call.command.now)
        return stage_policy(given, origin_of(call.batch), call.command, self.ports)

    def made(self, stored: Stored[Any], command: Command) -> Made:
        return self._made(stored.record, command)

    def find(self, _record: Mapping[str, Any], call: RowCall) -> tuple[str, datetime] | None:
        command = call.command
        quote_id = new_quote_id(command.caller.mode, command.actor, command.idempotency.key)
        try:
            quote = self.ports.quoting.quotes.load(quote_id, command).record
        except QuoteNotFound:
            return None
        return quote.id, quote.created_at

    def _made(self, quote: Quote, command: Command) -> Made:
        """With its figures on the day of the cut-over, by our rules, and a digest of all that is not personal."""
        policy = policy_of(quote)
        product = self.ports.quoting.products.version(policy.product)
        if policy.migration is None:
            raise ValueError(f"{policy.id} comes from no other system")
        account = account_of(policy, product, command)
        conditions = Conditions.of(product)
        by_then = earned(
            policy.earnings(),
            policy.migration.cut_over_at,
            day_count=conditions.day_count,
            zone=conditions.zone,
        )
        written, paid = policy.written, policy.migration.paid
        figures = PolicyFigures(
            product=product.code,
            currency=written.currency,
            written=written.amount,
            unearned=written.amount - HALF_UP.rounded(by_then),
            outstanding=(account.owed(policy) - paid).amount,
            paid=paid.amount,
        )
        digest = sha256(to_json(policy.split_personal()[0])).hexdigest()
        return Made(id=quote.id, status=MadeStatus.MIGRATING, figures=figures, digest=digest)


def key_in_batch(batch: DataBatch, number: int) -> str:
    """The key of a row's call, where each batch takes its rows for itself."""
    return f"{batch.id} {number}"


def origin_of(batch: DataBatch) -> Origin:
    """What a policy says of the batch that it comes by."""
    if batch.cut_over_on is None:
        raise ValueError(f"{batch.id} has no day of its cut-over")
    return Origin(batch.source, batch.id, batch.cut_over_on)
