"""What must hold of the tables whatever happened to the processes that wrote them."""

from collections import Counter
from collections.abc import Iterable

from insurance.domain.core.event import Event, first_broken_link
from insurance.domain.core.identity import billing_id_for, policy_id_for
from insurance.dynamodb.aggregates import read_event, read_head

from tests.support.backend import Backend, Item


def streams(backend: Backend) -> dict[str, list[Event]]:
    """Every stream of events, in order."""
    found: dict[str, list[Event]] = {}
    for event in sorted(map(read_event, backend.items("events")), key=lambda each: each.sequence):
        found.setdefault(event.stream, []).append(event)
    return found


def assert_chains_hold(backend: Backend) -> None:
    """Each stream is unbroken, and ends where its aggregate says. (A new quote is its own event.)"""
    written = streams(backend)
    for stream, events in written.items():
        assert first_broken_link(events) is None, stream
    for name in ("quotes", "policies", "claims", "billing"):
        for item in filter(_is_aggregate, backend.items(name)):
            events = written.get(item["id"]["S"], [])
            head = read_head(item)
            if events or name != "quotes" or head.sequence > 1:
                assert events, item["id"]
                assert events[-1].head == head, item["id"]


def _is_aggregate(item: Item) -> bool:
    """Not a policy's register of claims, which has no stream."""
    return "hash" in item


def posted(events: Iterable[Event]) -> Counter[str]:
    """What the events' postings moved, by account: debits less credits."""
    moved: Counter[str] = Counter()
    for event in events:
        for posting in event.postings:
            moved[posting.debit] += posting.amount.amount
            moved[posting.credit] -= posting.amount.amount
    return moved


def assert_issued_once(backend: Backend, quotes: Iterable[str], *, premium: int) -> None:
    """Each quote has one policy, written once: number, event, party, and nothing else is there."""
    wanted = sorted(policy_id_for(quote_id) for quote_id in quotes)
    assert sorted(item["of"]["S"] for item in backend.items("policies")) == wanted
    assert len(backend.items("parties")) == len(wanted)
    assert_chains_hold(backend)
    written = streams(backend)
    for policy_id in wanted:
        types = [event.type for event in written[policy_id]]
        assert types == ["policy.issued"], types
        moved = posted(written[policy_id])
        assert sum(moved.values()) == 0
        assert moved["premium_receivable"] == premium, moved
    for stream, events in written.items():
        if stream.startswith("quo_"):
            assert [event.type for event in events] == [
                "quote.made",
                "quote.accepted",
                "quote.bound",
            ]


def assert_paid_once(backend: Backend, claims: Iterable[str], *, amount: int) -> None:
    """Each claim has one payment, asked for once, and a reserve of exactly that."""
    assert_chains_hold(backend)
    written = streams(backend)
    for claim_id in claims:
        types = [event.type for event in written[claim_id]]
        assert types == ["claim.notified", "claim.settled"], types
        [payment] = written[claim_id][-1].facts["payments"]
        assert payment["status"] == "executing"
        assert payment["amount"]["amount"] == amount
        moved = posted(written[claim_id])
        assert moved == {"change_in_case_reserves": amount, "case_reserves": -amount}, moved


def assert_set_off_once(
    backend: Backend, claims: Iterable[str], *, amount: int, set_off: int
) -> None:
    """Each claim is paid once, and its policy's account has once what was set off of that."""
    assert_paid_once(backend, claims, amount=amount)
    written = streams(backend)
    for claim_id in claims:
        [payment] = written[claim_id][-1].facts["payments"]
        assert payment["set_off"]["amount"]["amount"] == set_off
        [moved] = written[billing_id_for(policy_id_for(claim_id))]
        assert moved.type == "billing.arrears_offset"
        [paid_in] = moved.facts["paid_in"]
        assert (paid_in["reference"], paid_in["amount"]["amount"]) == (payment["id"], set_off)
        assert posted([moved]) == {"premium_set_off": set_off, "premium_receivable": -set_off}
