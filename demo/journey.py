"""`run`: one policy's life over real HTTP, from quote to paid claim, told step by step.

What the last line says is read back over HTTP after the stack was stopped and started again.
"""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from datetime import time as time_of_day
from pathlib import Path
from typing import Any, NoReturn

import httpx
import jsonschema

from demo import ANSWER_SECONDS
from local.settings import ROOT, Settings
from local.stack import Stack

type Json = dict[str, Any]

SCHEMA = ROOT / "demo" / "journeys" / "journey.schema.json"
DEFAULT_CALLER = "harbour-test"
BANK_SECONDS = 180.0


class JourneyFailed(Exception):
    """The journey stopped before its end, and why."""


@dataclass(frozen=True)
class Journey:
    """A journey file, its defaults filled in."""

    title: str
    caller: str
    quote: Json
    claim: Json
    quoted_at: datetime
    notified_at: datetime


def read_journey(path: Path) -> Journey:
    """Read and check a journey file."""
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise JourneyFailed(f"{path}: {error}") from error
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    for fault in jsonschema.Draft202012Validator(schema).iter_errors(document):
        raise JourneyFailed(f"{path}: {fault.json_path}: {fault.message}")
    clock = document.get("clock", {})
    try:
        start = date.fromisoformat(document["quote"]["start"])
        occurred_at = datetime.fromisoformat(document["claim"]["occurred_at"])
        quoted_at = clock.get("quoted_at") or _week_before(start)
        notified_at = clock.get("notified_at") or (occurred_at + timedelta(days=1)).isoformat()
        return Journey(
            title=document.get("title", path.name),
            caller=document.get("caller", DEFAULT_CALLER),
            quote=document["quote"],
            claim=document["claim"],
            quoted_at=datetime.fromisoformat(quoted_at).astimezone(UTC),
            notified_at=datetime.fromisoformat(notified_at).astimezone(UTC),
        )
    except (TypeError, ValueError) as error:
        raise JourneyFailed(f"{path}: {error}") from error


def _week_before(start: date) -> str:
    day = start - timedelta(days=7)
    return datetime.combine(day, time_of_day(9), UTC).isoformat()


def play(path: Path, settings: Settings) -> None:
    """Play a journey on a stack of its own, and print the line that says how it ended."""
    journey = read_journey(path)
    began = time.monotonic()
    print(journey.title)
    with Stack(settings) as stack:
        _say("stack", f"up in {stack.started_in_seconds:.1f} s at {stack.base_url}")
        walk = Walk(journey, stack)
        with walk.client:
            ids = walk.from_quote_to_paid_claim()
            if not stack.keeps_data:
                _say("memory", "this database keeps nothing: read back without starting again")
                last = walk.last_line(ids)
    if stack.keeps_data:
        _say("stack", "stopped; starting it again to read the figures back")
        last = _read_back(journey, ids, replace(settings, warm=False))
    _say("timed", f"{time.monotonic() - began:.0f} s from the start to the figures read back")
    print(last)


def _read_back(journey: Journey, ids: Ids, settings: Settings) -> str:
    with Stack(settings) as stack:
        _say("stack", f"up in {stack.started_in_seconds:.1f} s at {stack.base_url}")
        walk = Walk(journey, stack)
        with walk.client:
            return walk.last_line(ids)


@dataclass(frozen=True)
class Ids:
    quote: str
    policy: str
    claim: str


class Walk:
    """The calls of one journey on one running stack."""

    def __init__(self, journey: Journey, stack: Stack) -> None:
        self._journey = journey
        self._run = uuid.uuid4().hex
        self._now = journey.quoted_at
        self._logs = stack.settings.logs
        certificate = stack.certificate
        self.client = httpx.Client(
            base_url=stack.base_url,
            headers={"Authorization": f"Bearer {stack.token(journey.caller)}"},
            timeout=ANSWER_SECONDS,
            trust_env=False,
            verify=str(certificate.certificate) if certificate else True,
        )

    def from_quote_to_paid_claim(self) -> Ids:
        quote = self._quote()
        self._accept(quote["id"])
        policy = self._issue(quote["id"])
        claim_body = {"policy_id": policy["id"], **self._journey.claim}
        self._now = self._journey.notified_at
        self._check_cover(claim_body)
        claim = self._notify(claim_body)
        self._settle(claim["id"])
        self._wait_for_bank(claim["id"])
        self._show_events(policy["id"])
        return Ids(quote["id"], policy["id"], claim["id"])

    def last_line(self, ids: Ids) -> str:
        """The figures as the API reads them back."""
        quote = self._get(f"/v1/quotes/{ids.quote}")
        policy = self._get(f"/v1/policies/{ids.policy}")
        claim = self._get(f"/v1/claims/{ids.claim}")
        if policy["quote_id"] != ids.quote or claim["policy_id"] != ids.policy:
            self._fail("what was read back does not belong together")
        paid = [each["amount"] for each in claim["payments"] if each["status"] == "paid"]
        if not paid or len(paid) != len(claim["payments"]):
            self._fail(f"claim {ids.claim} reads back as {claim['status']}, not paid")
        total = {
            "amount": sum(each["amount"] for each in paid),
            "currency": paid[0]["currency"],
        }
        return (
            f"OK: quoted {_money(quote['premium']['total'])}, policy issued, claim settled,"
            f" {_money(total)} paid"
        )

    # -- steps ----------------------------------------------------------------------------------

    def _quote(self) -> Json:
        quote = self._post("/v1/quotes", self._journey.quote)
        if quote["status"] != "bindable":
            reasons = "; ".join(each["reason"] for each in quote.get("findings", ()))
            self._fail(f"quote {quote['id']} is {quote['status']}: {reasons or 'no reason given'}")
        premium = quote["premium"]
        lines = [f"net {_money(premium['net'])}"]
        lines += [f"{each['name']} {_money(each['amount'])}" for each in premium["lines"]]
        _say("quoted", f"{quote['id']}: {_money(premium['total'])} ({', '.join(lines)})")
        explanation = self._get(f"/v1/quotes/{quote['id']}/explanation")
        for line in _priced(explanation["steps"]):
            _why(line)
        return quote

    def _accept(self, quote_id: str) -> None:
        quote = self._post(f"/v1/quotes/{quote_id}/acceptance", {})
        _say("accepted", f"{quote_id} is {quote['status']}")

    def _issue(self, quote_id: str) -> Json:
        policy = self._post("/v1/policies", {"quote_id": quote_id})
        period = policy["period"]
        _say("issued", f"{policy['id']}, {period['start']} to {period['end']}")
        return policy

    def _check_cover(self, body: Json) -> None:
        wanted = ("policy_id", "cover", "occurred_at", "claimed", "facts")
        check = self._post("/v1/coverage-checks", {key: body[key] for key in wanted})
        payable = f", {_money(check['payable'])} payable" if check.get("payable") else ""
        _say("coverage", f"{check['outcome']}{payable}; nothing was changed")
        for rule in check["rules"]:
            _why(_rule(rule))
        for step in check["steps"]:
            _why(f"{step['name']}: {step['figure']}")

    def _notify(self, body: Json) -> Json:
        claim = self._post("/v1/claims", body)
        _say("notified", f"{claim['id']}: {_money(body['claimed'])} for {body['cover']}")
        for missing in claim.get("missing", ()):
            _why(f"still missing: {missing}")
        return claim

    def _settle(self, claim_id: str) -> None:
        claim = self._post(f"/v1/claims/{claim_id}/settlement", {})
        if not claim["payments"]:
            task = claim.get("task") or {}
            for rule in claim.get("rules", ()):
                _why(_rule(rule))
            self._fail(
                f"claim {claim_id} is {claim['status']}, nothing is paid:"
                f" {task.get('reason', 'see the rules above')}"
            )
        for payment in claim["payments"]:
            _say("settled", f"{payment['id']}: {_money(payment['amount'])}, {payment['status']}")
            if payment["status"] == "awaiting_approval":
                self._fail(f"payment {payment['id']} waits for a person to approve it")
        for rule in claim["rules"]:
            _why(_rule(rule))

    def _wait_for_bank(self, claim_id: str) -> None:
        """The bank is outside: only its report makes a payment paid."""
        deadline = time.monotonic() + BANK_SECONDS
        while time.monotonic() < deadline:
            claim = self._get(f"/v1/claims/{claim_id}")
            statuses = {payment["status"] for payment in claim["payments"]}
            if statuses == {"paid"}:
                for payment in claim["payments"]:
                    reference = payment.get("bank_reference", "")
                    _say("paid", f"{payment['id']}: {_money(payment['amount'])}, bank {reference}")
                return
            if statuses - {"executing", "paid"}:
                self._fail(f"claim {claim_id}: payments are {', '.join(sorted(statuses))}")
            time.sleep(0.1)
        self._fail(f"the bank has not reported on claim {claim_id} within {BANK_SECONDS:.0f} s")

    def _show_events(self, policy_id: str) -> None:
        events = self._get(f"/v1/policies/{policy_id}/events")
        if not events["verified"]:
            self._fail(f"the chain of events of {policy_id} does not verify")
        types = ", ".join(event["type"] for event in events["items"])
        _say("events", f"{len(events['items'])} of {policy_id}, chain verified: {types}")

    # -- calls ----------------------------------------------------------------------------------

    def _post(self, path: str, body: Json) -> Json:
        self._now += timedelta(minutes=5)
        headers = {"Idempotency-Key": f"{self._run}-{path.replace('/', '.')}"[:128]}
        return self._answer("POST", path, json=body, headers=headers)

    def _get(self, path: str) -> Json:
        return self._answer("GET", path)

    def _answer(self, method: str, path: str, **arguments: Any) -> Json:
        headers = {
            "Coverwright-Clock": self._now.strftime("%Y-%m-%dT%H:%M:%SZ"),
            **arguments.pop("headers", {}),
        }
        answer = self.client.request(method, path, headers=headers, **arguments)
        if answer.is_error:
            logs = f"; see {self._logs}" if answer.is_server_error else ""
            self._fail(f"{method} {path}: {answer.status_code} {answer.text}{logs}")
        body: Json = answer.json()
        return body

    def _fail(self, reason: str) -> NoReturn:
        raise JourneyFailed(reason)


def _say(step: str, text: str) -> None:
    print(f"{step:>9}  {text}", flush=True)


def _why(text: str) -> None:
    print(f"{'':>9}    {text}", flush=True)


def _rule(rule: Json) -> str:
    return f"{rule['outcome']}: {rule['explanation']}"


_SIGNS = {"factor": "x", "add": "+", "base": "", "minimum": "at least", "maximum": "at most"}


def _priced(steps: list[Json]) -> Iterator[str]:
    """The steps that had a say in the price, each with what it took in and where it led."""
    for step in steps:
        if step.get("operand") is None:
            continue  # an option that was not chosen
        sign = _SIGNS.get(step["operation"], step["operation"])
        known = ", ".join(f"{name} {_shown(value)}" for name, value in step["inputs"].items())
        because = f"  ({known})" if known else ""
        effect = f"{sign} {step['operand']}".strip()
        yield f"{step['name']:<22} {effect:<14} {_money(step['running']):>12}{because}"


def _shown(value: Any) -> str:
    if isinstance(value, dict) and value.keys() == {"amount", "currency"}:
        return _money(value)
    if isinstance(value, dict):
        return ", ".join(f"{name} {_shown(each)}" for name, each in value.items())
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _money(money: Json) -> str:
    """Minor units as people write them; only currencies with two decimals are sold here yet."""
    sign = "-" if money["amount"] < 0 else ""
    whole, cents = divmod(abs(money["amount"]), 100)
    return f"{sign}{whole}.{cents:02d} {money['currency']}"
