"""Journey files are checked before anything starts, and say what is wrong with them."""

import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from demo.journey import JourneyFailed, read_journey
from local.settings import ROOT

JOURNEYS = ROOT / "demo" / "journeys"


def changed(folder: Path, **changes: Any) -> Path:
    document = json.loads((JOURNEYS / "private-motor.json").read_text())
    path = folder / "journey.json"
    path.write_text(json.dumps(document | changes))
    return path


@pytest.mark.parametrize("name", ["private-motor", "young-driver"])
def test_the_bundled_journeys_are_of_the_documented_form(name: str) -> None:
    journey = read_journey(JOURNEYS / f"{name}.json")

    assert journey.quoted_at == datetime(2026, 11, 24, 9, tzinfo=UTC)
    assert journey.notified_at == datetime(2027, 1, 16, 8, 20, tzinfo=UTC)
    assert journey.caller == "harbour-test"


def test_a_journey_may_say_when_it_happens(tmp_path: Path) -> None:
    clock = {"quoted_at": "2026-11-30T10:00:00+01:00", "notified_at": "2027-02-01T00:00:00Z"}

    journey = read_journey(changed(tmp_path, clock=clock))

    assert journey.quoted_at == datetime(2026, 11, 30, 9, tzinfo=UTC)
    assert journey.notified_at == datetime(2027, 2, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"quote": {"product": "personal_motor"}}, "'start' is a required property"),
        ({"surprise": 1}, "surprise"),
        ({"clock": {"quoted_at": "yesterday"}}, "yesterday"),
        ({"quote": {"product": "p", "start": "soon", "answers": {}}}, "soon"),
    ],
)
def test_a_journey_of_another_form_is_refused(
    tmp_path: Path, changes: dict[str, Any], complaint: str
) -> None:
    with pytest.raises(JourneyFailed, match=complaint):
        read_journey(changed(tmp_path, **changes))


def test_a_missing_file_is_a_clear_message_and_a_failure(tmp_path: Path) -> None:
    played = subprocess.run(
        [sys.executable, "-m", "local", "run", "--journey", str(tmp_path / "missing.json")],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert played.returncode == 1
    assert "missing.json" in played.stderr
    assert "Traceback" not in played.stderr
