"""`uv run --group bench python -m bench.decisions`: what a decision by access policies costs.

The same 130 rules in our access policies and in Cedar (cedarpy, its policies parsed before), for the same 400 calls:
both must refuse the same ones first. A decision starts from what the edge has of a call and ends with yes or no.
Rounds are interleaved, each in a random order and back; what is compared is the CPU time of this process. The ratio
is the median over the rounds with a bootstrapped 95 % interval; ours is also held against itself (A/A).
"""

import argparse
import gc
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from importlib import import_module
from itertools import batched
from random import Random
from statistics import median
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from insurance.domain.control.access_policy import RULES_MAX, AccessRule, PolicyText, RuleScope
from insurance.domain.control.decision import compile_policies
from insurance.domain.control.vocabulary import CallFacts

from bench.goals import Line, Ratio, null_line, ratio_line

RULES, CALLS, ROUNDS = 130, 400, 30
AT_MOST = 0.3
ZONE = "Europe/London"
OPERATIONS = (
    *("createQuote", "previewQuote", "acceptQuote", "getQuote", "listQuotes"),
    *("issuePolicy", "getPolicy", "createClaim", "getClaim", "listPayments"),
)
PRODUCTS = ("personal_motor", "travel", "home", "pet", "life")
TERRITORIES = ("GB", "IE", "DE", "FR")
PARTNERS = tuple(f"partner_{number}" for number in range(40))


class Stated(NamedTuple):
    """One rule in both languages."""

    ours: AccessRule
    cedar: str


class Asked(NamedTuple):
    """What the edge has of a call."""

    application: str
    partner: str
    operation: str
    product: str | None
    territory: str | None
    at: datetime


def rules() -> list[Stated]:
    """Products by partner, territories, hours, residency, agreements of single applications."""
    stated = []
    for number in range(RULES):
        code, operation = f"rule_{number}", OPERATIONS[number % len(OPERATIONS)]
        product, partner = PRODUCTS[number % 5], PARTNERS[number % 40]
        territory = TERRITORIES[number % 4]
        match number % 5:
            case 0:
                about: dict[str, Any] = {"operations": (operation,)}
                when = f"partner == '{partner}' and given(product) and product == '{product}'"
                head = f'principal, action == Action::"{operation}", resource'
                body = (
                    f'context.partner == "{partner}" && context has product'
                    f' && context.product == "{product}"'
                )
            case 1:
                about = {}
                when = (
                    f"partner == '{partner}' and given(territory) and territory == '{territory}'"
                    " and region != 'eu-west-2'"
                )
                head = "principal, action, resource"
                body = (
                    f'context.partner == "{partner}" && context has territory'
                    f' && context.territory == "{territory}" && context.region != "eu-west-2"'
                )
            case 2:
                about = {"operations": (operation,)}
                when = f"partner == '{partner}' and (hour < 6 or hour >= 22 or weekday == 7)"
                head = f'principal, action == Action::"{operation}", resource'
                body = (
                    f'context.partner == "{partner}"'
                    " && (context.hour < 6 || context.hour >= 22 || context.weekday == 7)"
                )
            case 3:
                application = f"app_{number}"
                about = {"scope": RuleScope.APPLICATION, "name": application}
                when = f"given(product) and product in ('{product}', 'travel')"
                head = f'principal == Application::"{application}", action, resource'
                body = f'context has product && ["{product}", "travel"].contains(context.product)'
            case _:
                about = {"scope": RuleScope.API_PRODUCT, "name": "claims"}
                when = f"partner == '{partner}' and operation == '{operation}' and weekday >= 6"
                head = f'principal, action == Action::"{operation}", resource'
                body = (
                    f'context.api_products.contains("claims") && context.partner == "{partner}"'
                    " && context.weekday >= 6"
                )
        rule = AccessRule(code=code, reason="not_agreed", when=when, **about)
        stated.append(Stated(rule, f"forbid({head}) when {{ {body} }};"))
    return stated


def calls() -> list[Asked]:
    random = Random(7)  # noqa: S311 - repeatable
    start = datetime(2026, 11, 1, tzinfo=UTC)
    return [
        Asked(
            application=f"app_{random.randrange(RULES)}",
            partner=random.choice(PARTNERS),
            operation=random.choice(OPERATIONS),
            product=random.choice((*PRODUCTS, None)),
            territory=random.choice((*TERRITORIES, None)),
            at=start + timedelta(minutes=random.randrange(43_200)),
        )
        for _ in range(CALLS)
    ]


def api_products(operation: str) -> tuple[str, ...]:
    return ("claims",) if "Claim" in operation or "Payment" in operation else ("quoting",)


def ours(stated: list[Stated], asked: list[Asked]) -> Callable[[], list[bool]]:
    rules_of = [each.ours for each in stated]
    parts = {
        f"part_{number}": PolicyText(version=1, zone=ZONE, rules=some)
        for number, some in enumerate(batched(rules_of, RULES_MAX, strict=False))
    }
    ruleset = compile_policies(parts)

    def run() -> list[bool]:
        return [
            ruleset.decide(
                CallFacts(
                    kind="application",
                    application=call.application,
                    partner=call.partner,
                    mode="live",
                    operation=call.operation,
                    api_products=api_products(call.operation),
                    at=call.at,
                    region="eu-west-2",
                    product=call.product,
                    territory=call.territory,
                )
            ).refused_by
            is not None
            for call in asked
        ]

    return run


def cedar(stated: list[Stated], asked: list[Asked]) -> Callable[[], list[bool]]:
    peer: Any = import_module("cedarpy")
    text = "\n".join(["permit(principal, action, resource);", *(each.cedar for each in stated)])
    policies, nobody = peer.PolicySet.from_str(text), peer.Entities.from_json_str("[]")
    zone, deny = ZoneInfo(ZONE), peer.Decision.Deny

    def request(call: Asked) -> dict[str, Any]:
        local = call.at.astimezone(zone)
        context: dict[str, Any] = {
            "partner": call.partner,
            "region": "eu-west-2",
            "hour": local.hour,
            "weekday": local.isoweekday(),
            "api_products": list(api_products(call.operation)),
        }
        if call.product:
            context["product"] = call.product
        if call.territory:
            context["territory"] = call.territory
        return {
            "principal": {"type": "Application", "id": call.application},
            "action": {"type": "Action", "id": call.operation},
            "resource": {"type": "Api", "id": "v1"},
            "context": context,
        }

    def run() -> list[bool]:
        return [
            peer.is_authorized(request(call), policies, nobody).decision == deny for call in asked
        ]

    return run


def cpu(run: Callable[[], Any], times: int) -> float:
    gc.collect()
    began = time.process_time()
    for _ in range(times):
        run()
    return (time.process_time() - began) / times / CALLS * 1e6


def lines() -> list[Line]:
    """Ours beside Cedar, and beside itself.

    Raises:
        RuntimeError: They do not refuse the same calls.
    """
    stated, asked = rules(), calls()
    runs = {"ours": ours(stated, asked), "cedar": cedar(stated, asked)}
    mine, theirs = (run() for run in runs.values())
    if mine != theirs or not 0 < sum(mine) < CALLS:
        raise RuntimeError(f"{sum(a != b for a, b in zip(mine, theirs, strict=True))} differ")
    runs["again"] = runs["ours"]
    times = {"ours": 10, "again": 10, "cedar": 1}
    random = Random(3)  # noqa: S311 - the order of the contenders
    rounds: dict[str, list[float]] = {name: [] for name in runs}
    for _ in range(ROUNDS):
        order = random.sample(list(runs), len(runs))
        found: dict[str, list[float]] = {name: [] for name in runs}
        for name in (*order, *reversed(order)):
            found[name].append(cpu(runs[name], times[name]))
        for name, both in found.items():
            rounds[name].append(min(both))  # interference only ever adds
    raw = {f"{name}, us of CPU": round(median(each), 2) for name, each in rounds.items()}
    null = Ratio.of(rounds["again"], rounds["ours"])
    ratio = Ratio.of(rounds["ours"], rounds["cedar"])
    name = f"decision among {RULES} rules / cedarpy"
    return [
        null_line("decision, ours again", null),
        ratio_line(name, ratio, null, at_most=AT_MOST, raw=raw | {"refused": sum(mine)}),
    ]


def main() -> int:
    parser = argparse.ArgumentParser(prog="bench.decisions", description=__doc__)
    parser.add_argument("--raw", action="store_true", help="this machine's own figures, too")
    arguments = parser.parse_args()
    found = lines()
    for line in found:
        print(line)
        if arguments.raw and line.raw:
            print(f"  {line.raw}")
    return 1 if any(line.met is False for line in found) else 0


if __name__ == "__main__":
    sys.exit(main())
