"""Renewal: the next term of a policy, from its last terms, its claims and its last price."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from insurance.domain.contract.data_origin import kept_origin
from insurance.domain.contract.premium import Premium
from insurance.domain.contract.terms import PastClaim
from insurance.domain.core.errors import (
    AlreadyErased,
    QuoteChanged,
    TermsNotOffered,
    WrongState,
)
from insurance.domain.core.identity import QuoteId, named_party
from insurance.domain.party.demands import Demands
from insurance.domain.policy.cover_history import covers_since, insured_since
from insurance.domain.policy.policy import Policy
from insurance.domain.policy.transaction import TransactionKind
from insurance.domain.product import LookUp, Product
from insurance.domain.quote.pricing import (
    LookedUp,
    PricedRisk,
    carried_risk,
)
from insurance.domain.quote.quote import CoverHistory, Quote, QuoteStatus, RenewalBasis

LAST_MOMENT = timedelta(microseconds=1)

CHANGES_TERMS = frozenset(TransactionKind) - {
    TransactionKind.TRANSFER,
    TransactionKind.LIMIT_REINSTATEMENT,
}


@dataclass(frozen=True, slots=True)
class RenewalOffer:
    """The next term as it is offered, and what it stands on."""

    policy: Policy
    """As it stands in its last moment."""
    priced: PricedRisk
    renewing: RenewalBasis

    def quote(
        self, quote_id: QuoteId, demands: Demands, *, now: datetime, created_by: str
    ) -> Quote:
        """The offer as a quote. Its id comes from the policy's: there is one for each term and holder."""
        policy, priced = self.policy, self.priced
        status, findings = priced.judged_for(demands)
        sold = {cover.code for cover in priced.covers}
        return Quote(
            id=quote_id,
            party_id=named_party(policy.party_id, quote_id),
            partner=policy.partner,
            producer=policy.producer,
            carrier=policy.carrier,
            product=priced.product.ref,
            period=priced.period,
            territory=policy.territory,
            options=tuple(code for code in priced.risk.covers if code in sold),
            policyholder=policy.policyholder,
            answers=dict(priced.risk.answers.to_json()),
            looked_up=priced.looked_up,
            status=status,
            findings=findings,
            covers=priced.covers,
            premium=priced.premium,
            imposed=policy.imposed,
            renewing=self.renewing,
            created_at=now,
            created_by=created_by,
            valid_until=policy.period.end,
        )

    def put_right(self, quote: Quote, demands: Demands) -> Quote:
        """An open offer as it is made now. One that was accepted stays so where covers and price do."""
        made = self.quote(quote.id, demands, now=quote.created_at, created_by=quote.created_by)
        same = (made.covers, made.premium) == (quote.covers, quote.premium)
        stays = (
            quote.status is QuoteStatus.ACCEPTED and made.status is QuoteStatus.BINDABLE and same
        )
        return made.replace(status=quote.status) if stays else made


@dataclass(frozen=True, slots=True)
class RenewalTerms:
    """What the next term is priced on, before outside sources are asked about it."""

    product: Product
    """The version that the next term is written on."""
    last: Policy
    """The policy as it stands in its last moment."""
    renewing: RenewalBasis

    @property
    def look_ups(self) -> tuple[LookUp, ...]:
        """What to look up anew before the next term can be priced."""
        return self.product.look_ups(carried_risk(self.product, self.last).answers)

    def priced(self, looked_up: LookedUp) -> RenewalOffer:
        """Rate and underwrite the next term with the facts that were looked up."""
        product, last = self.product, self.last
        renewed = product.renew(
            carried_risk(product, last),
            last=self.renewing.last,
            claims=self.renewing.claims,
            looked_up={**kept_origin(last.looked_up), **looked_up},
            imposed=last.imposed,
        )
        period = product.period(renewed.risk.start, renewed.risk.answers)
        priced = PricedRisk(product, renewed.risk, period, renewed.offer, renewed.new_business)
        return RenewalOffer(last, priced, self.renewing)


def renewal_terms(
    policy: Policy, losses: Sequence[PastClaim], product: Product, *, now: datetime
) -> RenewalTerms:
    """What the policy's next term is priced on, if it may be renewed now.

    Raises:
        AlreadyErased: The policy's answers were erased.
        WrongState: Another term is not wanted, or there is no cover at the term's end.
        TermsNotOffered: It is too early for an invitation, or the term is over.
    """
    if policy.answers is None:
        raise AlreadyErased(policy.id)
    end = policy.period.end
    check_renewable(policy)
    first = invited_from(product, end)
    if not first <= now < end:
        raise TermsNotOffered(f"a renewal before {first.isoformat()} or after the term")
    last = policy.at(end - LAST_MOMENT)
    renewing = RenewalBasis(
        policy_id=policy.id,
        number=policy.number,
        last=last.premium,
        claims=tuple(losses),
        cover_history=CoverHistory(
            since=insured_since(policy), covers=covers_since(policy, end - LAST_MOMENT)
        ),
        shares_with=(policy.shares_with or policy.id) if product.claims.for_life else None,
        changes=changes_of(policy),
    )
    return RenewalTerms(product, last, renewing)


def changes_of(policy: Policy) -> int:
    """How often the terms of a policy were changed: what its next term is made of. Who holds it jointly is carried
    over when that is issued, and a limit that stands again changes no terms."""
    return sum(transaction.kind in CHANGES_TERMS for transaction in policy.transactions)


def follows(quote: Quote, basis: RenewalBasis, ending: Policy) -> bool:
    """Whether an offer is of the ending policy as it stands now, and for who holds it now."""
    return basis.changes in {None, changes_of(ending)} and quote.party == ending.party


def check_next_term(quote: Quote, basis: RenewalBasis, ending: Policy) -> None:
    """Check that the next term may begin as it was offered.

    Raises:
        WrongState: Another term is not wanted, or there is no cover at the term's end.
        QuoteChanged: The ending policy was changed since the offer, or passed to another holder.
    """
    check_renewable(ending)
    if not follows(quote, basis, ending):
        raise QuoteChanged(quote.id)


def check_renewable(policy: Policy) -> None:
    """Check that a policy may have a next term.

    Raises:
        WrongState: Another term is not wanted, or there is no cover at the term's end.
    """
    if policy.non_renewal is not None:
        raise WrongState(policy.id, "not to be renewed", "be renewed")
    if not policy.covers_at(policy.period.end - LAST_MOMENT):
        raise WrongState(policy.id, "not in force at its end", "be renewed")


def last_premium(policy: Policy) -> Premium:
    """The premium in the last moment of the term: the next one's is compared with it."""
    return policy.at(policy.period.end - LAST_MOMENT).premium


def invited_from(product: Product, end: datetime) -> datetime:
    """When the next term of a policy that ends then may be offered, and is."""
    return end - timedelta(days=product.renewals.invite_days)
