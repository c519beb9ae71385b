"""What waits for whom: by role, by state, by handler; notes and the diary."""

from datetime import timedelta

import pytest

from tests.claims.office import Office
from tests.claims.office import authorizer as staff
from tests.claims.policies import MOTOR, issued, loss, notified, settled
from tests.claims.test_decisions import AT_FAULT, HANDLER, reported

SUPERVISOR, UNDERWRITER, PARTNER = "supervisor-test", "underwriter-test", "harbour-test"
WORK = "/v1/work-lists/claims_handler"


def referred(office: Office, policy: str | None = None) -> str:
    """A claim that a person must look at; its id."""
    policy = policy or issued(office)
    claim = settled(office, loss(policy, "accidental_damage", "1000", facts={}, payee=None))
    claim_id: str = claim["id"]
    return claim_id


def listed(office: Office, path: str, by: str = HANDLER, **query: str) -> list[str]:
    """The ids of every page of a list."""
    ids: list[str] = []
    page: dict[str, str] = {}
    while True:
        answered = office.get(path, by=by, query=query | page)
        ids += [item["id"] for item in answered["items"]]
        if "next" not in answered:
            return ids
        page = {"after": answered["next"]}


def test_the_longest_waiting_comes_first_page_by_page(office):
    policy, ids = issued(office), []
    for _ in range(5):
        ids.append(referred(office, policy))
        office.now += timedelta(hours=1)

    assert listed(office, WORK, limit="2") == ids
    assert listed(office, WORK) == ids


def test_a_line_says_since_when_and_which_clock_runs(office):
    claim_id = referred(office)
    office.post(f"/v1/claims/{claim_id}/facts", {"facts": AT_FAULT})
    office.post(f"/v1/claims/{claim_id}/settlement")
    office.now += timedelta(days=3, hours=1)

    [line] = office.get(WORK, by=HANDLER)["items"]

    assert (line["kind"], line["code"], line["status"]) == ("claim", "referred", "assessing")
    assert line["age_days"] == 3
    assert (line["deadline"]["code"], line["late"]) == ("decide", False)


def test_what_is_decided_waits_no_more(office):
    claim_id = referred(office)
    office.post(f"/v1/claims/{claim_id}/closure", {"reason": "withdrawn"}, by=HANDLER)

    assert listed(office, WORK) == []


def test_a_claim_comes_back_when_its_clock_runs_out(office):
    claim = notified(office, loss(issued(office), "accidental_damage", "1000", facts=AT_FAULT))
    assert listed(office, WORK) == []

    office.now += timedelta(days=31)

    [line] = office.get(WORK, by=HANDLER)["items"]
    assert (line["id"], line["code"], line["late"]) == (claim["id"], "deadline_due", True)


def test_a_follow_up_brings_a_claim_back_on_its_day_until_it_is_struck(office):
    claim = notified(office, loss(issued(office), "accidental_damage", "1000", facts=AT_FAULT))
    path = f"/v1/claims/{claim['id']}/diary"
    when = (office.now + timedelta(days=2)).isoformat()
    office.post(path, {"on": when, "about": "Ask the workshop."}, by=HANDLER)
    assert listed(office, WORK) == []

    office.now += timedelta(days=2, minutes=1)
    [line] = office.get(WORK, by=HANDLER)["items"]
    desk = office.post(f"{path}/1/done", by=HANDLER)

    assert (line["id"], line["code"]) == (claim["id"], "follow_up")
    assert desk["diary"] == []
    assert listed(office, WORK) == []
    assert office.refused(f"{path}/1/done", by=HANDLER) == "follow-up-not-found"
    assert office.refused(f"{path}/x/done", by=HANDLER) == "follow-up-not-found"


def test_referrals_of_quotes_wait_for_an_underwriter(office):
    valuable = MOTOR | {"vehicle_value": {"amount": 6_000_000, "currency": "GBP"}}
    quote = office.post(
        "/v1/quotes",
        {
            "product": "personal_motor",
            "start": "2026-12-01",
            "policyholder": {"name": "Ada Merton"},
            "answers": valuable,
        },
    )
    path = "/v1/work-lists/underwriter"

    [line] = office.get(path, by=UNDERWRITER)["items"]
    assert (line["kind"], line["id"], line["code"]) == ("quote", quote["id"], "referral")

    decision = {"decision": "decline", "reason": "Too dear."}
    office.post(f"/v1/quotes/{quote['id']}/referral-decision", decision, by=UNDERWRITER)
    assert office.get(path, by=UNDERWRITER)["items"] == []


@pytest.mark.parametrize(
    ("role", "by", "status"),
    [
        ("claims_handler", HANDLER, 200),
        ("claims_handler", SUPERVISOR, 200),
        ("claims_handler", UNDERWRITER, 403),
        ("underwriter", UNDERWRITER, 200),
        ("underwriter", HANDLER, 403),
        ("nobody", HANDLER, 403),
        ("a b", HANDLER, 422),
    ],
)
def test_a_list_is_for_those_who_do_the_work_or_oversee_it(office, role, by, status):
    assert office.call("GET", f"/v1/work-lists/{role}", by=by).status == status


@pytest.mark.parametrize(
    "path", [WORK, "/v1/claims-by-status/notified", "/v1/claims-by-handler/somebody"]
)
def test_no_partner_and_nobody_without_the_scope_reads_a_list(office, path):
    for by in (PARTNER, "finance-test"):
        answered = office.call("GET", path, by=by)

        assert (answered.status, answered.body["code"]) == (403, "missing-scope")


@pytest.mark.parametrize("path", ["/v1/claims-by-status/notified", "/v1/claims-by-handler/me"])
def test_claims_of_all_policies_are_for_those_who_work_on_claims(office, path):
    assert office.call("GET", path, by=UNDERWRITER).body["code"] == "no-authority"


def test_claims_are_listed_by_how_far_they_have_come(office):
    policy = issued(office)
    first = notified(office, loss(policy, "accidental_damage", "1000", facts=AT_FAULT))
    closed = settled(office, loss(policy, "windscreen", "400"))
    reported(office, closed["payments"][0]["id"], "paid")

    assert listed(office, "/v1/claims-by-status/notified") == [first["id"]]
    assert listed(office, "/v1/claims-by-status/closed") == [closed["id"]]
    assert listed(office, "/v1/claims-by-status/settling") == []
    assert office.call("GET", "/v1/claims-by-status/lost", by=HANDLER).status == 422


def test_claims_by_status_and_by_handler_come_page_by_page(office):
    policy, hana = issued(office), staff(HANDLER)["claims"]["sub"]
    ids = []
    for _ in range(5):
        ids.append(referred(office, policy))
        office.post(f"/v1/claims/{ids[-1]}/assignment", {"handler": hana}, by=HANDLER)
        office.now += timedelta(minutes=1)

    for path in ("/v1/claims-by-status/verifying", f"/v1/claims-by-handler/{hana}"):
        assert [listed(office, path, limit=limit) for limit in ("1", "2", "50")] == [ids] * 3


def test_a_claim_is_in_one_persons_hands_until_another_takes_it_or_it_closes(office):
    claim_id = referred(office)
    hana, sven = (staff(name)["claims"]["sub"] for name in (HANDLER, SUPERVISOR))

    def of(subject: str) -> list[str]:
        return listed(office, f"/v1/claims-by-handler/{subject}")

    office.post(f"/v1/claims/{claim_id}/assignment", {"handler": hana}, by=HANDLER)
    assert (of(hana), of(sven)) == ([claim_id], [])

    office.post(f"/v1/claims/{claim_id}/assignment", {"handler": sven}, by=SUPERVISOR)
    assert (of(hana), of(sven)) == ([], [claim_id])

    office.post(f"/v1/claims/{claim_id}/closure", {"reason": "withdrawn"}, by=HANDLER)
    assert (of(hana), of(sven)) == ([], [])
    assert office.refused(f"/v1/claims/{claim_id}/assignment", {}, by=HANDLER) == "wrong-state"


def test_notes_are_for_our_own_people(office):
    claim_id = referred(office)
    office.post(f"/v1/claims/{claim_id}/notes", {"text": "Sounded unsure."}, by=HANDLER)

    desk = office.get(f"/v1/claims/{claim_id}/desk", by=SUPERVISOR)

    assert [note["text"] for note in desk["notes"]] == ["Sounded unsure."]
    assert "unsure" not in str(office.get(f"/v1/claims/{claim_id}"))
    assert office.call("GET", f"/v1/claims/{claim_id}/desk").body["code"] == "missing-scope"


def test_a_cursor_of_another_list_is_refused(office):
    policy = issued(office)
    referred(office, policy)
    referred(office, policy)
    cursor = office.get(WORK, by=HANDLER, query={"limit": "1"})["next"]

    answered = office.call(
        "GET", "/v1/claims-by-status/notified", by=HANDLER, query={"after": cursor}
    )

    assert (answered.status, answered.body["errors"][0]["pointer"]) == (422, "after")


def test_how_a_loss_was_told_is_kept(office):
    body = loss(issued(office), "accidental_damage", "1000", facts=AT_FAULT)

    told = {
        channel: notified(office, body | ({"channel": channel} if channel else {}))["channel"]
        for channel in ("policyholder", "broker", "call_centre", "portal", "")
    }
    by_us = office.post("/v1/claims", body, by=HANDLER)

    assert told == {
        "policyholder": "policyholder",
        "broker": "broker",
        "call_centre": "call_centre",
        "portal": "portal",
        "": "broker",
    }
    assert by_us["channel"] == "call_centre"
    assert office.refused("/v1/claims", body | {"channel": "pigeon"}) == "invalid-fields"
