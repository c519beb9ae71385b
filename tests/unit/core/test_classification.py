"""What is about a person is parted from the rest, wherever it stands."""

import types
import typing
from typing import Any

import insurance.domain.claim
import insurance.domain.policy
import insurance.domain.quote.quote  # noqa: F401 - the records below are found among loaded classes
import pytest
from insurance.domain.claim import Claim, Task
from insurance.domain.core.classification import SEALED, Classification, Internal, Record
from insurance.domain.core.tasks import TaskCode
from insurance.domain.party.party import Address, Claimant, Payee, Policyholder
from insurance.domain.quote.quote import Quote
from pydantic import BaseModel

from tests.support.builders import NOW, make_claim, make_policy, make_quote

PEOPLE = {Address, Claimant, Payee, Policyholder}


def records() -> list[type[Record]]:
    found, below = [], list(Record.__subclasses__())
    while below:
        one = below.pop()
        found.append(one)
        below.extend(one.__subclasses__())
    return sorted((one for one in found if "test" not in one.__module__), key=lambda r: r.__name__)


def models_in(annotation: Any) -> set[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        inside = [field.annotation for field in annotation.model_fields.values()]
        return {annotation}.union(*(models_in(one) for one in inside))
    if isinstance(annotation, typing.TypeAliasType):
        return models_in(annotation.__value__)
    parts = typing.get_args(annotation)
    return set().union(*(models_in(part) for part in parts)) if parts else set()


@pytest.mark.parametrize("record", records(), ids=lambda record: record.__name__)
def test_a_field_that_holds_a_person_is_sealed(record):
    sealed = set(record.sealed_fields())

    open_people = {
        name
        for name, field in record.model_fields.items()
        if name not in sealed and models_in(field.annotation) & PEOPLE
    }

    assert open_people == set()


@pytest.mark.parametrize("record", records(), ids=lambda record: record.__name__)
def test_a_sealed_field_may_be_missing_once_it_was_erased(record):
    for name in record.sealed_fields():
        assert not record.model_fields[name].is_required(), name


@pytest.mark.parametrize("record", records(), ids=lambda record: record.__name__)
def test_nothing_personal_hides_inside_an_open_field(record):
    sealed = set(record.sealed_fields())
    for name, field in record.model_fields.items():
        for model in models_in(field.annotation) if name not in sealed else ():
            marks = [mark for inner in model.model_fields.values() for mark in inner.metadata]
            assert not any(mark in SEALED for mark in marks if isinstance(mark, Classification)), (
                f"{name} holds {model.__name__}"
            )


@pytest.mark.parametrize("record", [make_quote(), make_policy(), make_claim()], ids=type)
def test_a_record_comes_back_from_its_two_parts(record):
    opened, personal = record.split_personal()

    assert type(record).merge_personal(opened, personal) == record


def test_without_the_personal_part_the_rest_still_reads():
    opened, _ = make_quote().split_personal()

    quote = Quote.merge_personal(opened, {})

    assert quote.policyholder is None
    assert quote.answers is None
    assert quote.premium == make_quote().premium


def test_union_types_are_looked_into():
    assert isinstance(Policyholder | None, types.UnionType)
    assert models_in(Policyholder | None) >= {Policyholder, Address}


def test_free_text_inside_an_open_field_is_sealed_beside_it():
    claim = make_claim(
        task=Task(role="claims_handler", code=TaskCode.REFERRED, reason="Ada was drunk", since=NOW)
    )
    opened, personal = claim.split_personal()

    assert "drunk" not in str(opened)
    assert personal["task/reason"] == "Ada was drunk"
    assert Claim.merge_personal(opened, personal) == claim
    assert claim.without_texts().task == Task(
        role="claims_handler", code=TaskCode.REFERRED, since=NOW
    )


def test_a_field_without_a_class_is_refused_when_its_record_is_made():
    with pytest.raises(TypeError, match=r"^Remark does not classify text$"):
        type("Remark", (Record,), {"__annotations__": {"id": Internal[str], "text": str}})
