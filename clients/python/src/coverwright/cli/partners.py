"""`coverwright partner …`: for operators. Two people bring a partner in: one asks and makes, another approves.

The operator's own token stands in COVERWRIGHT_TOKEN. Where the second person sits beside, theirs may stand in
COVERWRIGHT_APPROVER_TOKEN; else they run `coverwright partner approve`, and the first runs the same command again.
"""

from __future__ import annotations

import os
import shlex
import sys
from typing import Final

from coverwright.cli.command import Call, Commands, Unsettled, Unusable
from coverwright.connection import Connection, Json
from coverwright.credentials import GivenToken
from coverwright.errors import ProblemError

APPROVER: Final = "COVERWRIGHT_APPROVER_TOKEN"
SCOPES: Final = "products:read,quotes:read,quotes:write"
SHOWN: Final = (
    "id",
    "code",
    "partner",
    "mode",
    "status",
    "plan",
    "products",
    "client_id",
    "secrets",
)
TAKEN: Final = "code-taken"
TO_DO: Final = {
    "active": "coverwright partner secret {id} makes another secret",
    "suspended": "coverwright partner resume {id} --reason CODE admits it again",
    "rejected": "that stays so; choose another code with --application",
    "cancelled": "that stays so; choose another code with --application",
}
"""What helps where an application cannot be given its first credentials."""


def add(commands: Commands) -> None:
    """The commands of this group."""
    group = commands.group("partner", "Bring partners in (for operators)")
    new = group.add(
        "add", "Register a partner with one application, and give it credentials", add_partner
    )
    new.add_argument("partner", help="its code: oak")
    new.add_argument("--name", required=True, help="the firm's name")
    new.add_argument("--application", help="the application's code (PARTNER-app)")
    new.add_argument("--plan", default="bronze", choices=("bronze", "silver", "gold"))
    new.add_argument("--products", default="quoting", help="quoting,issuance,claims (quoting)")
    new.add_argument("--scopes", default=SCOPES, help=f"what its tokens may ask for ({SCOPES})")
    new.add_argument("--reason", default="new_partner", help="a code (new_partner)")
    yes = group.add("approve", "Approve what another person requested", approve, writes=True)
    yes.add_argument("id")
    yes.add_argument("--reason", default="checked", help="a code (checked)")
    for name in ("suspend", "resume", "cancel"):
        step = group.add(name, f"{name.title()} an application", take_step, writes=True)
        step.add_argument("id")
        step.add_argument("--reason", required=True, help="a code: unpaid_invoices")
        step.set_defaults(step=name)
    group.add("secret", "Make a second secret", add_secret, writes=True).add_argument("id")
    ends = group.add("withdraw", "End one of two secrets", withdraw_secret, writes=True)
    ends.add_argument("id")
    ends.add_argument("--secret", default="older", choices=("older", "newer"), help="(older)")
    group.add("show", "Show an application", show).add_argument("id")


def add_partner(call: Call) -> None:
    """As far as it can be: what was done before is left as it is, so it has no key and is run again."""
    call.chosen.again = "run it again"
    application = _requested(call)
    if application["status"] == "requested":
        token = os.environ.get(APPROVER)
        if not token:
            print(
                f"{application['id']} waits for another person: coverwright partner approve {application['id']}"
            )
            print("Then run this command again.")
            return
        with Connection(call.connection.base_url, GivenToken(token)) as approver:
            application = _decided(approver, application["id"], call.chosen.reason)
    if application["status"] not in {"approved", "provisioning"}:
        id, status = application["id"], application["status"]
        to_do = TO_DO.get(status, "it is not given credentials").format(id=id)
        raise Unusable(f"{id} is {status}: {to_do}")
    made = call.connection.post(f"/v1/applications/{application['id']}/provisioning")
    if call.chosen.json:
        call.show(made, SHOWN)
        return
    print("\n".join(_first_calls(call.connection.base_url, made)))


def _requested(call: Call) -> Json:
    """The application, requested now or before.

    Raises:
        Unsettled: Its code is taken, and the partner's list, which follows a little later, does not have it.
    """
    chosen, connection = call.chosen, call.connection
    code = chosen.application or f"{chosen.partner}-app"
    _unless_taken(connection, "/v1/partners", {"code": chosen.partner, "name": chosen.name})
    applications = f"/v1/partners/{chosen.partner}/applications"
    body = {
        "code": code,
        "name": code,
        "team": chosen.name,
        "plan": chosen.plan,
        "products": chosen.products.split(","),
        "scopes": chosen.scopes.split(","),
        "reason": chosen.reason,
    }
    requested = _unless_taken(connection, applications, body)
    if requested is not None:
        return requested
    for each in connection.items(applications):
        if each["code"] == code:
            return each
    raise Unsettled(
        f"{code} is taken and not among {chosen.partner}'s applications: requested a moment ago,"
        " or another partner's, and then --application chooses another code"
    )


def _unless_taken(connection: Connection, path: str, body: Json) -> Json | None:
    """What was made; None: it is there already."""
    try:
        return connection.post(path, body)
    except ProblemError as problem:
        if problem.code != TAKEN:
            raise
        return None


def _decided(connection: Connection, id: str, reason: str) -> Json:
    body = {"decision": "approve", "reason": reason}
    return connection.post(f"/v1/applications/{id}/decision", body)


def approve(call: Call) -> None:
    body = {"decision": "approve", "reason": call.chosen.reason}
    call.show(call.send(f"/v1/applications/{call.chosen.id}/decision", body), SHOWN)


def take_step(call: Call) -> None:
    body = {"step": call.chosen.step, "reason": call.chosen.reason}
    call.show(call.send(f"/v1/applications/{call.chosen.id}/steps", body), SHOWN)


def add_secret(call: Call) -> None:
    made = call.send(f"/v1/applications/{call.chosen.id}/secrets")
    call.show(made, (*SHOWN, "client_secret"))
    if made.get("secret_state") == "shown_before":
        print(
            "This secret was answered before, and nobody has it any more. "
            f"coverwright partner withdraw {call.chosen.id} --secret newer ends it; then make another.",
            file=sys.stderr,
        )


def withdraw_secret(call: Call) -> None:
    body = {"secret": call.chosen.secret}
    call.show(call.send(f"/v1/applications/{call.chosen.id}/secrets/withdrawal", body), SHOWN)


def show(call: Call) -> None:
    call.show(call.connection.get(f"/v1/applications/{call.chosen.id}"), SHOWN)


def _first_calls(base_url: str, made: Json) -> list[str]:
    """Id, secret once, and three calls to paste."""
    token_url = os.environ.get("COVERWRIGHT_TOKEN_URL", "$COVERWRIGHT_TOKEN_URL")
    secret = made.get("client_secret")
    if secret is None:
        return [
            f"{made['id']} is active, and its secret was answered before: coverwright partner secret {made['id']}"
        ]
    bearer = '-H "Authorization: Bearer $TOKEN"'
    address = shlex.quote(base_url)
    picked = r"""sed 's/.*"access_token": *"\([^"]*\)".*/\1/'"""
    signing_in = f"-u '{made['client_id']}:{secret}' -d grant_type=client_credentials"
    return [
        f"Application    {made['id']}",
        f"Client id      {made['client_id']}",
        f"Client secret  {secret}",
        "The secret is shown this once. On AWS a new key may take a few minutes. Three calls to paste:",
        "",
        f"TOKEN=$(curl -s {signing_in} {token_url} | {picked})",
        f"curl -s {bearer} {address}/v1/products",
        f"curl -s {bearer} {address}/v1/products/personal_motor",
    ]
