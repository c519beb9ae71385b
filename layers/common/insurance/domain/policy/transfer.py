"""Transfers: a policy passes to another holder, or a joint holder comes in or goes out.

Which transfer is possible depends on how the policy is held (`NEXT`); what it needs depends on its reason
and on the law of the place where the risk is (`rule_for`).
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Final, NamedTuple

from insurance.domain.contract.interested_party import Interest
from insurance.domain.core.errors import (
    AlreadyErased,
    ConsentMissing,
    FieldFault,
    InvalidFields,
    WrongState,
)
from insurance.domain.core.identity import PartyId
from insurance.domain.party.party import EvidenceReference, Policyholder
from insurance.domain.policy.holders import (
    JOINT_HOLDERS_MAX,
    FormerHolder,
    FormerPartner,
    Holding,
    JointHolder,
)
from insurance.domain.policy.policy import Policy
from insurance.domain.policy.transfer_record import (
    TransferConsent,
    TransferReason,
    Transferred,
)


class TransferRule(NamedTuple):
    """What a transfer needs."""

    consents: frozenset[TransferConsent]
    evidence: bool = False
    """Whether the reference of a document must be given."""


NEXT: Final[Mapping[tuple[Holding, TransferReason], Holding]] = MappingProxyType(
    {
        (Holding.HOLDER, TransferReason.SALE): Holding.HOLDER,
        (Holding.HOLDER, TransferReason.DEATH): Holding.ESTATE,
        (Holding.HOLDER, TransferReason.DIVORCE): Holding.HOLDER,
        (Holding.HOLDER, TransferReason.LEGAL_FORM): Holding.HOLDER,
        (Holding.HOLDER, TransferReason.ASSIGNMENT): Holding.HOLDER,
        (Holding.HOLDER, TransferReason.JOINT_HOLDER_IN): Holding.HOLDER,
        (Holding.HOLDER, TransferReason.JOINT_HOLDER_OUT): Holding.HOLDER,
        (Holding.ESTATE, TransferReason.SALE): Holding.HOLDER,
        (Holding.ESTATE, TransferReason.INHERITANCE): Holding.HOLDER,
        (Holding.ESTATE, TransferReason.ASSIGNMENT): Holding.HOLDER,
        (Holding.ESTATE, TransferReason.JOINT_HOLDER_OUT): Holding.ESTATE,
        (Holding.HOLDER, TransferReason.BROKER): Holding.HOLDER,
        (Holding.ESTATE, TransferReason.BROKER): Holding.ESTATE,
    }
)
"""How the policy is held after a transfer, by how it is held before. What is not here is refused."""

_BOTH = frozenset({TransferConsent.HOLDER, TransferConsent.NEW_HOLDER})

USUAL: Final[Mapping[TransferReason, TransferRule]] = MappingProxyType(
    {
        # A policy does not run with the thing that it insures, and cannot be assigned without the insurer
        # (Rayner v Preston (1881) 18 Ch D 1; Peters v General Accident [1938] 2 All ER 267).
        TransferReason.SALE: TransferRule(_BOTH | {TransferConsent.INSURER}),
        TransferReason.ASSIGNMENT: TransferRule(_BOTH | {TransferConsent.INSURER}),
        # The deceased's property vests in the personal representatives.
        TransferReason.DEATH: TransferRule(
            frozenset({TransferConsent.REPRESENTATIVE}), evidence=True
        ),
        TransferReason.INHERITANCE: TransferRule(
            frozenset({TransferConsent.REPRESENTATIVE, TransferConsent.NEW_HOLDER}), evidence=True
        ),
        TransferReason.DIVORCE: TransferRule(_BOTH),
        TransferReason.LEGAL_FORM: TransferRule(
            frozenset({TransferConsent.NEW_HOLDER}), evidence=True
        ),
        TransferReason.JOINT_HOLDER_IN: TransferRule(_BOTH),
        TransferReason.JOINT_HOLDER_OUT: TransferRule(frozenset({TransferConsent.HOLDER})),
        # The holder's letter of appointment; the insurer has terms of business with the broker.
        TransferReason.BROKER: TransferRule(
            frozenset({TransferConsent.HOLDER, TransferConsent.INSURER}), evidence=True
        ),
    }
)

BY_COUNTRY: Final[Mapping[str, Mapping[TransferReason, TransferRule]]] = MappingProxyType(
    {
        # The buyer takes the seller's place by law, without anybody's consent (section 95 (1) VVG).
        "DE": {TransferReason.SALE: TransferRule(frozenset())},
        "AT": {TransferReason.SALE: TransferRule(frozenset())},  # section 69 (1) VersVG
    }
)
"""Where the law of a country asks for something else."""


KEEPS_INTERESTS: Final = frozenset({TransferReason.DEATH, TransferReason.BROKER})
"""The holder is the same person, or beneficiaries and executors have what is theirs now."""


class TransferInput(NamedTuple):
    """A transfer as a caller requests it."""

    reason: TransferReason
    effective_at: datetime
    holder: Policyholder | None = None
    """The new holder, the estate, or the joint holder who comes in."""
    party_id: PartyId | None = None
    """The customer that they are already; None: the transfer makes them one, or nobody said so."""
    sealed: str | None = None
    """Of a joint holder who is a customer: the details, sealed with their own key."""
    joint_holder: int | None = None
    """Which joint holder goes out, counted from 1."""
    consents: frozenset[TransferConsent] = frozenset()
    evidence: EvidenceReference | None = None
    to_partner: str | None = None
    """The broker whom the holder appoints."""
    commission_share: Decimal | None = None
    """What was agreed to be theirs of the commission for the time left."""


def rule_for(reason: TransferReason, territory: str) -> TransferRule:
    """What the transfer needs where the risk is; `territory`: GB, US-CA."""
    return BY_COUNTRY.get(territory[:2], {}).get(reason, USUAL[reason])


def check_transfer(
    policy: Policy, request: TransferInput, territory: str, *, now: datetime
) -> None:
    """Check that the policy may be transferred so.

    Raises:
        AlreadyErased: The holder's personal data were erased.
        InvalidFields: The request lacks something, or has something too much.
        WrongState: The policy is held in another way.
        ConsentMissing: Somebody has to consent whose consent is not reported.
    """
    if policy.policyholder is None:
        raise AlreadyErased(policy.id)
    reason = request.reason
    if (policy.holding, reason) not in NEXT:
        raise WrongState(policy.id, f"held by the {policy.holding}", f"pass on for: {reason}")
    faults = [*_faults(policy, request, now)]
    rule = rule_for(reason, territory)
    if rule.evidence and request.evidence is None:
        faults.append(FieldFault("/evidence", "required", "Name the document that proves it."))
    if faults:
        raise InvalidFields(faults)
    missing = sorted(rule.consents - request.consents)
    if missing:
        raise ConsentMissing(policy.id, missing)


def record_of(policy: Policy, request: TransferInput, to_party: PartyId) -> Transferred:
    """What the transaction says about the transfer."""
    broker = request.reason is TransferReason.BROKER
    return Transferred(
        from_partner=policy.partner if broker else None,
        to_partner=request.to_partner,
        reason=request.reason,
        from_party=policy.party_id,
        to_party=to_party,
        consents=tuple(sorted(request.consents)),
        evidence=request.evidence,
        commission_share=request.commission_share,
    )


def passed_on(policy: Policy, request: TransferInput, to_party: PartyId) -> Policy:
    """The policy with its holders after the transfer."""
    holding = NEXT[policy.holding, request.reason]
    if request.reason is TransferReason.JOINT_HOLDER_IN and request.holder is not None:
        joint = JointHolder.of(request.holder)
        if request.party_id is not None and request.sealed is not None:
            joint = JointHolder.of_customer(request.holder, request.party_id, request.sealed)
        return policy.replace(joint_holders=(*policy.joint_holders, joint))
    if request.reason is TransferReason.JOINT_HOLDER_OUT and request.joint_holder is not None:
        place = request.joint_holder
        left = (*policy.joint_holders[: place - 1], *policy.joint_holders[place:])
        return policy.replace(joint_holders=left)
    former = FormerHolder(party_id=policy.party_id, until=request.effective_at)
    interests = policy.interests
    if interests is not None and request.reason not in KEEPS_INTERESTS:
        interests = interests.after_transfer()
    return policy.replace(
        interests=interests,
        party_id=to_party,
        policyholder=request.holder,
        holding=holding,
        former_holders=(*policy.former_holders, former),
        invitation=None,  # the new holder is invited on their own
        last_correction=None,  # of the former holder: its letters are not for the new one
    )


def appointed(policy: Policy, partner: str, at: datetime) -> Policy:
    """The policy in the book of another partner; joint holders and interested parties are customers of the former
    one."""
    former = FormerPartner(partner=policy.partner, until=at)
    return policy.replace(
        partner=partner,
        producer=None,
        interests=policy.interests and policy.interests.without(Interest.BROKER_CONTACT).told(),
        former_partners=(*policy.former_partners, former),
        joint_holders=tuple(joint.told() for joint in policy.joint_holders),
    )


def _faults_of_broker(policy: Policy, request: TransferInput) -> Iterator[FieldFault]:
    asked = request.reason is TransferReason.BROKER
    if (request.to_partner is not None) is not asked:
        code, detail = ("required", "Say who.") if asked else ("not-asked", "The broker stays.")
        yield FieldFault("/to_partner", code, detail)
    elif request.to_partner == policy.partner:
        yield FieldFault("/to_partner", "the-same", "The policy is in their book already.")
    if request.commission_share is not None and not asked:
        yield FieldFault("/commission_share", "not-asked", "The broker stays.")


def _faults_of_party(policy: Policy, party_id: PartyId) -> Iterator[FieldFault]:
    joint = {each.party_id for each in policy.joint_holders}
    if party_id == policy.party_id or party_id in joint:
        yield FieldFault("/party_id", "holder-already", "They hold the policy already.")


def _faults(policy: Policy, request: TransferInput, now: datetime) -> list[FieldFault]:
    faults = []
    if request.effective_at > now:
        detail = "A transfer is recorded when it has happened, not ahead."
        faults.append(FieldFault("/effective_at", "in-the-future", detail))
    last = policy.former_holders[-1].until if policy.former_holders else policy.period.start
    if request.effective_at < last:
        detail = f"The present holder has held the policy since {last.isoformat()}."
        faults.append(FieldFault("/effective_at", "too-early", detail))
    out = request.reason is TransferReason.JOINT_HOLDER_OUT
    if (request.holder is None) is not out:
        code, detail = ("required", "Name them.") if not out else ("not-asked", "Nobody comes in.")
        faults.append(FieldFault("/holder", code, detail))
    faults += _faults_of_broker(policy, request)
    if request.party_id is not None:
        faults += _faults_of_party(policy, request.party_id)
    if (request.joint_holder is not None) is not out:
        code, detail = ("required", "Say which.") if out else ("not-asked", "Nobody goes out.")
        faults.append(FieldFault("/joint_holder", code, detail))
    elif out and not 1 <= (request.joint_holder or 0) <= len(policy.joint_holders):
        faults.append(FieldFault("/joint_holder", "unknown", "There is no such joint holder."))
    full = len(policy.joint_holders) >= JOINT_HOLDERS_MAX
    if request.reason is TransferReason.JOINT_HOLDER_IN and full:
        detail = f"A policy has {JOINT_HOLDERS_MAX} joint holders at most."
        faults.append(FieldFault("/holder", "too-many", detail))
    return faults
