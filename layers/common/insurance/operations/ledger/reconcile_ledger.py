"""Reconcile the ledger: every sub-ledger with its own events, every total with its sub-ledgers.

It goes page by page, so that a run may end anywhere and the next continues. The sums of a shard are
compared with its total only where both hold the same number of events. Otherwise something was
posted meanwhile, and nothing can be said of the shard until the next reconciliation.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from insurance.domain.contract.terms import ProductRef
from insurance.domain.core.identity import Mode, policy_id_for
from insurance.domain.core.money import Currency
from insurance.domain.ledger.reconciliation import (
    Reconciliation,
    ReconciliationProgress,
    agrees_with_events,
)
from insurance.domain.ledger.sub_ledger import SubLedger
from insurance.domain.policy.conditions import Conditions
from insurance.operations.ledger.ports import AccountingPorts, Slice

PAGE: Final = 25
POLICYLESS: Final = ("pol_", "sus_")
"""Streams that need no policy beside them: policies themselves, and payments in suspense."""


def reconcile_ledger(
    mode: Mode,
    ports: AccountingPorts,
    *,
    now: datetime,
    time_is_up: Callable[[], bool],
) -> Reconciliation | None:
    """Reconcile the ledger of a mode, as far as time reaches.

    Returns the result, or None when time was up before the end: the next run continues.

    Raises:
        StaleRevision: Another run is reconciling at the same time.
    """
    store = ports.reconciliations
    before = store.progress(mode)
    while not time_is_up():
        progress = before or ReconciliationProgress(mode=mode)
        if progress.shard == store.shards:
            result = progress.result(now)
            store.finish(result, before=progress)
            return result
        advanced = _check_page(progress, ports)
        store.advance(advanced, before=before)
        before = advanced
    return None


def _check_page(progress: ReconciliationProgress, ports: AccountingPorts) -> ReconciliationProgress:
    store = ports.reconciliations
    page = store.sub_ledgers(progress.mode, progress.shard, Slice(progress.after, PAGE))
    for stream, sub_ledger in page:
        is_right = _is_right(stream, sub_ledger, ports)
        progress = progress.check_sub_ledger(stream, sub_ledger, is_right=is_right)
    if len(page) == PAGE:
        return progress
    for currency in Currency:
        total = store.total(progress.mode, currency, progress.shard)
        progress = progress.check_total(currency, total)
    return progress.next_shard()


def _is_right(stream: str, sub_ledger: SubLedger, ports: AccountingPorts) -> bool:
    """Whether the sub-ledger is what its events say, and its policy exists."""

    def conditions_of(product: ProductRef) -> Conditions:
        return Conditions.of(ports.products.version(product))

    events = ports.reconciliations.events
    return agrees_with_events(sub_ledger, events(stream), conditions_of) and (
        stream.startswith(POLICYLESS) or bool(events(policy_id_for(stream)))
    )
