"""What people did three times is proposed as a change of the mapping; less often, or of a personal column, nothing is."""

from datetime import UTC, datetime
from typing import Any

import pytest
from insurance.domain.intake.mapping import compile_mapping
from insurance.domain.intake.quarantined_row import QuarantinedRow, RowReason, RowStatus
from insurance.domain.intake.repeated_fixes import propose_changes

MAPPING: Any = {
    "kind": "quotes",
    "columns": {"Fuel": {}, "Name": {"personal": True}, "Value": {}},
    "fields": {
        "fuel": {"from": "Fuel", "as": "code", "codes": {"P": "petrol", "D": "diesel"}},
        "name": {"from": "Name"},
        "value": {"from": "Value", "as": "integer", "min": 1, "max": 9},
    },
    "rules": [{"code": "dear", "when": "given(value) and value > 7"}],
}


def row(status: RowStatus, *rules: str, **mended: tuple[str, str]) -> QuarantinedRow:
    return QuarantinedRow(
        id="row_1",
        batch_id="bat_1",
        number=2,
        status=status,
        reasons=tuple(RowReason(rule=rule, place="", code="x") for rule in rules),
        values={column: after for column, (_, after) in mended.items()},
        mended={column: before for column, (before, _) in mended.items()} or None,
        changed_at=datetime(2026, 11, 30, tzinfo=UTC),
    )


def fixed(**mended: tuple[str, str]) -> QuarantinedRow:
    return row(RowStatus.FIXED, **mended)


def accepted(*rules: str) -> QuarantinedRow:
    return row(RowStatus.ACCEPTED, *rules)


@pytest.mark.parametrize(
    ("rows", "pointer", "changed"),
    [
        ([fixed(Fuel=("Petrol", "P"))] * 3, "/fields/fuel/codes", {"Petrol": "petrol"}),
        (
            [fixed(Value=("ten", "9"))] * 3,
            "/rules/1",
            {"when": "value == 'ten'", "action": "clean", "set": {"Value": "'9'"}},
        ),
        ([accepted("dear", "dear")] * 3, "/rules/0/action", {"action": "warn"}),
        ([accepted("value/range")] * 3, "/fields/value/actions", {"range": "warn"}),
    ],
)
def test_what_was_done_three_times_is_proposed(rows, pointer, changed):
    assert propose_changes(MAPPING, rows[:2]).changes == ()

    proposal = propose_changes(MAPPING, rows)

    [change] = proposal.changes
    assert (change.pointer, change.times) == (pointer, 3)
    at: Any = proposal.mapping
    for step in pointer.removesuffix("/action").strip("/").split("/"):
        at = at[int(step)] if step.isdecimal() else at[step]
    assert at.items() >= changed.items()
    compile_mapping(proposal.mapping)
    assert "Petrol" not in MAPPING["fields"]["fuel"]["codes"]  # a draft of its own


@pytest.mark.parametrize(
    "done",
    [
        fixed(Name=("Ada M", "Ada Merton")),  # one person's name says nothing of another's
        fixed(Value=("o'clock", "9")),  # no expression holds a quotation mark
        fixed(Gone=("a", "b")),
        fixed(Value=("9", "9")),
        row(RowStatus.FIXED, "dear"),
        accepted("fuel/blanks"),
        accepted("unheard-of"),
    ],
)
def test_nothing_else_is_proposed(done):
    proposal = propose_changes(MAPPING, [done] * 9)
    assert (proposal.changes, proposal.mapping) == ((), MAPPING)
