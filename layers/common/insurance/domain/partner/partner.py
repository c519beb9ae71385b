"""A partner: a broker, an aggregator or a garage whose applications call."""

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


class Partner(Record):
    """A partner of one mode."""

    id: Internal[str]
    code: Internal[PartnerCode]
    name: Internal[TradeName]
    registered_by: Internal[str]
    registered_at: Internal[AwareDatetime]
    developers: Internal[tuple[DeveloperSubject, ...]] = ()
    """The people of its team, who may sign in at the developer portal."""

    @classmethod
    def registered(cls, mode: Mode, code: str, name: str, *, by: str, now: AwareDatetime) -> Self:
        return cls(
            id=partner_id_for(mode, code), code=code, name=name, registered_by=by, registered_at=now
        )

    def with_developer(self, subject: str) -> Self:
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
        return self.replace(developers=(*self.developers, subject))

    def without_developer(self, subject: str) -> Self:
        """Without a person of its team.

        Raises:
            InvalidFields: They are not in it.
        """
        if subject not in self.developers:
            raise InvalidFields([FieldFault(SUBJECT, "unknown", "The person is not in this team.")])
        return self.replace(developers=tuple(each for each in self.developers if each != subject))
