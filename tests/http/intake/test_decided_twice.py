"""Two people decide rows of one batch at the same time, and what a dry run says of the customers that rows name."""

from datetime import timedelta
from typing import Any

import pytest
from insurance.domain.core.errors import Unavailable
from insurance.domain.intake import quarantined_row

from tests.support.intake import GOOD, UNA, Desk, motor_file, motor_mapping
from tests.support.platform import Platform

TOO_YOUNG = ("CD34 EFG", "Ben Young", "7", "15", "9000.00", "8000", "5")
FIX: dict[str, Any] = {"resolution": "fix", "reason": "It is 27.", "values": {"Age": "27"}}
REJECT = {"resolution": "reject", "reason": "No."}


def worked(desk: Desk, *rows: tuple[str, ...], step: str = "start") -> str:
    batch = desk.brought_id(motor_file(rows))
    assert desk.step(batch, step).status == 200
    desk.run(batch)
    return batch


def test_a_row_that_somebody_has_quoted_meanwhile_cannot_be_rejected(
    handlers: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = Desk(handlers)
    desk.approved()
    path = f"/v1/batches/{worked(desk, TOO_YOUNG)}/rows/2/resolution"
    batches: Any = handlers.apps["data_intake"].ports.batches

    def unavailable(*_: Any) -> None:
        raise Unavailable("The table")

    with monkeypatch.context() as patched:
        patched.setattr(batches, "store_row", unavailable)
        assert desk.call(path, FIX).status == 503

    rejected = desk.call(path, REJECT, UNA)
    mended = desk.call(path, FIX)

    assert (rejected.status, rejected.code) == (409, "wrong-state")
    assert mended.body["made_id"] in rejected.body["detail"]
    assert mended.body["status"] == "fixed"


def test_a_row_that_another_version_quoted_before_can_be_rejected(handlers: Platform) -> None:
    desk = Desk(handlers)
    desk.approved()
    worked(desk, GOOD)
    fields = motor_mapping()["fields"] | {"answers.annual_mileage": {"value": "9000"}}
    desk.approved(mapping=motor_mapping(fields=fields))
    batch = worked(desk, GOOD)
    [kept] = desk.get(f"/v1/batches/{batch}/rows")["items"]

    rejected = desk.call(f"/v1/batches/{batch}/rows/2/resolution", REJECT)

    assert [each["code"] for each in kept["reasons"]] == ["taken-otherwise"]
    assert rejected.body["status"] == "rejected"


def test_a_batch_that_moves_while_a_row_of_it_is_mended_loses_neither(
    handlers: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = Desk(handlers)
    desk.approved()
    rows = f"/v1/batches/{worked(desk, TOO_YOUNG, TOO_YOUNG)}/rows"
    batches: Any = handlers.apps["data_intake"].ports.batches
    store = batches.store_row

    def store_after_another(*args: Any) -> None:
        monkeypatch.setattr(batches, "store_row", store)
        assert desk.call(f"{rows}/3/resolution", REJECT, UNA).status == 200
        store(*args)

    monkeypatch.setattr(batches, "store_row", store_after_another)
    mended = desk.call(f"{rows}/2/resolution", FIX)

    assert (mended.status, mended.body["status"]) == (200, "fixed")
    after = desk.get(rows.removesuffix("/rows"))
    assert (after["open_rows"], after["tally"]["accepted"]) == (0, 1)


def test_a_dry_run_finds_what_is_wrong_with_the_customer_that_a_row_names(
    handlers: Platform,
) -> None:
    desk = Desk(handlers)
    fields = motor_mapping()["fields"] | {"policyholder.reference": {"value": "'C-1'"}}
    desk.approved(mapping=motor_mapping(fields=fields))
    worked(desk, GOOD)
    other = (GOOD[0], "Cy Other", *GOOD[2:])

    tried = desk.get(f"/v1/batches/{worked(desk, GOOD, other, step='dry_run')}")

    assert (tried["tally"]["accepted"], tried["tally"]["quarantined"]) == (1, 1)


STEPS = (
    ("batches", "load_row"),
    ("batches", "store_hold"),
    ("quotes", "add"),
    ("batches", "store_row"),
)


@pytest.mark.parametrize(("of", "name"), STEPS)
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_who_rejects_a_row_at_any_moment_while_it_is_mended_leaves_no_rejected_row_with_a_quote(
    handlers: Platform, monkeypatch: pytest.MonkeyPatch, of: str, name: str, after: bool
) -> None:
    desk = Desk(handlers)
    desk.approved()
    rows = f"/v1/batches/{worked(desk, TOO_YOUNG)}/rows"
    ports: Any = handlers.apps["data_intake"].ports
    stores = {"batches": ports.batches, "quotes": ports.kinds["quotes"].ports.quotes}
    call, rejected = getattr(stores[of], name), list[int]()

    def with_another(*args: Any, **named: Any) -> Any:
        monkeypatch.setattr(stores[of], name, call)
        result = call(*args, **named) if after else None
        rejected.append(desk.call(f"{rows}/2/resolution", REJECT, UNA).status)
        return result if after else call(*args, **named)

    monkeypatch.setattr(stores[of], name, with_another)
    mended = desk.call(f"{rows}/2/resolution", FIX)

    quotes = [each["id"]["S"] for each in handlers.backend.items("quotes")]
    won = rejected == [200]
    assert (mended.status, len(quotes)) == ((409, 0) if won else (200, 1))
    [row] = desk.get(f"{rows}?state={'rejected' if won else 'fixed'}")["items"]
    assert row.get("made_id") == (None if won else quotes[0])
    assert won is (name == "load_row" or (name == "store_hold" and not after))


def test_a_call_that_died_holds_its_row_for_a_quarter_of_an_hour(
    handlers: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = Desk(handlers)
    desk.approved()
    path = f"/v1/batches/{worked(desk, TOO_YOUNG)}/rows/2/resolution"
    quotes: Any = handlers.apps["data_intake"].ports.kinds["quotes"].ports.quotes

    def unavailable(*_: Any, **__: Any) -> None:
        raise Unavailable("The table")

    with monkeypatch.context() as patched:
        patched.setattr(quotes, "add", unavailable)
        assert desk.call(path, FIX).status == 503
    held = desk.call(path, REJECT, UNA)
    monkeypatch.setattr(quarantined_row, "HELD_FOR", timedelta(0))
    rejected = desk.call(path, REJECT, UNA)

    assert (held.status, held.code) == (409, "wrong-state")
    assert (rejected.status, rejected.body["status"]) == (200, "rejected")
