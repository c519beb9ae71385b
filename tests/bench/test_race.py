"""The race goes on when somebody falls."""

import subprocess
import sys

import pytest

from bench.race import cold, measure
from bench.race.warm import WrongAnswer

ENDS = [sys.executable, "-c", "import sys; sys.exit('no such module')"]


def test_a_process_that_ends_before_it_answers_stumbles_with_its_last_words():
    with cold.runtime_api() as api, pytest.raises(cold.Stumbled, match="status 1: no such module"):
        api.start(ENDS, {}, {})


def test_a_process_that_answers_and_ends_at_once_does_not_stumble():
    looks = iter([False, True])  # its answer came between the look and its end
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        process.wait()

        cold._wait(lambda: next(looks), process)

    assert next(looks, None) is None


def test_a_contender_that_stumbles_leaves_the_race_and_has_a_line():
    race = measure._Race("cold", {"ours": 1, "powertools": 2, "fastapi": 3})

    with race.stumbling("powertools"):
        raise cold.Stumbled("said nothing for 600 s")

    assert sorted(race.turned(0)) == ["fastapi", "ours"]
    assert race.left({"ours": [1.0], "powertools": []}) == {"ours": [1.0]}
    [line] = race.fallen_lines({"powertools": 0.85})
    assert line.name == "cold / popular Powertools"
    assert (line.found, line.verdict) == ("stumbled: said nothing for 600 s", "FAIL")


def test_ours_may_not_stumble():
    race = measure._Race("cold", {"ours": 1})

    with pytest.raises(WrongAnswer), race.stumbling("ours"):
        raise WrongAnswer("500")
