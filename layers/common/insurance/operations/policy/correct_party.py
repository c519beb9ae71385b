"""Correct a party: a detail is another one, on its record and on all of its policies; or preview that."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from insurance.domain.core.caller import Caller, CallerKind
from insurance.domain.core.errors import (
    AlreadyErased,
    CorrectionNotPossible,
    FieldFault,
    InsuranceError,
    InvalidFields,
    NoticeNotServed,
    Obstacle,
    OutsideTerm,
    RiskNotAccepted,
    ScreeningOpen,
    TermsNotOffered,
    TooManyChanges,
    WrongState,
)
from insurance.domain.core.event import Event
from insurance.domain.core.identity import PartyId, PolicyId, screening_id_for
from insurance.domain.core.stored import Stored
from insurance.domain.party.correction import (
    Correction,
    corrected,
    corrects_payee,
    differing_fields,
    rectified,
)
from insurance.domain.party.correction_record import CorrectedField
from insurance.domain.party.event_types import PartyEventType
from insurance.domain.party.record import Party
from insurance.domain.policy import Policy
from insurance.domain.policy.corrected_people import correct_people
from insurance.domain.policy.corrected_quote import CorrectedQuote, correct_quote
from insurance.domain.policy.correction import (
    CorrectedPolicy,
    HolderCorrection,
    correct_holder,
    ends_at,
    is_changed_later,
    next_change,
)
from insurance.domain.policy.event_types import PolicyEventType
from insurance.domain.product import Product
from insurance.domain.quote.event_types import QuoteEventType
from insurance.domain.quote.quote import Quote
from insurance.domain.screening.screening import ScreeningStatus, ScreeningSubject
from insurance.operations.command import Command, Query
from insurance.operations.parties.change_party import check_sees_party, party_event
from insurance.operations.parties.screen_name import screen_name
from insurance.operations.policy.ports import (
    CorrectionContext,
    CorrectionEvents,
    CorrectionPorts,
    PolicyEvent,
    QuoteEvent,
)
from insurance.operations.policy.reprice_policy import servicing_of
from insurance.operations.policy.store_policy import ChangedPolicy

POLICIES_MAX: Final = 48
"""Of one correction, where no open quote follows."""
WRITES_OF_POLICY: Final = 2
WRITES_MAX: Final = POLICIES_MAX * WRITES_OF_POLICY
"""What one transaction takes beside the writes of the party."""
WRITES_OF_QUOTE: Final = 3
"""Its item and its event, and its first event where only the item had that one so far."""

OBSTACLES: Final[dict[type[InsuranceError], str]] = {
    AlreadyErased: "already_erased",
    InvalidFields: "invalid_answer",
    NoticeNotServed: "notice_not_served",
    OutsideTerm: "outside_term",
    RiskNotAccepted: "risk_not_accepted",
    TermsNotOffered: "terms_not_offered",
    TooManyChanges: "too_many_changes",
    WrongState: "wrong_state",
}
"""Why a policy cannot take a correction: what refuses the endorsement."""


@dataclass(frozen=True, slots=True)
class PartyCorrection:
    """What a correction comes to."""

    before: Party
    party: Stored[Party]
    """As it is after the correction; in a preview its stream is where it stands now."""
    fields: tuple[CorrectedField, ...]
    """What was stated; a policy may have had something else than the record."""
    policies: Sequence[CorrectedPolicy]
    """Those that change."""
    shared: Sequence[CorrectedPolicy]
    """Those of other holders on which the party's details change: as joint holder, or as interested party."""
    left: Sequence[PolicyId]
    """Policies whose term has ended, and whose price the correction would change."""
    quotes: Sequence[CorrectedQuote]
    """Open quotes that follow, offers of a next term among them."""
    stored: bool

    @property
    def is_screened(self) -> bool:
        """Whether the corrected name is compared with the sanctions list before it is stored.

        Without a policy in force it is not: the issue of the next one screens it.
        """
        return CorrectedField.NAME in self.fields and bool(self.policies or self.shared)


def preview_correction(
    party_id: PartyId, correction: Correction, query: Query, ports: CorrectionPorts
) -> PartyCorrection:
    """What a correction would change on each policy, and cost; nothing is stored, and nobody is screened.

    Raises:
        PartyNotFound: There is no such party, or the caller may not see it.
        AlreadyErased: The party was erased.
        InvalidFields: Nothing changes or is stated, the day is ahead, a product asks for evidence, or
            the party has no such request for a rectification.
        WrongState: The request was answered before.
        PartyFull: The record holds as much as it can.
        CorrectionNotPossible: A policy cannot take the correction, or a person must confirm it.
    """
    context = ports.corrections.get(party_id)
    _check_may_correct(party_id, context.party.record, query.caller)
    return _Plan(context, correction, query, ports).made()


def correct_party(
    party_id: PartyId, correction: Correction, command: Command, ports: CorrectionPorts
) -> PartyCorrection:
    """Correct the party and all of its policies, or nothing: one event each, in one transaction.

    Raises:
        PartyNotFound: There is no such party, or the caller may not see it.
        AlreadyErased: The party was erased.
        StaleRevision: The party has changed since the caller read it.
        InvalidFields: Nothing changes or is stated, the day is ahead, a product asks for evidence, or
            the party has no such request for a rectification.
        WrongState: The request was answered before.
        PartyFull: The record holds as much as it can.
        CorrectionNotPossible: A policy cannot take the correction, or a person must confirm it.
        ScreeningOpen: A person must decide whether the corrected name is that of a listed person.
    """
    context = ports.corrections.load(party_id, command)
    before = context.party
    _check_may_correct(party_id, before.record, command.caller)
    command.check_revision(before, party_id)
    made = _Plan(context, correction, command, ports).made()
    by_id = {policy.record.id: policy for policy in context.policies}
    by_id |= {shared.policy.record.id: shared.policy for shared in context.shared}
    quote_of = {quote.record.id: quote for quote in context.quotes}
    if made.is_screened:
        name = made.party.record.names[-1].name
        first = by_id[made.policies[0].before.id] if made.policies else before
        _screen(name, first, command, ports)
    change, stored = party_event(before, made.party.record, PartyEventType.CORRECTED, command)
    result = replace(made, party=stored, stored=True)
    events = CorrectionEvents(
        change,
        [
            _event(policy, by_id[policy.before.id], command)
            for policy in (*made.policies, *made.shared)
        ],
        [_quote_event(quote, quote_of[quote.before.id], command) for quote in made.quotes],
        context.namings,
    )
    ports.corrections.correct(events, command=command.with_answer(result))
    return result


@dataclass(frozen=True, slots=True)
class _Plan:
    """A requested correction of a party and its policies, by whom and when."""

    context: CorrectionContext
    correction: Correction
    call: Command | Query
    ports: CorrectionPorts

    def made(self) -> PartyCorrection:
        """The party and the policies after it; nothing is stored yet."""
        before, correction, now = self.context.party.record, self.correction, self.call.now
        party = corrected(before, correction, now=now, by=self.call.caller.principal)
        revision = self.context.party.head.sequence + 1
        if corrects_payee(before, correction, now):
            party = party.replace(payee_corrected_in=revision)
        if correction.request is not None:
            by = self.call.caller.principal
            party = rectified(party, correction.request, revision, at=now, by=by)
        holder = HolderCorrection.of(before, correction, now=now)
        in_force = [policy for policy in self._policies() if _gives_cover(policy, now)]
        left = [
            policy.id
            for policy in self._policies()
            if policy not in in_force and holder.reaches_ended(policy, self._contract(policy))
        ]
        revisions = {policy.record.id: policy.head.sequence for policy in self.context.policies}
        shared = [*self._shared(holder)]
        obstacles = [*self._evidence_to_see(in_force, holder.fields), *self._before_all(left)]
        changed: list[CorrectedPolicy] = []
        for policy in in_force:
            made = self._corrected(policy, holder)
            if isinstance(made, Obstacle):
                obstacles.append(made)
            elif made.is_changed:
                changed.append(made.recorded(revisions[policy.id] + 1, now))
        quotes = self._quotes(holder, changed)
        count = len(changed) + len(shared)
        if WRITES_OF_POLICY * count + WRITES_OF_QUOTE * len(quotes) > WRITES_MAX:
            reason = f"{count} policies and {len(quotes)} quotes are too many at once: call us."
            obstacles.append(Obstacle("too_many_policies", before.id, reason, None))
        if obstacles:
            raise CorrectionNotPossible(before.id, obstacles)
        differing = differing_fields(before, correction.details, correction.since(now))
        if not (changed or shared or quotes or differing):
            detail = "Everything that is stated is on the record and on the policies already."
            raise InvalidFields([FieldFault("", "nothing-changes", detail)])
        after = Stored(party, self.context.party.head, self.context.party.key)
        return PartyCorrection(
            before, after, holder.fields, changed, shared, left, quotes, stored=False
        )

    def _shared(self, holder: HolderCorrection) -> Iterator[CorrectedPolicy]:
        """The policies of others that change: the terms stay, and nobody who holds them is asked."""
        own = self.context.party.record.ids
        for policy, key_of in self.context.shared:
            contract, now = self._contract(policy.record), self.call.now
            is_others = policy.record.party not in own and policy.key is not None
            if is_others and _gives_cover(policy.record, now):
                made = correct_people(policy.record, holder, contract, key_of)
                if made.is_changed:
                    yield made.recorded(policy.head.sequence + 1, now)

    def _policies(self) -> list[Policy]:
        return [stored.record for stored in self.context.policies]

    def _quotes(
        self, holder: HolderCorrection, policies: Sequence[CorrectedPolicy]
    ) -> list[CorrectedQuote]:
        """The open quotes that change; an offer for the next term with the policy that ends."""
        ending = {made.policy.id: made.policy for made in policies}
        made = [
            CorrectedQuote(
                quote,
                correct_quote(
                    quote,
                    holder,
                    self.ports.products.version(quote.product),
                    lambda wanted: self.ports.look_ups.find(wanted.source, wanted.key),
                    demands=self.context.party.record.demands,
                    ending=ending.get(quote.renewing.policy_id) if quote.renewing else None,
                ),
            )
            for quote in (stored.record for stored in self.context.quotes)
            if quote.is_open_at(self.call.now)
        ]
        return [quote for quote in made if quote.after != quote.before]

    def _contract(self, policy: Policy) -> Product:
        return self.ports.products.version(policy.product)

    def _evidence_to_see(
        self, policies: Sequence[Policy], fields: tuple[CorrectedField, ...]
    ) -> Iterator[Obstacle]:
        """What a person must have seen, where the product of a policy asks for evidence."""
        asking = [
            policy.id
            for policy in policies
            if self._contract(policy).corrections.evidence.intersection(fields)
        ]
        if self.call.caller.kind is CallerKind.POLICYHOLDER:
            reason = "Show us or your broker the document that proves it: we make the correction."
            for policy_id in asking:
                yield Obstacle("evidence_to_be_seen", policy_id, reason, None)
        elif asking and self.correction.evidence is None:
            detail = "Name the document that proves it."
            raise InvalidFields([FieldFault("/evidence", "required", detail)])

    def _before_all(self, left: Sequence[PolicyId]) -> Iterator[Obstacle]:
        """What stands in the way whatever the policies in force become."""
        if not self.context.is_complete:
            reason = "It has more contracts than can be looked through at once: call us."
            yield Obstacle("too_many_contracts", self.context.party.record.id, reason, None)
        if not self.correction.leave_ended_terms:
            reason = (
                "The term has ended, and its price would be another one: we may leave it as it is."
            )
            for policy_id in left:
                yield Obstacle("term_ended", policy_id, reason, None)

    def _corrected(self, policy: Policy, holder: HolderCorrection) -> CorrectedPolicy | Obstacle:
        """The policy after the correction, or why it cannot take it."""
        contract = self._contract(policy)
        changes_risk = next_change(policy, holder, contract) is not None
        try:
            servicing = servicing_of(
                policy, contract, self.call, self.ports, changes_risk=changes_risk
            )
            made = self._with_people(
                correct_holder(policy, holder, contract, servicing), holder, contract
            )
        except tuple(OBSTACLES) as refusal:
            return Obstacle(OBSTACLES[type(refusal)], policy.id, _reason(refusal), None)
        if is_changed_later(made, holder, contract):
            reason = "A change with a later effect says something else: reverse that one first."
            return Obstacle("changed_later", policy.id, reason, None)
        return made

    def _with_people(
        self, made: CorrectedPolicy, holder: HolderCorrection, contract: Product
    ) -> CorrectedPolicy:
        """The same where the party, or a customer who was merged with it, has a role on the policy too."""
        for policy, key_of in self.context.shared:
            if policy.record.id == made.policy.id:
                people = correct_people(made.policy, holder, contract, key_of)
                documents = made.documents or people.documents
                return made._replace(policy=people.policy, documents=documents)
        return made


def _check_may_correct(party_id: PartyId, party: Party, caller: Caller) -> None:
    """Check that the caller may see the party, and a policyholder everybody that it stands for.

    Raises:
        PartyNotFound: The caller may not see it.
        CorrectionNotPossible: It stands for a customer whom the policyholder may not see.
    """
    check_sees_party(party, caller)
    if caller.kind is CallerKind.POLICYHOLDER and not caller.parties.issuperset(party.ids):
        reason = "Several customers were put together: ask us or your broker for the correction."
        raise CorrectionNotPossible(
            party_id, [Obstacle("merged_customers", party_id, reason, None)]
        )


def _reason(refusal: Exception) -> str:
    """Why a policy cannot take it; of an answer that the product cannot read, what is wrong with it."""
    if isinstance(refusal, InvalidFields):
        return " ".join(f"{fault.pointer}: {fault.detail}" for fault in refusal.faults)
    return str(refusal)


def _gives_cover(policy: Policy, now: datetime) -> bool:
    """Whether the policy gives cover now, or will."""
    ends = ends_at(policy)
    return ends is not None and ends > now


def _event(made: CorrectedPolicy, before: Stored[Policy], command: Command) -> PolicyEvent:
    effective_at = made.endorsements[0].requested.effective_at if made.endorsements else None
    endorsed = PolicyEventType.ENDORSED if made.endorsements else PolicyEventType.HOLDER_CORRECTED
    changed = ChangedPolicy(
        made.policy, endorsed, effective_at=effective_at, postings=made.postings
    )
    event, after = changed.following(before, command)
    return PolicyEvent(event, before, after)


def _quote_event(made: CorrectedQuote, before: Stored[Quote], command: Command) -> QuoteEvent:
    if before.key is None:
        raise AlreadyErased(f"quote {made.before.id}")
    event = Event.following(
        before.head,
        made.after,
        before.key,
        stream=made.before.id,
        type=QuoteEventType.CORRECTED,
        actor=command.actor,
        now=command.now,
    )
    return QuoteEvent(event, before, made.after)


def _screen(
    name: str, first: Stored[Policy] | Stored[Party], command: Command, ports: CorrectionPorts
) -> None:
    """Refuse the correction while a match of the corrected name is open or confirmed.

    The case is that of the first policy that takes the name: the one in which its issue was screened. Who holds
    none alone has a case of their own, as when a transfer names them.
    """
    record = first.record
    if first.key is None:
        raise AlreadyErased(record.id)
    party_id = record.party if isinstance(record, Policy) else record.id
    subject = ScreeningSubject(screening_id_for(record.id), record.partner, party_id, name)
    screening = screen_name(subject, first.key, command, ports.screening)
    if screening is not None and screening.case.status is not ScreeningStatus.CLEARED:
        raise ScreeningOpen("the corrected name", subject.case_id)
