"""A change before others applies those again: each is held to its rules once more, and to who makes the change."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from insurance.domain.policy import servicing
from insurance.products import product

from tests.support.calls import PARTNER, QUOTE
from tests.support.claims import issued, money
from tests.support.platform import Platform, platform_in_memory
from tests.support.policy_life import product_with

type Json = dict[str, Any]

MILEAGE: Json = {"answers": {"annual_mileage": 9_000}}
DEARER: Json = {"answers": {"vehicle_value": money("60000")}}
"""Above 50,000 only an underwriter takes the risk."""
DIVORCE: Json = {
    "reason": "divorce",
    "holder": {"name": "Bertram Oystercatcher"},
    "consents": ["holder", "new_holder"],
}
UNDERWRITER: Json = PARTNER | {
    "principal": "staff-ursula",
    "kind": "staff",
    "partner": "",
    "roles": "underwriter",
    "scopes": "policies:write notices:write",
}
NEVER_LOST = {"no_known_loss": True}


@pytest.fixture
def platform() -> Iterator[Platform]:
    with platform_in_memory() as (opened, _):
        yield opened


@pytest.fixture
def path(platform: Platform) -> str:
    made = f"/v1/policies/{issued(platform)}"
    platform.now = datetime(2026, 12, 20, 9, tzinfo=UTC)
    return made


def refusals(platform: Platform, step: str, body: Json) -> set[str]:
    """How the preview and the change itself are refused."""
    return {platform.refused(f"{step}/preview", body), platform.refused(step, body)}


def taken_by_an_underwriter(platform: Platform, path: str, on: str = "2027-02-01") -> None:
    body = {"effective_on": on, **DEARER}
    platform.post(f"{path}/endorsements", body, by=UNDERWRITER)


def test_what_an_underwriter_took_is_not_taken_again_by_a_partner(platform: Platform, path: str):
    """A change before it, or a reversal, would have it without the underwriter."""
    first = {"effective_on": "2027-01-10", **MILEAGE}
    platform.post(f"{path}/endorsements", first)
    taken_by_an_underwriter(platform, path)

    before = {"effective_on": "2027-01-05", **MILEAGE}
    assert refusals(platform, f"{path}/endorsements", before) == {"risk-not-accepted"}
    mistake = {"reason": "mistake"}
    assert refusals(platform, f"{path}/transactions/2/reversal", mistake) == {"risk-not-accepted"}
    platform.post(f"{path}/transactions/2/reversal", mistake, by=UNDERWRITER)


def test_a_reinstatement_brings_back_what_only_an_underwriter_takes(platform: Platform, path: str):
    taken_by_an_underwriter(platform, path)
    platform.post(f"{path}/cancellations", {"effective_on": "2027-01-20"})

    assert refusals(platform, f"{path}/reinstatements", NEVER_LOST) == {"risk-not-accepted"}
    platform.post(f"{path}/reinstatements", NEVER_LOST, by=UNDERWRITER)


def test_a_transfer_before_what_only_an_underwriter_takes(platform: Platform, path: str):
    taken_by_an_underwriter(platform, path)
    platform.now = datetime(2027, 3, 1, 9, tzinfo=UTC)

    divorce = DIVORCE | {"effective_on": "2027-01-15"}
    assert refusals(platform, f"{path}/transfers", divorce) == {"risk-not-accepted"}


def test_a_cancellation_applies_nothing_again(platform: Platform, path: str):
    """So an underwriter is not needed for it, and neither is anybody's authority."""
    taken_by_an_underwriter(platform, path)

    done = platform.post(f"{path}/cancellations", {"effective_on": "2027-01-20"})

    assert done["reapplied"] == []
    assert len(done["reversed"]) == 1


def test_the_insurers_cancellation_is_applied_again_without_another_notice(
    platform: Platform, path: str
):
    """Its notice was served once: a change before it does not ask for it again."""
    notice = {"reason": "false_facts"}
    platform.post(f"{path}/notices", notice, by=UNDERWRITER)
    proof = {
        "channel": "post",
        "reference": "RR1",
        "dispatched_at": "2026-12-20T09:00:00Z",
    }
    sent = platform.post(f"{path}/notices/1/dispatch", proof, by=UNDERWRITER)
    ends = sent["notice"]["effective_at"]
    body = {"by": "insurer", "reason": "false_facts", "effective_at": ends}
    platform.now = datetime(2027, 3, 1, 9, tzinfo=UTC)
    platform.post(f"{path}/cancellations", body, by=UNDERWRITER)

    done = platform.post(f"{path}/endorsements", {"effective_on": "2026-12-22", **MILEAGE})

    assert len(done["reapplied"]) == 1


@pytest.mark.parametrize("step", ["reinstatements", "transfers"])
def test_a_term_holds_so_many_changes(
    platform: Platform, path: str, step: str, monkeypatch: pytest.MonkeyPatch
):
    if step == "reinstatements":
        platform.post(f"{path}/cancellations", {"effective_on": "2027-01-20"})
    held = platform.get(f"{path}/transactions")["items"]
    monkeypatch.setattr(servicing, "CHANGES_MAX", len(held) - 1)

    body = NEVER_LOST if step == "reinstatements" else DIVORCE
    assert refusals(platform, f"{path}/{step}", body) == {"too-many-changes"}


def test_a_quote_whose_version_has_another_price_by_now_is_not_issued(platform: Platform):
    """What ships under a version is never changed; if it were, nobody would get another price than theirs."""
    quote = platform.post("/v1/quotes", QUOTE)
    platform.post(f"/v1/quotes/{quote['id']}/acceptance")
    rating = product("personal_motor").source.document["rating"]
    dearer = {**rating, "steps": [*rating["steps"], {"step": "dearer", "factor": 2}]}
    platform.offering(product_with("personal_motor", life={}, rating=dearer))

    assert platform.refused("/v1/policies", {"quote_id": quote["id"]}) == "quote-changed"
