"""The tour plays over real HTTP, on a stack of its own."""

from pathlib import Path

import pytest

from demo.tour import SCENES, play
from local.settings import Settings
from local.stack import ephemeral
from tests.support.waiting import STRETCH

pytestmark = pytest.mark.xdist_group("tour")


def test_every_scene_of_the_tour_ends_as_it_should(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    # A function starts when a scene calls it; tests/local show that `serve` starts them all.
    play(ephemeral(Settings(), folder=tmp_path / "stack", stretch=STRETCH, warm=False))

    told = capsys.readouterr().out.splitlines()
    assert len([line for line in told if line.startswith("OK: ")]) == len(SCENES)
