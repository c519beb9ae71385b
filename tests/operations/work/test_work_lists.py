"""What waits for whom: by role, by state, by handler; notes and the diary."""

from datetime import timedelta

import pytest

from tests.support.claims import (
    AT_FAULT,
    HANDLER,
    MOTOR,
    WORK,
    issued,
    loss,
    notified,
    settled,
)
from tests.support.platform import Platform

SUPERVISOR, UNDERWRITER, PARTNER = "supervisor-test", "underwriter-test", "harbour-test"


def referred(platform: Platform, policy: str | None = None) -> str:
    """A claim that a person must look at; its id."""
    policy = policy or issued(platform)
    claim = settled(platform, loss(policy, "accidental_damage", "1000", facts={}, payee=None))
    claim_id: str = claim["id"]
    return claim_id


def listed(platform: Platform, path: str, by: str = HANDLER, **query: str) -> list[str]:
    """The ids of every page of a list."""
    ids: list[str] = []
    page: dict[str, str] = {}
    while True:
        answered = platform.get(path, by=by, query=query | page)
        ids += [item["id"] for item in answered["items"]]
        if "next" not in answered:
            return ids
        page = {"after": answered["next"]}


def test_the_longest_waiting_comes_first_page_by_page(platform):
    policy, ids = issued(platform), []
    for _ in range(5):
        ids.append(referred(platform, policy))
        platform.now += timedelta(hours=1)

    assert listed(platform, WORK, limit="2") == ids
    assert listed(platform, WORK) == ids


def test_a_line_says_since_when_and_the_next_deadline(platform):
    claim_id = referred(platform)
    platform.post(f"/v1/claims/{claim_id}/facts", {"facts": AT_FAULT})
    platform.post(f"/v1/claims/{claim_id}/settlement")
    platform.now += timedelta(days=3, hours=1)

    [line] = platform.get(WORK, by=HANDLER)["items"]

    assert (line["kind"], line["code"], line["subject_status"]) == (
        "claim",
        "referred",
        "assessing",
    )
    assert line["age_days"] == 3
    assert (line["deadline"]["code"], line["late"]) == ("decide", False)


def test_what_is_decided_waits_no_more(platform):
    claim_id = referred(platform)
    platform.post(f"/v1/claims/{claim_id}/closure", {"reason": "withdrawn"}, by=HANDLER)

    assert listed(platform, WORK) == []


def test_a_claim_comes_back_when_its_deadline_passes(platform):
    claim = notified(platform, loss(issued(platform), "accidental_damage", "1000", facts=AT_FAULT))
    assert listed(platform, WORK) == []

    platform.now += timedelta(days=31)

    [line] = platform.get(WORK, by=HANDLER)["items"]
    assert (line["id"], line["code"], line["late"]) == (claim["id"], "deadline_due", True)


def test_a_diary_entry_brings_a_claim_back_on_its_day_until_it_is_struck(platform):
    claim = notified(platform, loss(issued(platform), "accidental_damage", "1000", facts=AT_FAULT))
    path = f"/v1/claims/{claim['id']}/diary-entries"
    when = (platform.now + timedelta(days=2)).isoformat()
    platform.post(path, {"on": when, "about": "Ask the workshop."}, by=HANDLER)
    assert listed(platform, WORK) == []

    platform.now += timedelta(days=2, minutes=1)
    [line] = platform.get(WORK, by=HANDLER)["items"]
    desk = platform.post(f"{path}/1/completion", by=HANDLER)

    assert (line["id"], line["code"]) == (claim["id"], "diary_entry_due")
    assert desk["diary"] == []
    assert listed(platform, WORK) == []
    assert platform.refused(f"{path}/1/completion", by=HANDLER) == "diary-entry-not-found"
    assert platform.refused(f"{path}/x/completion", by=HANDLER) == "diary-entry-not-found"


def test_referrals_of_quotes_wait_for_an_underwriter(platform):
    valuable = MOTOR | {"vehicle_value": {"amount": 6_000_000, "currency": "GBP"}}
    quote = platform.post(
        "/v1/quotes",
        {
            "product": "personal_motor",
            "start": "2026-12-01",
            "policyholder": {"name": "Ada Merton"},
            "answers": valuable,
        },
    )
    path = "/v1/work-items?role=underwriter"

    [line] = platform.get(path, by=UNDERWRITER)["items"]
    assert (line["kind"], line["id"], line["code"]) == ("quote", quote["id"], "referral")

    decision = {"decision": "decline", "reason": "Too dear."}
    platform.post(f"/v1/quotes/{quote['id']}/referral-decision", decision, by=UNDERWRITER)
    assert platform.get(path, by=UNDERWRITER)["items"] == []


@pytest.mark.parametrize(
    ("role", "by", "status"),
    [
        ("claims_handler", HANDLER, 200),
        ("claims_handler", SUPERVISOR, 200),
        ("claims_handler", UNDERWRITER, 403),
        ("underwriter", UNDERWRITER, 200),
        ("underwriter", HANDLER, 403),
        ("finance", HANDLER, 403),
        ("nobody", HANDLER, 422),
        ("a b", HANDLER, 422),
    ],
)
def test_a_list_is_for_those_who_do_the_work_or_oversee_it(platform, role, by, status):
    assert platform.call("GET", f"/v1/work-items?role={role}", by=by).status == status


def test_no_partner_and_nobody_without_the_scope_reads_a_list(platform):
    for by in (PARTNER, "finance-test"):
        answered = platform.call("GET", WORK, by=by)

        assert (answered.status, answered.body["code"]) == (403, "missing-scope")


def test_notes_are_for_our_own_people(platform):
    claim_id = referred(platform)
    platform.post(f"/v1/claims/{claim_id}/notes", {"text": "Sounded unsure."}, by=HANDLER)

    desk = platform.get(f"/v1/claims/{claim_id}/internal", by=SUPERVISOR)

    assert [note["text"] for note in desk["notes"]] == ["Sounded unsure."]
    assert "unsure" not in str(platform.get(f"/v1/claims/{claim_id}"))
    assert platform.call("GET", f"/v1/claims/{claim_id}/internal").body["code"] == "missing-scope"


def test_a_cursor_of_another_list_is_refused(platform):
    policy = issued(platform)
    referred(platform, policy)
    referred(platform, policy)
    cursor = platform.get(WORK, by=HANDLER, query={"limit": "1"})["next"]

    answered = platform.call(
        "GET", "/v1/work-items?role=supervisor", by=SUPERVISOR, query={"after": cursor}
    )

    assert (answered.status, answered.body["errors"][0]["pointer"]) == (422, "after")


def test_how_a_loss_was_told_is_kept(platform):
    body = loss(issued(platform), "accidental_damage", "1000", facts=AT_FAULT)

    told = {
        channel: notified(platform, body | ({"channel": channel} if channel else {}))["channel"]
        for channel in ("policyholder", "broker", "call_centre", "portal", "")
    }
    by_us = platform.post("/v1/claims", body, by=HANDLER)

    assert told == {
        "policyholder": "policyholder",
        "broker": "broker",
        "call_centre": "call_centre",
        "portal": "portal",
        "": "broker",
    }
    assert by_us["channel"] == "call_centre"
    assert platform.refused("/v1/claims", body | {"channel": "pigeon"}) == "invalid-fields"
