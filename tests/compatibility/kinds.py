"""Which kind an item is, by its table and its key."""

from collections.abc import Callable, Mapping
from typing import Any

from insurance.dynamodb import kinds
from insurance.dynamodb.kinds import ItemKind

type Json = dict[str, Any]

KEYS = ("place", "id", "account", "stream", "mode")
"""What tells the kind: the key, or that part of it which does."""
NOT_OURS = frozenset({"JwksTable"})
"""A cache."""
BY_KEY: dict[str, dict[str, ItemKind]] = {
    "AccessTable": {"per": kinds.AGGREGATE},
    "BalancesTable": {
        "calendar": kinds.AGGREGATE,
        "control": kinds.CONTROL_TOTAL,
        "journal": kinds.JOURNAL_ENTRY,
        "lines": kinds.ACCOUNT_LINE,
        "posted": kinds.POSTED_MARK,
        "reconciliation": kinds.RECONCILIATION,
        "report": kinds.REPORT_TOTAL,
        "subledger": kinds.SUB_LEDGER,
    },
    "BillingTable": {"bil": kinds.AGGREGATE, "ear": kinds.AGGREGATE, "sus": kinds.AGGREGATE},
    "ClaimsTable": {
        "clm": kinds.AGGREGATE,
        "num": kinds.NUMBER,
        "pol": kinds.CLAIM_REGISTER,
        "total": kinds.RUNNING_TOTAL,
    },
    "ComplaintsTable": {"cmp": kinds.AGGREGATE, "quo": kinds.COMPLAINT_LIST},
    "DeliveriesTable": {"catching": kinds.DELIVERY_BOOKMARK},
    "ControlsTable": {
        "acp": kinds.AGGREGATE,
        "hits": kinds.ACCESS_HITS,
        "rules": kinds.ACCESS_RULES,
        "stp": kinds.AGGREGATE,
    },
    "DocumentsTable": {"doc": kinds.DOCUMENT, "reg": kinds.AGGREGATE},
    "IntakeTable": {
        "bat": kinds.AGGREGATE,
        "quality": kinds.BATCH_QUALITY,
        "row": kinds.AGGREGATE,
        "slice": kinds.BATCH_SLICE,
        "src": kinds.AGGREGATE,
    },
    "PartiesTable": {
        "account": kinds.PAYEE_ACCOUNT,
        "index": kinds.INDEX_KEY,
        "mat": kinds.AGGREGATE,
    },
    "PaymentsTable": {"pmf": kinds.AGGREGATE, "place": kinds.PAYMENT_PLACE},
    "PoliciesTable": {"num": kinds.NUMBER, "pol": kinds.AGGREGATE},
    "SearchTable": {"book": kinds.SEARCH_BOOK, "mark": kinds.PARTY_MARK},
    "ScreeningTable": {"pol": kinds.POLICY_IN_FORCE, "scr": kinds.AGGREGATE},
    "UsageTable": {"-": kinds.COUNTED_CALLS},
}
"""By what stands in front of the first `_` or `#` of the key."""
OF_TABLE: dict[str, ItemKind] = {
    "DeliveriesTable": kinds.DELIVERY,
    "ApplicationsTable": kinds.APPLICATION_ROW,
    "EventsTable": kinds.EVENT,
    "IdempotencyTable": kinds.IDEMPOTENCY_RECORD,
    "PartnersTable": kinds.AGGREGATE,
    "PaymentsTable": kinds.INSTRUCTION,
    "ProductsTable": kinds.AGGREGATE,
    "ProofsTable": kinds.USED_PROOF,
    "QuotesTable": kinds.AGGREGATE,
    "ScheduledJobsTable": kinds.SCHEDULED_JOB,
    "SearchTable": kinds.SEARCH_ROW,
    "UsageTable": kinds.USAGE_COUNTER,
}
"""Where the table holds one kind, or one beside those by key."""


def kind_of(table: str, item: Json) -> ItemKind | None:
    """The item's kind; None where it is no record of ours: up to 0.9.0 rows of applications were not.

    Raises:
        LookupError: No kind is known for it.
    """
    if table in OF_ITEM:
        return OF_ITEM[table](item)
    if table in NOT_OURS or (table == "ApplicationsTable" and "v" not in item):
        return None
    key = next(item[name]["S"] for name in KEYS if name in item)
    if table == "QuotesTable" and "#" in key:
        return kinds.FORMER_MARK
    if "posted_on" in item:
        return kinds.USED_REFERENCE
    if table == "PartiesTable" and key.startswith("pty_"):
        return kinds.AGGREGATE if "body" in item else kinds.CONTRACT_KEYS
    first = key.replace("#", "_").partition("_")[0]
    found = BY_KEY.get(table, {}).get(first) or OF_TABLE.get(table)
    if found is None:
        raise LookupError(f"{table} {key}")
    return found


def _of_audit(item: Json) -> ItemKind:
    by_key = {"moved": kinds.AUDIT_MOVED, "roots": kinds.AUDIT_ROOT}
    covered = kinds.AUDIT_COVERED if item["place"]["S"] == "covered" else kinds.AUDIT_LEAF
    return by_key.get(item["id"]["S"].partition("#")[0], covered)


def _of_notifications(item: Json) -> ItemKind:
    if "number" in item and "feed" in item:
        told = kinds.FEED_HEAD if item["number"]["N"] == "0" else kinds.FEED_ENTRY
        return told if "#" in item["feed"]["S"] else kinds.FEED_MARK
    return {
        "webhook": kinds.WEBHOOK,
        "webhooks": kinds.WEBHOOK_LIST,
        "sender": kinds.WEBHOOK_SENDER,
        "waits": kinds.WEBHOOK_WAITING,
        "done": kinds.WEBHOOK_DONE,
        "tried": kinds.WEBHOOK_ATTEMPT,
    }[item["place"]["S"].partition("#")[0]]


OF_ITEM: Mapping[str, Callable[[Json], ItemKind]] = {
    "AuditTable": _of_audit,
    "FeedsTable": _of_notifications,
    "WebhooksTable": _of_notifications,
}
"""Tables whose items say by their places what they are."""
