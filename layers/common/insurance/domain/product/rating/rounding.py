"""How a product rounds its premium and its charges."""

from typing import NamedTuple, Self

from insurance.domain.core.money import Currency
from insurance.domain.product.definition import model


class PremiumRounding(NamedTuple):
    currency: Currency
    exponent: int
    unit: int
    """In minor units: 5 where cash is rounded to 0.05."""
    mode: str
    by_cover: bool
    """Whether each cover's net premium is rounded, or their sum."""

    @classmethod
    def of(cls, rounding: model.Rounding, currency: Currency) -> Self:
        by_cover = rounding.place == "cover"
        return cls(currency, currency.exponent, rounding.unit_minor, rounding.mode, by_cover)

    @property
    def raised(self) -> str:
        """Source that makes units minor units again."""
        return f" * {self.unit}" if self.unit > 1 else ""

    def code(self, value: str, unit: str) -> str:
        """A call, or in the usual case and way the arithmetic itself."""
        call = f"{self.mode}({value}, {unit})"
        if self.mode != "half_up":
            return f"({call})"
        return f"(({value} * 2 + {unit}) // ({unit} * 2) if {value} >= 0 else {call})"
