"""A customer is corrected: what it does to each of their policies, and when nothing is done at all."""

from datetime import UTC, date, datetime, timedelta

import pytest
from insurance.domain.core.caller import Caller, CallerKind
from insurance.domain.core.errors import (
    CorrectionNotPossible,
    InvalidFields,
    PartyNotFound,
    ProductNotFound,
    ScreeningOpen,
    StaleRevision,
)
from insurance.domain.core.event import first_broken_link
from insurance.operations.parties.decide_screening import clear_screening
from insurance.operations.parties.merge_parties import merge_parties
from insurance.operations.policy.correct_party import (
    POLICIES_MAX,
)
from insurance.products import product

from tests.support.customers import (
    ADA,
    BY_THE_PARK,
    CONTENTS,
    FROM,
    HOME,
    IN_THE_FLOOD,
    LIFE,
    LISTED,
    NEAR_THIEVES,
    NOW,
    Customer,
    ids,
)
from tests.support.plain import plain_product, price
from tests.support.platform import Platform
from tests.support.policy_life import PARTNER, UNDERWRITER, product_with


@pytest.fixture
def owner() -> Customer:
    """Two homes' contents: one where she lives, one elsewhere."""
    customer = Customer(Platform(product("home_contents")))
    customer.insured(CONTENTS)
    customer.insured(CONTENTS | {"postcode": "GH4 4DD"}, start=date(2026, 2, 1))
    customer.platform.now = NOW
    return customer


@pytest.fixture
def insured_life() -> Customer:
    customer = Customer(Platform(product("life_and_illness")))
    customer.insured(LIFE)
    customer.platform.now = NOW
    return customer


def test_a_contact_is_another_one_on_the_record_and_on_every_policy_at_no_price(owner):
    made = owner.correct(email="ada@king.example")

    party = owner.platform.stores.parties.get(owner.party_id)
    assert party.record.policyholder.email == "ada@king.example"
    assert owner.parties == {owner.party_id: ["party.registered", "party.corrected"]}
    for policy_id in ids(owner):
        policy = owner.policy(policy_id)
        assert policy.policyholder == ADA.replace(email="ada@king.example")
        assert policy.transactions == ()
        [_, event] = owner.platform.memory.events[policy_id]
        assert (event.type, event.postings) == ("policy.holder_corrected", ())
        assert "king" not in str(event.facts)
        assert first_broken_link(owner.platform.memory.events[policy_id]) is None
    assert [policy.difference.amount for policy in made.policies] == [0, 0]


def test_a_telephone_number_stands_on_the_record_alone(owner):
    made = owner.correct(phone="+441632960002")

    assert made.policies == []
    assert {len(owner.platform.memory.events[policy_id]) for policy_id in ids(owner)} == {1}


def test_a_move_prices_the_policy_that_insures_the_home_from_its_day(owner):
    made = owner.correct(address=NEAR_THIEVES, effective_on=FROM)

    home, other = sorted(
        made.policies, key=lambda policy: len(policy.policy.transactions), reverse=True
    )
    [endorsement] = home.policy.transactions
    assert endorsement.effective_at == product("home_contents").moment(FROM)
    assert home.policy.at(NOW).answers["postcode"] == "EF3 3CC"
    assert home.difference == endorsement.computation.total
    assert home.difference.amount > 0
    assert home.documents == ("schedule", "endorsement_letter")
    assert {"/answers/postcode", "/looked_up/area/theft_area", "/premium/total"} <= {
        change.pointer for change in home.changes
    }
    assert other.policy.answers["postcode"] == "GH4 4DD"
    assert (other.policy.policyholder.address, other.policy.transactions) == (NEAR_THIEVES, ())
    assert other.documents == ("schedule",)
    [_, event] = owner.platform.memory.events[home.policy.id]
    assert event.type == "policy.endorsed"
    assert event.postings == home.postings


def test_a_preview_is_the_correction_without_its_effect(owner):
    asked = {"address": NEAR_THIEVES, "effective_on": FROM}

    preview = owner.preview(**asked)

    assert owner.parties == {owner.party_id: ["party.registered"]}
    assert {len(owner.platform.memory.events[policy_id]) for policy_id in ids(owner)} == {1}
    made = owner.correct(**asked)
    assert made.policies == preview.policies
    assert (preview.stored, made.stored) == (False, True)


def test_what_was_known_before_is_answered_as_then(owner):
    before = {policy_id: owner.policy(policy_id) for policy_id in ids(owner)}
    known_at = owner.platform.now - timedelta(minutes=1)

    owner.correct(name="Ada King", address=NEAR_THIEVES, effective_on=FROM)

    for policy_id, policy in before.items():
        assert owner.platform.policies.as_known(policy_id, known_at).record == policy


def test_a_birth_date_told_wrong_is_priced_from_the_beginning(insured_life):
    [policy_id] = ids(insured_life)

    made = insured_life.correct(
        date_of_birth=date(1971, 3, 14), effective_on=FROM, evidence="PASSPORT-1"
    )

    [policy] = made.policies
    [endorsement] = policy.policy.transactions
    assert endorsement.effective_at == policy.before.period.start
    assert policy.difference.amount > 0
    assert policy.policy.at(NOW).answers["date_of_birth"] == "1971-03-14"
    assert insured_life.policy(policy_id).policyholder.date_of_birth == date(1971, 3, 14)


def test_an_address_and_a_birth_date_are_corrected_each_from_its_own_time():
    both = {
        "answers": [
            {"answer": "postcode", "repeats": "postcode"},
            {"answer": "born", "repeats": "date_of_birth"},
        ]
    }
    questions = [
        {"code": "price", "type": "money", "min": 0, "max": 100000},
        {"code": "postcode", "type": "text"},
        {"code": "born", "type": "date"},
    ]
    customer = Customer(Platform(plain_product(questions=questions, corrections=both)))
    answers = price(300) | {"postcode": "AB1 1AA", "born": "1991-03-14"}
    begun = customer.insured(answers).period.start
    customer.platform.now = NOW

    made = customer.correct(
        address=NEAR_THIEVES, date_of_birth=date(1990, 3, 14), effective_on=FROM
    )

    [policy] = made.policies
    assert [each.effective_at for each in policy.policy.transactions] == [
        begun,
        plain_product().moment(FROM),
    ]
    assert policy.policy.at(begun).answers == answers | {"born": "1990-03-14"}
    assert policy.policy.at(NOW).answers == answers | {"born": "1990-03-14", "postcode": "EF3 3CC"}


def test_evidence_is_needed_where_the_product_of_a_policy_asks_for_it(insured_life):
    with pytest.raises(InvalidFields) as refused:
        insured_life.correct(name="Ada King")

    assert [fault.pointer for fault in refused.value.faults] == ["/evidence"]
    assert insured_life.correct(email="ada@king.example").stored


def test_a_risk_that_an_underwriter_must_look_at_stops_everything_and_he_may_let_it_pass(owner):
    home = owner.home
    asked = {"address": IN_THE_FLOOD, "effective_on": FROM}

    assert owner.obstacles(**asked) == [("risk_not_accepted", home)]
    assert owner.correct(**asked, caller=UNDERWRITER).stored


def test_an_answer_that_the_product_cannot_read_stops_everything(owner):
    too_long = NEAR_THIEVES.replace(postcode="EF3 3CC 1234")

    assert owner.obstacles(address=too_long) == [("invalid_answer", owner.home)]
    with pytest.raises(CorrectionNotPossible) as refused:
        owner.preview(address=too_long)
    [obstacle] = refused.value.obstacles
    assert obstacle.reason.startswith("/answers/postcode: ")


def test_a_product_that_is_not_sold_any_more_is_priced_on_the_contract_s_version(monkeypatch):
    adjusting = product_with(
        "home_contents", life={"adjustment": {"reprice_on": "current", "method": "pro_rata"}}
    )
    owner = Customer(Platform(adjusting))
    owner.insured(CONTENTS)
    owner.platform.now = NOW

    def nothing_is_sold(*_asked: object) -> None:
        raise ProductNotFound("home_contents")

    monkeypatch.setattr(owner.platform.products, "on_sale", nothing_is_sold)

    [home] = owner.correct(address=NEAR_THIEVES).policies
    assert home.difference.amount > 0


def test_a_later_change_that_says_something_else_stops_everything(owner):
    home = owner.platform.policy_id = owner.home
    owner.platform.endorse(date(2026, 7, 20), postcode="GH44DD")

    assert owner.obstacles(address=NEAR_THIEVES, effective_on=FROM) == [("changed_later", home)]


def test_the_price_of_an_ended_term_is_left_only_where_the_caller_says_so(owner):
    owner.platform.now = datetime(2027, 1, 15, 9, tzinfo=UTC)
    home = owner.home
    asked = {"address": NEAR_THIEVES, "effective_on": FROM}

    assert owner.obstacles(**asked) == [("term_ended", home)]
    made = owner.correct(**asked, leave_ended_terms=True)
    assert list(made.left) == [home]
    assert owner.policy(home).policyholder == ADA
    assert [policy.policy.id for policy in made.policies] == [id for id in ids(owner) if id != home]


def test_a_move_after_the_end_of_a_term_does_not_reach_it(owner):
    owner.platform.now = datetime(2027, 1, 15, 9, tzinfo=UTC)

    assert owner.correct(address=NEAR_THIEVES).left == []


def test_a_policy_that_was_cancelled_is_left_as_it_is(owner):
    home = owner.platform.policy_id = owner.home
    owner.platform.cancel(date(2026, 7, 1))

    made = owner.correct(address=NEAR_THIEVES, effective_on=FROM)

    assert made.left == []
    assert owner.policy(home).policyholder == ADA


def test_a_policy_that_gave_no_cover_on_the_day_is_priced_from_when_it_gives_cover_again():
    reinstating = product_with("home_contents", life={"reinstatement_days": 60})
    owner = Customer(Platform(reinstating))
    owner.insured(CONTENTS)
    owner.platform.now = NOW
    owner.platform.cancel(date(2026, 6, 20))
    owner.platform.reinstate(date(2026, 7, 20), gap=True)

    [policy] = owner.correct(address=NEAR_THIEVES, effective_on=FROM).policies

    assert [made.requested.effective_at for made in policy.endorsements] == [
        reinstating.moment(date(2026, 7, 20))
    ]


def test_a_correction_from_an_earlier_day_overrules_the_one_that_was_made_before_it(owner):
    home = owner.home
    owner.correct(address=NEAR_THIEVES, effective_on=date(2026, 7, 20))

    owner.correct(address=BY_THE_PARK, effective_on=FROM)

    policy = owner.policy(home)
    postcodes = [(segment.answers or {})["postcode"] for segment in policy.segments()]
    assert postcodes == [CONTENTS["postcode"], "GH4 4DD", "GH4 4DD"]
    addresses = owner.platform.stores.parties.get(owner.party_id).record.addresses
    assert [dated.address for dated in addresses] == [HOME, BY_THE_PARK]


def test_what_is_right_from_an_earlier_day_is_priced_from_that_day(owner):
    home = owner.home
    owner.correct(address=NEAR_THIEVES, effective_on=date(2026, 7, 20))

    [made] = owner.correct(address=NEAR_THIEVES, effective_on=FROM).policies

    assert made.policy.id == home
    begins = product("home_contents").moment(FROM)
    assert (made.policy.at(begins).answers or {})["postcode"] == "EF3 3CC"
    moved = owner.platform.stores.parties.get(owner.party_id).record.addresses[-1]
    assert (moved.address, moved.since.date()) == (NEAR_THIEVES, FROM)


def test_a_name_is_screened_before_anything_is_stored_and_again_after_it_was_cleared(owner):
    with pytest.raises(ScreeningOpen):
        owner.correct(name=LISTED)
    assert owner.parties == {owner.party_id: ["party.registered"]}

    [case_id] = owner.cases()
    command = owner.platform.command("clear", caller=UNDERWRITER)
    clear_screening(case_id, "another person", command, owner.ports.screening)

    assert owner.correct(name=LISTED).is_screened
    assert {owner.policy(id).policyholder.name for id in ids(owner)} == {LISTED}


def test_a_name_without_a_policy_waits_for_the_screening_of_the_next_issue(owner):
    owner.platform.now = datetime(2028, 1, 1, tzinfo=UTC)

    made = owner.correct(name=LISTED)

    assert (made.is_screened, made.policies, owner.cases()) == (False, [], [])


def test_what_is_right_everywhere_already_is_no_correction(owner):
    with pytest.raises(InvalidFields) as refused:
        owner.correct(name=ADA.name)

    assert [fault.code for fault in refused.value.faults] == ["nothing-changes"]


def test_the_policies_of_merged_parties_are_corrected_with_the_party_that_stands_for_them(owner):
    one = owner.party_id
    other = owner.platform.issue(date(2026, 9, 1), holder=ADA, all_answers=CONTENTS)
    merge = owner.platform.command("merge")
    merge_parties(one, other.party, merge, owner.platform.stores.parties)

    made = owner.correct(name="Ada King")  # the last policy's party: the merged one

    assert made.party.record.id == one
    assert {owner.policy(id).policyholder.name for id in ids(owner)} == {"Ada King"}


def test_more_policies_than_one_transaction_takes_are_refused_together():
    customer = Customer(Platform(plain_product()))
    for _ in range(POLICIES_MAX + 1):
        customer.insured(price(300))

    assert customer.obstacles(name="Ada King") == [("too_many_policies", customer.party_id)]


def test_the_customer_of_another_partner_is_not_there(owner):
    stranger = Caller(
        principal="app_two",
        kind=CallerKind.APPLICATION,
        partner="ptn_two",
        roles=frozenset(),
        scopes=frozenset(),
        mode=PARTNER.mode,
    )

    with pytest.raises(PartyNotFound):
        owner.correct(email="ada@king.example", caller=stranger)


def test_a_revision_that_is_not_the_latest_is_refused(owner):
    owner.correct(email="ada@king.example")

    with pytest.raises(StaleRevision):
        owner.correct(email="ada@byron.example", revision=0)


def test_a_product_that_prices_changes_on_the_version_that_is_sold_is_not_looked_for_in_vain():
    adjusting = product_with(
        "home_contents", life={"adjustment": {"reprice_on": "current", "method": "pro_rata"}}
    )
    customer = Customer(Platform(adjusting))
    customer.insured(CONTENTS)
    customer.platform.now = NOW

    assert customer.correct(address=NEAR_THIEVES, effective_on=FROM).policies[0].endorsements
