"""The currency and the time zone of a product."""

from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from insurance.domain.core.money import Currency
from insurance.domain.product.faults import did_you_mean, refuse


def currency_of(code: str) -> Currency:
    """The currency of a code.

    Raises:
        InvalidProduct: No currency has this code.
    """
    try:
        return Currency(code)
    except ValueError:
        raise refuse("/currency", code, "an ISO 4217 code", did_you_mean(code, Currency)) from None


def zone_of(name: str) -> ZoneInfo:
    """The time zone of a name of the IANA database.

    Raises:
        InvalidProduct: No time zone has this name.
    """
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise refuse("/time_zone", name, "a time zone such as Europe/London") from None
