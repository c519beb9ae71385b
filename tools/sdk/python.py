"""The Python client: generated into an ignored folder of its package, checked, built as a wheel, played."""

from __future__ import annotations

import json
import re
import shutil
import zipfile
from pathlib import Path
from typing import Final

from local.settings import ROOT
from tools.clients.workshop import UV, Failed, Workshop
from tools.sdk.examples import blocks_of, quick_start, write_files_of

PACKAGE: Final = ROOT / "clients" / "python"
GENERATED: Final = PACKAGE / "src" / "coverwright" / "generated"
CONFIG: Final = {"literal_enums": True, "post_hooks": []}


def generate(at: Workshop, operations: int) -> None:
    """Write the generated part.

    Raises:
        Failed: The generator did not, or not for every operation.
    """
    config = at.folder / "config.json"
    config.write_text(json.dumps(CONFIG))
    made = at.folder / "generated"
    at.run(
        *("openapi-python-client", "generate", "--path", at.definition, "--output-path", made),
        *("--meta", "none", "--fail-on-warning", "--config", config),
        *("--custom-template-path", PACKAGE / "templates"),
    )
    for folder in (made / "api").iterdir():
        if folder.is_dir():
            shutil.rmtree(
                folder
            )  # a module for each operation, empty: they are methods of one class
    at.run("ruff", "format", "--quiet", "--no-cache", "--isolated", made)
    methods = re.findall(r"^    def [a-z]\w+\(", (made / "api" / "__init__.py").read_text(), re.M)
    if len(methods) != operations:
        raise Failed(f"{len(methods)} of {operations} operations generated")
    shutil.rmtree(GENERATED, ignore_errors=True)
    shutil.move(made, GENERATED)


def build(at: Workshop, out: Path) -> Path:
    """Check the types of the whole package, strictly, and make the wheel."""
    at.run("mypy", "--config-file", PACKAGE / "pyproject.toml", PACKAGE / "src" / "coverwright")
    made = at.folder / "wheel"
    at.run(UV, "build", "--quiet", "--wheel", "--out-dir", made, PACKAGE)
    [wheel] = made.glob("*.whl")
    return Path(shutil.copy(wheel, out))


def play(at: Workshop, wheel: Path, told: dict[str, str]) -> list[str]:
    """Check and run each example of the README, and its session, with what is in the wheel; what each printed.

    Before that come the tests of the generated part.
    """
    installed = at.folder / "installed"
    with zipfile.ZipFile(wheel) as file:
        file.extractall(installed)
    tests = PACKAGE / "tests" / "test_generated.py"
    at.run("mypy", "--strict", tests, MYPYPATH=str(installed))
    at.run("python", tests, PYTHONPATH=str(installed), DEFINITION=str(at.definition))
    page = PACKAGE / "README.md"
    write_files_of(page, at.folder)
    examples = []
    shown = [*blocks_of(page, "python"), quick_start("python")]
    for number, block in enumerate(shown, 1):
        examples.append(at.folder / f"example_{number}.py")
        examples[-1].write_text(block)
    for each in examples:
        at.run("mypy", "--strict", each, MYPYPATH=str(installed))
    [session] = blocks_of(page, "sh")
    tool = f'coverwright() {{ python -m coverwright.cli "$@"; }}\n{session}'
    paths = {"PYTHONPATH": str(installed)}
    said = [at.run("python", each, **paths, **told) for each in examples]
    return [*said, at.run("bash", "-euc", tool, **paths, **told)]
