"""The sum equals the log: what the gateway wrote down, grouped by hand, is what statements say.

On the real stack: the gateway's own lines, its subscription, and a function that dies after its work.
"""

import json
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from httpx import Response
from insurance.domain.usage.call import DEVELOPERS

from demo.samples import CALLERS, Partner
from local.stack import Stack
from tests.end_to_end.conftest import CallAs, Caller
from tests.support.clock import Clock
from tests.support.definition import definition
from tests.support.waiting import wait_until

type Json = dict[str, Any]
type Sums = Mapping[tuple[str, str, str], Counter[str]]
"""By month, application and operation: calls by class, all calls and bytes."""

UNKNOWN = "quo_test_" + "0" * 16
CLASSES = {
    "401": "unauthorized",
    "403": "forbidden",
    "404": "not_found",
    "410": "not_found",
    "409": "conflict",
    "412": "conflict",
    "429": "limited",
}


def class_of(status: str) -> str:
    return CLASSES.get(status) or {"4": "invalid", "5": "failed"}.get(status[0], "succeeded")


def operations() -> Mapping[str, str]:
    published = definition()
    return {
        f"{method.upper()} {path}": operation["operationId"]
        for path, item in published["paths"].items()
        for method, operation in item.items()
        if "operationId" in operation
    }


NAMES = operations()


def lines_of(log: Path) -> list[Json]:
    """The access log: each line of it is in the gateway's own log."""
    found = []
    for line in log.read_text("utf-8").splitlines():
        start = line.find('{"time"')
        if start >= 0:
            found.append(json.loads(line[start:]))
    return found


def by_hand(lines: list[Json]) -> Sums:
    sums: dict[tuple[str, str, str], Counter[str]] = {}
    for line in lines:
        at = datetime.fromtimestamp(int(line["time"]) / 1000, UTC)
        operation = NAMES.get(f"{line['method']} {line['resource']}", "none")
        place = (f"{at:%Y-%m}", line["application"], operation)
        sums.setdefault(place, Counter()).update(
            {class_of(line["status"]): 1, "calls": 1, "bytes": int(line["bytes"])}
        )
    return sums


def is_a_partners(line: Json) -> bool:
    """In test mode, which is what this operator is told of."""
    application: str = line["application"]
    return application.startswith("app_test_") or application == DEVELOPERS


def statement(operator: Caller, month: str, partner: str) -> Response:
    """Asked again while the operator's own plan says that it was asked too often."""
    path = f"/v1/usage/statement?month={month}&partner={partner}"
    return wait_until(lambda: operator.get(path), lambda answer: answer.status_code != 429)


def by_statements(operator: Caller, months: set[str], partners: set[str]) -> Sums:
    sums: dict[tuple[str, str, str], Counter[str]] = {}
    for month in months:
        for partner in partners:
            answer = statement(operator, month, partner)
            assert answer.status_code == 200, answer.text
            for row in answer.json()["operations"]:
                sums[month, row["application"], row["operation"]] = Counter(
                    {
                        name: row[name]
                        for name in (
                            *set(CLASSES.values()),
                            "invalid",
                            "failed",
                            "succeeded",
                            "calls",
                            "bytes",
                        )
                        if row[name]
                    }
                )
    return sums


def test_statements_are_the_sum_of_the_log_though_deliveries_come_twice(
    stack: Stack, call_as: CallAs, risk: Json, plan_clock: Clock
):
    harbour, meadow, nobody = call_as("harbour-test"), call_as("meadow-test"), call_as()
    operator = call_as("onboarding-test", clock=None)
    stack.lose_next_answer("UsageFunction")
    quote = harbour.post("/v1/quotes", risk).json()
    path = f"/v1/quotes/{quote['id']}"
    statuses = [
        harbour.get(path).status_code,
        harbour.post(f"{path}/acceptance", {}).status_code,
        harbour.post(f"{path}/acceptance", {}).status_code,
        harbour.post("/v1/quotes", {**risk, "answers": {}}).status_code,
        harbour.get("/v1/nowhere").status_code,
        meadow.get(path).status_code,
        nobody.get("/v1/products").status_code,
        call_as("reader-test").post("/v1/quotes", risk).status_code,
        call_as("gone-test").get("/v1/products").status_code,
    ]
    with plan_clock.stopped():
        bronze = call_as("pebble-test")
        statuses += [
            bronze.post("/v1/policies", {"quote_id": UNKNOWN}).status_code for _ in range(6)
        ]
    assert {200, 401, 403, 404, 409, 422, 429} <= set(statuses), statuses

    # The function counted a delivery and died: the same comes again.
    log, lost = stack.settings.logs / "gateway.log", stack.template.ref("ApiAccessLogDelivery")
    wait_until(lambda: log.read_text("utf-8"), lambda text: f"{lost}: " in text)

    def both() -> tuple[Sums, Sums]:
        every = lines_of(log)
        lines = [line for line in every if is_a_partners(line)]
        sums = by_hand(lines)
        told = by_statements(
            operator, {place[0] for place in sums}, {each["partner"] for each in lines}
        )
        return sums, told

    sums, _ = wait_until(both, lambda found: found[0] == found[1])
    denied = CALLERS["gone-test"]
    assert isinstance(denied, Partner)
    assert any(
        application == denied.application for _, application, _ in sums
    )  # whom nobody let in
