"""Callers: who calls, and what they may do. Nothing is allowed that is not granted."""

from enum import StrEnum

from insurance.domain.core.errors import MissingScope, NoAuthority
from insurance.domain.core.identity import Mode, PartyId, mode_of
from insurance.domain.core.value import Value


class CallerKind(StrEnum):
    """What kind of caller it is; a route declares which kinds it is open to."""

    APPLICATION = "application"
    STAFF = "staff"
    POLICYHOLDER = "policyholder"
    MACHINE = "machine"
    """A machine of our own, such as the connection to the bank. It has scopes and no role."""
    DEVELOPER = "developer"
    """A person of a partner's team, who signed in at the developer portal."""


class Caller(Value):
    """One caller, as the authorizer admitted them."""

    principal: str
    """The caller's id: of the application, the member of staff or the policyholder."""
    kind: CallerKind
    partner: str
    """The partner whose business this caller sees. Empty for staff and our own machines, who see the
    business of every partner in their mode."""
    roles: frozenset[str]
    scopes: frozenset[str]
    mode: Mode
    application: str = ""
    """The application that calls, or the portal through which a policyholder does. Empty for anybody else."""
    signed_in_recently: bool = False
    """Whether a member of staff gave password and second factor within `SIGN_IN_MINUTES`."""
    parties: frozenset[str] = frozenset()
    """The parties that a policyholder has access to. They see only what belongs to these."""

    def require(self, scope: str) -> None:
        """Check a scope.

        Raises:
            MissingScope: The token does not have it.
        """
        if scope not in self.scopes:
            raise MissingScope(scope)

    def require_role(self, *roles: str) -> None:
        """Check that the caller has one of these roles.

        Raises:
            NoAuthority: The caller has none of them.
        """
        if not self.roles.intersection(roles):
            raise NoAuthority(f"this step, which is for: {', '.join(roles)}")

    def sees(self, id: str, partner: str, party_id: PartyId) -> bool:
        """Whether the caller may see an object of this partner and party: it must be of the caller's
        mode and partner, and for a policyholder of one of their parties."""
        if mode_of(id) is not self.mode:
            return False
        if self.kind in {CallerKind.STAFF, CallerKind.MACHINE}:
            return True
        if not partner or partner != self.partner:
            return False
        of_partner = self.kind in {CallerKind.APPLICATION, CallerKind.DEVELOPER}
        return of_partner or party_id in self.parties
