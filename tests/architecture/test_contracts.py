"""Who may import whom, and what the pure core may not even mention."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LAYER = ROOT / "layers" / "common" / "insurance"
PURE = sorted([*(LAYER / "domain").rglob("*.py"), *(LAYER / "operations").rglob("*.py")])
FORBIDDEN_NAMES = {"utils", "helpers", "manager", "common", "misc"}


def test_the_import_contracts_are_kept() -> None:
    done = subprocess.run(  # noqa: S603 (our own command)
        [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("path", PURE, ids=lambda path: str(path.relative_to(LAYER)))
def test_the_pure_core_asks_nobody_the_time_and_prints_nothing(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            called = node.func
            name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
            assert name not in {"now", "utcnow", "today", "print", "open"}, node.lineno


def test_no_module_is_named_for_nothing() -> None:
    for folder in ("layers/common/insurance", "functions", "local"):
        for path in (ROOT / folder).rglob("*.py"):
            parts = {path.stem, *path.relative_to(ROOT / folder).parts[:-1]}
            assert not parts & FORBIDDEN_NAMES, path


def test_a_function_is_one_file_and_its_template_entry_names_it() -> None:
    text = (ROOT / "template.yaml").read_text(encoding="utf-8")
    # A folder that holds only bytecode was left behind by a rename: git keeps none.
    for folder in {path.parent for path in (ROOT / "functions").glob("*/*") if path.is_file()}:
        if folder.name != "__pycache__":
            assert [path.name for path in folder.glob("*.py")] == ["app.py"], folder
            assert f"CodeUri: functions/{folder.name}\n" in text
