"""What is left of a row when its key is destroyed."""

from datetime import UTC, datetime
from typing import Any

import pytest
from insurance.domain.intake.quarantined_row import QuarantinedRow, RowReason, RowStatus

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
PERSONAL: dict[str, Any] = {
    "values": {"Driver": "Ada Lovelace"},
    "mended": {"Driver": "Ada Lovelac"},
    "reason": "Ada called.",
}


def row(status: RowStatus) -> QuarantinedRow:
    reasons = (RowReason(rule="age", place="/age", code="too-small"),)
    return QuarantinedRow(
        id="row_1",
        batch_id="bat_1",
        number=2,
        status=status,
        reasons=reasons,
        changed_at=NOW,
        **PERSONAL,
    )


def test_every_personal_field_of_a_row_has_a_value_here() -> None:
    assert set(QuarantinedRow.sealed_fields()) == PERSONAL.keys()


@pytest.mark.parametrize("status", [RowStatus.QUARANTINED, RowStatus.FIXED])
def test_an_erased_row_says_nothing_personal_so_it_is_stored_without_a_key(
    status: RowStatus,
) -> None:
    erased = row(status).erased(NOW)
    opened, personal = erased.split_personal()

    assert personal == {}
    assert "Ada" not in str(opened)
