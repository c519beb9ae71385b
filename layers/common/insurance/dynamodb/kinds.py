"""Every kind of item that is stored, with the version of its columns.

An item says the version of its columns as `v`. The body in it says its own (`domain/core/versions.py`), and so
does whatever is packed (`domain/core/packing.py`). The steps between versions stand here, and a reader asks its
kind for the item as this release knows it. docs/releases.md says how a stored shape changes.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from insurance.domain.core.errors import WrittenByNewerRelease
from insurance.domain.core.versions import VERSION
from insurance.dynamodb import codec
from insurance.dynamodb.codec import Item

type ItemStep = Callable[[Item], Item]
"""Makes an item of one version into one of the next, and leaves what it was given as it is."""


@dataclass(frozen=True, slots=True)
class ItemKind:
    """One kind of item."""

    name: str
    steps: tuple[ItemStep, ...] = ()
    """The first makes version 1 into 2, and so on."""
    written: int = 0
    """The version that is written, where that is not yet the newest that is known."""
    in_parts: bool = False
    """Several writers each change columns of it. It has no other version ever: who writes one column cannot
    bring the others along. Its columns only grow."""
    passing: frozenset[str] = frozenset()
    """Columns that the next write of the whole takes away, as is meant: each release may take them away, knowing
    them or not."""

    @property
    def known(self) -> int:
        """The newest version that is read."""
        return 1 + len(self.steps)

    def __post_init__(self) -> None:
        object.__setattr__(self, "written", self.written or self.known)
        if not self.known - 1 <= self.written <= self.known or self.written < 1:
            raise ValueError("a release writes the newest version that it knows, or the one before")
        if self.in_parts and self.steps:
            raise ValueError(f"{self.name} is written in parts: its columns only grow")

    @property
    def mark(self) -> Item:
        """The column `v` of an item that is written."""
        return codec.number(self.written)

    def current(self, item: Item) -> Item:
        """The item as this release knows it.

        Raises:
            WrittenByNewerRelease: Its version is not known yet.
        """
        version = int(item[VERSION]["N"]) if VERSION in item else 1
        if version > self.known:
            raise WrittenByNewerRelease(self.name)
        for step in self.steps[version - 1 :]:
            item = step(item)
        return item


EVENT: Final = ItemKind("event")
"""An event: everything but its body and its postings."""
ERASED_FOR: Final = "erased_for"
"""On an aggregate, and on the lists of a contract's claims and complaints: the parties for whose erasure it was checked.
A command that has read one of their keys before does not write it any more; the next that writes an aggregate takes the
mark away (ADR 51)."""
AGGREGATE: Final = ItemKind("aggregate", passing=frozenset({ERASED_FOR}))
"""Where a stream stands, with or without the body of its last event, and the columns of indexes."""
APPLICATION_ROW: Final = ItemKind("row of an application")
"""What the authorizer reads of an application."""
API_PRODUCT_NOTICE: Final = ItemKind("notice of an API product")
"""What the authorizer reads of an API product that is deprecated."""
SUBSCRIPTION: Final = ItemKind("subscription")
"""That an application has an API product: by product and partner in an index, while it has."""
DOCUMENT: Final = ItemKind("document")
ACCESS_RULES: Final = ItemKind("access rules in force")
"""What the edge of every function reads of access policies."""
ACCESS_HITS: Final = ItemKind("refusals by an access policy", in_parts=True)
"""How often each rule of a policy refused a call, and when it did last: two columns a rule."""
PAYMENT_PLACE: Final = ItemKind("place in a queue of payments")
"""Where the next call begins to look for payments that nothing holds."""
CONTRACT_KEYS: Final = ItemKind("keys of a contract", in_parts=True)
"""With the record of the party that the contract made, if there is one."""
FORMER_MARK: Final = ItemKind("mark of a former holder", in_parts=True)
NUMBER: Final = ItemKind("number")
QUOTA_MONTH: Final = ItemKind("month of an application's quota", in_parts=True)
USAGE_COUNTER: Final = ItemKind("usage of a day", in_parts=True)
COUNTED_CALLS: Final = ItemKind("mark of counted calls")
USED_PROOF: Final = ItemKind("used proof of possession")
IDEMPOTENCY_RECORD: Final = ItemKind("idempotency record")
CLAIM_REGISTER: Final = ItemKind("register of claims", in_parts=True)
"""With the limits that the claims share."""
COMPLAINT_LIST: Final = ItemKind("list of complaints", in_parts=True)
USED_REFERENCE: Final = ItemKind("used bank reference")
PAYEE_ACCOUNT: Final = ItemKind("account of a payee", in_parts=True)
RUNNING_TOTAL: Final = ItemKind("running total", in_parts=True)
INDEX_KEY: Final = ItemKind("key of the index")
POLICY_IN_FORCE: Final = ItemKind("policy in force")
INSTRUCTION: Final = ItemKind("instruction", in_parts=True)
SCHEDULED_JOB: Final = ItemKind("scheduled job", in_parts=True)
DELIVERY: Final = ItemKind("delivery")
DELIVERY_BOOKMARK: Final = ItemKind("bookmark of the catching up")
SEARCH_ROW: Final = ItemKind("row of the search index")
SEARCH_BOOK: Final = ItemKind("book of the search index")
PARTY_MARK: Final = ItemKind("mark of a party in the search index")
CONTROL_TOTAL: Final = ItemKind("control total", in_parts=True)
REPORT_TOTAL: Final = ItemKind("total of a report", in_parts=True)
JOURNAL_ENTRY: Final = ItemKind("journal entry")
ACCOUNT_LINE: Final = ItemKind("line of an account")
POSTED_MARK: Final = ItemKind("mark of a posted event")
SUB_LEDGER: Final = ItemKind("sub-ledger")
RECONCILIATION: Final = ItemKind("reconciliation")
FEED_HEAD: Final = ItemKind("head of a feed")
FEED_ENTRY: Final = ItemKind("event in a feed")
WEBHOOK: Final = ItemKind("webhook")
"""An aggregate with its secrets beside it."""
WEBHOOK_LIST: Final = ItemKind("webhooks of a partner")
WEBHOOK_SENDER: Final = ItemKind("sender of a webhook", in_parts=True)
WEBHOOK_WAITING: Final = ItemKind("events that wait for a webhook", in_parts=True)
WEBHOOK_DONE: Final = ItemKind("last event that a webhook has")
WEBHOOK_ATTEMPT: Final = ItemKind("attempt of a webhook")
AUDIT_MOVED: Final = ItemKind("stream that moved since its last root")
AUDIT_COVERED: Final = ItemKind("last event of a stream that a root covers")
AUDIT_LEAF: Final = ItemKind("events that a root covers")
AUDIT_ROOT: Final = ItemKind("root of a day")
BATCH_SLICE: Final = ItemKind("what came of a slice of a batch")
BATCH_QUALITY: Final = ItemKind("how good a batch was")
PERSON_ROW: Final = ItemKind("mark of a row that names a person")
ERASED_PERSON: Final = ItemKind("word that a person was erased")
SOURCE_NUMBER: Final = ItemKind("number that a policy had in another system")
FEED_MARK: Final = ItemKind("mark of an event that is in a feed")


def every_kind() -> Iterator[ItemKind]:
    """All of them."""
    return (kind for kind in globals().values() if isinstance(kind, ItemKind))
