"""Who is calling, and what they may do: deny unless granted."""

from enum import StrEnum

from insurance.domain.core.errors import MissingScope, NoAuthority
from insurance.domain.core.identity import Mode, mode_of, party_id_for
from insurance.domain.core.value import Value


class CallerKind(StrEnum):
    APPLICATION = "application"
    STAFF = "staff"
    POLICYHOLDER = "policyholder"
    MACHINE = "machine"
    """A machine of our own, such as the bank's connection: it has scopes, and no role."""


class Caller(Value):
    """Who is at the other end: a partner's application, one of our people, or a policyholder."""

    principal: str
    kind: CallerKind
    partner: str
    """The partner whose business this caller sees; empty for staff and our own machines, who see all
    business of their mode."""
    roles: frozenset[str]
    scopes: frozenset[str]
    mode: Mode
    parties: frozenset[str] = frozenset()
    """The parties that a policyholder is: they see what is theirs, and nothing else."""

    def require(self, scope: str) -> None:
        """Raises MissingScope unless the token has the scope."""
        if scope not in self.scopes:
            raise MissingScope(scope)

    def require_role(self, *roles: str) -> None:
        """One of these roles, or NoAuthority."""
        if not self.roles.intersection(roles):
            raise NoAuthority(f"this step, which is for: {', '.join(roles)}")

    def sees(self, id: str, partner: str) -> bool:
        """Whether the object is of this caller's mode and book, and a policyholder's own."""
        if mode_of(id) is not self.mode:
            return False
        if self.kind in {CallerKind.STAFF, CallerKind.MACHINE}:
            return True
        if not partner or partner != self.partner:
            return False
        return self.kind is CallerKind.APPLICATION or party_id_for(id) in self.parties
