"""What a transaction records of a transfer: why, from whom to whom, and on what grounds."""

from decimal import Decimal
from enum import StrEnum

from insurance.domain.core.identity import PartyId
from insurance.domain.core.value import Value
from insurance.domain.party.party import EvidenceReference


class TransferReason(StrEnum):
    """Why a policy changes hands."""

    SALE = "sale"
    """The insured thing was sold."""
    DEATH = "death"
    """The holder died: the policy passes to the estate."""
    INHERITANCE = "inheritance"
    """The estate hands the policy on to an heir."""
    DIVORCE = "divorce"
    LEGAL_FORM = "legal_form"
    """The holder is the same business in another legal form."""
    ASSIGNMENT = "assignment"
    JOINT_HOLDER_IN = "joint_holder_in"
    JOINT_HOLDER_OUT = "joint_holder_out"
    BROKER = "broker"
    """The holder appoints another broker: the policy moves into that partner's book."""

    @property
    def changes_holder(self) -> bool:
        return self not in {TransferReason.JOINT_HOLDER_IN, TransferReason.JOINT_HOLDER_OUT}


class TransferConsent(StrEnum):
    """Whose consent to a transfer was given."""

    HOLDER = "holder"
    """The present holder's."""
    NEW_HOLDER = "new_holder"
    REPRESENTATIVE = "representative"
    """That of the executor or administrator of the estate."""
    INSURER = "insurer"
    """Given by the member of staff who makes the transfer."""


class Transferred(Value):
    """What is recorded of a transfer."""

    reason: TransferReason
    from_party: PartyId
    to_party: PartyId
    consents: tuple[TransferConsent, ...]
    evidence: EvidenceReference | None = None
    from_partner: str | None = None
    to_partner: str | None = None
    """Of another broker: whose business it was, and is from then on."""
    commission_share: Decimal | None = None
    """What of the commission for the time left was agreed to be the new broker's; None: what the product says."""
