"""A partner: a broker, an aggregator or a garage whose applications call."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Final, Self

from pydantic import AwareDatetime, StringConstraints

from insurance.domain.core.classification import Internal, Record
from insurance.domain.core.errors import FieldFault, InvalidFields
from insurance.domain.core.identity import Mode, partner_id_for

PartnerCode = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{1,31}$")]
"""What names a partner in its policies, quotes and statements."""
TradeName = Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z][0-9A-Za-z .,&'()/-]{0,79}$")]
"""The name of a firm, a team or an application; never a person's."""

DeveloperSubject = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
"""A person of a partner's team, as our user pool names them."""
DEVELOPERS_MAX: Final = 50
SUBJECT: Final = "/subject"
"""Where a request names the person."""


class DeveloperStep(StrEnum):
    """What becomes of a person in a partner's team."""

    ADD = "add"
    REMOVE = "remove"
    CHANGE_ROLE = "change_role"


class TeamRole(StrEnum):
    """What a person may do at the developer portal."""

    DEVELOPER = "developer"
    ADMINISTRATOR = "administrator"
    """As a developer, and says who is in the team."""
    BILLING_VIEWER = "billing_viewer"
    """Reads applications, usage and statements alone."""


class Partner(Record):
    """A partner of one mode."""

    id: Internal[str]
    code: Internal[PartnerCode]
    name: Internal[TradeName]
    registered_by: Internal[str]
    registered_at: Internal[AwareDatetime]
    developers: Internal[tuple[DeveloperSubject, ...]] = ()
    """The people of its team, who may sign in at the developer portal."""
    roles: Internal[Mapping[DeveloperSubject, TeamRole]] = {}
    """Of those who are no mere developers."""

    @property
    def administrators(self) -> tuple[DeveloperSubject, ...]:
        return tuple(
            each for each in self.developers if self.role_of(each) is TeamRole.ADMINISTRATOR
        )

    def role_of(self, subject: str) -> TeamRole:
        return self.roles.get(subject, TeamRole.DEVELOPER)

    @classmethod
    def registered(cls, mode: Mode, code: str, name: str, *, by: str, now: AwareDatetime) -> Self:
        return cls(
            id=partner_id_for(mode, code), code=code, name=name, registered_by=by, registered_at=now
        )

    def with_developer(self, subject: str, role: TeamRole) -> Self:
        """With one more person in its team.

        Raises:
            InvalidFields: They are in it already, or it is full.
        """
        if subject in self.developers:
            raise InvalidFields(
                [FieldFault(SUBJECT, "the-same", "The person is in this team already.")]
            )
        if len(self.developers) >= DEVELOPERS_MAX:
            full = f"A team has at most {DEVELOPERS_MAX} people: remove one first."
            raise InvalidFields([FieldFault(SUBJECT, "too-many", full)])
        return self.replace(developers=(*self.developers, subject))._with_role(subject, role)

    def with_role_of(self, subject: str, role: TeamRole) -> Self:
        """With another role of a person of its team.

        Raises:
            InvalidFields: They are not in it, have this role, or are its last administrator.
        """
        self._check_member(subject)
        if self.role_of(subject) is role:
            same = "The person has this role already."
            raise InvalidFields([FieldFault("/role", "the-same", same)])
        return self._keeping_one(self._with_role(subject, role))

    def without_developer(self, subject: str) -> Self:
        """Without a person of its team.

        Raises:
            InvalidFields: They are not in it, or its last administrator while others are.
        """
        self._check_member(subject)
        rest = tuple(each for each in self.developers if each != subject)
        after = self._with_role(subject, TeamRole.DEVELOPER).replace(developers=rest)
        return self._keeping_one(after) if rest else after

    def _check_member(self, subject: str) -> None:
        if subject not in self.developers:
            raise InvalidFields([FieldFault(SUBJECT, "unknown", "The person is not in this team.")])

    def _with_role(self, subject: str, role: TeamRole) -> Self:
        roles = {each: held for each, held in self.roles.items() if each != subject}
        if role is not TeamRole.DEVELOPER:
            roles[subject] = role
        return self.replace(roles=roles)

    def _keeping_one(self, after: Self) -> Self:
        """The team as it is to be, if somebody still says who is in it."""
        if self.administrators and not after.administrators:
            last = "The person is the team's last administrator: appoint another first."
            raise InvalidFields([FieldFault(SUBJECT, "last-administrator", last)])
        return after
