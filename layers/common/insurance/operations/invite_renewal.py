"""Invite to the next term: the offer is kept as a quote, and the policy's story says so."""

from dataclasses import dataclass
from datetime import datetime

from insurance.domain.errors import (
    AlreadyErased,
    KeyReused,
    PolicyNotFound,
    TermsNotOffered,
    WrongState,
)
from insurance.domain.event import Event
from insurance.domain.identity import mode_of, renewal_quote_id_for
from insurance.domain.policy import Policy
from insurance.domain.policy.policy import Invitation
from insurance.domain.quote import Quote
from insurance.operations.by_clockwork import CLOCKWORK, after, clockwork, receipt_for
from insurance.operations.plan_agenda import invited_from
from insurance.operations.ports import (
    Kept,
    Keys,
    LookUps,
    PolicyChanges,
    Products,
    Quotes,
    Renewals,
)
from insurance.operations.receipt import AlreadyAnswered
from insurance.operations.renew_policy import next_version, offer_renewal


@dataclass(frozen=True, slots=True)
class RenewalInviter:
    """The look at a policy that comes to its end."""

    products: Products
    look_ups: LookUps
    renewals: Renewals
    quotes: Quotes
    keys: Keys
    policies: PolicyChanges

    def look(self, policy_id: str, now: datetime) -> datetime | None:
        """Invite once; None when there is nothing to invite to, or all is done."""
        try:
            was = self.policies.get(policy_id)
        except PolicyNotFound:
            return None
        policy = was.record
        if was.key is None or policy.invitation is not None or now >= policy.period.end:
            return None
        product = next_version(policy, self.products)
        wanted = invited_from(product, policy.period.end)
        if now < wanted:
            return wanted
        now = after(now, was.head)
        try:
            quote = self._offered(policy, now)
        except (WrongState, AlreadyErased, TermsNotOffered):
            return None  # not in force at its end, or not to be renewed
        self._tell(was, quote, now)
        return None

    def _offered(self, policy: Policy, now: datetime) -> Quote:
        """The offer, made now or before: its id is the policy's own, so there is only one."""
        mode = mode_of(policy.id)
        try:
            return offer_renewal(
                policy.id,
                caller=clockwork(mode),
                products=self.products,
                look_ups=self.look_ups,
                renewals=self.renewals,
                quotes=self.quotes,
                keys=self.keys,
                receipt=receipt_for(mode, "offer_renewal", policy.id, now),
            ).record
        except (AlreadyAnswered, KeyReused):
            return self.quotes.get(renewal_quote_id_for(policy.id)).record

    def _tell(self, was: Kept[Policy], quote: Quote, now: datetime) -> None:
        if was.key is None:
            raise ValueError("what was erased is not renewed")
        policy = was.record.replace(
            invitation=Invitation(quote_id=quote.id, outcome=str(quote.status), invited_at=now)
        )
        receipt = receipt_for(mode_of(policy.id), "invite", policy.id, now)
        event = Event.following(
            was.head,
            policy,
            was.key,
            stream=policy.id,
            type="policy.renewal_invited",
            actor=CLOCKWORK,
            now=now,
        )
        kept = Kept(policy, event.head, was.key)
        self.policies.change(event, kept, was=was, receipt=receipt.answered(None))
