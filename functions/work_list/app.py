"""Work list: what waits for whom, and claims by state and by handler, over all policies."""

import re

from insurance import wiring
from insurance.api.legacy_call import Call
from insurance.api.legacy_call import LegacyApi as Api
from insurance.api.views.work import ClaimRowsView, WorkListView
from insurance.domain.claim import Handling
from insurance.domain.core.errors import FieldFault, InvalidFields
from insurance.operations.work.read_work import read_claims_in, read_claims_of, read_work

api = Api()
handler = api.entrypoint()
lists = wiring.stores().lists

NAME = re.compile("[A-Za-z0-9_-]{1,64}")


@api.query(
    "GET",
    "/v1/work-lists/{role}",
    scope="work:read",
    staff=True,
    summary="List what waits for a role, with its age against the clocks",
)
def get_work(role: str, call: Call) -> WorkListView:
    list_id = _named("role", role)
    asked = call.place(of=list_id)
    page = read_work(
        role, after=asked.after, limit=asked.limit, caller=call.caller, lists=lists, now=call.now
    )
    return WorkListView.of(list_id, page, call.now)


@api.query(
    "GET",
    "/v1/claims-by-status/{status}",
    scope="work:read",
    staff=True,
    summary="List claims of all policies by how far their handling has come",
)
def get_claims_by_status(status: str, call: Call) -> ClaimRowsView:
    if status not in set(Handling):
        states = ", ".join(Handling)
        raise InvalidFields([FieldFault("status", "unknown", f"One of: {states}.")])
    list_id = _named("status", status)
    asked = call.place(of=list_id)
    page = read_claims_in(
        status, after=asked.after, limit=asked.limit, caller=call.caller, lists=lists
    )
    return ClaimRowsView.of(list_id, page)


@api.query(
    "GET",
    "/v1/claims-by-handler/{handler}",
    scope="work:read",
    staff=True,
    summary="List the open claims that somebody has in hand",
)
def get_claims_by_handler(handler: str, call: Call) -> ClaimRowsView:
    list_id = _named("handler", handler)
    asked = call.place(of=list_id)
    page = read_claims_of(
        handler, after=asked.after, limit=asked.limit, caller=call.caller, lists=lists
    )
    return ClaimRowsView.of(list_id, page)


def _named(what: str, name: str) -> str:
    """The list's own name, which its cursors carry."""
    if not NAME.fullmatch(name):
        raise InvalidFields([FieldFault(what, "malformed", "Letters, digits, - and _ only.")])
    return f"{what}:{name}"
