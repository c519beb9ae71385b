"""The stories that the party was made for, each from its beginning to its end over the functions' HTTP."""

from datetime import datetime, timedelta
from functools import partial

import pytest
from insurance import bundles
from insurance.domain.core.identity import Mode, new_quote_id, party_id_for, policy_id_for
from insurance.domain.schedule.scheduled_job import JobKind, partition_for
from insurance.domain.search.entry import IndexedObject
from insurance.domain.search.objects import sources_of
from insurance.operations.parties.carry_out_erasure import carry_out_erasure
from insurance.operations.parties.remove_key_copies import remove_key_copies
from insurance.operations.scheduler.run_jobs import run_jobs
from insurance.operations.scheduler.schedule_jobs import schedule_jobs

from tests.support.builders import make_policy
from tests.support.calls import policyholder
from tests.support.driving.http import Json
from tests.support.lists import listed, searched
from tests.support.party_records import cancelled_at
from tests.support.platform import Platform, platform_in_memory
from tests.support.search import ADA, PLATES, insured

HARBOUR, MEADOW, CALL_CENTRE, OFFICER = (
    "harbour-test",
    "meadow-test",
    "call-centre-test",
    "privacy-test",
)
PHONE = {"phone": "+441632960001"}
SECRETS = ("merton", "high street", "ab1 2cd", "1991-03-14")
BOOK, PAGE = 10_000, 100


class Customer:
    """Ada: two policies, and a renewal of the first."""

    def __init__(self, platform: Platform) -> None:
        self.platform = platform
        registered = platform.post("/v1/parties", ADA | PHONE)
        self.id: str = registered["id"]
        named: Json = {"party_id": self.id}
        self.first, self.second = insured(platform, named), insured(platform, named, PLATES[1])
        self.began = platform.now
        platform.now = datetime.fromisoformat(self.first["period"]["end"]) - timedelta(days=10)
        offered = platform.post(f"/v1/policies/{self.first['id']}/renewals")
        platform.post(f"/v1/quotes/{offered['id']}/acceptance")
        self.renewed = platform.post("/v1/policies", {"quote_id": offered["id"]})
        platform.now = self.began
        deliver(platform)

    @property
    def policies(self) -> list[str]:
        return sorted(policy["id"] for policy in (self.first, self.second, self.renewed))


def deliver(platform: Platform) -> None:
    """What event delivery makes of all events: jobs, copies of keys that go, and the search index."""
    for event in platform.events():
        if event.stream.startswith("pty_"):
            schedule_jobs(
                event, products=platform.products, schedule=platform.stores.scheduled_jobs
            )
            remove_key_copies(event, copies=platform.stores.key_copies)
    platform.deliver()


@pytest.fixture
def ada(platform: Platform) -> Customer:
    return Customer(platform)


def test_two_policies_and_a_renewal_of_one_person_are_one_customer(ada: Customer):
    customer = ada.platform.get(f"/v1/parties/{ada.id}")

    assert sorted(each["policy_id"] for each in customer["contracts"]) == ada.policies
    assert {ada.first["party_id"], ada.second["party_id"], ada.renewed["party_id"]} == {ada.id}


def test_the_call_centre_finds_her_by_telephone_and_by_plate(ada: Customer):
    platform = ada.platform

    [found] = searched(platform, "/v1/parties/search", CALL_CENTRE, {"phone": "01632 960 001"})
    of_plate = searched(
        platform, "/v1/policies/search", CALL_CENTRE, {"registration": PLATES[1].lower()}
    )

    assert found == ada.id
    assert sorted(listed(platform, "/v1/policies", CALL_CENTRE, party_id=found)) == ada.policies
    assert of_plate == [ada.second["id"]]
    assert searched(platform, "/v1/parties/search", MEADOW, PHONE) == []


def test_the_call_centre_changes_her_address_on_every_policy_and_sees_before_what_it_costs(
    ada: Customer,
):
    platform, path = ada.platform, f"/v1/parties/{ada.id}/corrections"
    platform.now += timedelta(days=30)
    new = {"lines": ["3 Ember Passage"], "postcode": "EF3 3CC", "country": "GB"}
    move = {"address": new, "reason": "She moved house."}

    preview = platform.post(f"{path}/preview", move, by=CALL_CENTRE)
    before = [platform.get(f"/v1/policies/{policy}") for policy in ada.policies]
    made = platform.post(path, move, by=CALL_CENTRE)

    assert {policy["policyholder"]["address"]["postcode"] for policy in before} == {"AB1 2CD"}
    assert made["policies"] == preview["policies"]
    assert sorted(each["policy_id"] for each in made["policies"]) == ada.policies
    for changed in made["policies"]:
        policy = platform.get(f"/v1/policies/{changed['policy_id']}")
        assert policy["policyholder"]["address"] == new
        assert policy["charged"] == changed["charged_after"]
    deliver(platform)
    marks = {"name": "zoe", "postcode": "EF3 3CC"}
    assert searched(platform, "/v1/parties/search", CALL_CENTRE, marks) == [ada.id]


def test_a_policyholder_lists_theirs_and_no_other(ada: Customer):
    platform = ada.platform
    other = insured(platform, ADA | {"name": "Ben Okri"}, PLATES[2])
    deliver(platform)

    own = listed(platform, "/v1/me/policies", policyholder(ada.id.replace("pty_", "pol_")))

    assert sorted(own) == ada.policies
    assert listed(platform, "/v1/me/policies", policyholder(other["id"])) == [other["id"]]


def test_an_erasure_while_on_risk_is_refused_and_takes_effect_everywhere_by_itself(ada: Customer):
    platform, path = ada.platform, f"/v1/parties/{ada.id}/erasure"
    platform.now += timedelta(days=30)
    body = {"reason": "requested"}

    refused = platform.call("POST", path, body, by=OFFICER)
    waiting = platform.post(path, body | {"when_permitted": True}, by=OFFICER)

    assert refused.body["code"] == "legal-hold"
    codes = [hold["code"] for hold in refused.body["holds"] if hold["about"] in ada.policies]
    assert codes.count("on_risk") + codes.count("not_begun") == len(ada.policies)
    assert words_of(platform)
    deliver(platform)
    while "erased_at" not in waiting:
        platform.now = datetime.fromisoformat(waiting["check_at"])
        run_erasures(platform)
        party = platform.call("GET", f"/v1/parties/{ada.id}").body
        waiting = {"check_at": party["erasure_check_at"]} if "id" in party else {"erased_at": ""}

    deliver(platform)
    assert words_of(platform) == []
    assert searched(platform, "/v1/parties/search", CALL_CENTRE, PHONE) == []
    plate = {"registration": PLATES[0]}
    assert searched(platform, "/v1/policies/search", CALL_CENTRE, plate) == []
    for policy_id in ada.policies:
        policy = platform.get(f"/v1/policies/{policy_id}")
        assert "policyholder" not in policy or policy["policyholder"] is None
        assert platform.get(f"/v1/policies/{policy_id}/events")["verified"]


def run_erasures(platform: Platform) -> None:
    """What the scheduler does now about erasures."""
    report = run_jobs(
        partition_for(Mode.TEST, "harbour"),
        {JobKind.ERASURE: partial(carry_out_erasure, ports=bundles.erasure_ports())},
        scheduled=platform.stores.scheduled_jobs,
        now=platform.now,
        time_is_up=lambda: False,
    )
    assert (report.jobs, report.failed) == (1, 0)


def words_of(platform: Platform) -> list[str]:
    """What of her can be read in answers about her contracts."""
    quotes = [event.stream for event in platform.events() if event.stream.startswith("quo_")]
    texts = [
        str(platform.get(f"/v1/{kind}/{id}")).lower()
        for quote in dict.fromkeys(quotes)
        for kind, id in (("quotes", quote), ("policies", policy_id_for(quote)))
    ]
    return [secret for secret in SECRETS for text in texts if secret in text]


def test_a_broker_lists_filters_and_pages_its_ten_thousand_policies_and_never_sees_anothers():
    with platform_in_memory() as (platform, _):
        own = indexed_for(platform, "harbour", BOOK)
        others = indexed_for(platform, "meadow", PAGE + 1)

        all_own = listed(platform, "/v1/policies", HARBOUR, limit=str(PAGE))
        issued = listed(platform, "/v1/policies", HARBOUR, limit=str(PAGE), standing="issued")
        cancelled = listed(platform, "/v1/policies", HARBOUR, limit=str(PAGE), standing="cancelled")

        assert sorted(all_own) == sorted(own)
        assert len(issued) + len(cancelled) == BOOK
        assert set(cancelled) == set(own[::10])
        assert sorted(listed(platform, "/v1/policies", MEADOW, limit="100")) == sorted(others)
        answered = platform.call("GET", "/v1/policies?partner=meadow", by=HARBOUR)
        assert answered.body["errors"][0]["code"] == "another-book"
        of_other = listed(platform, "/v1/policies", HARBOUR, party_id=party_id_for(others[0]))
        assert of_other == []


def indexed_for(platform: Platform, partner: str, count: int) -> list[str]:
    """Policies of a partner in the index, one in ten of them cancelled, as the index is made of events."""
    ports = platform.index_ports()
    standing = make_policy(partner=partner)
    cancelled = cancelled_at(standing, standing.period.start)
    ids = []
    for number in range(count):
        quote_id = new_quote_id(Mode.TEST, partner, str(number))
        policy = standing if number % 10 else cancelled
        policy = policy.replace(
            id=policy_id_for(quote_id), quote_id=quote_id, party_id=party_id_for(quote_id)
        )
        for source in sources_of(policy, policy, 1, lambda _product: ()):
            indexed = [IndexedObject.of(one, ports.index_keys.token) for one in source.objects]
            ports.index.replace(source.id, 1, indexed, party_id=source.party_id)
        ids.append(policy.id)
    return ids


def test_a_holder_dies_and_the_estate_takes_over(ada: Customer):
    platform, policy = ada.platform, f"/v1/policies/{ada.first['id']}"
    platform.now += timedelta(days=30)
    name = "Estate of Zoë Ada O'Merton"
    death = {
        "reason": "death",
        "holder": {"name": name, "email": "estate@example.com"},
        "consents": ["representative"],
        "evidence": "CERT-1",
    }

    platform.post(f"{policy}/transfers", death)
    deliver(platform)

    held = platform.get(policy)
    assert (held["holding"], held["policyholder"]["name"]) == ("estate", name)
    [estate] = searched(
        platform, "/v1/parties/search", CALL_CENTRE, {"email": "estate@example.com"}
    )
    assert held["party_id"] == estate != ada.id
    own = listed(platform, "/v1/policies", CALL_CENTRE, party_id=estate)
    hers = listed(platform, "/v1/policies", CALL_CENTRE, party_id=ada.id)
    assert own == [ada.first["id"]]
    assert sorted(hers) == [id for id in ada.policies if id != ada.first["id"]]
