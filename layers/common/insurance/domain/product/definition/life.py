"""The life of a policy: what the policy, billing and renewal parts ask the product for."""

from __future__ import annotations

from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING

from insurance.domain.core.money import Currency, Money
from insurance.domain.product.faults import did_you_mean, refuse

if TYPE_CHECKING:
    from decimal import Decimal

    from insurance.domain.jurisdiction.jurisdiction import Jurisdiction
    from insurance.domain.product.definition import model
    from insurance.domain.product.definition.retention import Retention
    from insurance.domain.product.language.scope import NameScope


class Life:
    """Days, fees and methods, with the product's currency."""

    def __init__(self, life: model.Life, scope: NameScope, currency: Currency) -> None:
        self._life, self._scope, self._currency = life, scope, currency
        self.cooling_off_days = life.cooling_off_days
        self.quote_validity_days = life.quote_validity_days
        self.grace_days = life.grace_days
        self.reinstatement_days = life.reinstatement_days
        self.sets_off_premium = life.premium_set_off
        """Whether overdue premium is deducted from a claim's payment to the policyholder."""

    @cached_property
    def jurisdiction(self) -> Jurisdiction | None:
        """Whose notice must be served before the insurer ends cover.

        Raises:
            InvalidProduct: There is no such jurisdiction.
        """
        from insurance.domain.jurisdiction.places import JURISDICTIONS  # noqa: PLC0415 - no quote asks

        notice = self._life.notice
        if notice is None:
            return None
        code = notice.jurisdiction
        if code not in JURISDICTIONS:
            hint = did_you_mean(code, JURISDICTIONS)
            raise refuse(notice.at("jurisdiction"), code, "a jurisdiction", hint)
        return JURISDICTIONS[code]

    @property
    def cancellation(self) -> tuple[model.Cancellation, ...]:
        return self._life.cancellation

    @cached_property
    def retentions(self) -> tuple[Retention | None, ...]:
        """For each row of `cancellation` the share that its table or formula keeps.

        Raises:
            InvalidProduct: A method has not what it needs, or an expression cannot be compiled.
        """
        from insurance.domain.product.definition.retention import (  # noqa: PLC0415 - no quote asks
            retention,
        )

        return tuple(retention(row, self._scope) for row in self._life.cancellation)

    @property
    def adjustment(self) -> model.Adjustment:
        return self._life.adjustment

    @cached_property
    def broker_change(self) -> model.BrokerChange:
        """Whose the commission is, once a policy passes to another broker.

        Raises:
            InvalidProduct: A share is missing, or is not one from 0 to 1, or nothing reads it; or what a
                transfer may state leaves it out.
        """
        rule = self._life.broker_change
        if (rule.share is not None) is not (rule.commission == "agreed"):
            raise refuse(rule.at("share"), rule.share, "the new broker's share, of `agreed` alone")
        if rule.share is not None and not 0 <= Fraction(str(rule.share)) <= 1:
            raise refuse(rule.at("share"), rule.share, "a share from 0 to 1")
        _check_bounds_of_share(rule)
        return rule

    @property
    def instalments(self) -> tuple[model.InstalmentPlan, ...]:
        return self._life.instalments

    def money(self, major: Decimal | int | str) -> Money:
        """An amount of the definition, written in major units."""
        return Money.of(str(major), self._currency)


def _check_bounds_of_share(rule: model.BrokerChange) -> None:
    """Check that what a transfer may agree on is around the product's own share.

    Raises:
        InvalidProduct: There is no such share, or it is not between the bounds.
    """
    for name, bound in (("share_min", rule.share_min), ("share_max", rule.share_max)):
        if bound is None:
            continue
        if rule.share is None:
            raise refuse(rule.at(name), bound, "nothing: only `agreed` has a share")
        share, limit = Fraction(str(rule.share)), Fraction(str(bound))
        is_min = name == "share_min"
        if not (0 <= limit <= share if is_min else share <= limit <= 1):
            expected = "a share from 0 to `share`" if is_min else "a share from `share` to 1"
            raise refuse(rule.at(name), bound, expected)
