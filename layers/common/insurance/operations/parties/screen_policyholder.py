"""Screen the policyholder before a policy is issued."""

from insurance.domain.core.errors import ScreeningOpen
from insurance.domain.core.identity import screening_id_for
from insurance.domain.core.stored import PartyKey
from insurance.domain.quote.quote import Quote
from insurance.domain.screening.screening import ScreeningStatus, ScreeningSubject
from insurance.operations.command import Command
from insurance.operations.parties.ports import ScreeningPorts
from insurance.operations.parties.screen_name import screen_name


def screen_policyholder(
    quote: Quote, key: PartyKey, command: Command, ports: ScreeningPorts
) -> None:
    """Refuse the issue while a match is open or confirmed. A case is stored before the refusal.

    Raises:
        ScreeningOpen: A person must decide whether the policyholder is the listed person, or has
            confirmed it.
    """
    name = quote.policyholder.name if quote.policyholder else ""
    subject = ScreeningSubject(screening_id_for(quote.id), quote.partner, quote.party, name)
    screening = screen_name(subject, key, command, ports)
    if screening is None or screening.case.status is ScreeningStatus.CLEARED:
        return
    raise ScreeningOpen("who takes out the policy", subject.case_id)
