"""For whom a quote is made: a new party, or one that the caller names."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from insurance.domain.party.demands import NO_DEMANDS, Demands

if TYPE_CHECKING:
    from insurance.domain.core.event import Event
    from insurance.domain.core.identity import PartyId
    from insurance.domain.core.stored import PartyKey, Stored
    from insurance.domain.party.party import Policyholder
    from insurance.domain.party.record import Party
    from insurance.operations.command import Command
    from insurance.operations.quoting.ports import QuotingPorts


class PartyInput(NamedTuple):
    """Who takes out the policy, as a caller says it."""

    policyholder: Policyholder | None
    """None: as the named party is stored."""
    party_id: PartyId | None = None
    reference: str | None = None
    """What the partner calls its customer."""


class QuotedParty(NamedTuple):
    """The party that a quote is made for."""

    policyholder: Policyholder
    key: PartyKey
    party_id: PartyId | None = None
    """None: the quote makes a party of its own."""
    demands: Demands = NO_DEMANDS
    registered: Event | None = None
    """The first event of a named party that no command has written until now."""
    stored: Stored[Party] | None = None
    """Else the named party, as it was read."""


def find_quoted_party(named: PartyInput, command: Command, ports: QuotingPorts) -> QuotedParty:
    """The party to quote for, by id or by the partner's reference; never by a guess.

    Raises:
        PartyNotFound: There is no such party, or the caller may not see it; or the reference is new
            and the policyholder's details are missing.
        AlreadyErased: The party was erased.
        PartyDiffers: The caller states other details than are stored.
        ProcessingRestricted: The party demanded that their data are used for nothing new.
    """
    if named.party_id is None and named.reference is None:
        if named.policyholder is None:
            raise ValueError("a quote names a policyholder or a party")
        return QuotedParty(named.policyholder, ports.keys.new())
    from insurance.operations.quoting.named_party import find_named_party  # noqa: PLC0415 - most quotes name none

    return find_named_party(named, command, ports)
