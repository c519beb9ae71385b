"""Authority: up to what total of a claim a role may decide, as the product's matrix says."""

from insurance.domain.claim.reserve import CostType
from insurance.domain.core.caller import Caller
from insurance.domain.core.errors import NoAuthority
from insurance.domain.core.money import Money
from insurance.domain.product import Product
from insurance.domain.product.claims.claims import Authority


def check_authority(
    caller: Caller, total: Money, product: Product, cost_type: CostType = CostType.INDEMNITY
) -> None:
    """Check that one of the caller's roles may decide on the total.

    Raises:
        NoAuthority: No role's limit reaches the total.
    """
    if not has_authority(caller, total, product, cost_type):
        raise NoAuthority(f"a claim of {total}")


def has_authority(
    caller: Caller, total: Money, product: Product, cost_type: CostType = CostType.INDEMNITY
) -> bool:
    """Whether the limit of one of the caller's roles reaches the total.

    A role without a profile has no authority. What a role may decide on the loss it may decide on
    the expenses too, unless the product says otherwise.
    """
    profiles = [_profile(product, role, cost_type) for role in caller.roles]
    return any(
        profile is not None and (profile.limit is None or total <= profile.limit)
        for profile in profiles
    )


def _profile(product: Product, role: str, cost_type: CostType) -> Authority | None:
    profile = product.claims.authority_of(role, cost_type)
    if profile is None and cost_type is not CostType.INDEMNITY:
        return product.claims.authority_of(role)
    return profile


def authority_limit(caller: Caller, product: Product, cost_type: CostType) -> Money | None:
    """The highest limit of the caller's roles; None: one of them has no limit."""
    profiles = [_profile(product, role, cost_type) for role in caller.roles]
    limits = [profile.limit for profile in profiles if profile is not None]
    known = [limit for limit in limits if limit is not None]
    return max(known, default=Money.zero(product.currency)) if len(known) == len(limits) else None


def check_profile(caller: Caller, product: Product) -> None:
    """Check that one of the caller's roles has a profile for the product's claims.

    Raises:
        NoAuthority: None has.
    """
    if not any(product.claims.authority_of(role) for role in caller.roles):
        raise NoAuthority("claims of this product")


def is_straight_through(total: Money, product: Product) -> bool:
    """Whether a claim of this total is paid without a second person."""
    limit = product.claims.straight_through_limit
    return limit is not None and total.currency is limit.currency and total <= limit
