"""How products are shown: their questions and covers."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Literal, Self

from pydantic import BaseModel, RootModel

from insurance.api.paging import Page, page_of
from insurance.api.views.terms import View
from insurance.domain.core.classification import Classification
from insurance.domain.core.money import Currency
from insurance.domain.product import Product, Question
from insurance.domain.product.definition.questions import TODAY

AnswerType = Literal["text", "integer", "decimal", "money", "boolean", "choice", "date", "list"]


class ChoiceView(BaseModel):
    """One answer that can be chosen."""

    code: str
    label: str


class QuestionView(BaseModel):
    """One question: how it must be answered, and when it is asked at all."""

    code: str
    type: AnswerType
    label: str
    help: str | None
    required: bool
    default: Any
    minimum: Any
    maximum: Any
    pattern: str | None
    currency: Currency | None
    choices: list[ChoiceView]
    fields: list["QuestionView"]
    visible_when: str | None
    classification: Classification

    @classmethod
    def of(cls, question: Question) -> Self:
        return cls(
            code=question.code,
            type=question.type,
            label=question.label,
            help=question.help or None,
            required=question.required,
            default=_plain(question.default),
            minimum=_plain(question.minimum),
            maximum=TODAY if question.until_today else _plain(question.maximum),
            pattern=question.pattern or None,
            currency=question.currency if question.type == "money" else None,
            choices=[
                ChoiceView(code=choice.code, label=choice.label) for choice in question.choices
            ],
            fields=[cls.of(field) for field in question.fields],
            visible_when=question.visible_when or None,
            classification=question.classification,
        )


class CoverOnOfferView(BaseModel):
    """A cover that a product has."""

    code: str
    name: str
    description: str | None
    optional: bool


class ProductSummaryView(BaseModel):
    """A product in the list of those on sale."""

    code: str
    version: str
    name: str
    description: str | None
    currency: Currency

    @classmethod
    def of(cls, product: Product) -> Self:
        return cls(
            code=product.code,
            version=product.version,
            name=product.name,
            description=product.description or None,
            currency=product.currency,
        )


class ProductListView(View):
    """The products on sale."""

    """A page of the products on sale, in the order of their codes."""

    items: list[ProductSummaryView]
    next: str | None
    """The `after` of the next page; absent on the last page."""

    @classmethod
    def of(cls, products: Sequence[Product], *, page: Page) -> Self:
        shown, following = page_of(products, page)
        return cls(items=[ProductSummaryView.of(product) for product in shown], next=following)


class ProductView(View):
    """A product on sale: its questions in the order they are asked, and its covers."""

    code: str
    version: str
    name: str
    description: str | None
    currency: Currency
    territories: list[str]
    questions: list[QuestionView]
    covers: list[CoverOnOfferView]
    answers_schema: str
    """Where the JSON Schema of its answers is: a path of this API."""

    @classmethod
    def of(cls, product: Product) -> Self:
        return cls(
            code=product.code,
            version=product.version,
            name=product.name,
            description=product.description or None,
            currency=product.currency,
            territories=list(product.territories),
            questions=[QuestionView.of(question) for question in product.questions],
            covers=[
                CoverOnOfferView(
                    code=cover.code,
                    name=cover.name,
                    description=cover.description or None,
                    optional=cover.optional,
                )
                for cover in product.covers_on_offer
            ],
            answers_schema=f"/v1/products/{product.code}/schema?version={product.version}",
        )


class AnswersSchemaView(RootModel[dict[str, Any]]):
    """A JSON Schema (2020-12) of what a quote for the product says: `answers`, and `covers` and `territory`
    where any are chosen."""

    @classmethod
    def of(cls, schema: Mapping[str, Any]) -> Self:
        return cls(dict(schema))


def _plain(bound: object) -> Any:
    """Answers as they are sent. Of bounds whole numbers stay numbers; other decimals and days are text."""
    return str(bound) if isinstance(bound, Decimal | date) else bound
