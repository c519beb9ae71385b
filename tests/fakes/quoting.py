"""The ports of quoting in memory: held to the same contract as the stores on DynamoDB (tests/contract)."""

from insurance.domain.core.errors import (
    AlreadyErased,
    KeyReused,
    QuoteNotFound,
    StaleRevision,
)
from insurance.domain.core.event import Event
from insurance.domain.core.identity import (
    new_quote_id,
)
from insurance.domain.core.stored import PartyKey, Stored
from insurance.domain.quote.quote import Quote
from insurance.operations.command import Command
from insurance.operations.idempotency import AlreadyAnswered, Idempotency
from insurance.operations.parties.ports import Keys
from insurance.operations.products.ports import Products
from insurance.operations.quoting.ports import NOTHING_READ, QuoteBasis, Quotes, QuotingPorts
from insurance.products import SampleLookUps

from tests.fakes.controls import MemoryStops
from tests.fakes.keys import MemoryKeys
from tests.fakes.memory import Memory
from tests.fakes.party_records import MemoryIndexKeys, MemoryParties


class MemoryQuotes:
    def __init__(self, memory: Memory) -> None:
        self.memory = memory

    def add(
        self,
        event: Event,
        quote: Quote,
        *,
        key: PartyKey,
        command: Command,
        basis: QuoteBasis = NOTHING_READ,
    ) -> None:
        self._find_replay(quote.id, command.idempotency)
        if quote.party in self.memory.erased:
            raise AlreadyErased(f"party {quote.party}")
        if basis.party and self.memory.parties[quote.party].head != basis.party.head:
            raise StaleRevision(quote.party)
        policy = basis.policy
        if policy and self.memory.policies[policy.record.id].head != policy.head:
            raise StaleRevision(policy.record.id)
        if basis.registered is not None:
            MemoryParties(self.memory).write(basis.registered, key)
        if quote.party_id is not None:
            self.memory.named[quote.party_id] += 1
        kept = Stored(quote, event.head, key)
        self.memory.quotes[quote.id] = kept
        self.memory.first_answers[quote.id] = (command.idempotency.request_hash, kept)
        self.memory.append(event, lambda: StaleRevision(quote.id))

    def find_replay(self, command: Command, *, quote_id: str | None = None) -> None:
        caller, idempotency = command.caller, command.idempotency
        if quote_id is None:
            quote_id = new_quote_id(caller.mode, caller.principal, idempotency.key)
        self._find_replay(quote_id, idempotency)

    def _find_replay(self, quote_id: str, idempotency: Idempotency) -> None:
        if quote_id not in self.memory.first_answers:
            return
        request_hash, kept = self.memory.first_answers[quote_id]
        if request_hash != idempotency.request_hash:
            raise KeyReused
        answer = idempotency.record(kept).answer
        if answer is None:
            raise ValueError("an idempotency record that was answered has an answer")
        raise AlreadyAnswered(answer)

    def get(self, quote_id: str) -> Stored[Quote]:
        if quote_id not in self.memory.quotes:
            raise QuoteNotFound(quote_id)
        kept = self.memory.quotes[quote_id]
        if kept.record.party in self.memory.erased:
            return Stored(kept.record.replace(policyholder=None, answers=None), kept.head, None)
        return kept

    def load(self, quote_id: str, command: Command) -> Stored[Quote]:
        self.memory.check(command.idempotency)
        return self.get(quote_id)

    def change(
        self, event: Event, quote: Quote, *, before: Stored[Quote], command: Command
    ) -> None:
        self.memory.check(command.idempotency)
        self.move(event, quote, before)
        self.memory.keep(command.idempotency)

    def move(self, event: Event, quote: Quote, before: Stored[Quote]) -> None:
        if self.memory.quotes[quote.id].head != before.head:
            raise StaleRevision(quote.id)
        self.memory.append(event, lambda: StaleRevision(quote.id))
        self.memory.quotes[quote.id] = Stored(quote, event.head, before.key)


def quoting_ports(products: Products, quotes: Quotes, *, keys: Keys | None = None) -> QuotingPorts:
    """The ports of quoting over stores that a test has, with the look-ups that ship with the code. A
    quote may name a party if they are in memory."""
    memory = quotes.memory if isinstance(quotes, MemoryQuotes) else Memory()
    return QuotingPorts(
        products=products,
        look_ups=SampleLookUps(),
        quotes=quotes,
        keys=keys or MemoryKeys(),
        parties=MemoryParties(memory),
        index_keys=MemoryIndexKeys(),
        carrier="Coverwright Insurance",
        stops=MemoryStops(memory),
    )
