"""Places as data: their calendars, notices and deadlines.

The figures must be confirmed before a product is sold there. A product says which place's notices its policies
follow (`life.notice.jurisdiction`). Where a regulator asks for promptness and names no number, the
number is our own standard, and the source says so.
"""

from typing import Final

from insurance.domain.jurisdiction.calendars import ENGLAND_AND_WALES, IRELAND, WEEKDAYS
from insurance.domain.jurisdiction.jurisdiction import (
    DeadlineRule,
    DispatchChannel,
    Jurisdiction,
    NoticeKind,
    NoticeRule,
)


def _rule(code: str, days: int, source: str, *, working: bool = False) -> DeadlineRule:
    return DeadlineRule(code=code, days=days, working=working, source=source)


def _notices(*, lapse: NoticeRule, cancellation: NoticeRule) -> dict[NoticeKind, NoticeRule]:
    return {NoticeKind.LAPSE: lapse, NoticeKind.CANCELLATION: cancellation}


_POSTED = frozenset({DispatchChannel.POST, DispatchChannel.REGISTERED_POST})
_OWN = "our own standard; the rule asks for promptness: "
_PROMPTLY = (
    _rule("acknowledge", 5, f"{_OWN}ICOBS 8.1.1R", working=True),
    _rule("decide", 30, f"{_OWN}ICOBS 8.1.1R"),
    _rule("pay", 10, f"{_OWN}ICOBS 8.1.1R(4)", working=True),
)

_ACCESS = DeadlineRule(code="access", days=0, months=1, source="GDPR, article 12(3): one month")

JURISDICTIONS: Final = {
    place.code: place
    for place in (
        Jurisdiction(
            code="GB",
            zone="Europe/London",
            calendar=ENGLAND_AND_WALES,
            notices=_notices(lapse=NoticeRule(days=7), cancellation=NoticeRule(days=7)),
            channels=frozenset(DispatchChannel),
            claims=_PROMPTLY,
            complaints=(
                _rule("acknowledge", 5, f"{_OWN}DISP 1.6.1R", working=True),
                _rule("final_response", 56, "DISP 1.6.2R: eight weeks"),
            ),
            ombudsman="Financial Ombudsman Service, www.financial-ombudsman.org.uk",
            access=_ACCESS._replace(source="UK GDPR, article 12(3): one month"),
        ),
        Jurisdiction(
            code="IE",
            zone="Europe/Dublin",
            calendar=IRELAND,
            notices=_notices(
                lapse=NoticeRule(days=10, working=True), cancellation=NoticeRule(days=14)
            ),
            channels=frozenset({*_POSTED, DispatchChannel.EMAIL}),
            claims=tuple(
                rule._replace(source=f"{_OWN}Consumer Protection Code 2012, 7.7")
                for rule in _PROMPTLY
            ),
            complaints=(
                _rule("acknowledge", 5, "Consumer Protection Code 2012, 10.9", working=True),
                _rule("final_response", 40, "Consumer Protection Code 2012, 10.9", working=True),
            ),
            ombudsman="Financial Services and Pensions Ombudsman, www.fspo.ie",
            access=_ACCESS,
        ),
        Jurisdiction(
            code="US-CA",
            zone="America/Los_Angeles",
            calendar=WEEKDAYS,
            notices=_notices(lapse=NoticeRule(days=10), cancellation=NoticeRule(days=20)),
            channels=_POSTED,
            claims=(
                _rule("acknowledge", 15, "10 CCR 2695.5(e)"),
                _rule("decide", 40, "10 CCR 2695.7(b)"),
                _rule("pay", 30, "10 CCR 2695.7(h)"),
            ),
            complaints=(
                _rule("acknowledge", 15, f"{_OWN}10 CCR 2695.5(b)"),
                _rule("final_response", 40, f"{_OWN}10 CCR 2695.5(b)"),
            ),
            ombudsman="California Department of Insurance, www.insurance.ca.gov",
            access=_rule("access", 45, "California Civil Code, s. 1798.130(a)(2): 45 days"),
        ),
        Jurisdiction(
            code="US-NY",
            zone="America/New_York",
            calendar=WEEKDAYS,
            notices=_notices(lapse=NoticeRule(days=15), cancellation=NoticeRule(days=20)),
            channels=_POSTED,
            claims=(
                _rule("acknowledge", 15, "11 NYCRR 216.4(a)", working=True),
                _rule("decide", 15, "11 NYCRR 216.6(c)", working=True),
                _rule("pay", 5, "11 NYCRR 216.6(f)", working=True),
            ),
            complaints=(
                _rule("acknowledge", 15, f"{_OWN}11 NYCRR 216.4(b)", working=True),
                _rule("final_response", 40, f"{_OWN}11 NYCRR 216.4(b)"),
            ),
            ombudsman="New York State Department of Financial Services, www.dfs.ny.gov",
            access=_rule("access", 30, "our own standard; 11 NYCRR 420 names no time"),
        ),
    )
}

ELSEWHERE: Final = Jurisdiction(
    code="elsewhere",
    zone="UTC",
    calendar=WEEKDAYS,
    notices=_notices(lapse=NoticeRule(days=14), cancellation=NoticeRule(days=14)),
    channels=frozenset({*_POSTED, DispatchChannel.EMAIL}),
    claims=tuple(rule._replace(source="our own standard") for rule in _PROMPTLY),
    complaints=(
        _rule("acknowledge", 5, "our own standard", working=True),
        _rule("final_response", 56, "our own standard"),
    ),
    ombudsman="your supervisory authority's ombudsman",
    access=_ACCESS._replace(source="our own standard; as GDPR, article 12(3)"),
)
"""Where we have no regulator's figures: our own."""


def jurisdiction_of(territory: str) -> Jurisdiction:
    """The territory's own, else that of the country it belongs to, else our own standard."""
    country = territory.partition("-")[0]
    return JURISDICTIONS.get(territory) or JURISDICTIONS.get(country) or ELSEWHERE
