"""What people say in a complaint, and what we write about it, is closed with the party's key."""

from tests.support.calls import BANK, LOSS_CLOCK, NAME, NARRATIVE, staff
from tests.support.personal_data import KIM, SUE, Json, erase, found_in, open_words, step
from tests.support.platform import Platform
from tests.support.streams import assert_chains_hold, posted, streams

HANA = staff("staff-hana", "claims_handler", "claims:assess")


def complained(handlers: Platform, about: str) -> Json:
    """A complaint with everything written on it, and redress on its way to the bank."""
    words = {"about": about, "category": "service", "complainant": NAME, "text": NARRATIVE}
    complaint = step(handlers, "/v1/complaints", words, key="complain")
    path = f"/v1/complaints/{complaint['id']}"
    step(handlers, f"{path}/acknowledgement", {})
    step(handlers, f"{path}/investigation", {})
    step(handlers, f"{path}/notes", {"text": f"{NAME} is cross."})
    redress = {
        "amount": {"amount": 5_000, "currency": "GBP"},
        "reason": f"{NAME} waited in a greenhouse.",
        "name": NAME,
        "iban": "GB33BUKB20201555555555",
    }
    offered = step(handlers, f"{path}/redress", redress)
    [payment] = offered["redress"]
    agreed = {"decision": "approve", "reason": f"{NAME} is right."}
    step(handlers, f"{path}/redress/{payment['id']}/approval", agreed, SUE)
    answer = {"text": f"Dear {NAME}", "outcome": "upheld", "root_cause": "people"}
    return step(handlers, f"{path}/final-response", answer)


def test_nothing_personal_of_a_complaint_is_readable_anywhere(handlers: Platform):
    complained(handlers, handlers.issued()["id"])

    assert open_words(handlers.backend) == {}


def test_nothing_that_our_people_write_on_a_claim_is_readable_anywhere(handlers: Platform):
    path = f"/v1/claims/{handlers.notified()['id']}"
    step(handlers, f"{path}/notes", {"text": f"{NAME} sounded unsure."}, HANA)
    about = {"on": "2027-02-01T09:00:00Z", "about": f"Ring {NAME}."}
    step(handlers, f"{path}/diary-entries", about, HANA)

    assert open_words(handlers.backend) == {}


def test_after_erasure_a_complaint_says_nothing_of_the_person(handlers: Platform):
    policy_id = handlers.issued()["id"]
    complaint = complained(handlers, policy_id)

    erase(handlers, policy_id)

    path = f"/v1/complaints/{complaint['id']}"
    for read in (path, f"{path}/internal"):
        answer = handlers.call("GET", read, by=KIM, clock=LOSS_CLOCK)
        assert answer.status == 200, answer.text
        assert found_in(answer.body) == set(), read
    words = {"about": policy_id, "category": "service", "complainant": NAME, "text": NARRATIVE}
    for key in ("complain", "another"):
        again = handlers.call("POST", "/v1/complaints", words, by=KIM, clock=LOSS_CLOCK, key=key)
        assert (again.status, again.code) == (409, "already-erased")
    assert open_words(handlers.backend) == {}


def test_a_quotes_complaint_is_closed_with_the_quotes_key(handlers: Platform):
    quote_id = handlers.quoted()["id"]
    words = {"about": quote_id, "category": "price", "complainant": NAME, "text": NARRATIVE}
    complaint = step(handlers, "/v1/complaints", words)

    erase(handlers, quote_id.replace("quo_", "pol_"))

    answer = handlers.call("GET", f"/v1/complaints/{complaint['id']}", by=KIM, clock=LOSS_CLOCK)
    assert (answer.status, found_in(answer.body)) == (200, set())


def test_a_complaint_made_of_a_quote_is_readable_when_it_became_a_policy(handlers: Platform):
    quote_id = handlers.accepted()["id"]
    words = {"about": quote_id, "category": "price", "complainant": NAME, "text": NARRATIVE}
    complaint = step(handlers, "/v1/complaints", words)

    issued = handlers.call("POST", "/v1/policies", {"quote_id": quote_id})
    assert issued.status == 201, issued.text

    answer = handlers.call("GET", f"/v1/complaints/{complaint['id']}", by=KIM, clock=LOSS_CLOCK)
    assert answer.body["text"] == NARRATIVE


def test_redress_on_its_way_is_posted_though_the_person_was_erased(handlers: Platform):
    policy_id = handlers.issued()["id"]
    complaint = complained(handlers, policy_id)
    [payment] = complaint["redress"]
    erase(handlers, policy_id)

    report = {
        "instruction_id": payment["id"],
        "outcome": "paid",
        "bank_reference": "BK-1",
        "executed_at": "2027-01-11T10:00:00Z",
    }
    told = step(handlers, "/v1/bank-reports", report, BANK)

    assert told["status"] == "paid"
    assert sum(posted(streams(handlers.backend)[complaint["id"]]).values()) == 0
    assert_chains_hold(handlers.backend)
    assert open_words(handlers.backend) == {}


def test_redress_is_not_agreed_to_once_nobody_knows_whom_it_goes_to(handlers: Platform):
    policy_id = handlers.issued()["id"]
    path = f"/v1/complaints/{complained(handlers, policy_id)['id']}"
    redress = {"amount": {"amount": 5_000, "currency": "GBP"}, "reason": "More.", "name": NAME}
    offered = step(handlers, f"{path}/redress", redress | {"iban": "GB33BUKB20201555555555"})
    erase(handlers, policy_id)

    approval = f"{path}/redress/{offered['redress'][-1]['id']}/approval"
    agreed = {"decision": "approve", "reason": "Fair."}
    answer = handlers.call("POST", approval, agreed, by=SUE, clock=LOSS_CLOCK)

    assert (answer.status, answer.code) == (409, "already-erased")
    refused = step(handlers, approval, {"decision": "refuse", "reason": "Gone."}, SUE)
    assert refused["redress"][-1]["status"] == "cancelled"
