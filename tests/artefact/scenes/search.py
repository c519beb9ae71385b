"""Scenes of lists and searches: on an index that delivered events have filled."""

from collections.abc import Iterator

from tests.artefact.scenes.common import (
    BEN,
    CLAIMED_AT,
    DELIVERED,
    FINANCE,
    HANDLER,
    HARBOUR,
    IN_SUSPENSE,
    KIM,
    MEADOW,
    PAID,
    PARTY,
    QUOTE_DELETED,
    QUOTE_MADE,
    REDRESS_ORDERED,
    REDRESSED,
    REFUND_ORDERED,
    REFUNDED,
    SUSPENDED,
    Scene,
)

LISTED = (*PAID, DELIVERED)
"""What was issued and paid, and its events delivered."""


def search_scenes() -> Iterator[Scene]:
    """Lists of a book and of what belongs to it, and searches in it."""
    yield from book_scenes()
    for kind, caller in (
        ("quotes", HARBOUR),
        ("claims", HANDLER),
        ("payments", HARBOUR),
        ("documents", HARBOUR),
        ("parties", HARBOUR),
    ):
        yield Scene(f"search/{kind}", f"GET /v1/{kind}", caller, None, LISTED, at=CLAIMED_AT)
    complained, refunded = (*REDRESSED, REDRESS_ORDERED), (*REFUNDED, REFUND_ORDERED)
    yield Scene("search/complaints", "GET /v1/complaints", KIM, None, complained, at=CLAIMED_AT)
    yield Scene("search/refunds", "GET /v1/refunds", HARBOUR, None, refunded, at=CLAIMED_AT)
    in_suspense = (*IN_SUSPENSE, SUSPENDED)
    waiting = {"status": "waiting"}
    suspense = "GET /v1/suspense"
    yield Scene("search/suspense", suspense, FINANCE, None, in_suspense, query=waiting)
    yield Scene("search/kept_reports", "GET /v1/kept-reports", FINANCE, None, in_suspense)
    mine = {"handler": HANDLER["claims"]["sub"], "status": "settling"}
    yield Scene("search/claims_by_handler", "GET /v1/claims", HANDLER, query=mine)
    made = ("quoting/quote", QUOTE_MADE)
    yield Scene("search/new_quotes", "GET /v1/quotes", HARBOUR, None, made)
    yield Scene("search/no_quotes", "GET /v1/quotes", HARBOUR, None, (*made, QUOTE_DELETED))
    yield from key_scenes()


def book_scenes() -> Iterator[Scene]:
    """A broker lists its policies; another lists none, and cannot list those of the first."""
    policies = "GET /v1/policies"
    yield Scene("search/policies", policies, HARBOUR, None, LISTED, query={"standing": "issued"})
    yield Scene("search/policies_of_nobody", policies, MEADOW, None, LISTED)
    yield Scene(
        "search/policies_of_a_party", policies, HARBOUR, None, LISTED, query={"party_id": PARTY}
    )
    yield Scene("search/policies_of_another", policies, MEADOW, query={"partner": "harbour"})
    both = {"standing": "issued", "product": "personal_motor"}
    yield Scene("search/policies_by_too_much", policies, HARBOUR, query=both)
    yield Scene("search/own_policies", "GET /v1/me/policies", BEN, None, LISTED)


def key_scenes() -> Iterator[Scene]:
    """Searches by what people know, which stands in the body."""
    plate = {"registration": "ab12 cde"}
    for kind, caller, body in (
        ("quotes", HARBOUR, plate),
        ("policies", HARBOUR, plate),
        ("claims", HANDLER, {"reference": "POLICE 7/113"}),
        ("complaints", KIM, {"phone": "+44 7700 900123"}),
        ("parties", HARBOUR, {"name": "mer", "date_of_birth": "1991-03-14"}),
    ):
        yield Scene(
            f"search/{kind}_search", f"POST /v1/{kind}/search", caller, body, LISTED, key="-"
        )
    nameless = {"date_of_birth": "1991-03-14"}
    yield Scene(
        "search/parties_by_half_a_key", "POST /v1/parties/search", HARBOUR, nameless, key="-"
    )
