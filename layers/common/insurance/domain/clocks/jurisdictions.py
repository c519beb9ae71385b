"""Jurisdictions as data: calendars, and how long claims and complaints may take.

Where a regulator asks for promptness and names no number, the number is our own standard, and the
source says so. Holidays are those announced; a later year is a few more lines.
"""

from datetime import date
from typing import Final

from insurance.domain.clocks.clock import ClockRule, Jurisdiction
from insurance.domain.working_days import WorkingDays


def _holidays(year: int, *days: str) -> frozenset[date]:
    return frozenset(date.fromisoformat(f"{year}-{day}") for day in days)


ENGLAND_AND_WALES: Final = WorkingDays(
    code="GB-EAW",
    holidays=_holidays(2026, "01-01", "04-03", "04-06", "05-04", "05-25", "08-31", "12-25", "12-28")
    | _holidays(2027, "01-01", "03-26", "03-29", "05-03", "05-31", "08-30", "12-27", "12-28")
    | _holidays(2028, "01-03", "04-14", "04-17", "05-01", "05-29", "08-28", "12-25", "12-26"),
    known_until=date(2028, 12, 31),
)
IRELAND: Final = WorkingDays(
    code="IE",
    holidays=_holidays(
        2026, "01-01", "02-02", "03-17", "04-06", "05-04", "06-01", "08-03", "10-26", "12-25"
    )
    | _holidays(
        2027,
        "01-01",
        "02-01",
        "03-17",
        "03-29",
        "05-03",
        "06-07",
        "08-02",
        "10-25",
        "12-27",
        "12-28",
    )
    | _holidays(
        2028,
        "01-03",
        "02-07",
        "03-17",
        "04-17",
        "05-01",
        "06-05",
        "08-07",
        "10-30",
        "12-25",
        "12-26",
    ),
    known_until=date(2028, 12, 31),
)
WEEKDAYS: Final = WorkingDays(code="weekdays", known_until=date(2028, 12, 31))

_OWN = "our own standard; the rule asks for promptness: "
_PROMPTLY = (
    ClockRule("acknowledge", 5, "working", f"{_OWN}ICOBS 8.1.1R"),
    ClockRule("decide", 30, "calendar", f"{_OWN}ICOBS 8.1.1R"),
    ClockRule("pay", 10, "working", f"{_OWN}ICOBS 8.1.1R(4)"),
)

JURISDICTIONS: Final = {
    each.code: each
    for each in (
        Jurisdiction(
            code="GB",
            zone="Europe/London",
            calendar=ENGLAND_AND_WALES,
            claims=_PROMPTLY,
            complaints=(
                ClockRule("acknowledge", 5, "working", f"{_OWN}DISP 1.6.1R"),
                ClockRule("final_response", 56, "calendar", "DISP 1.6.2R: eight weeks"),
            ),
            ombudsman="Financial Ombudsman Service, www.financial-ombudsman.org.uk",
        ),
        Jurisdiction(
            code="IE",
            zone="Europe/Dublin",
            calendar=IRELAND,
            claims=tuple(
                rule._replace(source=f"{_OWN}Consumer Protection Code 2012, 7.7")
                for rule in _PROMPTLY
            ),
            complaints=(
                ClockRule("acknowledge", 5, "working", "Consumer Protection Code 2012, 10.9"),
                ClockRule("final_response", 40, "working", "Consumer Protection Code 2012, 10.9"),
            ),
            ombudsman="Financial Services and Pensions Ombudsman, www.fspo.ie",
        ),
        Jurisdiction(
            code="US-CA",
            zone="America/Los_Angeles",
            calendar=WEEKDAYS,
            claims=(
                ClockRule("acknowledge", 15, "calendar", "10 CCR 2695.5(e)"),
                ClockRule("decide", 40, "calendar", "10 CCR 2695.7(b)"),
                ClockRule("pay", 30, "calendar", "10 CCR 2695.7(h)"),
            ),
            complaints=(
                ClockRule("acknowledge", 15, "calendar", f"{_OWN}10 CCR 2695.5(b)"),
                ClockRule("final_response", 40, "calendar", f"{_OWN}10 CCR 2695.5(b)"),
            ),
            ombudsman="California Department of Insurance, www.insurance.ca.gov",
        ),
    )
}

ELSEWHERE: Final = Jurisdiction(
    code="elsewhere",
    zone="UTC",
    calendar=WEEKDAYS,
    claims=tuple(rule._replace(source="our own standard") for rule in _PROMPTLY),
    complaints=(
        ClockRule("acknowledge", 5, "working", "our own standard"),
        ClockRule("final_response", 56, "calendar", "our own standard"),
    ),
    ombudsman="your supervisory authority's ombudsman",
)
"""Where we have no regulator's figures: our own."""


def jurisdiction_of(territory: str) -> Jurisdiction:
    """The territory's own, else that of the country it belongs to, else our own standard."""
    country = territory.partition("-")[0]
    return JURISDICTIONS.get(territory) or JURISDICTIONS.get(country) or ELSEWHERE
