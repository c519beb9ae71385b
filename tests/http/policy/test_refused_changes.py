"""Changes of a policy that are refused: the preview says so with the same code as the change itself."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from insurance.domain.policy import notice_rules

from tests.support.calls import QUOTE
from tests.support.claims import issued
from tests.support.platform import Platform, platform_in_memory
from tests.support.policy_life import product_with

type Json = dict[str, Any]

UNDERWRITER = "underwriter-test"
DIVORCE: Json = {
    "reason": "divorce",
    "holder": {"name": "Bertram Oystercatcher"},
    "consents": ["holder", "new_holder"],
}
MILEAGE: Json = {"answers": {"annual_mileage": 9_000}}
NEVER_LOST = {"no_known_loss": True}
AFTER_THE_START = datetime(2026, 12, 20, 9, tzinfo=UTC)


@pytest.fixture
def platform() -> Iterator[Platform]:
    with platform_in_memory() as (opened, _):
        yield opened


@pytest.fixture
def path(platform: Platform) -> str:
    """A policy of motor insurance that began three weeks ago."""
    made = f"/v1/policies/{issued(platform)}"
    platform.now = AFTER_THE_START
    return made


@pytest.fixture
def cancelled(platform: Platform, path: str) -> str:
    platform.post(f"{path}/cancellations", {"effective_on": "2027-01-01"})
    return path


def sold(platform: Platform, **life: Any) -> str:
    """A policy of motor insurance whose life goes by other rules."""
    platform.offering(product_with("personal_motor", life=life))
    made = f"/v1/policies/{issued(platform)}"
    platform.now = AFTER_THE_START
    return made


def refusals(platform: Platform, step: str, body: Json | None = None, **options: Any) -> set[str]:
    """How the preview and the change itself are refused."""
    return {
        platform.refused(f"{step}/preview", body, **options),
        platform.refused(step, body, **options),
    }


@pytest.mark.parametrize(
    ("step", "body"),
    [
        ("endorsements", {"effective_on": "2027-02-01", **MILEAGE}),
        ("cancellations", {"effective_on": "2027-02-01"}),
        ("renewals", None),
        ("transfers", DIVORCE),
    ],
)
def test_what_has_ended_is_not_changed(platform: Platform, cancelled: str, step: str, body: Any):
    platform.now = datetime(2027, 1, 2, 9, tzinfo=UTC)

    assert refusals(platform, f"{cancelled}/{step}", body) == {"wrong-state"}


def test_a_transaction_is_reversed_once(platform: Platform, path: str):
    platform.post(f"{path}/endorsements", {"effective_on": "2027-02-01", **MILEAGE})
    platform.post(f"{path}/transactions/2/reversal", {"reason": "mistake"})

    found = refusals(platform, f"{path}/transactions/2/reversal", {"reason": "mistake"})

    assert found == {"wrong-state"}


def test_what_has_ended_gets_no_notice(platform: Platform, cancelled: str):
    platform.now = datetime(2027, 1, 2, 9, tzinfo=UTC)
    notice = {"reason": "false_facts"}

    assert platform.refused(f"{cancelled}/notices", notice, by=UNDERWRITER) == "wrong-state"


def test_a_term_that_is_over_is_not_kept_from_renewing(platform: Platform, path: str):
    platform.now = datetime(2028, 1, 2, 9, tzinfo=UTC)

    assert platform.refused(f"{path}/non-renewal", {}) == "wrong-state"


@pytest.mark.parametrize("step", ["cancellations", "reinstatements"])
def test_nothing_happens_outside_the_term(platform: Platform, cancelled: str, step: str):
    body = {"effective_on": "2028-02-01", **({"gap": True} if step == "reinstatements" else {})}

    assert refusals(platform, f"{cancelled}/{step}", body) == {"outside-term"}


def test_the_insurer_ends_nothing_without_notice(platform: Platform, path: str):
    body = {"by": "insurer", "reason": "false_facts"}

    found = refusals(platform, f"{path}/cancellations", body, by="call-centre-test")

    assert found == {"notice-not-served"}


def test_a_transaction_that_there_is_not_is_not_reversed(platform: Platform, path: str):
    found = refusals(platform, f"{path}/transactions/9/reversal", {"reason": "mistake"})

    assert found == {"transaction-not-found"}
    unknown = f"{path[:-4]}zzzz/transactions/1/reversal"
    assert refusals(platform, unknown, {"reason": "mistake"}) == {"policy-not-found"}


def test_a_policy_passes_on_with_consent_and_from_a_day_of_its_term(platform: Platform, path: str):
    transfers, late = f"{path}/transfers", {"effective_on": "2028-01-15"}

    assert refusals(platform, transfers, DIVORCE | {"consents": []}) == {"consent-missing"}
    assert refusals(platform, f"{path[:-4]}zzzz/transfers", DIVORCE) == {"policy-not-found"}
    platform.now = datetime(2028, 2, 1, 9, tzinfo=UTC)
    assert refusals(platform, transfers, DIVORCE | late) == {"outside-term"}


def test_a_notice_that_there_is_not_is_neither_sent_nor_withdrawn(platform: Platform, path: str):
    sent = {"channel": "post", "reference": "RR1", "dispatched_at": "2026-12-20T09:00:00Z"}

    for step, body in (("dispatch", sent), ("withdrawal", {})):
        code = platform.refused(f"{path}/notices/9/{step}", body, by=UNDERWRITER)
        assert code == "notice-not-found"


def test_a_notice_is_sent_and_withdrawn_once(platform: Platform, path: str):
    platform.post(f"{path}/notices", {"reason": "false_facts"}, by=UNDERWRITER)
    platform.post(f"{path}/notices/1/withdrawal", {}, by=UNDERWRITER)
    sent = {"channel": "post", "reference": "RR1", "dispatched_at": "2026-12-20T09:00:00Z"}

    for step, body in (("dispatch", sent), ("withdrawal", {})):
        code = platform.refused(f"{path}/notices/1/{step}", body, by=UNDERWRITER)
        assert code == "wrong-state"


@pytest.mark.parametrize(
    ("step", "body"),
    [("reinstatements", {"gap": False}), ("renewals", None)],
    ids=["without a word on losses", "too early"],
)
def test_what_the_terms_do_not_offer_is_refused(
    platform: Platform, path: str, step: str, body: Json | None
):
    if step == "reinstatements":
        platform.post(f"{path}/cancellations", {})

    assert refusals(platform, f"{path}/{step}", body) == {"terms-not-offered"}


@pytest.mark.parametrize("by", ["policyholder", "insurer"])
def test_a_product_may_let_one_side_alone_end_its_policies(platform: Platform, by: str):
    path = sold(platform, cancellation=[{"by": by, "method": "pro_rata"}])

    if by == "policyholder":
        notice = {"reason": "false_facts"}
        assert platform.refused(f"{path}/notices", notice, by=UNDERWRITER) == "terms-not-offered"
    else:
        assert refusals(platform, f"{path}/cancellations", {}) == {"terms-not-offered"}


def test_what_lapsed_for_want_of_premium_comes_back_when_it_is_paid(platform: Platform):
    path = sold(platform, reinstatement_days=60)
    platform.policy_id = path.rpartition("/")[2]
    platform.post(f"{path}/billing/plan", {"plan": "monthly"})
    platform.turn_to(datetime(2026, 12, 21, 9, tzinfo=UTC))
    platform.prove_dispatch_by_email()
    platform.turn_to(datetime(2027, 2, 1, 9, tzinfo=UTC))

    assert refusals(platform, f"{path}/reinstatements", NEVER_LOST) == {"arrears-open"}


LATE = [date(2027, 2, 1) + timedelta(days=days) for days in range(21)]


@pytest.fixture
def changed_often(platform: Platform, path: str) -> str:
    """More changes take effect later than are worked out again for one that comes before them."""
    for day in LATE:
        mileage = 9_000 + day.toordinal() % 2
        body = {"effective_on": day.isoformat(), "answers": {"annual_mileage": mileage}}
        platform.post(f"{path}/endorsements", body)
    return path


@pytest.mark.parametrize(
    ("step", "body"),
    [
        ("endorsements", {"effective_on": "2027-01-10", **MILEAGE}),
        ("cancellations", {"effective_on": "2027-01-10"}),
        ("transactions/2/reversal", {"reason": "mistake"}),
    ],
)
def test_a_change_before_too_many_others_is_refused(
    platform: Platform, changed_often: str, step: str, body: Json
):
    if "reversal" in step:
        first = {"effective_on": "2027-02-22", "answers": {"annual_mileage": 12_000}}
        platform.post(f"{changed_often}/endorsements", first)

    assert refusals(platform, f"{changed_often}/{step}", body) == {"too-many-changes"}


def test_a_policy_holds_so_many_notices(
    platform: Platform, path: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(notice_rules, "NOTICES_MAX", 3)
    for number in range(1, 4):
        platform.post(f"{path}/notices", {"reason": "false_facts"}, by=UNDERWRITER)
        platform.post(f"{path}/notices/{number}/withdrawal", {}, by=UNDERWRITER)

    notice = {"reason": "false_facts"}
    assert platform.refused(f"{path}/notices", notice, by=UNDERWRITER) == "too-many-changes"


def test_a_quote_that_has_expired_is_not_issued(platform: Platform):
    quote = platform.post("/v1/quotes", QUOTE)
    platform.post(f"/v1/quotes/{quote['id']}/acceptance")
    platform.now = datetime(2027, 3, 1, 9, tzinfo=UTC)

    assert platform.refused("/v1/policies", {"quote_id": quote["id"]}) == "quote-expired"
