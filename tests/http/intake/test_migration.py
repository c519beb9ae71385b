"""Policies in force come from another system: rehearsed, compared to the penny, cut over by another person, or taken back."""

from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from insurance.domain.intake import quarantined_row
from insurance.operations.intake import move_policies, work_on_batch

from tests.support.calls import staff
from tests.support.fuse import Fuse, Killed
from tests.support.intake import BROKER, GOOD, UNA, WRITE, Desk, Json, motor_file
from tests.support.migration import ADA, BEN, CHLOE, Migration, policy_file, totals
from tests.support.platform import Platform

FINN = staff("finn", "finance", "ledger:read coverwright/policies:read coverwright/billing:read")
NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
OF_ADA = {"policies": 1, "written": 30_000, "unearned": 15_863, "paid": 33_600}


@pytest.fixture
def migration(handlers: Platform) -> Migration:
    return Migration(Desk(handlers))


def pounds(amount: int) -> Json:
    return {"amount": amount, "currency": "GBP"}


def test_policies_are_ours_once_their_totals_are_the_sources_and_another_person_says_so(
    migration: Migration,
) -> None:
    desk = migration.desk
    batch = migration.worked(policy_file(ADA, BEN), totals())
    waiting = desk.get(f"/v1/batches/{batch}", UNA)
    assert (waiting["status"], waiting["totals"]) == ("finished", waiting["control_totals"])

    assert migration.cut_over(batch, UNA).code == "same-person"
    begun = migration.cut_over(batch).body
    assert (begun["status"], begun["reason"]) == ("cutting_over", "agreed")
    assert desk.run(batch, UNA)["status"] == "cut_over"
    assert migration.cut_over(batch).code == "wrong-state"
    assert desk.step(batch, "reverse", UNA).code == "wrong-state"

    ada, _ben = migration.policies(batch)
    assert (ada["status"], ada["premium"]["total"]) == ("on_risk", pounds(33_600))
    assert (ada["issued_at"], ada["cover_begins_at"]) == ("2026-05-31T23:00:00Z",) * 2
    assert ada["migration"] == {"former_number": "OLD-1001", "cut_over_at": "2026-11-20T00:00:00Z"}


def test_a_policy_that_came_here_is_cancelled_claimed_on_and_posted_as_any_other(
    migration: Migration,
) -> None:
    desk, platform = migration.desk, migration.desk.platform
    batch = migration.worked(policy_file(ADA, BEN), totals())
    assert migration.cut_over(batch).status == 200
    desk.run(batch, UNA)
    ada, ben = migration.policies(batch)
    path = f"/v1/policies/{ada['id']}"
    came = platform.get(f"{path}/ledger", by=FINN)
    loss = {
        "policy_id": ben["id"],
        "cover": "accidental_damage",
        "occurred_at": "2026-11-19T17:00:00Z",
        "claimed": pounds(90_000),
        "claimant": {"name": "Ben Young", "is_policyholder": True},
        "facts": {"fault": True, "driver_age": 35},
    }

    claim = platform.call("POST", "/v1/claims", loss)
    changed = platform.post(f"{path}/endorsements", MORE_MILES)
    ended = platform.post(f"{path}/cancellations", {"effective_on": "2026-12-01"})
    left = platform.get(f"{path}/ledger", by=FINN)
    billing = platform.get(f"{path}/billing", by=FINN)

    assert claim.status == 201, claim.text
    assert changed["transaction"]["computation"]["share"]["text"] == "193/365 days"
    net, tax, fee = (
        line["amount"]["amount"] for line in ended["transaction"]["computation"]["lines"]
    )
    assert fee == 5_000
    assert (came["healthy"], left["healthy"]) == (True, True)
    balances = {each["account"]: each["balance"]["amount"] for each in came["balances"]}
    assert balances == {
        "premium_receivable": 0,
        "written_premium": 30_000,
        "premium_deferral": 30_000,
        "unearned_premium": 30_000,  # the months before are earned by the next job
        "tax_payable": 0,
        "migration": 33_600 - 3_600,  # what was paid there, less the tax that was settled there
    }
    assert billing["received"] == pounds(33_600)
    assert billing["credit"]["amount"] == 33_600 - billing["owed"]["amount"]
    assert (net, tax) < (0, 0)


MORE_MILES = {"effective_on": "2026-11-20", "answers": {"annual_mileage": 12_000}}


def test_nothing_becomes_of_a_policy_before_its_cut_over(migration: Migration) -> None:
    desk, platform = migration.desk, migration.desk.platform
    batch = migration.worked(policy_file(ADA), totals(**OF_ADA))
    [staged] = desk.get(f"/v1/batches/{batch}/results", UNA)["items"]

    assert staged["made_status"] == "migrating"
    accepted = platform.call("POST", f"/v1/quotes/{staged['made_id']}/acceptance", {})
    issued = platform.call("POST", "/v1/policies", {"quote_id": staged["made_id"]})
    policy = platform.call("GET", f"/v1/policies/{staged['made_id'].replace('quo', 'pol')}")

    assert [each.code for each in (accepted, issued, policy)] == [
        "wrong-state",
        "wrong-state",
        "policy-not-found",
    ]


@pytest.mark.parametrize("figure", ["policies", "written", "unearned", "outstanding", "paid"])
def test_a_batch_that_is_a_penny_off_is_not_cut_over(migration: Migration, figure: str) -> None:
    off = totals(**{**OF_ADA, figure: {**totals(), **OF_ADA}[figure] + 1})
    batch = migration.worked(policy_file(ADA), off)

    refused = migration.cut_over(batch)

    assert (refused.status, refused.code) == (409, "totals-differ")
    assert "personal_motor GBP" in refused.body["detail"]


def test_a_row_in_quarantine_holds_the_cut_over_until_it_is_resolved(migration: Migration) -> None:
    desk = migration.desk
    again = (ADA[0], *BEN[1:])
    batch = migration.worked(policy_file(ADA, again), totals())
    [kept] = desk.get(f"/v1/batches/{batch}/rows", UNA)["items"]
    assert [each["code"] for each in kept["reasons"]] == ["number-taken"]
    assert migration.cut_over(batch).code == "wrong-state"

    path = f"/v1/batches/{batch}/rows/3/resolution"
    fix = {"resolution": "fix", "reason": "Its number.", "values": {"No": ADA[0]}}
    [still] = desk.call(path, fix, UNA).body["errors"]
    assert (still["code"], "number-taken" in still["detail"]) == ("not-taken", True)
    mended = desk.call(path, fix | {"values": {"No": BEN[0]}}, UNA)
    assert mended.body["status"] == "fixed"

    assert migration.cut_over(batch).status == 200
    assert desk.run(batch, UNA)["status"] == "cut_over"
    [fixed] = desk.get(f"/v1/batches/{batch}/rows?state=fixed", UNA)["items"]
    policy = desk.get(f"/v1/policies/{fixed['made_id'].replace('quo', 'pol')}", FINN)
    assert policy["migration"]["former_number"] == BEN[0]


def test_who_resolved_a_row_does_not_cut_its_batch_over(migration: Migration) -> None:
    desk = migration.desk
    batch = migration.worked(policy_file(ADA, (ADA[0], *BEN[1:])), totals(**OF_ADA))
    reject = {"resolution": "reject", "reason": "Twice."}
    assert desk.call(f"/v1/batches/{batch}/rows/3/resolution", reject, CHLOE).status == 200

    refused = migration.cut_over(batch)

    assert (refused.status, refused.code) == (409, "same-person")
    assert migration.cut_over(batch, staff("cid", "chief_underwriter", WRITE)).status == 200


def test_a_batch_is_not_cut_over_before_its_day(migration: Migration) -> None:
    batch = migration.worked(policy_file(ADA), totals(**OF_ADA))

    early = migration.cut_over(batch, at="2026-11-19T23:59:59Z")

    assert (early.status, early.code) == (409, "wrong-state")
    assert "2026-11-20" in early.body["detail"]
    assert migration.cut_over(batch, at="2026-11-20T00:00:00Z").status == 200


@pytest.mark.parametrize(
    ("of", "name"),
    [
        ("batches", "load_row"),
        ("batches", "store_hold"),
        ("quotes", "add"),
        ("batches", "store_row"),
    ],
)
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_a_batch_that_is_taken_back_while_a_row_of_it_is_mended_leaves_no_staged_policy(
    migration: Migration, monkeypatch: pytest.MonkeyPatch, of: str, name: str, after: bool
) -> None:
    desk = migration.desk
    batch = migration.worked(policy_file(ADA, (ADA[0], *BEN[1:])), totals())
    ports: Any = desk.platform.apps["data_intake"].ports
    stores = {"batches": ports.batches, "quotes": ports.migration.quoting.quotes}
    call = getattr(stores[of], name)

    def with_reversal(*args: Any, **named: Any) -> Any:
        monkeypatch.setattr(stores[of], name, call)
        result = call(*args, **named) if after else None
        migration.step(batch, "reverse")
        return result if after else call(*args, **named)

    monkeypatch.setattr(stores[of], name, with_reversal)
    fix = {"resolution": "fix", "reason": "Its number.", "values": {"No": BEN[0]}}
    desk.call(f"/v1/batches/{batch}/rows/3/resolution", fix, UNA)
    monkeypatch.setattr(quarantined_row, "HELD_FOR", timedelta(0))
    monkeypatch.setattr(move_policies, "HELD_FOR", timedelta(0))

    assert desk.run(batch, UNA)["status"] == "reversed"
    ids = [each["id"]["S"] for each in desk.platform.backend.items("quotes")]
    statuses = {desk.get(f"/v1/quotes/{id}")["status"] for id in ids if id.startswith("quo_")}
    assert statuses == {"reversed"}


def test_what_a_slice_took_that_was_never_stored_is_taken_back(
    migration: Migration, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = migration.desk
    batch: str = migration.brought(policy_file(ADA, BEN), totals()).body["id"]
    assert desk.step(batch, "start", UNA).status == 200
    ports: Any = desk.platform.apps["data_intake"].ports
    with monkeypatch.context() as patched:
        fuse = Fuse(0, after=False)
        patched.setattr(ports.batches, "store_slice", fuse.guard(ports.batches.store_slice))
        with pytest.raises(Killed), desk.platform.surroundings():
            work_on_batch.work_on_batch(
                batch, NOW, ports=ports, clock=lambda: NOW, time_is_up=lambda: False
            )
    assert desk.step(batch, "pause", UNA).status == 200

    assert migration.step(batch, "reverse")["status"] == "reversed"

    ids = [each["id"]["S"] for each in desk.platform.backend.items("quotes")]
    statuses = [desk.get(f"/v1/quotes/{id}")["status"] for id in ids if id.startswith("quo_")]
    assert statuses == ["reversed"] * 2


def test_what_is_reversed_leaves_no_policy_and_may_be_brought_again(migration: Migration) -> None:
    desk = migration.desk
    batch = migration.worked(policy_file(ADA), totals(**OF_ADA))
    [staged] = desk.get(f"/v1/batches/{batch}/results", UNA)["items"]

    assert migration.step(batch, "reverse")["status"] == "reversed"

    assert desk.get(f"/v1/quotes/{staged['made_id']}")["status"] == "reversed"
    assert migration.cut_over(batch).code == "wrong-state"
    another = migration.worked(policy_file(ADA, BEN), totals())
    assert migration.cut_over(another).status == 200
    assert desk.run(another, UNA)["status"] == "cut_over"
    twice = migration.worked(policy_file(BEN, ADA), totals())
    assert desk.get(f"/v1/batches/{twice}", UNA)["open_rows"] == 2  # both numbers are taken


def test_two_rehearsals_and_the_batch_itself_come_to_the_same_policies(
    migration: Migration,
) -> None:
    batch = migration.worked(policy_file(ADA, BEN), totals(), step="dry_run")
    first = migration.desk.get(f"/v1/batches/{batch}", UNA)
    second = migration.step(batch, "dry_run")
    worked = migration.step(batch, "start")

    assert len(first["digest"]) == 64
    assert first["digest"] == second["digest"] == worked["digest"]
    assert first["totals"] == second["totals"] == worked["totals"] == [totals()]


def test_a_policy_that_is_paid_by_instalments_brings_what_is_still_owed(
    migration: Migration,
) -> None:
    row = (*ADA[:6], "200.00", "monthly", ADA[8])
    batch = migration.worked(policy_file(row), totals())

    [brought] = migration.desk.get(f"/v1/batches/{batch}", UNA)["totals"]

    assert brought["paid"] == 20_000
    assert brought["outstanding"] >= 33_600 - 20_000


def test_policies_alone_have_a_day_of_cut_over_and_control_totals(migration: Migration) -> None:
    desk = migration.desk
    lacking = migration.brought(policy_file(ADA), cut_over_on=None)
    desk.approved()
    quotes: Json = {"source": "harbour_motor", "upload_id": desk.uploaded(motor_file([GOOD]))}
    given = desk.call("/v1/batches", quotes | {"cut_over_on": "2026-11-20"}, BROKER)

    assert [(each["pointer"], each["code"]) for each in lacking.body["errors"]] == [
        ("/cut_over_on", "required"),
        ("/control_totals", "required"),
    ]
    assert [(each["pointer"], each["code"]) for each in given.body["errors"]] == [
        ("/cut_over_on", "unknown")
    ]


@pytest.mark.parametrize(
    ("row", "place", "code"),
    [
        ((*ADA[:3], "2025-11-20", *ADA[4:]), "/start", "not-in-force"),
        ((*ADA[:6], "336.01", *ADA[7:]), "/paid", "too-large"),
        ((*ADA[:7], "weekly", ADA[8]), "/plan", "not-offered"),
    ],
)
def test_a_row_that_is_no_policy_in_force_is_kept_back(
    migration: Migration, row: tuple[str, ...], place: str, code: str
) -> None:
    batch = migration.worked(policy_file(row), totals())

    [kept] = migration.desk.get(f"/v1/batches/{batch}/rows", UNA)["items"]

    assert kept["reasons"] == [{"rule": "policies", "place": place, "code": code}]


@pytest.mark.parametrize("way", ["cut_over", "reversed"])
def test_killed_before_or_after_any_write_and_started_again_all_is_moved_once(
    migration: Migration, handlers: Platform, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    monkeypatch.setattr(work_on_batch, "SLICE_ROWS", 1)
    ports: Any = handlers.apps["data_intake"].ports
    stores = (
        (ports.batches, "store_slice"),
        (ports.migration.policies, "issue"),
        (ports.migration.quoting.quotes, "change"),
    )

    def work(batch: str) -> None:
        with handlers.surroundings():
            work_on_batch.work_on_batch(
                batch, NOW, ports=ports, clock=lambda: NOW, time_is_up=lambda: False
            )

    for kill in range(8):  # before and after each of two rows and two slices
        rows = [(f"{row[0]}-{kill}", *row[1:]) for row in (ADA, BEN)]
        batch = migration.worked(policy_file(*rows), totals())
        begin = partial(migration.desk.step, batch, "reverse", UNA)
        begun = migration.cut_over(batch) if way == "cut_over" else begin()
        assert begun.status == 200, begun.text
        fuse = Fuse(kill // 2, after=bool(kill % 2))
        with monkeypatch.context() as patched:
            for store, name in stores:
                patched.setattr(store, name, fuse.guard(getattr(store, name)))
            with pytest.raises(Killed):
                work(batch)
        work(batch)

        assert migration.desk.get(f"/v1/batches/{batch}", UNA)["status"] == way
        items = migration.desk.get(f"/v1/batches/{batch}/results", UNA)["items"]
        statuses = [migration.desk.get(f"/v1/quotes/{each['made_id']}")["status"] for each in items]
        assert statuses == ["bound" if way == "cut_over" else "reversed"] * 2


ENDORSED = (*ADA[:6], "396.31", *ADA[7:], "2026-09-01", "16000", "372.00", "44.64", "53.85", "6.46")
"""From 92 days after its start on, for 273 of 365 days: 72.00 more a year is 53.85 more."""
OF_ENDORSED = {
    "policies": 1,
    "written": 35_385,
    "unearned": 15_863 + 3_807,  # of 53.85 for 273 days, 193 are to come
    "paid": 39_631,
}


def test_a_policy_brings_its_endorsements_and_is_changed_from_the_last_of_them(
    migration: Migration,
) -> None:
    desk, platform = migration.desk, migration.desk.platform
    batch = migration.worked(policy_file(ENDORSED), totals(**OF_ENDORSED))
    assert desk.get(f"/v1/batches/{batch}", UNA)["totals"] == [totals(**OF_ENDORSED)]
    assert migration.cut_over(batch).status == 200
    desk.run(batch, UNA)
    [policy] = migration.policies(batch)
    path = f"/v1/policies/{policy['id']}"

    then = platform.get(f"{path}?as_at=2026-08-31T12:00:00Z", by=FINN)
    history = platform.get(f"{path}/transactions", by=FINN)["items"]
    came = platform.get(f"{path}/ledger", by=FINN)
    ended = platform.post(f"{path}/cancellations", {"effective_on": "2026-12-01"})
    left = platform.get(f"{path}/ledger", by=FINN)

    assert (then["premium"]["net"], policy["premium"]["net"]) == (pounds(30_000), pounds(37_200))
    assert [each["kind"] for each in history] == ["new_business", "endorsement"]
    assert (came["healthy"], left["healthy"]) == (True, True)
    balances = {each["account"]: each["balance"]["amount"] for each in came["balances"]}
    assert (balances["written_premium"], balances["tax_payable"]) == (35_385, 0)
    assert balances["migration"] == 39_631 - 3_600 - 646
    net = ended["transaction"]["computation"]["lines"][0]["amount"]["amount"]
    assert net == -18_549  # 372.00 * 182/365


def test_an_endorsement_whose_charge_is_not_its_price_for_its_time_keeps_the_row_back(
    migration: Migration,
) -> None:
    off = (*ENDORSED[:-2], "54.00", "6.46")
    batch = migration.worked(policy_file(off), totals(**OF_ENDORSED))

    [kept] = migration.desk.get(f"/v1/batches/{batch}/rows", UNA)["items"]

    assert kept["reasons"] == [
        {"rule": "policies", "place": "/endorsements", "code": "not-pro-rata"}
    ]
