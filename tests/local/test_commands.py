"""What people type of ours refuses what it does not know, before it does anything."""

import re
import subprocess
import sys

import pytest

from local.settings import ROOT

TYPED_IN = ("Makefile", "CONTRIBUTING.md", ".pre-commit-config.yaml", ".ci/run", "docs/*.md")
COMMAND = re.compile(r"python -m ((?:bench|local|tests|tools)(?:\.\w+)*)")
COMMANDS = sorted(
    {
        name
        for pattern in TYPED_IN
        for page in ROOT.glob(pattern)
        for name in COMMAND.findall(page.read_text("utf-8"))
    }
)


def test_the_commands_are_found() -> None:
    assert {"bench", "local", "tests.artefact.record", "tools.exam"} <= set(COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_an_unknown_option_is_refused(command: str) -> None:
    asked = (sys.executable, "-m", command, "--no-such-option")
    done = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.returncode in {1, 2}
    assert "usage: " in done.stderr or "unknown: --no-such-option" in done.stdout
