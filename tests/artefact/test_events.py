"""Every event of events/ does what stands beside it, from source and as built."""

import json

import pytest

from tests.artefact.cases import EVENTS, EXPECTED, Case, all_cases, observed, settled
from tests.artefact.conftest import BuiltStage, SourceStage

CASES = all_cases()

pytestmark = pytest.mark.xdist_group("artefact")


@pytest.mark.parametrize("played", CASES, ids=lambda played: played.path)
def test_an_event_is_answered_as_expected(played: Case, stage: SourceStage | BuiltStage) -> None:
    expected = {
        key: value
        for key, value in played.expected.items()
        if key not in {"given", "sends", "varies"}
    }
    varies = played.expected.get("varies", [])

    answered = observed(stage.play(played), played.expected)

    assert settled(answered, varies) == settled(expected, varies)


def test_every_event_has_its_answer_beside_it_and_the_other_way_round() -> None:
    files = {str(path.relative_to(EVENTS)) for path in EVENTS.rglob("*.json")}
    events = {name for name in files if not name.endswith(EXPECTED)}

    assert files - events == {name.replace(".json", EXPECTED) for name in events}


def test_every_function_has_a_good_and_a_bad_case() -> None:
    functions = {path.parent.name for path in (EVENTS.parent / "functions").glob("*/app.py")}
    for function in functions:
        own = [played for played in CASES if played.folder == function]
        bad = [played for played in own if is_bad(played)]
        assert bad, function
        assert len(bad) < len(own), function


def is_bad(played: Case) -> bool:
    """A refusal, a failure, a denial, or something that deserves an alarm."""
    status = played.expected.get("status", 200)
    text = json.dumps(played.expected.get("answer", ""))
    return status >= 400 or "error" in played.expected or "Deny" in text or "itemIdentifier" in text
