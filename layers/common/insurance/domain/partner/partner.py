"""A partner: a broker, an aggregator or a garage whose applications call."""

from typing import Annotated, Self

from pydantic import AwareDatetime, StringConstraints

from insurance.domain.core.classification import Internal, Record
from insurance.domain.core.identity import Mode, partner_id_for

PartnerCode = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{1,31}$")]
"""What names a partner in its policies, quotes and statements."""
TradeName = Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z][0-9A-Za-z .,&'()/-]{0,79}$")]
"""The name of a firm, a team or an application; never a person's."""


class Partner(Record):
    """A partner of one mode."""

    id: Internal[str]
    code: Internal[PartnerCode]
    name: Internal[TradeName]
    registered_by: Internal[str]
    registered_at: Internal[AwareDatetime]

    @classmethod
    def registered(cls, mode: Mode, code: str, name: str, *, by: str, now: AwareDatetime) -> Self:
        return cls(
            id=partner_id_for(mode, code), code=code, name=name, registered_by=by, registered_at=now
        )
