"""The quick start, typed as its rendered page shows it. `make sdk` plays its Python and its TypeScript."""

import json
import os
import subprocess

import pytest

from demo.serve import client_environment
from local.stack import Stack
from tools.docs.build import SITE
from tools.docs.page import blocks_on
from tools.sdk.__main__ import CALLER

PAGE = SITE / "docs" / "quick-start.html"


@pytest.fixture
def typed() -> list[str]:
    assert PAGE.exists(), "the site is not built: `make docs`"
    return [block.text for block in blocks_on(PAGE) if block.language == "sh"]


def test_what_the_page_types_ends_with_a_policy(stack: Stack, typed: list[str], tmp_path) -> None:
    start, caller, *calls = typed
    assert (start, caller) == ("make serve\n", ". .coverwright/callers/harbour-test.env\n")
    told = {**client_environment(stack, CALLER), "BASE_URL": stack.base_url}

    done = subprocess.run(
        ["bash", "-euc", "\n".join(calls)],
        cwd=tmp_path,
        env=os.environ | told,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    quote, policy, status = done.stdout.split()
    assert (quote[:9], policy[:9], status) == ("quo_test_", "pol_test_", "pending")
    assert json.loads((tmp_path / "accepted.json").read_text())["status"] == "accepted"
