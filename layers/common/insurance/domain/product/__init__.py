"""The product engine: a new product is data, compiled here into exact arithmetic."""

from insurance.domain.product.claims.assessment import (
    Assessment,
    Loss,
    PayoutStep,
    RuleResult,
)
from insurance.domain.product.definition.answers import Answers
from insurance.domain.product.definition.questions import Question
from insurance.domain.product.definition.source import ProductSource
from insurance.domain.product.faults import Fault, InvalidProduct, NoRate
from insurance.domain.product.offer import CoverTerms, Finding, Offer, Renewal
from insurance.domain.product.product import Product
from insurance.domain.product.rating.price import Line, Price
from insurance.domain.product.risk import Imposed, LookUp, PastClaim, Period, Risk

__all__ = [
    "Answers",
    "Assessment",
    "CoverTerms",
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
    "ProductSource",
    "Question",
    "Renewal",
    "Risk",
    "RuleResult",
]
