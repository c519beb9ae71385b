"""A Postman collection of every operation, and of it the requests of one journey with their values."""

import json
from collections.abc import Iterator
from typing import Any

from tools.clients.workshop import Failed

type Json = dict[str, Any]

KEEP = "pm.test('answered', () => pm.expect(pm.response.code).to.be.oneOf([200, 201]));"
POLLS = 600
UNTIL_PAID = f"""
const payments = pm.response.json().payments;
const paid = payments.length > 0 && payments.every((payment) => payment.status === "paid");
const polls = Number(pm.variables.get("polls") || 0) + 1;
pm.variables.set("polls", polls);
if (!paid && polls < {POLLS}) pm.execution.setNextRequest(pm.info.requestId);
else pm.test("paid", () => pm.expect(paid).to.be.true);
"""


def requests_of(collection: Json) -> Iterator[Json]:
    """Every request of the collection, whatever folder it is in."""
    for item in collection["item"]:
        if "item" in item:
            yield from requests_of(item)
        else:
            yield item


def collection_of_journey(collection: Json, given: Json) -> Json:
    """Quote, acceptance, policy, claim, settlement, and the claim again until it is paid."""
    quoted_at, notified_at = given["clock"]["quoted_at"], given["clock"]["notified_at"]
    known = {_place(each): each for each in requests_of(collection)}

    def step(place: str, at: str, body: Json | None = None, keep: str = "") -> Json:
        if place not in known:
            raise Failed(f"the collection has no {place}")
        item: Json = json.loads(json.dumps(known[place]))
        request = item["request"]
        del request["auth"]
        for header in request["header"]:
            if header["key"] == "Idempotency-Key":
                header["value"] = f"{given['run']}-{place.rpartition('/')[2]}"
            if header["key"] == "Coverwright-Clock":
                header |= {"value": at, "disabled": False}
        for variable in request["url"]["variable"]:
            variable["value"] = "{{%s}}" % variable["key"]  # noqa: UP031 - Postman's own braces
        if body is not None:
            request["body"]["raw"] = json.dumps(body)
        saved = f"pm.variables.set('{keep}', pm.response.json().id);" if keep else ""
        script = {"type": "text/javascript", "exec": [KEEP, saved]}
        return {**item, "event": [{"listen": "test", "script": script}], "response": []}

    steps = [
        step("POST /v1/quotes", quoted_at, given["quote"], keep="quote_id"),
        step("POST /v1/quotes/:quote_id/acceptance", quoted_at),
        step("POST /v1/policies", quoted_at, {"quote_id": "{{quote_id}}"}, keep="policy_id"),
        step(
            "POST /v1/claims",
            notified_at,
            {"policy_id": "{{policy_id}}", **given["claim"]},
            keep="claim_id",
        ),
        step("POST /v1/claims/:claim_id/settlement", notified_at),
        step("GET /v1/claims/:claim_id", notified_at),
    ]
    steps[-1]["event"][0]["script"]["exec"].append(UNTIL_PAID)
    return {
        **collection,
        "item": steps,
        "auth": {"type": "bearer", "bearer": [{"key": "token", "value": given["token"]}]},
        "variable": [{"key": "baseUrl", "value": given["base_url"]}],
    }


def paid_claim(report: Json) -> str:
    """The claim that the last request of a run read.

    Raises:
        Failed: The run has failures, or read no claim.
    """
    run = report["run"]
    if run["failures"]:
        raise Failed(json.dumps(run["failures"])[:2_000])
    body = bytes(run["executions"][-1]["response"]["stream"]["data"])
    claim: str = json.loads(body)["id"]
    return claim


def _place(item: Json) -> str:
    request = item["request"]
    return f"{request['method']} /{'/'.join(request['url']['path'])}"
