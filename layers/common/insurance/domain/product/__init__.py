"""The product engine: a new product is data, compiled here into exact arithmetic."""

from insurance.domain.product.definition.answers import Answers
from insurance.domain.product.definition.questions import Question
from insurance.domain.product.definition.source import ProductSource
from insurance.domain.product.faults import Fault, InvalidProduct, NoRate
from insurance.domain.product.offer import NextTerm, Offer
from insurance.domain.product.product import Product
from insurance.domain.product.risk import LookUp, Risk

__all__ = [
    "Answers",
    "Fault",
    "InvalidProduct",
    "LookUp",
    "NextTerm",
    "NoRate",
    "Offer",
    "Product",
    "ProductSource",
    "Question",
    "Risk",
]
