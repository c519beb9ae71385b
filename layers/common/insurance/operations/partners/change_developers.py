"""Say who is in a partner's team, and as what: who may sign in at the developer portal."""

from typing import Final, NamedTuple

from insurance.access.people import developer_id
from insurance.domain.core.caller import Caller, CallerKind
from insurance.domain.core.errors import (
    FieldFault,
    InvalidFields,
    NoAuthority,
    PartnerNotFound,
)
from insurance.domain.core.stored import Stored
from insurance.domain.partner.application import PartnerPlan
from insurance.domain.partner.event_types import PartnerEventType
from insurance.domain.partner.partner import SUBJECT, DeveloperStep, Partner, TeamRole
from insurance.operations.command import Command
from insurance.operations.partners.ports import DeveloperChange, PartnerPorts

EVENTS: Final = {
    DeveloperStep.ADD: PartnerEventType.DEVELOPER_ADDED,
    DeveloperStep.REMOVE: PartnerEventType.DEVELOPER_REMOVED,
    DeveloperStep.CHANGE_ROLE: PartnerEventType.DEVELOPER_ROLE_CHANGED,
}
TEAM_CHANGES_MAX: Final = 500
"""After so many changes of a partner its own administrators add nobody more: a person who is added gets a key, an
account of AWS has 10,000 of them for all stacks, and nobody takes one back."""


class TeamChange(NamedTuple):
    """What is to become of a person, whom our user pool knows by this subject."""

    step: DeveloperStep
    subject: str
    role: TeamRole = TeamRole.DEVELOPER


def change_developers(
    partner: str, change: TeamChange, command: Command, ports: PartnerPorts
) -> Stored[Partner]:
    """Add a person to a team, remove them, or give them another role. A person is in one team, of one mode.

    Our operators may, and the team's own administrators. Nobody says what they are themselves. Who is added gets a key
    of a usage plan first: a call that broke off after it is sent again, and finds the key.

    Raises:
        PartnerNotFound: There is no such partner in the caller's mode, or it is not the caller's.
        NoAuthority: The caller is no administrator of the team, or would add themselves or change their role.
        StaleRevision: Somebody else has changed the partner since the caller read it.
        InvalidFields: The person is in this team already, in another, or in none, has the role, or is the last
            administrator; or the team is full, or has changed so often that an operator must add them.
    """
    caller = command.caller
    if caller.kind is CallerKind.DEVELOPER and partner != caller.partner:
        raise PartnerNotFound(partner)
    before = ports.partners.load_partner(partner, command)
    if before is None:
        raise PartnerNotFound(partner)
    _check_authority(before.record, change, command)
    command.check_revision(before, partner)
    after = _after(before.record, change, command)
    _check_changes(change, before, caller)
    if change.step is DeveloperStep.ADD:
        ports.keys.put(developer_id(change.subject), PartnerPlan.BRONZE)
    event = command.event(after.id, after, EVENTS[change.step], before)
    stored = Stored(after, event.head, None)
    row = DeveloperChange(developer_id(change.subject), change.step, after.role_of(change.subject))
    ports.partners.change_developer(event, after, row, before, command.with_answer(stored))
    return stored


def _check_authority(team: Partner, change: TeamChange, command: Command) -> None:
    """Check that the caller may say this: by the team as it is now, not as it was when they signed in.

    Raises:
        NoAuthority: As `change_developers`.
    """
    caller, is_own = command.caller, _is_of(change.subject, command)
    if caller.kind is CallerKind.DEVELOPER and not any(
        developer_id(each) == caller.principal for each in team.administrators
    ):
        raise NoAuthority("this team, which its administrators change")
    if is_own and change.step is not DeveloperStep.REMOVE:
        raise NoAuthority("what you are yourself: another person says that")


def _check_changes(change: TeamChange, before: Stored[Partner], caller: Caller) -> None:
    """Check that the team's own administrators may still add somebody.

    Raises:
        InvalidFields: It has changed too often.
    """
    is_own = caller.kind is CallerKind.DEVELOPER
    if is_own and change.step is DeveloperStep.ADD and before.head.sequence > TEAM_CHANGES_MAX:
        often = f"The team has changed {TEAM_CHANGES_MAX} times: ask an operator of the insurer."
        raise InvalidFields([FieldFault(SUBJECT, "too-many", often)])


def _after(team: Partner, change: TeamChange, command: Command) -> Partner:
    """The team as it is to be.

    Raises:
        InvalidFields: As `change_developers`.
    """
    match change.step:
        case DeveloperStep.ADD:
            return team.with_developer(change.subject, change.role)
        case DeveloperStep.CHANGE_ROLE:
            return team.with_role_of(change.subject, change.role)
        case DeveloperStep.REMOVE:
            if team.developers == (change.subject,) and _is_of(change.subject, command):
                alone = "You are the last of your team: ask an operator of the insurer."
                raise InvalidFields([FieldFault(SUBJECT, "last-administrator", alone)])
            return team.without_developer(change.subject)


def _is_of(subject: str, command: Command) -> bool:
    """Whether the subject is the caller's own."""
    return command.caller.principal in {subject, developer_id(subject)}
