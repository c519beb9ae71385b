"""The rooms of the definition, in the order in which an integrator comes through them."""

from typing import Any, NamedTuple

from insurance.api.route import Route

type Json = dict[str, Any]


class Tag(NamedTuple):
    """A room: what a reader finds there, and whose operations they are."""

    name: str
    description: str
    folders: tuple[str, ...]
    """The functions whose operations stand here."""
    lists: tuple[str, ...] = ()
    """First segments of the paths whose lists and searches, which one function answers, stand here."""


LISTING_FOLDER = "search"
TAGS = (
    Tag("Products", "The products on sale, their questions and their versions", ("products",)),
    Tag(
        "Customers",
        "Register, read, find, merge and erase customers; what they allow and ask for",
        ("customers", "data_steward"),
        ("parties",),
    ),
    Tag("Quotes", "Price a risk, explain the price, refer, accept", ("quoting",), ("quotes",)),
    Tag(
        "Policies",
        "Issue policies, read and find them, verify their events, screen their holders",
        ("policy_issuance",),
        ("policies", "me"),
    ),
    Tag(
        "Policy changes",
        "Endorse, cancel, reinstate, renew and transfer policies, correct their holders' details, "
        "each with a preview; notices, and who may see a policy",
        ("policy_servicing", "policyholder_changes"),
    ),
    Tag(
        "Documents",
        "A policy's schedule, certificate and letters, and a party's data, as PDF",
        ("documents",),
        ("documents",),
    ),
    Tag(
        "Billing",
        "Payment plans, invoices, premium received, refunds and suspense",
        ("billing",),
        ("refunds", "suspense"),
    ),
    Tag(
        "Claims",
        "Check cover, notify a loss, read and find claims, name the payee",
        ("claim_intake",),
        ("claims",),
    ),
    Tag("Evidence", "Upload and read evidence of a loss", ("evidence",)),
    Tag(
        "Claim handling",
        "Work items; decide, reserve, hold, assign, close and reopen claims",
        ("claim_assessment", "work_list"),
    ),
    Tag(
        "Settlement",
        "Settle claims, approve and screen payments, pursue recoveries",
        ("settlement",),
    ),
    Tag(
        "Payments",
        "Send payments to the bank, import its statements and reports, find payments",
        ("payment_execution",),
        ("payments", "kept-reports"),
    ),
    Tag(
        "Complaints",
        "Open, handle and answer complaints; redress; the register of complaints",
        ("complaints",),
        ("complaints",),
    ),
    Tag(
        "Accounting",
        "Ledgers of policies, the general ledger and its checks, periods, statements and ratios",
        ("reporting", "accounting"),
    ),
    Tag(
        "Events",
        "What happened in a partner's own book, in order: to be read, or sent to webhooks",
        ("notifications",),
    ),
    Tag(
        "Audit",
        "Prove one event by a signed daily root, and find broken links",
        ("audit",),
    ),
    Tag(
        "Partners",
        "Register partners; request, approve, provision, suspend and cancel their applications",
        ("partners",),
    ),
    Tag(
        "Controls",
        "Stops and access policies: hold business, refuse calls, and check calls that nobody makes",
        ("controls",),
    ),
    Tag(
        "Data intake",
        "Files of partners: how they are mapped, worked as batches, and what was kept back",
        ("data_intake",),
    ),
    Tag("Usage", "What each application called: day by day, and in a month", ("usage",)),
    Tag(
        "API products",
        "What partners subscribe to, and the life of its versions until they end",
        ("catalogue",),
    ),
    Tag("Test mode", "Run the scheduled jobs that are due on test data", ("scheduler",)),
)


def tag_of(route: Route, folder: str) -> str:
    """The room of an operation.

    Raises:
        ValueError: It has none, or more than one.
    """
    first = route.path.split("/")[2]
    found = [
        tag.name
        for tag in TAGS
        if (first in tag.lists if folder == LISTING_FOLDER else folder in tag.folders)
    ]
    if len(found) != 1:
        raise ValueError(f"{route.method} {route.path} of {folder} has the tags {found}")
    return found[0]


def tags() -> list[Json]:
    """`tags` of the definition, with their order."""
    return [{"name": tag.name, "description": tag.description} for tag in TAGS]
