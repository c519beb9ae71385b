"""The life of a policy as data: what the policy, billing and renewal parts ask the product for."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from insurance.domain.core.money import Currency, Money
from insurance.domain.product.faults import did_you_mean, refuse
from insurance.domain.product.language.scope import Scope

if TYPE_CHECKING:
    from insurance.domain.jurisdiction import Jurisdiction


class Life:
    """Days, fees and methods; `section` gives any other part of it as it was written."""

    def __init__(self, plain: Mapping[str, Any], scope: Scope, currency: Currency) -> None:
        self._plain, self._scope, self._currency = plain, scope, currency
        self.cooling_off_days = self._days("cooling_off_days", 14)
        self.quote_validity_days = self._days("quote_validity_days", 30)
        self.grace_days = self._days("grace_days", 0)
        self.reinstatement_days = self._days("reinstatement_days", 0)
        self.offsets_arrears = bool(plain.get("offset_arrears", True))
        """Whether overdue premium is kept back from a claim's payment to the policyholder."""

    def _days(self, name: str, default: int) -> int:
        days = self._plain.get(name, default)
        if not isinstance(days, int) or isinstance(days, bool) or not 0 <= days <= 3660:  # noqa: PLR2004
            raise refuse(f"/life/{name}", days, "days from 0 to 3660")
        return days

    @cached_property
    def jurisdiction(self) -> Jurisdiction | None:
        """Whose notice must be served before the insurer ends cover."""
        from insurance.domain.jurisdiction import JURISDICTIONS  # noqa: PLC0415 - no quote asks

        code = self._plain.get("notice", {}).get("jurisdiction")
        if code is None:
            return None
        if code not in JURISDICTIONS:
            hint = did_you_mean(code, JURISDICTIONS)
            raise refuse("/life/notice/jurisdiction", code, "a jurisdiction", hint)
        return JURISDICTIONS[code]

    def section(self, name: str) -> Mapping[str, Any]:
        """For instance `cancellation`, `adjustment` or `instalments`."""
        found = self._plain.get(name, {})
        return MappingProxyType(found) if isinstance(found, dict) else {"rows": found}

    def money(self, major: Any) -> Money:
        """An amount of the definition, written in major units."""
        return Money.of(str(major), self._currency)
