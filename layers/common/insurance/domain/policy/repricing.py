"""Repricing: what the same contract costs with something changed, if the product still takes it."""

from collections.abc import Set
from datetime import date
from typing import Any, NamedTuple

from insurance.domain.contract.terms import ImposedTerms
from insurance.domain.core.errors import (
    AlreadyErased,
    FieldFault,
    InvalidFields,
    RiskNotAccepted,
)
from insurance.domain.policy.policy import Policy
from insurance.domain.policy.transaction import Terms
from insurance.domain.policy.transaction_input import TransactionInput
from insurance.domain.product import Offer, Product, Risk
from insurance.domain.quote.pricing import FindFacts, PricedRisk, carried_risk, facts_after
from insurance.domain.quote.quote import UNDERWRITER


class Repricing(NamedTuple):
    """How a change of a policy is priced: the product version and the policyholder."""

    product: Product
    find: FindFacts
    today: date
    """Where the product is sold: what changes now may not speak of a later day where none is asked."""
    roles: Set[str]
    """The caller's: with the right one they may accept a new referral themselves."""

    def reprice(self, policy: Policy, change: TransactionInput) -> tuple[Terms, dict[str, Any]]:
        """The terms and the answers from the change on.

        Raises:
            AlreadyErased: The policy's answers were erased.
            InvalidFields: Nothing changes, or the product cannot read an answer.
            RiskNotAccepted: The changed risk is declined, or has a new referral that the caller
                may not accept.
        """
        if policy.answers is None:
            raise AlreadyErased(policy.id)
        if not change.answers and change.options is None:
            fault = FieldFault("/answers", "nothing-asked", "Say what changes: answers or covers.")
            raise InvalidFields([fault])
        before = carried_risk(self.product, policy)
        after = self._changed(before, policy, change)
        priced = PricedRisk(self.product, after, policy.period, self._offer(before, after, policy))
        if priced.premium is None:
            reasons = [finding.reason for finding in priced.offer.findings]
            raise RiskNotAccepted("without a price", reasons)
        ref = self.product.ref
        terms = Terms(
            product=None if ref == policy.product else ref,
            options=tuple(after.covers),
            looked_up=priced.looked_up,
            covers=priced.covers,
            premium=priced.premium,
            imposed=policy.imposed,
        )
        return terms, dict(after.answers.to_json())

    def _changed(self, before: Risk, policy: Policy, change: TransactionInput) -> Risk:
        """The risk with the changed answers and covers. A null takes an answer away."""
        answers = dict(policy.answers or {}) | (change.answers or {})
        read = self.product.read_answers(
            {code: answer for code, answer in answers.items() if answer is not None},
            change.answers or {},
            self.today,
        )
        return before._replace(
            answers=read,
            looked_up=facts_after(self.product, before, read, self.find),
            covers=policy.options if change.options is None else change.options,
        )

    def _offer(self, before: Risk, after: Risk, policy: Policy) -> Offer:
        offer = self.product.offer(after)
        if offer.outcome == "declined":
            declines = [found.reason for found in offer.findings if found.outcome == "decline"]
            raise RiskNotAccepted("declined", declines)
        known = {finding.code for finding in self.product.offer(before).findings}
        beyond = [
            finding.reason
            for finding in offer.findings
            if finding.outcome == "refer"
            and finding.code not in known
            and (finding.authority or UNDERWRITER) not in self.roles
        ]
        if beyond:
            raise RiskNotAccepted("referred to an underwriter", beyond)
        if policy.imposed is None and offer.outcome != "referred":
            return offer
        return self.product.offer(after, policy.imposed or ImposedTerms())
