"""Documents: which a product has, in which languages, and where it words them its own way."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from insurance.domain.product.definition import model
from insurance.domain.product.faults import did_you_mean, refuse

type Texts = Mapping[str, str | Sequence[str]]


class CoverWords(NamedTuple):
    """What a cover is in words, and what it does not pay for."""

    description: str
    wording: str
    exclusions: tuple[str, ...]


class ProductDocuments:
    """What a definition says of documents; without a word of it, every kind, in English.

    Raises:
        InvalidProduct: A certificate shows an answer that nobody is asked for.
    """

    def __init__(self, definition: model.Definition) -> None:
        documents = definition.documents
        self.kinds: tuple[str, ...] = documents.kinds
        self.languages = documents.languages
        self.shows = documents.certificate_shows
        """The answers that a certificate repeats."""
        questions = [question.code for question in definition.questions]
        for place, code in enumerate(self.shows):
            if code not in questions:
                path = f"{documents.at('certificate_shows')}/{place}"
                raise refuse(path, code, "a question", did_you_mean(code, questions))
        self._texts = documents.texts
        self._covers = {cover.code: cover for cover in definition.covers}
        self.exclusions = _reasons(definition.claims.exclusions)
        """Of every cover."""

    def texts(self, language: str) -> Texts:
        """The product's own texts in a language, or in one as a territory writes it: `en-GB`."""
        return self._texts.get(language, {})

    def cover(self, code: str) -> CoverWords:
        cover = self._covers[code]
        return CoverWords(cover.description, cover.wording, _reasons(cover.claim.exclusions))


def _reasons(rules: Iterable[model.ClaimRule]) -> tuple[str, ...]:
    return tuple(rule.reason for rule in rules)
