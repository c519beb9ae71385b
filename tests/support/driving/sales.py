"""The platform's product sold, changed, renewed and claimed on over HTTP: what a partner sees."""

from datetime import UTC, datetime
from typing import Any

from tests.support.claims import money
from tests.support.driving.http import Http

type Json = dict[str, Any]

START = "2026-12-01"


class Sales(Http):
    """Calls on policies of the platform's own product."""

    def quote(self, start: str = START, covers: tuple[str, ...] = (), **answers: Any) -> Json:
        return self.post("/v1/quotes", self.risk(start, covers, **answers))

    def risk(self, start: str = START, covers: tuple[str, ...] = (), **answers: Any) -> Json:
        return {
            "product": self.product.code,
            "start": start,
            "policyholder": {"name": "Ada Merton"},
            "answers": answers,
            "covers": list(covers),
        }

    def sell(self, start: str = START, covers: tuple[str, ...] = (), **answers: Any) -> str:
        """A policy's id."""
        return self.take(self.quote(start, covers, **answers))

    def take(self, quote: Json) -> str:
        """Accept the quote and issue it."""
        self.post(f"/v1/quotes/{quote['id']}/acceptance")
        return str(self.post("/v1/policies", {"quote_id": quote["id"]})["id"])

    def renew(self, policy_id: str) -> Json:
        """The offer of the next term."""
        return self.post(f"/v1/policies/{policy_id}/renewals")

    def endorse_from(self, policy_id: str, on: str, **changes: Any) -> Json:
        asked = {"effective_on": on, **changes}
        return self.post(f"/v1/policies/{policy_id}/endorsements", asked)

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
        self.now = max(self.now, told)
        claim = self.post("/v1/claims", body)
        return self.post(f"/v1/claims/{claim['id']}/settlement")

    def noon_of(self, day: str) -> None:
        """The clock says noon of this day."""
        self.now = datetime.fromisoformat(f"{day}T12:00:00").replace(tzinfo=UTC)

    def renewed(self, policy_id: str, on: str) -> str:
        """The next term's policy, taken at noon of this day."""
        self.noon_of(on)
        return self.take(self.renew(policy_id))
