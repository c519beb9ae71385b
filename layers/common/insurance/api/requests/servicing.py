"""Requests of policy servicing, each as the input of its operation."""

from collections.abc import Callable
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints, ValidationInfo, field_validator

from insurance.access.people import person_id
from insurance.api.body import Request
from insurance.api.fields import Code, Day, Instant, Phone, Text, TokenName
from insurance.api.requests.risks import Answers, answers_of
from insurance.domain.contract.interested_party import (
    INTERESTED_PARTIES_MAX,
    Interest,
    InterestedParty,
    Interests,
)
from insurance.domain.core.caller import Caller
from insurance.domain.core.identity import PartyId, UploadId
from insurance.domain.jurisdiction.jurisdiction import DispatchChannel
from insurance.domain.party.party import Address, Email, EvidenceReference, Name, Policyholder
from insurance.domain.policy import Initiator, TransactionKind
from insurance.domain.policy.holders import JOINT_HOLDERS_MAX
from insurance.domain.policy.notice import DispatchReference
from insurance.domain.policy.transfer_record import TransferConsent, TransferReason
from insurance.domain.product.covers import COVERS_MAX
from insurance.operations.files.ports import UploadPorts
from insurance.operations.parties.grant_access import PersonOfPolicy
from insurance.operations.policy.change_policy import ChangeInput
from insurance.operations.policy.record_interested_parties import InterestsRequested
from insurance.operations.policy.report_dispatch import DispatchInput
from insurance.operations.policy.transfer_policy import TransferRequested


def one_of_both(answers: Answers, info: ValidationInfo) -> Answers:
    """Answers that change are sent, or an upload of them is named.

    Raises:
        ValueError: Both are.
    """
    if answers and info.data.get("upload_id") is not None:
        raise ValueError("either answers are expected, or an upload_id")
    return answers


class EndorsementRequest(Request):
    """What changes, and from when; without a date it changes now."""

    effective_on: Day | None = None
    """A date where the risk is: from the time of day at which cover begins."""
    effective_at: Instant | None = None
    upload_id: UploadId | None = None
    """Answers that were announced and uploaded: they take the place of `answers`."""
    answers: Annotated[dict[str, Any], Field(max_length=200)] = {}
    """The answers that change, by code; null removes an answer. The others stay."""
    covers: Annotated[list[Code], Field(max_length=COVERS_MAX)] | None = None
    """The optional covers from then on; left out, they stay."""
    reason: Code | None = None

    _one_of_both = field_validator("answers")(one_of_both)

    def change(self, caller: Caller, uploads: Callable[[], UploadPorts]) -> ChangeInput:
        return ChangeInput(
            kind=TransactionKind.ENDORSEMENT,
            effective_on=self.effective_on,
            effective_at=self.effective_at,
            reason=self.reason,
            answers=answers_of(self.answers, self.upload_id, caller, uploads),
            options=None if self.covers is None else tuple(self.covers),
        )


class PolicyCancellationRequest(Request):
    """Who ends the policy, why, and from when; without a date it ends now."""

    effective_on: Day | None = None
    effective_at: Instant | None = None
    by: Literal["policyholder", "insurer"] = "policyholder"
    reason: Code | None = None

    def change(self) -> ChangeInput:
        return ChangeInput(
            kind=TransactionKind.CANCELLATION,
            effective_on=self.effective_on,
            effective_at=self.effective_at,
            by=Initiator(self.by),
            reason=self.reason,
        )


class ReinstatementRequest(Request):
    """Cover again: as if it had never ended, or with a gap, from a date or from now."""

    gap: bool = False
    effective_on: Day | None = None
    effective_at: Instant | None = None
    no_known_loss: bool = False
    """The policyholder declares that there was no loss meanwhile; needed without a gap."""
    reason: Code | None = None

    def change(self) -> ChangeInput:
        return ChangeInput(
            kind=TransactionKind.REINSTATEMENT,
            effective_on=self.effective_on,
            effective_at=self.effective_at,
            gap=self.gap,
            no_known_loss=self.no_known_loss,
            reason=self.reason,
        )


class TransferRequest(Request):
    """Why the policy passes on, to whom, from when, and who has consented; without a date it is now."""

    reason: Literal[
        "sale",
        "death",
        "inheritance",
        "divorce",
        "legal_form",
        "assignment",
        "joint_holder_in",
        "joint_holder_out",
        "broker",
    ]
    effective_on: Day | None = None
    """A date where the risk is, not ahead."""
    effective_at: Instant | None = None
    holder: Policyholder | None = None
    """The new holder, the estate, or the joint holder who comes in. Where `party_id` names them, what you
    state must be what is stored."""
    party_id: PartyId | None = None
    """A customer of the same partner, who is the new or joint holder, with the details stored of them."""
    joint_holder: Annotated[int, Field(ge=1, le=JOINT_HOLDERS_MAX)] | None = None
    """Which joint holder goes out, counted from 1."""
    consents: Annotated[
        list[Literal["holder", "new_holder", "representative"]], Field(max_length=3)
    ] = []
    """Whose consent you have. A member of staff consents for the insurer by making the transfer."""
    evidence: EvidenceReference | None = None
    """The reference of the document that proves it."""
    to_partner: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]{0,63}$")] | None = None
    """Of another broker: the partner whom the holder appoints. `evidence` is their letter of appointment,
    and the holder stays the same person."""
    commission_share: Annotated[str, StringConstraints(pattern=r"^[01](\.[0-9]{1,6})?$")] | None = (
        None
    )
    """Of another broker: what was agreed to be theirs of the commission for the time left."""
    upload_id: UploadId | None = None
    """Answers that were announced and uploaded: they take the place of `answers`."""
    answers: Annotated[dict[str, Any], Field(max_length=200)] = {}
    """What is different about the risk with the new holder; null removes an answer."""

    _one_of_both = field_validator("answers")(one_of_both)

    def transfer(self, caller: Caller, uploads: Callable[[], UploadPorts]) -> TransferRequested:
        share = self.commission_share
        return TransferRequested(
            reason=TransferReason(self.reason),
            effective_on=self.effective_on,
            effective_at=self.effective_at,
            holder=self.holder,
            party_id=self.party_id,
            joint_holder=self.joint_holder,
            consents=frozenset(map(TransferConsent, self.consents)),
            evidence=self.evidence,
            to_partner=self.to_partner,
            commission_share=None if share is None else Decimal(share),
            answers=answers_of(self.answers, self.upload_id, caller, uploads) or None,
        )


class ReversalRequest(Request):
    """Why a transaction was a mistake."""

    reason: Code

    def change(self, number: int) -> ChangeInput:
        return ChangeInput(
            kind=TransactionKind.REVERSAL,
            effective_on=None,
            effective_at=None,
            reason=self.reason,
            number=number,
        )


class CancellationNoticeRequest(Request):
    """Why the insurer ends the policy, and from when; the days of notice may make it later."""

    reason: Code
    effective_on: Day | None = None


class DispatchRequest(Request):
    """The proof that a notice was sent."""

    channel: Literal["post", "registered_post", "email", "portal"]
    reference: DispatchReference
    dispatched_at: Instant

    def dispatch(self) -> DispatchInput:
        return DispatchInput(DispatchChannel(self.channel), self.reference, self.dispatched_at)


class NewInterestedParty(Request):
    """Somebody with a role on the policy."""

    interest: Literal[
        "insured",
        "driver",
        "beneficiary",
        "mortgagee",
        "loss_payee",
        "guardian",
        "executor",
        "broker_contact",
    ]
    name: Name | None = None
    """Left out where a customer is named: it is as stored of them, and what you state must be."""
    party_id: PartyId | None = None
    """The customer of the same partner that they are."""
    party_reference: Text | None = None
    """The same by what the partner calls its customer."""
    email: Email | None = None
    phone: Phone | None = None
    address: Address | None = None
    reference: Annotated[str, StringConstraints(min_length=1, max_length=60)] | None = None
    """Their own, such as the number of a loan."""
    share: Annotated[str, StringConstraints(pattern=r"^[01](\.[0-9]{1,6})?$")] | None = None
    """Of a beneficiary: a part of 1."""
    irrevocable: bool = False


class InterestedPartiesRequest(Request):
    """Everybody with a role on the policy from now on: the whole list."""

    interested_parties: Annotated[
        list[NewInterestedParty], Field(max_length=INTERESTED_PARTIES_MAX)
    ]
    evidence: EvidenceReference | None = None
    """The document by which irrevocable beneficiaries, mortgagees or loss payees agreed to have less."""
    reason: Code | None = None
    """Why a mortgagee or loss payee has less, where a member of staff has no document of it."""

    def interests(self) -> InterestsRequested:
        parties = tuple(
            InterestedParty(
                interest=Interest(each.interest),
                name=each.name,
                email=each.email,
                phone=each.phone,
                address=each.address,
                reference=each.reference,
                share=None if each.share is None else Decimal(each.share),
                irrevocable=each.irrevocable,
                party_id=each.party_id,
            )
            for each in self.interested_parties
        )
        interests = Interests(parties=parties, evidence=self.evidence, reason=self.reason)
        references = tuple(each.party_reference for each in self.interested_parties)
        return InterestsRequested(interests, references)


class NonRenewalRequest(Request):
    """Who does not want another term, and why."""

    by: Literal["policyholder", "insurer"] = "policyholder"
    reason: Code | None = None


class AccessRequest(Request):
    """A person, as the access tokens of the partner's sign-in name them."""

    issuer: TokenName
    """`iss`"""
    subject: TokenName
    """`sub`"""
    joint_holder: Annotated[int, Field(ge=1, le=JOINT_HOLDERS_MAX)] | None = None
    """Which joint holder they are, counted from 1; left out: the policyholder."""

    def of_policy(self, caller: Caller) -> PersonOfPolicy:
        person = person_id(
            caller.mode.value, partner=caller.partner, issuer=self.issuer, subject=self.subject
        )
        return PersonOfPolicy(person, self.joint_holder)
