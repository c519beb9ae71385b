"""From a risk to what a quote and a policy hold: the product's answer in the contract's own words."""

from datetime import date
from typing import Any

from insurance.domain.classification import JsonObject
from insurance.domain.policy import Policy
from insurance.domain.premium import CoverPremium, LineKind, Premium, PremiumLine
from insurance.domain.product import Answers, Imposed, Offer, Price, Product, Risk
from insurance.domain.quote import Quote
from insurance.domain.terms import CoverTerms, Finding, ImposedTerms
from insurance.operations.ports import LookUps
