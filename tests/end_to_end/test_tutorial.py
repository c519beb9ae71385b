"""The tutorial, docs/products-tutorial.md, followed as its rendered page shows it: files written, commands typed, the product sold."""

import json
import os
import subprocess
from pathlib import Path

import pytest

from local.settings import ROOT
from local.stack import Stack
from tools.docs.build import SITE
from tools.docs.page import Block, blocks_on

PAGE = SITE / "docs" / "products-tutorial.html"
CALLERS = ("author-test", "publisher-test", "harbour-test")


@pytest.fixture
def blocks() -> list[Block]:
    assert PAGE.exists(), "the site is not built: `make docs`"
    return blocks_on(PAGE)


@pytest.fixture
def clone(stack: Stack, tmp_path: Path) -> Path:
    """A folder in which a reader types: what `make setup` and `make serve` leave there."""
    (tmp_path / ".venv").symlink_to(ROOT / ".venv")
    for name in ("tools", "local"):
        (tmp_path / name).symlink_to(ROOT / name)
    tokens = tmp_path / ".coverwright" / "tokens"
    tokens.mkdir(parents=True)
    for caller in CALLERS:
        (tokens / caller).write_text(stack.token(caller))
    callers = tokens.with_name("callers")
    callers.mkdir()
    told = f'export BASE_URL={stack.base_url} TOKEN="$(cat {tokens}/harbour-test)"\n'
    (callers / "harbour-test.env").write_text(told)
    return tmp_path


def test_who_follows_the_tutorial_sells_the_product(clone: Path, blocks: list[Block]) -> None:
    typed = [block for block in blocks if block.language == "sh"]
    written = {block.name for block in blocks if block.name}
    script = "".join(_typed(clone, block) for block in blocks)

    done = subprocess.run(
        ["bash", "-euc", script],
        cwd=clone,
        env=os.environ,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout[-2000:] + done.stderr
    assert len(typed) >= 6
    assert {"first/product.json", "travel/product.json", "travel/scenarios.json"} <= written
    assert "21 scenarios passed, 0 failed" in done.stdout
    *_, published, quote = (
        json.loads(line) for line in done.stdout.splitlines() if line[:1] == "{"
    )
    assert (published["code"], published["status"]) == ("travel", "active")
    assert quote["premium"]["total"] == {"amount": 2_160, "currency": "GBP"}


def _typed(clone: Path, block: Block) -> str:
    """What a reader types of a block: a file is written first, before any command that needs it."""
    if block.name:
        file = clone / block.name
        file.parent.mkdir(exist_ok=True)
        file.write_text(block.text)
    return block.text if block.language == "sh" else ""
