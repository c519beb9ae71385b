"""`coverwright policies …`."""

from __future__ import annotations

from typing import Final

from coverwright.cli.command import Call, Commands, add_limit

SHOWN: Final = (
    "id",
    "number",
    "status",
    "flags",
    "product",
    "period",
    "premium.total",
    "quote_id",
    "party_id",
    "revision",
)
COLUMNS: Final = ("id", "number", "status", "period", "charged")
STANDINGS: Final = "issued, cancelled, lapsed"
EVENTS: Final = ("sequence", "type", "effective_at", "processed_at")


def add(commands: Commands) -> None:
    """The commands of this group."""
    policies = commands.group("policies", "Issue and read policies")
    issue_parser = policies.add(
        "issue", "Issue the policy of an accepted quote", issue, writes=True
    )
    issue_parser.add_argument("quote_id")
    policies.add("show", "Show a policy", show).add_argument("id")
    events_parser = policies.add("events", "Show what happened to a policy", events)
    events_parser.add_argument("id")
    add_limit(events_parser)
    listed = policies.add("list", "List policies, the newest first", list_policies)
    listed.add_argument("--standing", help=f"only those that are {STANDINGS}")
    add_limit(listed)


def issue(call: Call) -> None:
    call.show(call.send("/v1/policies", {"quote_id": call.chosen.quote_id}), SHOWN)


def show(call: Call) -> None:
    call.show(call.connection.get(f"/v1/policies/{call.chosen.id}"), SHOWN)


def events(call: Call) -> None:
    call.show_all(call.listed(f"/v1/policies/{call.chosen.id}/events"), EVENTS)


def list_policies(call: Call) -> None:
    call.show_all(call.listed("/v1/policies", standing=call.chosen.standing), COLUMNS)
