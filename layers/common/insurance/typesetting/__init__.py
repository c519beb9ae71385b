"""Documents set as PDF: accessible (PDF/UA-1), and the same bytes for the same content."""

import json
from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

import typst

from insurance.domain.core.errors import NotPrintable
from insurance.domain.document import Content, Wording

HERE: Final = Path(__file__).parent
LAYOUT: Final = (HERE / "layout.typ").read_bytes()
VERSION: str = typst.__version__  # type: ignore[attr-defined]  # its stubs leave it out
EDITION: Final = sha256(LAYOUT + VERSION.encode()).hexdigest()[:12]
"""Of everything beside the content that the bytes of a file hang on."""


class TypstTypesetter:
    """The port `Typesetter` on Typst, which is a library here: no program, no files, no network."""

    edition = EDITION

    def set(self, content: Content) -> bytes:
        """A PDF of the content.

        Raises:
            NotPrintable: The typeface lacks a character.
        """
        try:
            return typst.compile(
                LAYOUT,
                sys_inputs={"content": content.model_dump_json()},
                ignore_system_fonts=True,
                pdf_standards=["ua-1"],
                timestamp=content.timestamp,
            )
        except typst.TypstError as error:
            # The message quotes the text, which is somebody's name or address.
            if "could not be displayed" in error.message:
                raise NotPrintable from None
            raise RuntimeError("the layout does not compile") from None


class BundledWordings:
    """The port `Wordings` over the languages that ship with the layer."""

    def of(self, language: str, region: str, zone: ZoneInfo) -> Wording:
        """A language as a territory writes it: what `en-GB.json` says goes before `en.json`."""
        written, local = _read(language), _read(f"{language}-{region}")
        return Wording(
            language=language,
            region=region,
            texts={**written["texts"], **local.get("texts", {})},
            forms={**written["forms"], **local.get("forms", {})},
            zone=zone,
        )


@cache
def _read(name: str) -> Mapping[str, Any]:
    path = HERE / "wording" / f"{name}.json"
    texts: Mapping[str, Any] = json.loads(path.read_text("utf-8")) if path.is_file() else {}
    return texts
