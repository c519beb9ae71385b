"""Read the ledger of one policy, exact, from its events."""

from dataclasses import dataclass
from datetime import datetime

from insurance.domain.core.errors import PolicyNotFound
from insurance.domain.ledger.export import ExportFormat, export
from insurance.domain.ledger.journal import JournalEntry
from insurance.domain.ledger.policy_ledger import PolicyLedger, build_policy_ledger
from insurance.domain.policy.conditions import Conditions
from insurance.operations.command import Query
from insurance.operations.ledger.ports import LedgerContext, LedgerPorts


@dataclass(frozen=True, slots=True)
class PolicyLedgerExport:
    """Every posting of a policy, as text."""

    policy_id: str
    format: ExportFormat
    text: str


def read_policy_ledger(
    policy_id: str, as_at: datetime | None, query: Query, ports: LedgerPorts
) -> PolicyLedger:
    """Read a policy's balances, what is earned at an instant, and the checks.

    `as_at` is the instant that earned premium is worked out for; None: now.

    Raises:
        PolicyNotFound: The policy does not exist, or the caller may not see it.
    """
    context = _load(policy_id, query, ports)
    policy, account = context.billing.policy.record, context.billing.account
    return build_policy_ledger(
        policy,
        account.record if account else None,
        context.events,
        at=as_at or query.now,
        conditions=Conditions.of(ports.products.version(policy.product)),
    )


def export_policy_ledger(
    policy_id: str, format: ExportFormat, query: Query, ports: LedgerPorts
) -> PolicyLedgerExport:
    """Export every posting of a policy as text.

    Raises:
        PolicyNotFound: The policy does not exist, or the caller may not see it.
    """
    events = _load(policy_id, query, ports).events
    streams = {event.stream for event in events}
    dates = {stream: ports.policy_ledgers.posting_dates(stream) for stream in streams}
    entries = [JournalEntry.of(event, dates[event.stream]) for event in events]
    return PolicyLedgerExport(policy_id, format, export(entries, format))


def _load(policy_id: str, query: Query, ports: LedgerPorts) -> LedgerContext:
    context = ports.policy_ledgers.load(policy_id)
    if not query.caller.sees(
        policy_id, context.billing.policy.record.partner, context.billing.policy.record.party
    ):
        raise PolicyNotFound(policy_id)
    return context
