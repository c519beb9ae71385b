"""Invite to the next term: the offer is kept as a quote, and the policy's story says so."""

from dataclasses import dataclass
from datetime import datetime

from insurance.domain.core.errors import (
    AlreadyErased,
    KeyReused,
    PolicyNotFound,
    TermsNotOffered,
    WrongState,
)
from insurance.domain.core.event import Event
from insurance.domain.core.identity import mode_of, renewal_quote_id_for
from insurance.domain.core.stored import Stored
from insurance.domain.core.system_actor import SYSTEM_ACTOR, system_actor
from insurance.domain.policy import Policy
from insurance.domain.policy.event_types import PolicyEventType
from insurance.domain.policy.policy import Invitation
from insurance.domain.policy.renewal import invited_from
from insurance.domain.quote.quote import Quote
from insurance.operations.idempotency import AlreadyAnswered
from insurance.operations.parties.ports import Keys
from insurance.operations.policy.ports import PolicyChanges, Renewals
from insurance.operations.policy.renew_policy import next_version, offer_renewal
from insurance.operations.products.ports import Products
from insurance.operations.quoting.ports import LookUps, Quotes
from insurance.operations.system_command import instant_after, receipt_for


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
            before = self.policies.get(policy_id)
        except PolicyNotFound:
            return None
        policy = before.record
        if before.key is None or policy.invitation is not None or now >= policy.period.end:
            return None
        product = next_version(policy, self.products)
        wanted = invited_from(product, policy.period.end)
        if now < wanted:
            return wanted
        now = instant_after(now, before.head)
        try:
            quote = self._offered(policy, now)
        except (WrongState, AlreadyErased, TermsNotOffered):
            return None  # not in force at its end, or not to be renewed
        self._tell(before, quote, now)
        return None

    def _offered(self, policy: Policy, now: datetime) -> Quote:
        """The offer, made now or before: its id is the policy's own, so there is only one."""
        mode = mode_of(policy.id)
        try:
            return offer_renewal(
                policy.id,
                caller=system_actor(mode),
                products=self.products,
                look_ups=self.look_ups,
                renewals=self.renewals,
                quotes=self.quotes,
                keys=self.keys,
                receipt=receipt_for(mode, "offer_renewal", policy.id, now),
            ).record
        except (AlreadyAnswered, KeyReused):
            return self.quotes.get(renewal_quote_id_for(policy.id)).record

    def _tell(self, before: Stored[Policy], quote: Quote, now: datetime) -> None:
        if before.key is None:
            raise ValueError("what was erased is not renewed")
        policy = before.record.replace(
            invitation=Invitation(quote_id=quote.id, outcome=str(quote.status), invited_at=now)
        )
        receipt = receipt_for(mode_of(policy.id), "invite", policy.id, now)
        event = Event.following(
            before.head,
            policy,
            before.key,
            stream=policy.id,
            type=PolicyEventType.RENEWAL_INVITED,
            actor=SYSTEM_ACTOR,
            now=now,
        )
        kept = Stored(policy, event.head, before.key)
        self.policies.change(event, kept, before=before, receipt=receipt.record(None))
