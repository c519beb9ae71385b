"""The product definition as one typed model: `Definition`, and a class for each of its parts.

Everything that a definition may say stands here once, with its type, bounds and default;
`product.schema.json` is written from it (`make schema`).
"""

from insurance.domain.product.definition.model.asking import (
    Answerable,
    Ask,
    Choice,
    ListField,
    LookUp,
    Question,
    Unavailable,
)
from insurance.domain.product.definition.model.claiming import (
    Aggregate,
    AuthorityRow,
    Average,
    ClaimRule,
    Claims,
    Clause,
    CoverClaim,
    Evidence,
    FraudBand,
    FraudSignal,
    Recovery,
    Reinstatements,
)
from insurance.domain.product.definition.model.covering import Cover, UnderwritingRule
from insurance.domain.product.definition.model.definition import (
    Corrections,
    Definition,
    Documents,
    Filing,
    NumberFormat,
    Numbers,
    PartyAnswer,
    Sale,
    TableDeclaration,
    TermOfCover,
)
from insurance.domain.product.definition.model.living import (
    Adjustment,
    AnswerChange,
    Cancellation,
    InstalmentPlan,
    Life,
    Notice,
    Renewal,
    RenewalRule,
)
from insurance.domain.product.definition.model.part import Expression, Part
from insurance.domain.product.definition.model.rating import (
    Charge,
    ItemStep,
    Rating,
    RatingStep,
    Rounding,
)

__all__ = [
    "Adjustment",
    "Aggregate",
    "AnswerChange",
    "Answerable",
    "Ask",
    "AuthorityRow",
    "Average",
    "Cancellation",
    "Charge",
    "Choice",
    "ClaimRule",
    "Claims",
    "Clause",
    "Corrections",
    "Cover",
    "CoverClaim",
    "Definition",
    "Documents",
    "Evidence",
    "Expression",
    "Filing",
    "FraudBand",
    "FraudSignal",
    "InstalmentPlan",
    "ItemStep",
    "Life",
    "ListField",
    "LookUp",
    "Notice",
    "NumberFormat",
    "Numbers",
    "Part",
    "PartyAnswer",
    "Question",
    "Rating",
    "RatingStep",
    "Recovery",
    "Reinstatements",
    "Renewal",
    "RenewalRule",
    "Rounding",
    "Sale",
    "TableDeclaration",
    "TermOfCover",
    "Unavailable",
    "UnderwritingRule",
]
