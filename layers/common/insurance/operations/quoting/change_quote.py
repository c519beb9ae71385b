"""What every change of a quote has in common: how it is loaded, and how it is stored."""

from insurance.domain.core.errors import AlreadyErased, QuoteNotFound
from insurance.domain.core.event import Event, EventType
from insurance.domain.core.stored import Stored
from insurance.domain.quote.quote import Quote
from insurance.operations.command import Command
from insurance.operations.quoting.ports import QuotingPorts


def load_quote(quote_id: str, command: Command, ports: QuotingPorts) -> Stored[Quote]:
    """The quote as it stands, if this caller may see it and it is at the revision they read.

    Raises:
        QuoteNotFound: The quote does not exist, or belongs to another partner.
        StaleRevision: Somebody else has changed it since the caller read it.
        AlreadyAnswered: This call was answered before.
        KeyReused: The caller's key was used for another request.
    """
    before = ports.quotes.load(quote_id, command)
    if not command.caller.sees(quote_id, before.record.partner, before.record.party):
        raise QuoteNotFound(quote_id)
    command.check_revision(before, quote_id)
    return before


def store_quote(
    quote: Quote, type: EventType, before: Stored[Quote], command: Command, ports: QuotingPorts
) -> Stored[Quote]:
    """Store the changed quote with an event of this type, and the command's answer.

    Raises:
        AlreadyErased: Its personal data were erased, so that it can change no more.
        StaleRevision: Somebody else has changed it since it was loaded.
    """
    if before.key is None:
        raise AlreadyErased(f"quote {quote.id}")
    event = Event.following(
        before.head,
        quote,
        before.key,
        stream=quote.id,
        type=type,
        actor=command.actor,
        now=command.now,
    )
    stored = Stored(quote, event.head, before.key)
    ports.quotes.change(event, quote, before=before, command=command.with_answer(stored))
    return stored
