"""Records of one customer are found, linked and parted again, and nothing is left of a link that was undone."""

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest
from insurance import wiring
from insurance.domain.party import record
from insurance.operations.parties import find_matches

from tests.support.calls import staff
from tests.support.driving.http import Json
from tests.support.fuse import Fuse, Killed
from tests.support.lists import listed
from tests.support.platform import Platform
from tests.support.search import PLATES, insured

SCOPES = "parties:write coverwright/parties:read coverwright/policies:read coverwright/quotes:read coverwright/claims:read coverwright/work:read"
CAROL, DAVE = (staff(name, "call_centre", SCOPES) for name in ("carol", "dave"))
LIVE_CAROL = staff("carol", "call_centre", SCOPES, mode="live")
HOME = {"lines": ["12 Ash Lane"], "postcode": "N1 4AB", "country": "GB"}
LIZ: Json = {"kind": "person", "name": "Elizabeth Merton", "date_of_birth": "1980-03-14", "email": "liz@example.com", "address": HOME}  # fmt: skip
AGAIN: Json = {**LIZ, "name": "Merton, Liz", "phone": "+441632960001"}
TWIN: Json = {**LIZ, "name": "Thomas Merton", "phone": "+441632960001"}
MOTHER: Json = {**LIZ, "date_of_birth": "1951-07-08", "email": "mother@example.com"}


def registered(platform: Platform, *people: Json, by: str = "harbour-test") -> list[str]:
    ids = [platform.post("/v1/parties", person, by=by)["id"] for person in people]
    platform.deliver()
    return ids


def found(platform: Platform, party_id: str) -> list[Json]:
    matches: list[Json] = platform.post(f"/v1/parties/{party_id}/match-runs", by=CAROL)["matches"]
    platform.deliver()
    return matches


def decided(platform: Platform, match: Json, decision: str, by: Json = CAROL) -> Json:
    said = {"decision": decision, "reason": "customer_said"}
    return platform.post(f"/v1/matches/{match['id']}/decision", said, by=by)


def party(platform: Platform, party_id: str) -> Json:
    return platform.get(f"/v1/parties/{party_id}", by="harbour-test")


def test_two_records_of_one_customer_are_linked_and_the_reasons_say_why(platform: Platform) -> None:
    first, second = registered(platform, LIZ, AGAIN)

    [match] = found(platform, second)

    assert (match["status"], match["parties"]) == ("linked", sorted([first, second]))
    assert {each["mark"]: each["level"] for each in match["marks"]} == {
        "name": "near",
        "birth": "same",
        "place": "same",
        "email": "same",
    }
    assert match["weight"] == match["prior"] + sum(each["weight"] for each in match["marks"])
    assert "decided_by" not in match
    assert party(platform, second)["id"] == party(platform, first)["id"]
    assert found(platform, first) == [match]
    assert platform.get(f"/v1/matches/{match['id']}", by=CAROL) == match
    assert listed(platform, "/v1/matches", CAROL, status="linked") == [match["id"]]


def test_nobody_links_more_records_than_a_customer_can_have(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, twin, other = registered(platform, LIZ, TWIN, {"kind": "person", "name": "Ann Orme"})
    [match] = found(platform, twin)
    assert decided(platform, match, "same")["status"] == "open"  # a second person is needed
    platform.post(f"/v1/parties/{first}/merges", {"party_id": other}, by="harbour-test")
    monkeypatch.setattr(record, "MEMBERS_MAX", 1)

    said = {"decision": "same", "reason": "documents_seen"}
    assert platform.refused(f"/v1/matches/{match['id']}/decision", said, by=DAVE) == "party-full"


def test_twins_wait_for_a_person_in_the_work_list_and_are_not_asked_about_again(
    platform: Platform,
) -> None:
    first, twin = registered(platform, LIZ, TWIN)

    [match] = found(platform, twin)

    assert (match["status"], match["contradicted"]) == ("open", True)
    [work] = platform.get("/v1/work-items?role=call_centre", by=CAROL)["items"]
    assert (work["kind"], work["id"], work["code"]) == ("match", match["id"], "match_doubtful")
    assert decided(platform, match, "different")["decided_by"] == "carol"
    assert platform.get("/v1/work-items?role=call_centre", by=CAROL)["items"] == []
    assert [each["status"] for each in found(platform, first)] == ["different"]
    assert listed(platform, "/v1/matches", CAROL) == []
    assert party(platform, twin)["id"] == twin


def test_what_a_mark_contradicts_is_linked_by_two_people(platform: Platform) -> None:
    first, twin = registered(platform, LIZ, TWIN)
    [match] = found(platform, twin)

    proposed = decided(platform, match, "same")

    assert (proposed["status"], proposed["proposed_by"]) == ("open", "carol")
    assert party(platform, twin)["id"] == twin
    path = f"/v1/matches/{match['id']}/decision"
    same = {"decision": "same", "reason": "documents_seen"}
    assert platform.refused(path, same, by=CAROL) == "same-person"
    assert decided(platform, match, "same", DAVE)["status"] == "linked"
    assert party(platform, twin)["id"] == party(platform, first)["id"]
    assert platform.refused(path, same, by=CAROL) == "wrong-state"


def test_a_son_of_one_name_and_a_customer_of_another_partner_are_left_alone(
    platform: Platform,
) -> None:
    [first] = registered(platform, LIZ)
    registered(platform, {**MOTHER, "address": {**HOME, "postcode": "LS2 7XY"}})
    registered(platform, AGAIN, by="meadow-test")

    assert found(platform, first) == []


def test_nobody_is_looked_at_who_restricted_the_use_of_their_data(platform: Platform) -> None:
    first, second = registered(platform, LIZ, AGAIN)
    demand = {"kind": "restriction", "in_force": True, "reason": "They say so."}
    platform.post(f"/v1/parties/{first}/restrictions", demand, by="harbour-test")

    assert found(platform, first) == found(platform, second) == []
    named = {"party_id": first}
    assert platform.post(f"/v1/parties/{second}/match-runs", named, by=CAROL)["matches"] == []


def test_who_restricts_the_use_of_their_data_while_they_are_compared_is_not_linked(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = registered(platform, LIZ, AGAIN)
    ports: Any = platform.apps["data_steward"].ports
    load_pair = ports.matches.load_pair

    def after_the_demand(*given: Any) -> Any:
        demand = {"kind": "objection", "in_force": True, "reason": "They say so."}
        platform.post(f"/v1/parties/{first}/restrictions", demand, by="harbour-test")
        monkeypatch.setattr(ports.matches, "load_pair", load_pair, raising=False)
        return load_pair(*given)

    monkeypatch.setattr(ports.matches, "load_pair", after_the_demand, raising=False)
    assert find_matches.find_matches(second, platform.now, ports=ports) == ([], True)
    assert party(platform, second)["id"] == second


def test_after_a_link_is_undone_everything_is_as_if_it_had_never_been(platform: Platform) -> None:
    first, second = registered(platform, LIZ, AGAIN)
    insured(platform, {"party_id": first})
    insured(platform, {"party_id": second}, PLATES[1])
    platform.deliver()
    before = state(platform, first, second)

    [match] = found(platform, second)
    assert state(platform, first, second) != before
    decided(platform, match, "different")
    platform.deliver()

    assert state(platform, first, second) == before
    assert [each["status"] for each in found(platform, second)] == ["different"]
    assert state(platform, first, second) == before


def test_one_view_of_a_customer_has_what_all_their_records_have_each_with_where_it_came_from(
    platform: Platform,
) -> None:
    first, second = registered(platform, LIZ, {**AGAIN, "email": "newest@example.com"})
    policy, other = (insured(platform, {"party_id": each}, plate) for each, plate in zip((first, second), PLATES, strict=False))  # fmt: skip
    for each, given in ((first, True), (second, False)):
        consent = {"purpose": "email_marketing", "given": given}
        platform.now += timedelta(minutes=1)
        platform.post(f"/v1/parties/{each}/consents", consent, by="harbour-test")
    platform.deliver()
    decided(platform, found(platform, second)[0], "different")
    platform.deliver()
    alone = platform.get(f"/v1/parties/{first}/overview", by=CAROL)
    assert [each["id"] for each in alone["policies"]] == [policy["id"]]

    platform.post(f"/v1/parties/{first}/merges", {"party_id": second}, by="harbour-test")
    platform.deliver()
    overview = platform.get(f"/v1/parties/{second}/overview", by=CAROL)

    assert (overview["id"], overview["members"]) == (first, [second])
    assert {each["id"]: each["party_id"] for each in overview["policies"]} == {policy["id"]: first, other["id"]: second}  # fmt: skip
    assert {each["party_id"] for each in overview["quotes"]} == {first, second}
    [consent] = overview["consents"]
    assert (consent["given"], consent["party_id"]) == (False, second)
    told = {each["detail"]: each for each in overview["details"]}
    assert told["email"]["others"] == 1
    assert told["phone"]["party_id"] == second
    assert (told["name"]["rule"], told["name"]["channel"]) == ("trusted", "call")
    assert overview["complete"] is True
    no_more = staff("carol", "call_centre", "parties:read coverwright/quotes:read")
    bare = platform.get(f"/v1/parties/{second}/overview", by=no_more)
    assert bare["complete"] is False
    assert bare.keys() == overview.keys() - {"policies", "claims"}
    path = "/v1/parties/pty_test_0000000000000000/overview"
    assert platform.call("GET", path, by=CAROL).code == "party-not-found"


def test_a_live_customer_and_one_of_test_data_are_never_brought_together(
    platform: Platform,
) -> None:
    [test] = registered(platform, LIZ)
    live = platform.post("/v1/parties", AGAIN, by="harbour-live", clock=None)["id"]
    platform.deliver()
    sides: list[tuple[str, str, list[Any], Json]] = [
        (test, live, [CAROL, "harbour-test"], {}),
        (live, test, [LIVE_CAROL, "harbour-live"], {"clock": None}),
    ]
    for own, other, (person, partner), clock in sides:
        named = {"party_id": other}
        calls = [("match-runs", person), ("merges", person), ("merges", partner)]
        for path, by in calls:
            answer = platform.call("POST", f"/v1/parties/{own}/{path}", named, by=by, **clock)
            assert answer.code == "party-not-found"
    assert platform.get(f"/v1/parties/{live}", by="harbour-live", clock=None)["members"] == []
    assert party(platform, test)["members"] == []


def test_a_person_links_whom_the_weights_would_bring_to_one_that_was_said_to_be_another(
    platform: Platform,
) -> None:
    first, second = registered(platform, LIZ, AGAIN)
    [match] = found(platform, second)
    decided(platform, match, "different")
    [third] = registered(platform, {**LIZ, "reference": "third"})
    platform.post(f"/v1/parties/{third}/merges", {"party_id": first}, by="harbour-test")
    platform.deliver()

    by_two = {tuple(each["parties"]): each for each in found(platform, second)}

    asked = by_two[tuple(sorted([second, third]))]
    assert asked["status"] == "open"
    assert party(platform, second)["id"] == second
    assert decided(platform, asked, "same")["status"] == "linked"


def test_a_link_that_was_undone_by_hand_is_not_made_again(platform: Platform) -> None:
    first, second = registered(platform, LIZ, AGAIN)
    [match] = found(platform, second)
    standing = party(platform, first)["id"]
    other = second if standing == first else first
    platform.post(f"/v1/parties/{standing}/merge-reversals", {"party_id": other}, by="harbour-test")

    assert [each["id"] for each in found(platform, second)] == [match["id"]]
    assert party(platform, second)["id"] == second
    assert decided(platform, match, "different")["status"] == "different"


def test_what_cannot_be_linked_by_itself_waits_for_a_person(platform: Platform) -> None:
    first, second = registered(platform, LIZ, AGAIN)
    ask = {"kind": "access", "requested_at": "2026-11-19T09:00:00Z"}
    for each in (first, second):
        platform.post(f"/v1/parties/{each}/data-requests", ask, by="harbour-test")

    [match] = found(platform, first)

    assert match["status"] == "open"
    said = {"decision": "same", "reason": "customer_said"}
    assert platform.refused(f"/v1/matches/{match['id']}/decision", said, by=CAROL) == "wrong-state"


def test_killed_before_or_after_any_write_it_links_once(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    ports: Any = platform.apps["data_steward"].ports
    stores = ((ports.matches, "load_pair"), (ports.matches, "store"), (ports.parties, "get"))
    for calls in range(6):
        first, second = registered(platform, *(numbered(each, calls) for each in (LIZ, AGAIN)))
        fuse = Fuse(calls // 2, after=bool(calls % 2))
        with monkeypatch.context() as patched:
            for store, name in stores:
                late = getattr(store, name)
                patched.setattr(store, name, fuse.guard(late), raising=False)
            with pytest.raises(Killed):
                find_matches.find_matches(second, platform.now, ports=ports)

        assert [each["status"] for each in found(platform, second)] == ["linked"]
        events = [each.type for each in platform.events() if each.stream in {first, second}]
        assert sorted(map(str, events)) == [
            "party.joined",
            "party.merged",
            "party.registered",
            "party.registered",
        ]


def test_of_two_that_look_at_the_same_time_one_links_and_the_other_finds_it_done(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = registered(platform, LIZ, AGAIN)
    ports: Any = platform.apps["data_steward"].ports
    store = ports.matches.store

    def after_the_other(*given: Any) -> None:
        monkeypatch.setattr(ports.matches, "store", store, raising=False)
        assert find_matches.find_matches(first, platform.now, ports=ports)
        store(*given)

    monkeypatch.setattr(ports.matches, "store", after_the_other, raising=False)
    assert find_matches.find_matches(second, platform.now, ports=ports)

    assert [each["status"] for each in found(platform, second)] == ["linked"]
    assert len(party(platform, first)["members"]) == 1


def test_who_changes_a_party_while_it_is_matched_only_has_it_looked_at_again(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, second = registered(platform, LIZ, AGAIN)
    ports: Any = platform.apps["data_steward"].ports
    store = ports.matches.store

    def after_a_consent(*given: Any) -> None:
        consent = {"purpose": "email_marketing", "given": True}
        platform.post(f"/v1/parties/{second}/consents", consent, by="harbour-test")
        changes.append(consent)
        monkeypatch.setattr(ports.matches, "store", store, raising=False)
        store(*given)

    changes: list[Json] = []
    monkeypatch.setattr(ports.matches, "store", after_a_consent, raising=False)

    assert [each["status"] for each in found(platform, second)] == ["linked"]
    assert len(changes) == 1


def test_of_more_who_share_a_key_than_are_compared_those_who_share_most_are(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(find_matches, "CANDIDATES_MAX", 1)
    household = [{**LIZ, "name": f"{name} Merton", "date_of_birth": f"19{year}-07-08", "email": f"{name}@example.com"} for name, year in (("Ann", 50), ("Bob", 51), ("Cy", 52), ("Dan", 53))]  # fmt: skip
    first, second, *_ = registered(platform, LIZ, AGAIN, *household)

    run = platform.post(f"/v1/parties/{first}/match-runs", by=CAROL)

    assert [each["parties"] for each in run["matches"]] == [sorted([first, second])]
    assert run["complete"] is False


def test_a_person_may_name_whom_the_weights_do_not_find_but_nobody_of_another_partner(
    platform: Platform,
) -> None:
    first, other = registered(platform, LIZ, {"kind": "person", "name": "Cy Other"})
    [elsewhere] = registered(platform, AGAIN, by="meadow-test")
    path = f"/v1/parties/{first}/match-runs"

    [match] = platform.post(path, {"party_id": other}, by=CAROL)["matches"]

    assert (match["status"], match["contradicted"]) == ("open", True)
    assert platform.refused(path, {"party_id": elsewhere}, by=CAROL) == "wrong-state"
    assert decided(platform, match, "same")["proposed_by"] == "carol"


def test_a_record_that_the_index_does_not_have_yet_is_looked_at_again(platform: Platform) -> None:
    ports: Any = platform.apps["data_steward"].ports
    first = platform.post("/v1/parties", LIZ)["id"]
    [second] = [platform.post("/v1/parties", AGAIN)["id"]]
    later = platform.now + find_matches.LOOK_AGAIN

    assert find_matches.match_party(second, platform.now, ports=ports) == later
    after_a_day = platform.now + find_matches.GIVEN_UP_AFTER
    assert find_matches.match_party(second, after_a_day, ports=ports) is None
    platform.deliver()
    assert find_matches.match_party(second, platform.now, ports=ports) is None
    assert party(platform, first)["id"] == party(platform, second)["id"]
    assert find_matches.match_party("pty_test_" + "0" * 16, platform.now, ports=ports) is None


def test_a_match_is_found_in_its_own_mode_alone(platform: Platform) -> None:
    _, second = registered(platform, LIZ, AGAIN)
    [match] = found(platform, second)
    path = f"/v1/matches/{match['id']}"

    assert platform.call("GET", path, by=LIVE_CAROL, clock=None).code == "match-not-found"
    said = {"decision": "different", "reason": "household"}
    refused = platform.call("POST", f"{path}/decision", said, by=LIVE_CAROL, clock=None)
    assert refused.code == "match-not-found"
    assert platform.refused("/v1/parties/pty_test_0000000000000000/match-runs", by=CAROL) == (
        "party-not-found"
    )


def numbered(person: Json, number: int) -> Json:
    """Somebody like them, and like nobody of another number."""
    born, phone = f"19{number}0-0{number + 1}-{11 + number}", f"+4416329600{number}1"
    address = {
        "lines": [f"{number + 3} Elm Road"],
        "postcode": f"LS{number}{number} 7XY",
        "country": "GB",
    }
    own = {"date_of_birth": born, "email": f"liz{number}@example.com", "address": address}
    return {**person, **own} | ({"phone": phone} if "phone" in person else {})


def state(platform: Platform, *party_ids: str) -> dict[str, str]:
    """Hashes of what a link may touch: what is read and listed of the parties, but for the number of their events, the
    search index, and their contracts."""
    views = [{**party(platform, each), "revision": 0} for each in party_ids]
    lists = [
        listed(platform, path, CAROL, party_id=each)
        for each in party_ids
        for path in ("/v1/policies", "/v1/quotes")
    ]
    stored = {
        "search": list(rows(platform, "search", lambda item: "row" in item)),
        "quotes": list(rows(platform, "quotes")),
        "policies": list(rows(platform, "policies")),
    }
    return {
        name: sha256(_written(value).encode()).hexdigest()
        for name, value in {"views": views, "lists": lists, **stored}.items()
    }


def rows(
    platform: Platform, table: str, wanted: Callable[[Json], bool] = lambda _item: True
) -> Iterator[Json]:
    items = wiring.dynamodb().scan(TableName=platform.tables[table])["Items"]
    yield from sorted(filter(wanted, items), key=_written)


def _written(value: Any) -> str:
    return json.dumps(value, sort_keys=True, default=repr)
