"""Read the ledger of one policy, exact, from its events."""

from datetime import datetime

from insurance.domain.core.caller import Caller
from insurance.domain.core.errors import PolicyNotFound
from insurance.domain.ledger.export import ExportFormat, export
from insurance.domain.ledger.journal import JournalEntry
from insurance.domain.ledger.policy_ledger import PolicyLedger, build_policy_ledger
from insurance.domain.policy.conditions import Conditions
from insurance.operations.ledger.ports import LedgerContext, PolicyLedgers
from insurance.operations.products.ports import Products


def read_policy_ledger(
    policy_id: str, *, at: datetime, caller: Caller, products: Products, ledgers: PolicyLedgers
) -> PolicyLedger:
    """Read a policy's balances, what is earned at an instant, and the checks.

    Raises:
        PolicyNotFound: The policy does not exist, or the caller may not see it.
    """
    context = _load(policy_id, caller, ledgers)
    policy, account = context.billing.policy.record, context.billing.account
    conditions = Conditions.of(products.version(policy.product))
    record = account.record if account else None
    return build_policy_ledger(policy, record, context.events, at=at, conditions=conditions)


def export_policy_ledger(
    policy_id: str, format: ExportFormat, *, caller: Caller, ledgers: PolicyLedgers
) -> str:
    """Export every posting of a policy as text.

    Raises:
        PolicyNotFound: The policy does not exist, or the caller may not see it.
    """
    events = _load(policy_id, caller, ledgers).events
    streams = {event.stream for event in events}
    posting_dates = {stream: ledgers.posting_dates(stream) for stream in streams}
    return export([JournalEntry.of(event, posting_dates[event.stream]) for event in events], format)


def _load(policy_id: str, caller: Caller, ledgers: PolicyLedgers) -> LedgerContext:
    context = ledgers.load(policy_id)
    if not caller.sees(policy_id, context.billing.policy.record.partner):
        raise PolicyNotFound(policy_id)
    return context
