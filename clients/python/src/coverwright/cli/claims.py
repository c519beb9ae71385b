"""`coverwright claims …`."""

from __future__ import annotations

from typing import Final

from coverwright.cli.command import Call, Commands, add_file, add_limit

SHOWN: Final = (
    *("id", "number", "policy_id", "status", "decision", "cover", "occurred_at", "claimed"),
    *("reserve", "paid", "payments", "missing", "task.reason"),
)
COLUMNS: Final = ("id", "number", "status", "cover", "occurred_at", "claimed")
STATUSES: Final = "notified, verifying, assessing, settling, closed, reopened"


def add(commands: Commands) -> None:
    """The commands of this group."""
    claims = commands.group("claims", "Notify, settle and read claims")
    notify_parser = claims.add("notify", "Notify a loss", notify, writes=True)
    notify_parser.add_argument("policy_id")
    add_file(notify_parser, "cover, occurred_at, claimed, claimant, facts and narrative")
    claims.add("settle", "Settle a claim by the product's rules", settle, writes=True).add_argument(
        "id"
    )
    claims.add("show", "Show a claim", show).add_argument("id")
    listed = claims.add("list", "List claims, the newest first", list_claims)
    listed.add_argument("--status", help=f"only those that are {STATUSES}")
    add_limit(listed)


def notify(call: Call) -> None:
    call.show(call.send("/v1/claims", {"policy_id": call.chosen.policy_id, **call.body()}), SHOWN)


def settle(call: Call) -> None:
    call.show(call.send(f"/v1/claims/{call.chosen.id}/settlement"), SHOWN)


def show(call: Call) -> None:
    call.show(call.connection.get(f"/v1/claims/{call.chosen.id}"), SHOWN)


def list_claims(call: Call) -> None:
    call.show_all(call.listed("/v1/claims", status=call.chosen.status), COLUMNS)
