"""The main job over HTTP, as far as a test needs it: from a quote to a paid claim."""

from typing import Any

from tests.support.calls import BANK, CLAIM, CLOCK, LOSS_CLOCK, QUOTE
from tests.support.driving.http import Http

type Json = dict[str, Any]


class Journey(Http):
    """Each step is what the step before left, and what somebody sends then."""

    def quoted(self, *, by: str | Json | None = None, **changes: Any) -> Json:
        return self.post("/v1/quotes", QUOTE | changes, by=by, clock=_clock_of(by))

    def accepted(self, *, by: str | Json | None = None, **changes: Any) -> Json:
        quote = self.quoted(by=by, **changes)
        return self.post(f"/v1/quotes/{quote['id']}/acceptance", by=by, clock=_clock_of(by))

    def issued(self, *, by: str | Json | None = None, **changes: Any) -> Json:
        quote = self.accepted(by=by, **changes)
        return self.post("/v1/policies", {"quote_id": quote["id"]}, by=by, clock=_clock_of(by))

    def notified(self, **changes: Any) -> Json:
        policy = self.issued()
        body = CLAIM | {"policy_id": policy["id"]} | changes
        return self.post("/v1/claims", body, clock=LOSS_CLOCK)

    def settled(self, **changes: Any) -> Json:
        claim = self.notified(**changes)
        return self.post(f"/v1/claims/{claim['id']}/settlement", clock=LOSS_CLOCK)

    def paid(self) -> Json:
        claim = self.settled()
        [payment] = claim["payments"]
        report = {
            "instruction_id": payment["instruction_id"],
            "outcome": "paid",
            "bank_reference": "BK-1",
            "executed_at": "2027-01-11T10:00:00Z",
        }
        self.post("/v1/bank-reports", report, by=BANK, clock=LOSS_CLOCK)
        return self.get(f"/v1/claims/{claim['id']}", clock=LOSS_CLOCK)


def _clock_of(caller: str | Json | None) -> str | None:
    """The test clock, which live callers must not send."""
    return None if isinstance(caller, dict) and caller.get("mode") == "live" else CLOCK
