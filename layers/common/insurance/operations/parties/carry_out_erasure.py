"""Carry out an erasure that waited for the end of the legal hold."""

from datetime import datetime
from typing import Final

from insurance.domain.core.errors import AlreadyErased, PartyNotFound
from insurance.domain.core.identity import PartyId, mode_of
from insurance.domain.privacy.legal_hold import legal_hold
from insurance.operations.parties.erase_party import destroy_keys
from insurance.operations.parties.ports import ErasurePorts
from insurance.operations.system_command import command_for

STEP: Final = "requested erasure"


def carry_out_erasure(party_id: PartyId, now: datetime, *, ports: ErasurePorts) -> datetime | None:
    """Erase the party if an erasure waits and nothing holds it back; returns when to look again.

    The hold is computed anew: a policy that was bought meanwhile moves the erasure on. Nothing is done
    where the request was withdrawn, or the party was erased by somebody else.

    Raises:
        StaleRevision: The party or a contract changed meanwhile: the job is tried again.
    """
    try:
        waiting = ports.parties.get(party_id)
        command = command_for(mode_of(party_id), STEP, f"{party_id} {waiting.head.sequence}", now)
        group = ports.parties.load_group(party_id, command)
    except (PartyNotFound, AlreadyErased):
        return None
    requested = waiting.record.erasure
    if requested is None:
        return None
    contracts = ports.contracts.read(group.party.record.ids)
    hold = legal_hold(contracts, ports.products.version, now)
    if hold.holds:
        return hold.check_again(now)
    reason = f"Requested on {requested.requested_at.date()}."
    destroy_keys(group, contracts, reason, command, ports)
    return None
