"""Admission: the one place that decides whether a caller may use a route at all."""

from insurance.api.route import Route
from insurance.domain.core.caller import Caller, CallerKind
from insurance.domain.core.errors import NoAuthority


def admit(caller: Caller, route: Route) -> None:
    """Deny unless the scope is granted, the kind of caller is welcome, and staff have a role for it.

    The staff pool signs for machines too, and a scope is all that its authorizer asks for. What a
    member of staff may do within the operation (an amount, a second person) is the operation's.

    Raises:
        MissingScope: The token does not have the route's scope.
        NoAuthority: The route is not open to this kind of caller, or to none of the caller's roles.
    """
    caller.require(route.scope)
    if caller.kind not in route.callers:
        raise NoAuthority(f"this operation, which is not open to {_PLURALS[caller.kind]}")
    if caller.kind is CallerKind.STAFF and not caller.roles & route.roles:
        roles = ", ".join(sorted(route.roles))
        raise NoAuthority(f"this operation, which needs one of the roles: {roles}")


_PLURALS = {
    CallerKind.APPLICATION: "applications",
    CallerKind.POLICYHOLDER: "policyholders",
    CallerKind.STAFF: "staff",
    CallerKind.MACHINE: "machines",
    CallerKind.DEVELOPER: "developers",
}
