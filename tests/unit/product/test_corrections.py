"""Which answers of a product repeat a detail of the party, and which definitions say nonsense of it."""

from typing import Any

import pytest
from insurance.domain.party.correction_record import CorrectedField, PartyField
from insurance.domain.product import InvalidProduct
from insurance.products import product

from tests.support.plain import plain_product


def test_a_definition_names_answers_evidence_and_documents():
    corrections = product("life_and_illness").corrections

    assert corrections.answers == {"date_of_birth": PartyField.DATE_OF_BIRTH}
    assert corrections.evidence == {CorrectedField.NAME, CorrectedField.DATE_OF_BIRTH}
    assert corrections.documents == ("schedule",)


def test_without_a_word_of_it_nothing_follows_a_correction():
    corrections = plain_product().corrections

    assert (corrections.answers, corrections.evidence, corrections.documents) == (
        {},
        frozenset(),
        (),
    )


@pytest.mark.parametrize(
    ("corrections", "path"),
    [
        (
            {"answers": [{"answer": "postcod", "repeats": "postcode"}]},
            "/corrections/answers/0/answer",
        ),
        ({"answers": [{"answer": "price", "repeats": "name"}]}, "/corrections/answers/0/answer"),
        (
            {"answers": [{"answer": "postcode", "repeats": "date_of_birth"}]},
            "/corrections/answers/0/answer",
        ),
        (
            {"answers": [{"answer": "people/born", "repeats": "name"}]},
            "/corrections/answers/0/answer",
        ),
        ({"documents": ["schedule", "certificate"]}, "/corrections/documents/1"),
    ],
    ids=[
        "no question",
        "not a text",
        "not a date",
        "not a text of a list",
        "not a document of the product",
    ],
)
def test_a_definition_that_contradicts_itself_is_refused_where_it_does(
    corrections: dict[str, Any], path: str
):
    questions = [
        {"code": "price", "type": "money", "min": 0, "max": 100000},
        {"code": "postcode", "type": "text"},
        {"code": "people", "type": "list", "fields": [{"code": "born", "type": "date"}]},
    ]

    with pytest.raises(InvalidProduct) as refused:
        plain_product(
            questions=questions, corrections=corrections, documents={"kinds": ["schedule"]}
        )

    assert [fault.path for fault in refused.value.faults] == [path]
