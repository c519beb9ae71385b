"""Transfer a policy: it passes to another holder, or a joint holder comes in or goes out; or preview that."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from insurance.domain.billing.statement import current_account, premium_not_due
from insurance.domain.contract.proration import Share
from insurance.domain.core.caller import Caller, CallerKind
from insurance.domain.core.errors import (
    AlreadyErased,
    FieldFault,
    InvalidFields,
    PartyNotFound,
    ScreeningOpen,
)
from insurance.domain.core.event import Event
from insurance.domain.core.identity import (
    PartyId,
    PolicyId,
    mode_of,
    party_id_for,
    screening_id_for,
    transferee_id_for,
)
from insurance.domain.core.sealed_apart import seal_apart
from insurance.domain.core.stored import PartyKey, Stored
from insurance.domain.party.details import details_of
from insurance.domain.party.party import Policyholder
from insurance.domain.party.record import Party
from insurance.domain.policy import Policy, TransactionKind
from insurance.domain.policy.commission import CommissionSplit
from insurance.domain.policy.event_types import PolicyEventType
from insurance.domain.policy.servicing import ServicingResult
from insurance.domain.policy.transaction_input import TransactionInput
from insurance.domain.policy.transfer import (
    TransferInput,
    appointed,
    check_transfer,
    passed_on,
    record_of,
)
from insurance.domain.policy.transfer_record import TransferConsent, TransferReason
from insurance.domain.product import Product
from insurance.domain.quote.pricing import territory_of
from insurance.domain.screening.screening import ScreeningStatus, ScreeningSubject
from insurance.operations.command import Command, Query
from insurance.operations.parties.change_party import check_sees_party, standing_party
from insurance.operations.parties.register_party import registration
from insurance.operations.parties.screen_name import screen_name
from insurance.operations.policy.change_policy import PolicyChange
from insurance.operations.policy.ports import Newcomer, TransferContext, TransferPorts
from insurance.operations.policy.reprice_policy import servicing_of
from insurance.operations.policy.store_policy import ChangedPolicy, check_visible


@dataclass(frozen=True, slots=True)
class TransferRequested:
    """A transfer as a caller requests it."""

    reason: TransferReason
    effective_on: date | None
    """A local date: from the time of day at which the product's cover begins."""
    effective_at: datetime | None
    """Or an instant. Without either it is now."""
    holder: Policyholder | None
    party_id: PartyId | None
    """The customer that they are already, whose details are stored."""
    joint_holder: int | None
    consents: frozenset[TransferConsent]
    evidence: str | None
    to_partner: str | None = None
    """The broker whom the holder appoints."""
    commission_share: Decimal | None = None
    """What was agreed to be theirs of the commission for the time left."""
    answers: dict[str, Any] | None = None
    """What is different about the risk with the new holder."""

    def at(
        self, product: Product, holder: Policyholder | None, caller: Caller, now: datetime
    ) -> TransferInput:
        """The same with an instant instead of a date. A member of staff consents for the insurer.

        Raises:
            InvalidFields: Both a date and an instant are given.
        """
        if self.effective_on is not None and self.effective_at is not None:
            fault = FieldFault("/effective_at", "one-of", "Give a date or an instant, not both.")
            raise InvalidFields([fault])
        at = product.moment(self.effective_on) if self.effective_on else self.effective_at or now
        by_staff = {TransferConsent.INSURER} if caller.kind is CallerKind.STAFF else set()
        return TransferInput(
            reason=self.reason,
            effective_at=at.astimezone(UTC),
            holder=holder,
            party_id=self.party_id,
            joint_holder=self.joint_holder,
            consents=self.consents | by_staff,
            evidence=self.evidence,
            to_partner=self.to_partner,
            commission_share=self.commission_share,
        )


def preview_transfer(
    policy_id: str, requested: TransferRequested, query: Query, ports: TransferPorts
) -> PolicyChange:
    """What a transfer would change and cost; nothing is stored, and nobody is screened.

    Raises:
        PolicyNotFound: The policy does not exist, or belongs to another partner.
        ConsentMissing: Somebody has to consent whose consent is not reported.
        RiskNotAccepted: The risk with the new holder is declined, or needs an underwriter.
        PartyNotFound, PartyDiffers, ProcessingRestricted: Of the party that is named: as in `_Transfer.of`.
        AlreadyErased: The holder's personal data were erased.
        InvalidFields, OutsideTerm, WrongState, TooManyChanges: As in
            `check_transfer` and `Servicing.change`.
    """
    context = ports.transfers.get(policy_id)
    before = context.policy
    check_visible(before.record, query.caller)
    transfer = _Transfer.of(before.record, requested, query, ports, key="preview")
    serviced = transfer.serviced(context, ports)
    return PolicyChange(serviced, before.record, before.head, stored=False)


def transfer_policy(
    policy_id: str, requested: TransferRequested, command: Command, ports: TransferPorts
) -> PolicyChange:
    """Pass the policy on: one event, sealed with the key of the party that holds it from then on.

    Raises:
        PolicyNotFound: The policy does not exist, or belongs to another partner.
        StaleRevision: The policy has changed since the caller read it.
        ConsentMissing: Somebody has to consent whose consent is not reported.
        RiskNotAccepted: The risk with the new holder is declined, or needs an underwriter.
        ScreeningOpen: A person must decide whether the new holder is a listed person.
        PartyNotFound, PartyDiffers, ProcessingRestricted: Of the party that is named: as in `_Transfer.of`.
        AlreadyErased: The holder's personal data were erased.
        InvalidFields, OutsideTerm, WrongState, TooManyChanges: As in
            `check_transfer` and `Servicing.change`.
    """
    context = ports.transfers.load(policy_id, command)
    before = context.policy
    check_visible(before.record, command.caller)
    command.check_revision(before, policy_id)
    key = command.idempotency.key
    transfer = _Transfer.of(before.record, requested, command, ports, key=key)
    serviced = transfer.serviced(context, ports)
    if before.key is None:
        raise AlreadyErased(policy_id)
    if requested.reason is not TransferReason.BROKER:
        _screen(transfer, before.record, before.key, command, ports)
    if not requested.reason.changes_holder:
        return _store_joint(serviced, context, transfer.known, command, ports)
    known = transfer.known
    key_of_holder = known.key if known and known.key else ports.keys.new()
    event, stored = _following(serviced, before, key_of_holder, command)
    result = PolicyChange(serviced, before.record, event.head, stored=True)
    ports.transfers.pass_on(
        event,
        stored,
        before=context,
        known=known,
        registered=_registration(known, stored, command),
        command=command.with_answer(result),
    )
    return result


def _store_joint(
    serviced: ServicingResult,
    context: TransferContext,
    known: Stored[Party] | None,
    command: Command,
    ports: TransferPorts,
) -> PolicyChange:
    """Store the policy with another joint holder, who may be a known customer, or without one."""
    before = context.policy
    event, stored = _changed(serviced).following(before, command)
    result = PolicyChange(serviced, before.record, event.head, stored=True)
    command = command.with_answer(result)
    if known is None or known.key is None:
        ports.policies.change(event, stored, before=before, command=command)
        return result
    is_new = known.head.sequence == 0 and known.record.id != party_id_for(stored.record.id)
    registered = registration(known.record, known.key, command) if is_new else None
    newcomers = [Newcomer(known, registered)]
    ports.transfers.join(event, stored, newcomers=newcomers, before=context, command=command)
    return result


def _registration(
    known: Stored[Party] | None, stored: Stored[Policy], command: Command
) -> Event | None:
    """The first event of the party that holds the policy from now on; None: it has one."""
    policy, key = stored.record, stored.key
    if policy.policyholder is None or key is None:
        raise ValueError("a new holder has a name and a key")
    if known is not None and policy.party == party_id_for(policy.id):
        return None  # the contract made them
    if known is not None:
        return registration(known.record, key, command) if known.head.sequence == 0 else None
    details = details_of(policy.policyholder)
    party = Party.new(policy.party, policy.partner, details, at=command.now, by=command.actor)
    return registration(party, key, command)


@dataclass(frozen=True, slots=True)
class _Transfer:
    """A requested transfer, by whom and when, and the party that it would go to."""

    requested: TransferRequested
    call: Command | Query
    to_party: str
    holder: Policyholder | None
    """Who comes in, with the details that are stored of a known party."""
    known: Stored[Party] | None = None
    """The party, where the transfer names one."""

    @classmethod
    def of(
        cls,
        policy: Policy,
        requested: TransferRequested,
        call: Command | Query,
        ports: TransferPorts,
        *,
        key: str,
    ) -> "_Transfer":
        """The transfer, to the party that it names or to a new one.

        Raises:
            PartyNotFound: There is no such party, the caller may not see it, or it is another partner's.
            AlreadyErased: The party was erased.
            PartyDiffers: Other details are stated than are stored.
            ProcessingRestricted: The party demanded that their data are used for nothing new.
            InvalidFields: A holder is named who stays, or a change of the risk, or the new broker is nobody
                whom we know.
        """
        stated = requested.holder
        if requested.reason is TransferReason.BROKER:
            _check_stays(requested)
            _check_broker(requested.to_partner, policy, ports)
            stated = policy.policyholder
        if requested.party_id is None:
            to_party = transferee_id_for(policy.id, call.caller.principal, key)
            return cls(requested, call, to_party, stated)
        known = standing_party(requested.party_id, ports.parties)
        check_sees_party(known.record, call.caller)
        if known.record.partner != (requested.to_partner or policy.partner):
            raise PartyNotFound(requested.party_id)
        holder = known.record.quoted_as(stated)
        named = replace(requested, party_id=known.record.id)
        return cls(named, call, known.record.id, holder, known)

    def serviced(self, context: TransferContext, ports: TransferPorts) -> ServicingResult:
        """The transaction, and the policy with its holders after it."""
        policy = context.policy.record
        contract = ports.products.version(policy.product)
        now, caller = self.call.now, self.call.caller
        transfer = self.requested.at(contract, self.holder, caller, now)
        if transfer.reason is TransferReason.JOINT_HOLDER_IN:
            transfer = transfer._replace(sealed=self._sealed(policy.id))
        check_transfer(policy, transfer, territory_of(policy, contract), now=now)
        changes_risk = bool(self.requested.answers)
        servicing = servicing_of(policy, contract, self.call, ports, changes_risk=changes_risk)
        to_party = self.to_party if transfer.reason.changes_holder else policy.party_id
        record = record_of(policy, transfer, to_party)
        if transfer.to_partner is not None:
            # First of all, so that what takes effect later is applied again as the new broker's.
            policy = appointed(policy, transfer.to_partner, transfer.effective_at)
        serviced = servicing.change(
            policy,
            TransactionInput(
                kind=TransactionKind.TRANSFER,
                effective_at=transfer.effective_at,
                reason=transfer.reason.value,
                answers=self.requested.answers,
                transfer=record,
                not_due=_premium_not_due(context, transfer, contract),
            ),
        )
        return serviced._replace(policy=passed_on(serviced.policy, transfer, to_party))

    def _sealed(self, policy_id: PolicyId) -> str | None:
        """The details of a known customer, sealed with their own key; None: nobody said who they are."""
        if self.holder is None or self.known is None or self.known.key is None:
            return None
        details = self.holder.model_dump(mode="json", exclude_defaults=True)
        return seal_apart(details, policy_id, self.known.key)


def _premium_not_due(
    context: TransferContext, transfer: TransferInput, product: Product
) -> Share | None:
    """What of the premium falls due under the new broker, where that decides on the commission."""
    split = CommissionSplit(product.life.broker_change.commission)
    if transfer.to_partner is None or split is not CommissionSplit.PREMIUM_DUE:
        return None
    policy = context.policy.record
    account = current_account(policy, context.account, product)
    return premium_not_due(account, policy, transfer.effective_at, product.zone)


def _check_stays(requested: TransferRequested) -> None:
    """Check that nothing but the broker changes.

    Raises:
        InvalidFields: A holder or another risk is stated.
    """
    faults = []
    if requested.holder is not None:
        faults.append(FieldFault("/holder", "not-asked", "The holder stays."))
    if requested.answers:
        detail = "The risk stays: a change of it is an endorsement."
        faults.append(FieldFault("/answers", "not-asked", detail))
    if faults:
        raise InvalidFields(faults)


def _check_broker(partner: str | None, policy: Policy, ports: TransferPorts) -> None:
    """Check that the new broker does business with us, in the mode of the policy.

    Raises:
        InvalidFields: There is no such partner.
    """
    if partner and not ports.partners.is_registered(partner, mode_of(policy.id)):
        fault = FieldFault("/to_partner", "unknown", "No partner of this name is registered.")
        raise InvalidFields([fault])


def _screen(
    transfer: _Transfer,
    policy: Policy,
    key: PartyKey,
    command: Command,
    ports: TransferPorts,
) -> None:
    """Refuse the transfer while a match of who comes in is open or confirmed.

    The case of a known customer is their own, sealed with their key. That of somebody else is the
    contract's, sealed for the present holder: they are no party yet.
    """
    if transfer.holder is None:
        return
    name, known = transfer.holder.name, transfer.known
    subject = ScreeningSubject(screening_id_for(policy.id), policy.partner, policy.party, name)
    if known is not None and known.key is not None:
        own, key = known.record, known.key
        subject = ScreeningSubject(screening_id_for(own.id), own.partner, own.id, name)
    screening = screen_name(subject, key, command, ports.screening)
    if screening is not None and screening.case.status is not ScreeningStatus.CLEARED:
        raise ScreeningOpen("to whom the policy passes", subject.case_id)


def _changed(serviced: ServicingResult) -> ChangedPolicy:
    return ChangedPolicy(
        serviced.policy,
        PolicyEventType.TRANSFERRED,
        effective_at=serviced.requested.effective_at,
        postings=serviced.postings,
    )


def _following(
    serviced: ServicingResult, before: Stored[Policy], key: PartyKey, command: Command
) -> tuple[Event, Stored[Policy]]:
    """The event, sealed with the new holder's key."""
    return _changed(serviced).following(Stored(before.record, before.head, key), command)
