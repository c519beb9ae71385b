"""Products of a test's own, sold and served over the handlers: what a partner and our people see."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from insurance.domain.product import Product
from insurance.domain.product.definition.files import read_source
from insurance.domain.product.publishing.checks import checked

from tests.support.claims import money
from tests.support.platform import Platform, platform_in_memory

type Json = dict[str, Any]

START = "2026-12-01"
UNDERWRITER = "underwriter-test"
TAKEN_ON: Json = {"decision": "accept", "reason": "Seen."}
BASE: Json = {
    "code": "unseen",
    "version": "1",
    "name": "Unseen",
    "status": "active",
    "territories": ["GB"],
    "currency": "GBP",
    "time_zone": "Europe/London",
    "questions": [{"code": "n", "type": "integer", "min": 0, "max": 9, "default": 0}],
    "covers": [{"code": "main", "limit": 1000}],
    "rating": {"steps": [{"step": "base", "cover": "main", "base": 100}]},
    "claims": {
        "straight_through_limit": 100_000,
        "authority": [{"role": "claims_handler", "limit": 1_000_000}],
    },
}


def product(tables: Mapping[str, str] | None = None, **parts: Any) -> Product:
    """As somebody publishes it: a document of JSON, and tables."""
    return checked(read_source(json.dumps({**BASE, **parts}), tables or {}, None))


@dataclass
class Counter:
    """Where one product is sold, changed, renewed and claimed on."""

    platform: Platform
    product: Product

    def quote(self, start: str = START, covers: tuple[str, ...] = (), **answers: Any) -> Json:
        return self.platform.post("/v1/quotes", self.risk(start, covers, **answers))

    def risk(self, start: str = START, covers: tuple[str, ...] = (), **answers: Any) -> Json:
        return {
            "product": self.product.code,
            "start": start,
            "policyholder": {"name": "Ada Merton"},
            "answers": answers,
            "covers": list(covers),
        }

    def issue(self, start: str = START, covers: tuple[str, ...] = (), **answers: Any) -> str:
        """A policy's id."""
        return self.take(self.quote(start, covers, **answers))

    def take(self, quote: Json) -> str:
        """Accept the quote and issue it."""
        self.platform.post(f"/v1/quotes/{quote['id']}/acceptance")
        return str(self.platform.post("/v1/policies", {"quote_id": quote["id"]})["id"])

    def renew(self, policy_id: str) -> Json:
        """The offer of the next term."""
        return self.platform.post(f"/v1/policies/{policy_id}/renewals")

    def endorse(self, policy_id: str, on: str, **changes: Any) -> Json:
        asked = {"effective_on": on, **changes}
        return self.platform.post(f"/v1/policies/{policy_id}/endorsements", asked)

    def loss(
        self, policy_id: str, claimed: str, on: str, cover: str = "main", **changes: Any
    ) -> Json:
        return {
            "policy_id": policy_id,
            "cover": cover,
            "occurred_at": on if "T" in on else f"{on}T12:00:00Z",
            "claimed": money(claimed, self.product.currency.value),
            "facts": {},
            "claimant": {"name": "Ada Merton"},
            "payee": {"name": "Ada Merton", "iban": "GB33BUKB20201555555555"},
            **changes,
        }

    def claim(
        self, policy_id: str, claimed: str, on: str, cover: str = "main", **changes: Any
    ) -> Json:
        """Told of an hour after it happened, and settled as far as the rules go."""
        body = self.loss(policy_id, claimed, on, cover, **changes)
        told = datetime.fromisoformat(body["occurred_at"]).replace(hour=23)
        self.platform.now = max(self.platform.now, told)
        claim = self.platform.post("/v1/claims", body)
        return self.platform.post(f"/v1/claims/{claim['id']}/settlement")

    def at(self, day: str) -> None:
        """The clock says noon of this day."""
        self.platform.now = datetime.fromisoformat(f"{day}T12:00:00").replace(tzinfo=UTC)


def rules_of(claim: Json) -> dict[str, str]:
    """The outcome of each rule that a claim was held to."""
    return {rule["code"]: rule["outcome"] for rule in claim["rules"]}


@contextmanager
def selling(made: Product) -> Iterator[Counter]:
    """The counter, on stores in memory."""
    with platform_in_memory() as (platform, _):
        platform.offering(made)
        yield Counter(platform, made)


def renewed(counter: Counter, policy_id: str, on: str) -> str:
    counter.at(on)
    return counter.take(counter.renew(policy_id))
