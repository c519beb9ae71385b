"""The ports of quoting in memory: held to the same contract as the stores on DynamoDB (tests/contract)."""

from insurance.domain.core.errors import (
    KeyReused,
    QuoteNotFound,
    StaleRevision,
)
from insurance.domain.core.event import Event
from insurance.domain.core.identity import (
    party_id_for,
)
from insurance.domain.core.stored import PartyKey, Stored
from insurance.domain.quote.quote import Quote
from insurance.operations.receipt import AlreadyAnswered, Receipt

from tests.fakes.memory import Memory


class MemoryQuotes:
    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    def add(self, event: Event, quote: Quote, *, key: PartyKey, receipt: Receipt) -> None:
        self.recall(quote.id, receipt)
        kept = Stored(quote, event.head, key)
        self._memory.quotes[quote.id] = kept
        self._memory.first_answers[quote.id] = (receipt.request_hash, kept)
        self._memory.append(event, lambda: StaleRevision(quote.id))

    def recall(self, quote_id: str, receipt: Receipt) -> None:
        if quote_id not in self._memory.first_answers:
            return
        request_hash, kept = self._memory.first_answers[quote_id]
        if request_hash != receipt.request_hash:
            raise KeyReused
        answer = receipt.answered(kept).answer
        if answer is None:
            raise ValueError("a receipt that was answered has an answer")
        raise AlreadyAnswered(answer)

    def get(self, quote_id: str) -> Stored[Quote]:
        if quote_id not in self._memory.quotes:
            raise QuoteNotFound(quote_id)
        kept = self._memory.quotes[quote_id]
        if party_id_for(quote_id) in self._memory.erased:
            return Stored(kept.record.replace(policyholder=None, answers=None), kept.head, None)
        return kept

    def load(self, quote_id: str, receipt: Receipt) -> Stored[Quote]:
        self._memory.check(receipt)
        return self.get(quote_id)

    def change(
        self, event: Event, quote: Quote, *, before: Stored[Quote], receipt: Receipt
    ) -> None:
        self._memory.check(receipt)
        self.move(event, quote, before)
        self._memory.keep(receipt)

    def move(self, event: Event, quote: Quote, before: Stored[Quote]) -> None:
        if self._memory.quotes[quote.id].head != before.head:
            raise StaleRevision(quote.id)
        self._memory.append(event, lambda: StaleRevision(quote.id))
        self._memory.quotes[quote.id] = Stored(quote, event.head, before.key)
