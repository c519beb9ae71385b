"""The API's definition, read once a process: it takes half a second each time."""

import pickle
from functools import cache
from pathlib import Path
from typing import Any

import yaml

type Json = dict[str, Any]

ROOT = Path(__file__).resolve().parents[2]


def definition(name: str = "openapi.yaml") -> Json:
    """A definition as it is committed, a copy of the caller's own."""
    read: Json = pickle.loads(_read(name))  # noqa: S301 - made below
    return read


@cache
def _read(name: str) -> bytes:
    text = (ROOT / name).read_text("utf-8")
    return pickle.dumps(yaml.load(text, Loader=yaml.CSafeLoader))
