"""Who is calling, and what they may do: deny unless granted."""

from enum import StrEnum

from insurance.domain.errors import MissingScope, NoAuthority
from insurance.domain.identity import Mode, mode_of
from insurance.domain.value import Value


class CallerKind(StrEnum):
    APPLICATION = "application"
    STAFF = "staff"


class Caller(Value):
    """The authenticated party at the other end: a partner's application, or one of our people."""

    principal: str
    kind: CallerKind
    partner: str
    """The partner whose book this caller sees; empty for staff, who see every book of their mode."""
    roles: frozenset[str]
    scopes: frozenset[str]
    mode: Mode

    def require(self, scope: str) -> None:
        if scope not in self.scopes:
            raise MissingScope(scope)

    def require_role(self, *roles: str) -> None:
        """One of these roles, or NoAuthority."""
        if not self.roles.intersection(roles):
            raise NoAuthority(f"this step, which is for: {', '.join(roles)}")

    def sees(self, id: str, partner: str) -> bool:
        """Whether the object is of this caller's mode and book."""
        if mode_of(id) is not self.mode:
            return False
        return self.kind is CallerKind.STAFF or (bool(partner) and partner == self.partner)
