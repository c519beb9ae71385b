"""The product engine: a new product is data, compiled here into exact arithmetic."""

from insurance.domain.product.definition.questions import Answers, Question
from insurance.domain.product.faults import Fault, InvalidProduct, NoRate
from insurance.domain.product.product import Definition, Product
from insurance.domain.product.results import (
    Assessment,
    CoverTerms,
    Finding,
    Imposed,
    Line,
    LookUp,
    Loss,
    Offer,
    PastClaim,
    PayoutStep,
    Period,
    Price,
    Renewal,
    Risk,
    RuleResult,
)

__all__ = [
    "Answers",
    "Assessment",
    "CoverTerms",
    "Definition",
    "Fault",
    "Finding",
    "Imposed",
    "InvalidProduct",
    "Line",
    "LookUp",
    "Loss",
    "NoRate",
    "Offer",
    "PastClaim",
    "PayoutStep",
    "Period",
    "Price",
    "Product",
    "Question",
    "Renewal",
    "Risk",
    "RuleResult",
]
