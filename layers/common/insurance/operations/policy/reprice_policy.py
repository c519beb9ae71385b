"""Reprice a policy: the same contract with something changed, at what the product then asks."""

from collections.abc import Mapping
from typing import Any

from insurance.domain.core.caller import Caller
from insurance.domain.core.errors import (
    AlreadyErased,
    FieldFault,
    InvalidFields,
    RiskNotAccepted,
)
from insurance.domain.policy import Policy, Terms
from insurance.domain.policy.servicing import Asked, Reprice
from insurance.domain.product import Imposed, LookUp, Offer, Product, Risk
from insurance.domain.quote.pricing import Priced, carried_risk, imposed_of
from insurance.operations.quoting.ports import LookUps

UNDERWRITER = "underwriter"


def repricing(product: Product, *, look_ups: LookUps, caller: Caller) -> Reprice:
    """How a change of a policy is priced: by this product version, for this caller.

    The outcome is refused (RiskNotAccepted) when the changed risk is declined, or when a person
    must look at something that was not there before and the caller is no underwriter.
    """

    def reprice(policy: Policy, asked: Asked) -> tuple[Terms, dict[str, Any]]:
        if policy.answers is None:
            raise AlreadyErased(policy.id)
        if not asked.answers and asked.options is None:
            fault = FieldFault("/answers", "nothing-asked", "Say what changes: answers or covers.")
            raise InvalidFields([fault])
        before = carried_risk(product, policy)
        wanted = dict(policy.answers) | (asked.answers or {})
        read = product.read_answers(
            {code: answer for code, answer in wanted.items() if answer is not None}
        )
        risk = before._replace(
            answers=read,
            looked_up=_looked_up(product, before, product.look_ups(read), look_ups),
            covers=policy.options if asked.options is None else asked.options,
        )
        offer = _accepted(product, before, risk, policy, caller)
        priced = Priced(product, risk, policy.period, offer)
        if priced.premium is None:
            raise RiskNotAccepted("without a price", [found.reason for found in offer.findings])
        ref = product.ref
        terms = Terms(
            product=None if ref == policy.product else ref,
            options=tuple(risk.covers),
            looked_up=priced.looked_up,
            covers=priced.covers,
            premium=priced.premium,
            imposed=policy.imposed,
        )
        return terms, dict(read.to_json())

    return reprice


def _looked_up(
    product: Product, before: Risk, wanted: tuple[LookUp, ...], look_ups: LookUps
) -> Mapping[str, Mapping[str, object] | None]:
    """What was looked up is held for the term, unless its key has changed."""
    held = set(product.look_ups(before.answers))
    return {
        one.source: before.looked_up.get(one.source)
        if one in held
        else look_ups.find(one.source, one.key)
        for one in wanted
    }


def _accepted(product: Product, before: Risk, risk: Risk, policy: Policy, caller: Caller) -> Offer:
    offer = product.offer(risk)
    if offer.outcome == "declined":
        raise RiskNotAccepted("declined", _reasons(offer, "decline"))
    known = {found.code for found in product.offer(before).findings}
    beyond = [
        found.reason
        for found in offer.findings
        if found.outcome == "refer"
        and found.code not in known
        and (found.authority or UNDERWRITER) not in caller.roles
    ]
    if beyond:
        raise RiskNotAccepted("referred to an underwriter", beyond)
    imposed = imposed_of(policy.imposed)
    if imposed is None and offer.outcome != "referred":
        return offer
    return product.offer(risk, imposed or Imposed())


def _reasons(offer: Offer, outcome: str) -> list[str]:
    return [found.reason for found in offer.findings if found.outcome == outcome]
