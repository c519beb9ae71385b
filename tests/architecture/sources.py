"""The files that rules of writing are held to."""

import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
WRITTEN = ("*.py", "*.md", "template.yaml")
OTHERS = ("bench/contenders/",)
"""Written as their own documents write them."""


@cache
def sources(*patterns: str) -> tuple[str, ...]:
    """What is in the repository, by these patterns of paths."""
    listed = subprocess.run(  # noqa: S603 - our own command
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", *(patterns or WRITTEN)],  # noqa: S607
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return tuple(
        path
        for path in listed.stdout.splitlines()
        if not path.startswith(OTHERS) and (ROOT / path).is_file()
    )
