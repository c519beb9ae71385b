"""The published cases: figures that nobody here invented, and nobody here changes."""

import json
from functools import cache
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
SHARED = HERE.parents[2] / "shared" / "cases" / "reference_cases.json"


def text() -> str:
    return (HERE / "reference_cases.json").read_text("utf-8")


@cache
def cases() -> dict[str, dict[str, Any]]:
    return {case["id"]: case for case in json.loads(text())}


def expected(case: str) -> list[str]:
    """A case's figures as published, always as a list."""
    figures = cases()[case]["expected"]
    return list(figures) if isinstance(figures, list) else [figures]
