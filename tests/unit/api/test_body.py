"""Texts that a reader cannot see whole are refused at the door, with their place."""

import json
from typing import Annotated, ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st
from insurance.api.body import Request, read_request
from insurance.domain.core.errors import InvalidFields
from pydantic import Field


class Named(Request):
    FILES: ClassVar[frozenset[str]] = frozenset({"document"})

    name: str = ""
    lines: Annotated[list[dict[str, str]], Field(default_factory=list)]
    document: str = ""


HIDDEN = {
    "right-to-left override": "\u202e",
    "left-to-right mark": "\u200e",
    "isolate": "\u2066",
    "Arabic letter mark": "\u061c",
    "zero-width space": "\u200b",
    "zero-width joiner": "\u200d",
    "zero-width non-joiner": "\u200c",
    "word joiner": "\u2060",
    "byte order mark": "\ufeff",
    "soft hyphen": "\u00ad",
    "line separator": "\u2028",
    "next line": "\u0085",
    "tag": "\U000e0041",
}


@pytest.mark.parametrize("escaped", [True, False])
@pytest.mark.parametrize("name", HIDDEN)
def test_what_nobody_sees_is_refused_with_its_place(name: str, escaped: bool) -> None:
    text = f"Ada{HIDDEN[name]}Merton"
    body = json.dumps({"name": text, "lines": [{"street": text}]}, ensure_ascii=escaped)

    with pytest.raises(InvalidFields) as refused:
        read_request(body, Named)

    assert [(fault.pointer, fault.code) for fault in refused.value.faults] == [
        ("/name", "invisible-characters"),
        ("/lines/0/street", "invisible-characters"),
    ]


@given(st.sampled_from(sorted(HIDDEN.values())), st.text("abc é", max_size=4))
def test_it_is_refused_wherever_it_stands_in_a_latin_text(sign: str, text: str) -> None:
    for place in range(len(text) + 1):
        body = json.dumps({"name": text[:place] + sign + text[place:]})
        with pytest.raises(InvalidFields):
            read_request(body, Named)


@pytest.mark.parametrize(
    "name",
    [
        "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",  # Persian: a non-joiner inside a word
        "\u0915\u094d\u200d\u0937",  # Devanagari: a joiner after a virama
        "\U0001f468\u200d\U0001f469\u200d\U0001f466",  # a family, joined
        "Zoë O\u2019Brien-\u0141ukasz",
        "two\nlines\tand a tab",
    ],
)
def test_how_people_write_is_taken(name: str) -> None:
    request, _ = read_request(json.dumps({"name": name}), Named)

    assert request.name == name


def test_a_file_is_taken_as_it_was_written() -> None:
    request, _ = read_request(json.dumps({"document": "\ufeffaccount\u00ad"}), Named)

    assert request.document == "\ufeffaccount\u00ad"
