"""The tour plays over real HTTP, on a stack of its own, and next year as well."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from demo.tour import SCENES
from local.settings import ROOT
from tests.support.clock_ahead import a_year_ahead

pytestmark = pytest.mark.xdist_group("tour")


def test_every_scene_of_the_tour_ends_as_it_should_a_year_from_now(tmp_path: Path):
    # A function starts when a scene calls it; tests/local show that `serve` starts them all.
    own = {"DATA": str(tmp_path / "stack"), "WARM": "0"}

    played = subprocess.run(
        [sys.executable, "-m", "local", "tour"],
        cwd=ROOT,
        env=os.environ | a_year_ahead() | own,
        capture_output=True,
        text=True,
        check=False,
    )

    assert played.returncode == 0, played.stdout[-2000:] + played.stderr
    told = played.stdout.splitlines()
    assert len([line for line in told if line.startswith("OK: ")]) == len(SCENES)
