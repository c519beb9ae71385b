"""Erase a party: destroy the keys that all their personal data are sealed with, once the law allows it."""

from collections.abc import Sequence
from typing import NamedTuple

from insurance.domain.core.errors import PartyNotFound
from insurance.domain.core.identity import PartyId, mode_of
from insurance.domain.core.stored import Stored
from insurance.domain.party.data_request import (
    DataRequestKind,
    DataRequestOutcome,
    RequestedErasure,
)
from insurance.domain.party.event_types import PartyEventType
from insurance.domain.party.party import Erasure, ErasureReason
from insurance.domain.party.record import Party
from insurance.domain.privacy.legal_hold import ContractRecords, LegalHold, legal_hold
from insurance.operations.command import Command
from insurance.operations.files.issue_download_link import take_back_copies
from insurance.operations.parties.change_party import load_party, store_party
from insurance.operations.parties.person_tokens import tokens_of_party
from insurance.operations.parties.ports import ErasedPerson, ErasurePorts, PartyChange, PartyGroup


class ErasureInput(NamedTuple):
    """An erasure as a caller requests it."""

    reason: ErasureReason
    when_permitted: bool = False
    """Keep the request where a legal hold stands, and do it when the last hold has ended."""


def erase_party(
    party_id: PartyId, request: ErasureInput, command: Command, ports: ErasurePorts
) -> Erasure | Party:
    """Destroy the keys of the party and of those that were merged into it. Nobody can read their
    personal data after this, in table or event, with any contract.

    Hashes run over ciphertext, so chains of events and postings still verify. A backup of the
    tables has the keys for as long as the backup is stored (docs/adr/0007).

    The holds of all their contracts are computed first, and no contract may have changed when the
    keys are destroyed. Where a hold stands, and the caller wants it, the party is given back with its
    request, which the scheduler carries out; open requests for an erasure are answered by that. So it is
    where the contracts are more than one transaction can check: the scheduler erases in its next run.

    Raises:
        PartyNotFound: There is no such party, or it is of the other mode.
        AlreadyErased: The party was erased before.
        LegalHoldStands: The law keeps the data for now.
        WrongState: A request waits already.
        StaleRevision: The party or a contract has changed since it was loaded.
    """
    if mode_of(party_id) is not command.caller.mode:
        raise PartyNotFound(party_id)
    group = ports.parties.load_group(party_id, command)
    contracts = ports.contracts.read(group.party.record.ids)
    hold = legal_hold(contracts, ports.products.version, command.now)
    if not request.when_permitted:
        hold.check(group.party.record.id)
    is_one_step = ports.parties.erases_at_once((group.party, *group.members), contracts)
    if hold.holds or not is_one_step:
        return _keep_request(group, request, hold, command, ports)
    return destroy_keys(group, contracts, request.reason, command, ports)


def _keep_request(
    group: PartyGroup,
    request: ErasureInput,
    hold: LegalHold,
    command: Command,
    ports: ErasurePorts,
) -> Party:
    """The party with the erasure that the scheduler carries out: at the end of the hold or, where nothing
    holds it, at once."""
    requested = RequestedErasure(
        requested_at=command.now,
        requested_by=command.actor,
        reason=request.reason,
        check_at=hold.check_again(command.now) if hold.holds else command.now,
    )
    waiting = group.party.record.with_erasure(requested)
    if hold.holds:
        waiting = waiting.with_answers(
            DataRequestKind.ERASURE,
            DataRequestOutcome.KEPT_BY_LAW,
            at=command.now,
            by=command.actor,
        )
    stored = store_party(
        group.party,
        waiting,
        PartyEventType.ERASURE_REQUESTED,
        command.answered_by(lambda changed: changed.record),
        ports.parties,
    )
    return stored.record


def destroy_keys(
    group: PartyGroup,
    contracts: Sequence[ContractRecords],
    reason: ErasureReason,
    command: Command,
    ports: ErasurePorts,
) -> Erasure:
    """Erase a party and its members, whose contracts were read and hold nothing back; then take back the
    readable copies of their files. A copy that is made in this moment goes with the scheduler's look. Rows of files that
    name them are erased by data intake, for which word is left before.

    Raises:
        StaleRevision: A party or a contract has changed since it was read.
        Unavailable: The object store did not answer; the keys are destroyed.
    """
    party = group.party.record
    tokens = tokens_of_party(group, ports.index_keys)
    if tokens:
        ports.erased.note(ErasedPerson(party.id, party.partner, tokens, command.now))
    erasure = Erasure(
        party_id=party.id, partner=party.partner, reason=reason, erased_at=command.now
    )
    ports.parties.erase(
        [_erased(each, reason, command) for each in (group.party, *group.members)],
        unless_changed=contracts,
        command=command.with_answer(erasure),
    )
    take_back_copies(party.ids, ports.files)
    return erasure


def withdraw_erasure(party_id: PartyId, command: Command, ports: ErasurePorts) -> Stored[Party]:
    """Withdraw the erasure that waits: the person wants to stay a customer.

    Raises:
        PartyNotFound: There is no such party, or the caller may not see it.
        AlreadyErased: The party was erased.
        StaleRevision: The party has changed since the caller read it.
        WrongState: No erasure waits.
    """
    before = load_party(party_id, command, ports.parties)
    type = PartyEventType.ERASURE_WITHDRAWN
    return store_party(before, before.record.without_erasure(), type, command, ports.parties)


def _erased(before: Stored[Party], reason: ErasureReason, command: Command) -> PartyChange:
    party_id = before.record.id
    erasure = Erasure(
        party_id=party_id, partner=before.record.partner, reason=reason, erased_at=command.now
    )
    event = command.event(party_id, erasure, PartyEventType.ERASED, before)
    return PartyChange(event, before)
