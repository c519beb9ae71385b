"""Add a person to a partner's team, or remove one: who may sign in at the developer portal."""

from insurance.access.people import developer_id
from insurance.domain.core.errors import PartnerNotFound
from insurance.domain.core.stored import Stored
from insurance.domain.partner.application import PartnerPlan
from insurance.domain.partner.event_types import PartnerEventType
from insurance.domain.partner.partner import DeveloperStep, Partner
from insurance.operations.command import Command
from insurance.operations.partners.ports import DeveloperChange, PartnerPorts


def change_developers(
    partner: str, step: DeveloperStep, subject: str, command: Command, ports: PartnerPorts
) -> Stored[Partner]:
    """Add or remove a person, by their subject in our user pool. A person is in one team, of one mode.

    Who is added gets a key of a usage plan first: a call that broke off after it is sent again, and finds the key.

    Raises:
        PartnerNotFound: There is no such partner in the caller's mode.
        StaleRevision: Somebody else has changed the partner since the caller read it.
        InvalidFields: The person is in this team already, in another, or in none; or the team is full.
    """
    before = ports.partners.load_partner(partner, command)
    if before is None:
        raise PartnerNotFound(partner)
    command.check_revision(before, partner)
    if step is DeveloperStep.ADD:
        after, type = before.record.with_developer(subject), PartnerEventType.DEVELOPER_ADDED
        ports.keys.put(developer_id(subject), PartnerPlan.BRONZE)
    else:
        after, type = before.record.without_developer(subject), PartnerEventType.DEVELOPER_REMOVED
    event = command.event(after.id, after, type, before)
    stored = Stored(after, event.head, None)
    change = DeveloperChange(developer_id(subject), step)
    ports.partners.change_developer(event, after, change, before, command.with_answer(stored))
    return stored
