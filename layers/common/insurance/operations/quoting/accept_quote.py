"""Accept a quote: the customer takes the offer."""

from insurance.domain.core.stored import Stored
from insurance.domain.quote.event_types import QuoteEventType
from insurance.domain.quote.quote import Quote
from insurance.operations.command import Command
from insurance.operations.quoting.change_quote import load_quote, store_quote
from insurance.operations.quoting.ports import QuotingPorts


def accept_quote(quote_id: str, command: Command, ports: QuotingPorts) -> Stored[Quote]:
    """Accept the offer, while it stands.

    Raises:
        QuoteNotFound: The quote does not exist, or belongs to another partner.
        StaleRevision: Somebody else has changed it since the caller read it.
        AlreadyErased: Its personal data were erased.
        QuoteExpired: The offer's last day has passed.
        ReferralOpen: An underwriter must decide first.
        WrongState: The offer was accepted, declined or issued before.
    """
    before = load_quote(quote_id, command, ports)
    accepted = before.record.accepted(now=command.now)
    return store_quote(accepted, QuoteEventType.ACCEPTED, before, command, ports)
