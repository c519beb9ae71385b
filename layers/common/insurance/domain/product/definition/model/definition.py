"""A product definition as a whole."""

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

from insurance.domain.product.definition.model.asking import LookUp, Question
from insurance.domain.product.definition.model.claiming import Claims
from insurance.domain.product.definition.model.covering import Cover, UnderwritingRule
from insurance.domain.product.definition.model.living import Life, Renewal
from insurance.domain.product.definition.model.part import (
    Code,
    Day,
    Expression,
    Keywords,
    Part,
    Text,
)
from insurance.domain.product.definition.model.rating import Rating, Rounding

DocumentKind = Literal[
    "schedule",
    "certificate",
    "endorsement_letter",
    "cancellation_letter",
    "notice_letter",
    "renewal_letter",
]
DOCUMENT_KINDS: tuple[DocumentKind, ...] = (
    "schedule",
    "certificate",
    "endorsement_letter",
    "cancellation_letter",
    "notice_letter",
    "renewal_letter",
)


class Sale(Part):
    """From when and until when the version is used."""

    new_business_from: Day | None = None
    new_business_until: Day | None = None
    renewals_from: Day | None = None
    renewals_until: Day | None = None


class Filing(Part):
    """The regulator's reference in a territory."""

    territory: Text
    reference: Text


class TermOfCover(Part):
    """How long a term is, and when on its first day it begins."""

    months: Annotated[int, Keywords(minimum=1, maximum=1200)] = 12
    days: Expression | None = None
    """In place of months: 1 to 3660, a number or an expression over the answers."""
    inception_time: Annotated[str, Keywords(pattern="^([01][0-9]|2[0-3]):[0-5][0-9]$")] = "00:00"
    """In the product's time zone, such as 00:00 or 12:01."""
    cover_begins: Literal["issue", "start"] = "issue"
    """`issue`: cover never begins before the policy is issued. `start`: it begins with the first day,
    for a policyholder who declares that they know of no loss."""


class TableDeclaration(Part):
    values: Annotated[tuple[Text, ...], Keywords(minItems=1, maxItems=20)] | None = None
    """The columns that are values; without them the last one is."""
    description: Text = ""


class Documents(Part):
    """Which documents a product has, in which languages, and where it words them its own way."""

    kinds: Annotated[tuple[DocumentKind, ...], Keywords(minItems=1, maxItems=6)] = DOCUMENT_KINDS
    languages: Annotated[
        tuple[Annotated[str, Keywords(pattern="^[a-z]{2}$")], ...],
        Keywords(minItems=1, maxItems=20),
    ] = ("en",)
    certificate_shows: Annotated[tuple[Code, ...], Keywords(maxItems=60)] = ()
    """The answers that a certificate repeats."""
    texts: Annotated[
        Mapping[
            str,
            Annotated[
                Mapping[
                    str,
                    Annotated[
                        str | tuple[Annotated[str, Keywords(maxLength=2000)], ...],
                        Keywords(maxLength=2000, maxItems=20),
                    ],
                ],
                Keywords(maxProperties=200),
            ],
        ],
        Keywords(maxProperties=40),
    ] = {}
    """By language (`en`) or language and territory (`en-GB`): texts in place of the usual ones."""


class PartyAnswer(Part):
    """A question whose answer repeats a detail of the policyholder."""

    answer: Annotated[str, Keywords(pattern="^[a-z][a-z0-9_]*(/[a-z][a-z0-9_]*)?$")]
    """A question for a text; for `date_of_birth`, for a date. Of a list `drivers/date_of_birth`: of each
    item that says what was told of the policyholder."""
    repeats: Literal[
        "name",
        "postcode",
        "country",
        "email",
        "phone",
        "date_of_birth",
        "registration_number",
    ]


class Corrections(Part):
    """What a correction of the policyholder's details means for a policy."""

    answers: Annotated[tuple[PartyAnswer, ...], Keywords(maxItems=20)] = ()
    """The answers that follow the party's record, where they said what the record said."""
    evidence: Annotated[
        tuple[
            Literal[
                "name",
                "address",
                "email",
                "phone",
                "date_of_birth",
                "registration_number",
                "account",
                "language",
            ],
            ...,
        ],
        Keywords(maxItems=8),
    ] = ()
    """What is corrected only with the reference of a document that was seen."""
    documents: Annotated[tuple[DocumentKind, ...], Keywords(maxItems=6)] = ()
    """The documents that are sent again."""


class NumberFormat(Part):
    """How a number is formed: prefix, year, symbols of its own, check digits."""

    prefix: Annotated[str, Keywords(pattern="^[A-Z0-9]{0,8}$")] | None = None
    """Without one a policy's number begins with POL, a claim's with CLM."""
    year: Literal["none", "two_digits", "four_digits"] = "two_digits"
    """The year in which the policy begins or the claim was reported, in the product's time zone."""
    symbols: Literal["digits", "letters_and_digits"] = "letters_and_digits"
    """Letters that look like digits (I, L, O) and U are left out."""
    length: Annotated[int, Keywords(minimum=6, maximum=16)] = 8
    """How many symbols a number has of its own. Leave room: at most half of the numbers may come into use."""
    check: Literal["mod_97_10", "luhn"] = "mod_97_10"
    """Two check digits of ISO/IEC 7064 MOD 97-10, or one of ISO/IEC 7812-1 (Luhn)."""
    separator: Literal["-", "/", ".", ""] = "-"


class Numbers(Part):
    """The numbers that policies and claims are known by."""

    policy: NumberFormat = NumberFormat.nothing()
    claim: NumberFormat = NumberFormat.nothing()
    renewal: Literal["keep_stem", "new_number"] = "keep_stem"
    """Whether the next term keeps the policy's number, with the term at its end, or gets another."""


class Definition(Part):
    """One version of a product."""

    renamed: ClassVar = {"schema": "$schema"}

    schema: Text | None = None
    code: Code
    version: Annotated[str, Keywords(pattern="^[0-9A-Za-z][0-9A-Za-z._-]{0,31}$")]
    name: Text
    description: Text = ""
    status: Literal["draft", "in_review", "approved", "active", "passive", "retired"] = "draft"
    """Of a bundled version: where its life begins."""
    sale: Sale = Sale.nothing()
    filings: Annotated[tuple[Filing, ...], Keywords(maxItems=200)] = ()
    territories: Annotated[
        tuple[Annotated[str, Keywords(pattern="^[A-Z]{2}(-[A-Z0-9]{1,3})?$")], ...],
        Keywords(minItems=1, maxItems=100),
    ]
    """Countries, or country and region: GB, US-CA. A quote that names none has the first."""
    currency: Text
    """An ISO 4217 code."""
    time_zone: Text
    """In which days begin and end, such as Europe/London."""
    day_count: Literal["actual", "months", "30E/360", "milliseconds"] = "actual"
    """How a part of a term is measured."""
    term: TermOfCover = TermOfCover.nothing()
    rounding: Rounding = Rounding.nothing()
    questions: Annotated[tuple[Question, ...], Keywords(minItems=1, maxItems=200)]
    searched_by: Annotated[
        tuple[Annotated[str, Keywords(pattern="^[a-z][a-z0-9_]*(/[a-z][a-z0-9_]*)?$")], ...],
        Keywords(maxItems=5),
    ] = ()
    """Questions whose answers find a quote or a policy: `registration`, or of a list `vehicles/registration`."""
    look_ups: Annotated[tuple[LookUp, ...], Keywords(maxItems=20)] = ()
    values: Annotated[Mapping[str, Expression], Keywords(maxProperties=200)] = {}
    """Named expressions."""
    tables: Annotated[Mapping[str, TableDeclaration], Keywords(maxProperties=200)] = {}
    covers: Annotated[tuple[Cover, ...], Keywords(minItems=1, maxItems=50)]
    underwriting: Annotated[tuple[UnderwritingRule, ...], Keywords(maxItems=300)] = ()
    rating: Rating
    life: Life = Life.nothing()
    renewal: Renewal = Renewal.nothing()
    claims: Claims = Claims.nothing()
    documents: Documents = Documents.nothing()
    corrections: Corrections = Corrections.nothing()
    numbers: Numbers = Numbers.nothing()
