"""Stored JSON: canonical to the letter of RFC 8785, and small."""

import ast
import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st
from insurance import products
from insurance.domain.core.errors import WrittenByNewerRelease
from insurance.domain.core.packing import DICTIONARIES, WRITTEN, canonical, pack, unpack

WHOLE = st.integers(min_value=-(2**53) + 1, max_value=2**53 - 1)
TEXT = st.text(st.characters(exclude_categories=["Cs"]))
JSON = st.recursive(
    st.none() | st.booleans() | WHOLE | TEXT,
    lambda inner: st.lists(inner) | st.dictionaries(TEXT, inner),
    max_leaves=20,
)


@given(JSON)
def test_canonical_json_is_what_the_standards_own_library_writes(body):
    assert canonical(body) == rfc8785.dumps(body)


def test_names_sort_as_the_standard_says_where_python_would_sort_otherwise():
    body = {"\U0001f600": 1, "\ue000": 2}

    assert canonical(body) == rfc8785.dumps(body)
    assert list(body) != sorted(body)


@given(st.dictionaries(TEXT, JSON))
def test_a_packed_body_comes_back_whole(body):
    assert unpack(pack(body)) == body


def test_the_same_body_is_the_same_bytes_in_whatever_order_it_was_built():
    assert pack({"a": 1, "b": [2]}) == pack({"b": [2], "a": 1})


def test_a_packed_body_says_its_dictionary():
    assert pack({"a": 1})[0] == WRITTEN


def test_a_body_packed_with_a_dictionary_of_a_newer_release_is_refused_as_that():
    with pytest.raises(WrittenByNewerRelease):
        unpack(bytes((max(DICTIONARIES) + 1,)) + pack({"a": 1})[1:])


def test_what_was_never_packed_is_damaged_and_not_newer():
    with pytest.raises(ValueError, match="not a packed body"):
        unpack(b"not what was packed")


def test_the_dictionary_has_no_words_of_a_single_product():
    """A word may stand in it that two bundled products have, or that is the core's own."""
    named = [
        set(codes_and_names(json.loads(file.read_text("utf-8"))))
        for file in sorted(BUNDLED.glob("*/*/product.json"))
    ]
    assert len(named) == 4
    said = set(re.findall(rb"[A-Za-z]{4,}", DICTIONARIES[WRITTEN]))
    counted = Counter(
        word for names in named for word in {each for name in names for each in words(name)}
    )
    of_one = {word for word, products in counted.items() if products == 1}
    own = {word for name in core_names() for word in words(name)}

    assert {word.decode() for word in said} & of_one - own == set()
    assert b"windscreen" not in DICTIONARIES[WRITTEN]


BUNDLED = Path(products.__file__).parent
CORE = BUNDLED.parent


def codes_and_names(definition: Any) -> Iterator[str]:
    """What a product calls its questions, covers, charges and choices, and itself."""
    if isinstance(definition, dict):
        for key, value in definition.items():
            if key in {"code", "name", "label", "excess_note"} and isinstance(value, str):
                yield value
            else:
                yield from codes_and_names(value)
    elif isinstance(definition, list):
        for each in definition:
            yield from codes_and_names(each)


def words(name: str) -> set[str]:
    return set(re.findall(r"[A-Za-z]{4,}", name))


def core_names() -> Iterator[str]:
    """The fields of what is stored and shown, the values of enumerations, and what the core says itself."""
    for file in (*CORE.glob("domain/**/*.py"), *CORE.glob("api/**/*.py")):
        if file.name != "packing.py":
            yield from said_in(ast.parse(file.read_text("utf-8")))


def said_in(tree: ast.AST) -> Iterator[str]:
    """Names of fields and texts, without docstrings."""
    for node in ast.walk(tree):
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            yield node.target.id
        elif not isinstance(node, ast.Expr):
            for child in ast.iter_child_nodes(node):
                if isinstance(child, ast.Constant) and isinstance(child.value, str):
                    yield child.value
