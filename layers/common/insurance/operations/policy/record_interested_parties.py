"""Record who has a role on a policy without holding it: beneficiaries, mortgagees, guardians and others."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from insurance.domain.contract.interested_party import (
    InterestedParty,
    Interests,
    check_shares,
    curtailed,
)
from insurance.domain.core.caller import CallerKind
from insurance.domain.core.errors import (
    AlreadyErased,
    FieldFault,
    InvalidFields,
    PartyNotFound,
    WrongState,
)
from insurance.domain.core.event import Event
from insurance.domain.core.identity import PartyId, mode_of, party_id_for
from insurance.domain.core.sealed_apart import seal_apart
from insurance.domain.core.stored import Stored
from insurance.domain.party.party import Policyholder
from insurance.domain.party.record import Party
from insurance.domain.policy import Policy
from insurance.domain.policy.event_types import PolicyEventType
from insurance.operations.command import Command
from insurance.operations.parties.change_party import check_sees_party, standing_party
from insurance.operations.parties.register_party import known_party_id_of_reference, registration
from insurance.operations.policy.ports import InterestPorts, Newcomer
from insurance.operations.policy.store_policy import ChangedPolicy, check_visible


class InterestsRequested(NamedTuple):
    """Everybody with a role on the policy, as a caller states it."""

    interests: Interests
    """A customer is named by id here, or without name by a reference."""
    references: tuple[str | None, ...]
    """Of each in their order: what the partner calls its customer."""


def record_interested_parties(
    policy_id: str, requested: InterestsRequested, command: Command, ports: InterestPorts
) -> Stored[Policy]:
    """Let these have a role on the policy from now on, and nobody else.

    Raises:
        PolicyNotFound: The policy does not exist, or belongs to another partner.
        StaleRevision: The policy has changed since the caller read it.
        WrongState: Cover has ended.
        InvalidFields: The shares of beneficiaries are not the whole, or an irrevocable beneficiary, a
            mortgagee or a loss payee would have less without their consent; somebody has no name, or two.
        AlreadyErased: The policy's personal data, or those of a customer who is named, were erased.
        PartyNotFound: There is no such customer of the policy's partner, or the caller may not see them.
        PartyDiffers: Other details of a customer are stated than are stored.
        ProcessingRestricted: A customer who had no role yet demanded that their data are used for nothing new.
    """
    context = ports.transfers.load(policy_id, command)
    before = context.policy
    policy = before.record
    check_visible(policy, command.caller)
    command.check_revision(before, policy_id)
    if policy.cancelled_by() is not None or command.now >= policy.period.end:
        raise WrongState(policy.id, "over", "get other interested parties")
    if before.key is None:
        raise AlreadyErased(policy_id)
    check_shares(requested.interests.parties)
    customers = _customers(policy, requested, command, ports)
    interests = requested.interests.replace(
        parties=tuple(
            entry if customer is None else _sealed(entry, customer, policy)
            for entry, customer in zip(requested.interests.parties, customers, strict=True)
        )
    )
    _check_consent(policy, interests, command)
    changed = ChangedPolicy(
        policy.replace(interests=interests), PolicyEventType.INTERESTED_PARTIES_RECORDED
    )
    event, stored = changed.following(before, command)
    command = command.with_answer(stored)
    known = {each.record.id: each for each in customers if each}
    newcomers = [
        Newcomer(each, _registration(each, policy, command))
        for party_id, each in known.items()
        if party_id not in (context.former or {})
    ]
    if newcomers:
        ports.transfers.join(event, stored, newcomers=newcomers, before=context, command=command)
    else:
        ports.policies.change(event, stored, before=before, command=command)
    return stored


def _customers(
    policy: Policy, requested: InterestsRequested, command: Command, ports: InterestPorts
) -> list[Stored[Party] | None]:
    """The customer of each entry; None: it names a person alone."""
    known: dict[PartyId, Stored[Party]] = {}
    entries = list(zip(requested.interests.parties, requested.references, strict=True))
    faults = [*_faults(entries)]
    if faults:
        raise InvalidFields(faults)

    def customer(entry: InterestedParty, reference: str | None) -> Stored[Party] | None:
        party_id = entry.party_id
        if reference is not None:
            party_id = known_party_id_of_reference(
                reference, policy.partner, mode_of(policy.id), ports.index_keys
            )
        if party_id is None:
            return None
        if party_id not in known:
            known[party_id] = _customer(party_id, policy, command, ports)
        return known[party_id]

    customers = [customer(entry, reference) for entry, reference in entries]
    holds = [
        FieldFault(
            f"/interested_parties/{place}/party_id", "holder-already", "They hold the policy."
        )
        for place, each in enumerate(customers)
        if each and each.record.id == policy.party
    ]
    if holds:
        raise InvalidFields(holds)
    return customers


def _faults(entries: Sequence[tuple[InterestedParty, str | None]]) -> Iterator[FieldFault]:
    for place, (entry, reference) in enumerate(entries):
        at = f"/interested_parties/{place}"
        if entry.party_id is not None and reference is not None:
            detail = "A customer is named by id or by a reference, not by both."
            yield FieldFault(f"{at}/party_reference", "one-of", detail)
        if entry.name is None and entry.party_id is None and reference is None:
            yield FieldFault(f"{at}/name", "required", "Name them, or the customer that they are.")


def _customer(
    party_id: PartyId, policy: Policy, command: Command, ports: InterestPorts
) -> Stored[Party]:
    known = standing_party(party_id, ports.parties)
    check_sees_party(known.record, command.caller)
    if known.record.partner != policy.partner:
        raise PartyNotFound(party_id)
    return known


def _sealed(entry: InterestedParty, customer: Stored[Party], policy: Policy) -> InterestedParty:
    """The entry with the details that are stored of the customer, sealed with the customer's own key."""
    party, key = customer.record, customer.key
    if key is None:
        raise AlreadyErased(f"party {party.id}")
    stated = Policyholder(
        name=entry.name or party.policyholder.name, email=entry.email, address=entry.address
    )
    had_a_role = policy.interests is not None and party.id in policy.interests.customers
    person = party.as_stated(stated) if had_a_role else party.quoted_as(stated)
    told = entry.replace(
        name=person.name, email=person.email, address=person.address, party_id=party.id
    )
    return told.replace(sealed=seal_apart(told.details, policy.id, key), sealed_in=policy.id)


def _registration(known: Stored[Party], policy: Policy, command: Command) -> Event | None:
    """The first event of a customer whom no command has written yet; None: they have one."""
    if known.head.sequence or known.key is None or known.record.id == party_id_for(policy.id):
        return None
    return registration(known.record, known.key, command)


def _check_consent(policy: Policy, interests: Interests, command: Command) -> None:
    """Check that all who have a right of their own agreed to have less.

    A loan that is paid back may have no document: a member of staff may give a reason in its place.
    """
    known = policy.interests.parties if policy.interests else ()
    less = curtailed(known, interests.parties)
    if command.caller.kind is CallerKind.STAFF and interests.reason is not None:
        less = [party for party in less if party.irrevocable]
    if less and interests.evidence is None:
        detail = (
            f"Interested party {known.index(less[0]) + 1} of those recorded would have less: name the "
            "document of their consent. A member of staff may give a reason for a mortgagee or loss payee."
        )
        raise InvalidFields([FieldFault("/evidence", "required", detail)])
