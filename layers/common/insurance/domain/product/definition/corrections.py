"""Corrections of a party: which answers repeat its details, and what a product asks for and sends again."""

from insurance.domain.party.correction_record import CorrectedField, PartyField
from insurance.domain.product.definition import model
from insurance.domain.product.definition.questions import question_paths
from insurance.domain.product.faults import did_you_mean, refuse


class ProductCorrections:
    """What a definition says of corrections; without a word of it, no answer follows the party.

    Raises:
        InvalidProduct: An answer is no question, or not one for such a detail; or the product has no
            such document.
    """

    def __init__(self, definition: model.Definition) -> None:
        corrections = definition.corrections
        self.answers = {
            _answer(row, definition): PartyField(row.repeats) for row in corrections.answers
        }
        """The detail that an answer repeats, by question: `postcode`, or of a list `drivers/date_of_birth`."""
        self.evidence = frozenset(map(CorrectedField, corrections.evidence))
        self.documents: tuple[str, ...] = corrections.documents
        for place, kind in enumerate(self.documents):
            if kind not in definition.documents.kinds:
                path = f"{corrections.at('documents')}/{place}"
                raise refuse(path, kind, "a document of the product")


def _answer(row: model.PartyAnswer, definition: model.Definition) -> str:
    wanted = "date" if PartyField(row.repeats) is PartyField.DATE_OF_BIRTH else "text"
    questions = question_paths(definition, wanted)
    if row.answer not in questions:
        hint = did_you_mean(row.answer, questions)
        raise refuse(row.at("answer"), row.answer, f"a question for a {wanted}", hint)
    return row.answer
