"""The kind `quotes`: a row is a risk, and becomes a quote."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from insurance.domain.core.errors import QuoteNotFound
from insurance.domain.core.identity import new_quote_id
from insurance.domain.core.stored import Stored
from insurance.domain.intake.batch import DataBatch
from insurance.domain.intake.made import MadeStatus
from insurance.domain.quote.quote import Quote
from insurance.operations.command import Command, Query
from insurance.operations.intake.kinds import Made, RowCall, key_in_file
from insurance.operations.quoting.make_quote import RiskInput, make_quote, preview_quote
from insurance.operations.quoting.ports import QuotingPorts
from insurance.operations.quoting.quoted_party import find_quoted_party


@dataclass(frozen=True, slots=True)
class QuoteRows:
    """Rows that become quotes."""

    ports: QuotingPorts
    read: Callable[[Mapping[str, Any], datetime], RiskInput]
    """A mapped row as a request for a quote. Raises InvalidFields."""
    operation: ClassVar[str] = "createQuote"

    def key(self, batch: DataBatch, number: int) -> str:
        return key_in_file(batch, number)

    def check(self, record: Mapping[str, Any], call: RowCall) -> Made:
        """The status that the quote would have.

        Raises:
            PartyNotFound: The named party does not exist, or belongs to another partner.
            AlreadyErased: The named party was erased.
            PartyDiffers: The row states other details than are stored for the party.
            ProcessingRestricted: The party demanded that their data are used for nothing new.
            ProductNotFound: No such product is on sale.
            Stopped: A stop holds quotes of this.
            InvalidFields: The product cannot read an answer, or cover would start too early or late.
        """
        command = call.command
        risk = self._risk(record, command)
        query = Query(command.caller, command.now, command.received_at)
        priced = preview_quote(risk, query, self.ports)
        party = find_quoted_party(risk.party, command, self.ports)
        return Made(id="", status=MadeStatus(priced.judged_for(party.demands)[0]))

    def take(self, record: Mapping[str, Any], call: RowCall) -> Stored[Any]:
        return make_quote(self._risk(record, call.command), call.command, self.ports)

    def _risk(self, record: Mapping[str, Any], command: Command) -> RiskInput:
        return self.read(record, command.now)._replace(origin=command.origin)

    def made(self, stored: Stored[Any], _command: Command) -> Made:
        quote: Quote = stored.record
        return Made(id=quote.id, status=MadeStatus(quote.status))

    def find(self, _record: Mapping[str, Any], call: RowCall) -> tuple[str, datetime] | None:
        command, caller = call.command, call.command.caller
        quote_id = new_quote_id(caller.mode, caller.principal, command.idempotency.key)
        try:
            quote = self.ports.quotes.load(quote_id, command).record
        except QuoteNotFound:
            return None
        return quote.id, quote.created_at
