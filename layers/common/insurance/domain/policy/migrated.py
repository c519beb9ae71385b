"""Policies that come from another system: their transactions there, and what their balances post."""

from collections.abc import Mapping
from typing import Any

from insurance.domain.contract.migration import MigratedChange
from insurance.domain.contract.premium import Premium
from insurance.domain.core.money import Money
from insurance.domain.core.posting import Account, Posting, post
from insurance.domain.policy.new_business import computation_of_new_business
from insurance.domain.policy.policy import Policy
from insurance.domain.policy.transaction import (
    ChangedAnswers,
    ChargeKind,
    ChargeLine,
    Computation,
    Terms,
    Transaction,
    TransactionKind,
)
from insurance.domain.quote.quote import Quote

METHOD = "migrated"
"""Of a computation that another system made."""
SETTLED = frozenset({ChargeKind.TAX, ChargeKind.LEVY})


def policy_of(quote: Quote) -> Policy:
    """The policy that a staged quote becomes, with the endorsements that it had, and without its number here."""
    migration = quote.migration
    if migration is None:
        raise ValueError(f"{quote.id} comes from no other system")
    issued = Policy.from_quote(quote, now=migration.issued_at, cover_begins_at=quote.period.start)
    answers = quote.migrated_answers or {}
    before, transactions, changed = issued.premium, [], {}
    for number, change in enumerate(migration.changes, start=2):
        transactions.append(_transaction(number, change, before, quote.created_by))
        changed[str(number)] = _changed(answers.get(str(number), {}))
        before = change.premium
    return issued.replace(
        migration=migration.replace(changes=(), brought=len(transactions)),
        transactions=tuple(transactions),
        changed=changed or None,
    )


def migrated_postings(policy: Policy) -> tuple[Posting, ...]:
    """What was written there, as new business and endorsements post it, and what the other books have settled."""
    brought = policy.transactions[: policy.migration.brought if policy.migration else 0]
    written = [*policy.premium.written()]
    for transaction in brought:
        written += transaction.computation.postings()
    return (*written, *settled_postings(policy))


def settled_postings(policy: Policy) -> tuple[Posting, ...]:
    """Taxes, levies and commission that the other books have paid; none of a policy that was issued here."""
    if policy.migration is None:
        return ()
    computations = [
        computation_of_new_business(policy.premium),
        *(each.computation for each in policy.transactions[: policy.migration.brought]),
    ]
    settled: tuple[Posting, ...] = ()
    for computation in computations:
        for line in computation.lines:
            if line.kind in SETTLED:
                settled += post(Account.TAX_PAYABLE, Account.MIGRATION, line.amount)
        if computation.commission is not None:
            paid = post(Account.COMMISSION_PAYABLE, Account.MIGRATION, computation.commission)
            settled += paid
    return settled


def _transaction(number: int, change: MigratedChange, before: Premium, by: str) -> Transaction:
    charged = computation_of_new_business(change.charged)
    was, will = _by_line(before), _by_line(change.premium)
    lines = tuple(
        ChargeLine(
            kind=line.kind,
            code=line.code,
            name=line.name,
            before=was.get((line.kind, line.code)),
            after=will.get((line.kind, line.code)),
            amount=line.amount,
        )
        for line in charged.lines
    )
    return Transaction(
        number=number,
        kind=TransactionKind.ENDORSEMENT,
        effective_at=change.effective_at,
        processed_at=change.effective_at,
        actor=by,
        terms=Terms(
            options=change.options,
            looked_up=change.looked_up,
            covers=change.covers,
            premium=change.premium,
        ),
        computation=Computation(
            method=METHOD,
            lines=lines,
            commission=charged.commission,
            total=charged.total,
        ),
    )


def _by_line(premium: Premium) -> dict[tuple[ChargeKind, str], Money]:
    lines = computation_of_new_business(premium).lines
    return {(line.kind, line.code): line.amount for line in lines}


def _changed(answers: Mapping[str, Any]) -> ChangedAnswers:
    asked, after = answers.get("asked", {}), answers.get("answers", {})
    return ChangedAnswers(asked=asked, answers=after)
