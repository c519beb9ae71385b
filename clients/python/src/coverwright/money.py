"""Money is a whole number of minor units and a currency: 169.26 GBP is 16926 and "GBP"."""

from __future__ import annotations

from typing import Final

DECIMALS: Final = {
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
    **dict.fromkeys(
        (
            *("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF"),
            *("UGX", "UYI", "VND", "VUV", "XAF", "XOF", "XPF"),
        ),
        0,
    ),
}
"""Currencies whose minor unit is not a hundredth (ISO 4217)."""


def money_text(amount: int, currency: str) -> str:
    """The amount as people write it: `money_text(16926, "GBP")` is `169.26 GBP`."""
    decimals = DECIMALS.get(currency, 2)
    sign, digits = "-" if amount < 0 else "", f"{abs(amount):0{decimals + 1}}"
    whole, part = digits[: len(digits) - decimals], digits[len(digits) - decimals :]
    return f"{sign}{whole}{'.' if part else ''}{part} {currency}"
