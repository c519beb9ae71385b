"""Carry out an erasure that waited for the end of the legal hold."""

from datetime import datetime
from typing import Final

from insurance.domain.core.errors import AlreadyErased, PartyNotFound
from insurance.domain.core.identity import PartyId, mode_of
from insurance.domain.party.data_request import RequestedErasure
from insurance.domain.party.party import ErasureReason
from insurance.domain.privacy.legal_hold import legal_hold
from insurance.domain.schedule.plan import SWEPT_AFTER
from insurance.operations.files.issue_download_link import take_back_copies
from insurance.operations.parties.erase_party import destroy_keys
from insurance.operations.parties.ports import ErasurePorts
from insurance.operations.system_command import command_for

STEP: Final = "requested erasure"


def carry_out_erasure(party_id: PartyId, now: datetime, *, ports: ErasurePorts) -> datetime | None:
    """Erase the party if an erasure waits and nothing holds it back; returns when to look again.

    The hold is computed anew: a policy that was bought meanwhile moves the erasure on. Nothing is erased
    where the request was withdrawn; an erasure that died on its way is undone then.

    Of a party that was erased it removes the copies of the key once more: those of contracts that came
    in the same moment, and that no index showed yet.

    Raises:
        StaleRevision: The party or a contract changed meanwhile: the job is tried again.
    """
    try:
        waiting = ports.parties.get(party_id)
        command = command_for(mode_of(party_id), STEP, f"{party_id} {waiting.head.sequence}", now)
        group = ports.parties.load_group(party_id, command)
    except PartyNotFound:
        return None
    except AlreadyErased:
        ports.copies.remove_copies(party_id, now)
        take_back_copies((party_id,), ports.files)
        return None
    requested, party_ids = waiting.record.erasure, group.party.record.ids
    if requested is None:
        ports.parties.keep(party_ids)
        return None
    contracts = ports.contracts.read(party_ids)
    hold = legal_hold(contracts, ports.products.version, now)
    if hold.holds:
        ports.parties.keep(party_ids)
        return hold.check_again(now)
    destroy_keys(group, contracts, _reason_of(requested), command, ports)
    return now + SWEPT_AFTER


def _reason_of(requested: RequestedErasure) -> ErasureReason:
    """Its reason. A request of old has words, which must not stay."""
    try:
        return ErasureReason(requested.reason)
    except ValueError:
        return ErasureReason.REQUESTED
