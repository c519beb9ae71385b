"""Papers: which documents a product has, in which languages, and where it words them its own way."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from insurance.domain.product.faults import did_you_mean, refuse

KINDS: Final = (
    "schedule",
    "certificate",
    "endorsement_letter",
    "cancellation_letter",
    "notice_letter",
    "renewal_letter",
)
LANGUAGES: Final = ("en",)

type Texts = Mapping[str, str | Sequence[str]]


class CoverWords(NamedTuple):
    """What a cover is in words, and what it does not pay for."""

    description: str
    wording: str
    exclusions: tuple[str, ...]


class Papers:
    """What a definition says of documents; without a word of it, every kind, in English."""

    def __init__(self, plain: Mapping[str, Any], questions: Sequence[str]) -> None:
        papers = plain.get("documents", {})
        self.kinds: tuple[str, ...] = tuple(papers.get("kinds", KINDS))
        self.languages: tuple[str, ...] = tuple(papers.get("languages", LANGUAGES))
        self.shows: tuple[str, ...] = tuple(papers.get("certificate_shows", ()))
        """The answers that a certificate repeats."""
        for place, code in enumerate(self.shows):
            if code not in questions:
                path = f"/documents/certificate_shows/{place}"
                raise refuse(path, code, "a question", did_you_mean(code, questions))
        self._texts: Mapping[str, Texts] = papers.get("texts", {})
        self._covers = {cover["code"]: cover for cover in plain["covers"]}
        self.exclusions = _reasons(plain.get("claims", {}))
        """Of every cover."""

    def texts(self, language: str) -> Texts:
        """The product's own texts in a language, or in one as a territory writes it: `en-GB`."""
        return self._texts.get(language, {})

    def cover(self, code: str) -> CoverWords:
        cover = self._covers[code]
        return CoverWords(
            description=cover.get("description", ""),
            wording=cover.get("wording", ""),
            exclusions=_reasons(cover.get("claim", {})),
        )


def _reasons(claims: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(each["reason"] for each in claims.get("exclusions", ()) if "reason" in each)
