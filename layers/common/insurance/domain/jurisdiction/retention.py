"""How long records are kept at least, and debts can be claimed, as data by place with the source.

The figures must be confirmed before a product is sold there; `assumes` says what is not. Where the law
names no number, the number is our own standard, and the source says so. Where a place has no rule for a kind of record,
nothing keeps it: personal data that nobody needs any more are erased when the person asks for it.
"""

from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from insurance.domain.core.arithmetic import add_days, add_months
from insurance.domain.jurisdiction.jurisdiction import Jurisdiction, local_midnight


class RecordKind(StrEnum):
    """What is kept."""

    QUOTE = "quote"
    """A quote that became no policy: an application, in the law's words."""
    POLICY = "policy"
    CLAIM = "claim"
    COMPLAINT = "complaint"
    LEDGER = "ledger"
    """What was charged, received and paid, and the vouchers for it."""


class RetentionRule(NamedTuple):
    """A number of years, and the source of that rule."""

    years: int
    source: str
    calendar_years: bool = False
    """Whole calendar years after the one in which it began to run."""
    from_receipt: bool = False
    """Of a complaint: it runs from the day on which the complaint was received, not closed."""
    assumes: str = ""
    """What we assume beside the source: somebody must confirm it. Empty: nothing."""


class Retention(NamedTuple):
    """The rules of one place."""

    records: MappingProxyType[RecordKind, RetentionRule]
    debts: RetentionRule
    """How long a debt can be claimed after it fell due."""

    def rule(self, kind: RecordKind) -> RetentionRule | None:
        """How long records of this kind are kept; None: nothing keeps them."""
        return self.records.get(kind)


def kept_until(rule: RetentionRule, began_at: datetime, jurisdiction: Jurisdiction) -> datetime:
    """The first instant at which the rule keeps nothing any more: a midnight of the place.

    Args:
        rule: How long.
        began_at: When it began to run; that day itself does not count.
        jurisdiction: The place whose days are counted.
    """
    zone = ZoneInfo(jurisdiction.zone)
    began = began_at.astimezone(zone).date()
    if rule.calendar_years:
        began = began.replace(month=12, day=31)
    return local_midnight(add_days(add_months(began, 12 * rule.years), 1), zone)


def _records(**rules: RetentionRule) -> MappingProxyType[RecordKind, RetentionRule]:
    return MappingProxyType({RecordKind(kind): rule for kind, rule in rules.items()})


_UK_CONTRACT = RetentionRule(6, "Limitation Act 1980, s. 5: six years for an action on a contract")
_IE_CODE = RetentionRule(
    6,
    "Consumer Protection Code 2012, 11.6: six years",
    assumes="the Consumer Protection Regulations 2025 (S.I. No. 81/2025), which replaced the Code on 24 March "
    "2026, ask for six years too",
)
_NY_EXAMINED = (
    "the report on the examination in which the record was subject to review was filed by then; "
    "until after that it is kept where that is later"
)
_NY_OTHER = RetentionRule(
    6,
    "11 NYCRR 243.2(a): complaint and financial records are maintained",
    calendar_years=True,
    assumes="it is for six calendar years, as 243.2(b) says of policies and claims",
)
_OWN = RetentionRule(10, "our own standard: the longest term that is usual for business records")

RETENTION: Final = MappingProxyType(
    {
        "GB": Retention(
            _records(
                policy=_UK_CONTRACT,
                claim=_UK_CONTRACT,
                complaint=RetentionRule(
                    3, "DISP 1.9.1R(2): three years from receipt", from_receipt=True
                ),
                ledger=RetentionRule(
                    6,
                    "Finance Act 1998, Sch. 18, para. 21: the sixth anniversary of the period's "
                    "end; our period is the calendar year",
                    calendar_years=True,
                ),
            ),
            debts=_UK_CONTRACT,
        ),
        "IE": Retention(
            _records(
                policy=_IE_CODE,
                claim=_IE_CODE,
                complaint=_IE_CODE,
                ledger=RetentionRule(
                    6,
                    "Taxes Consolidation Act 1997, s. 886: six years; our year is the calendar's",
                    calendar_years=True,
                ),
            ),
            debts=RetentionRule(6, "Statute of Limitations 1957, s. 11(1)(a): six years"),
        ),
        "US-CA": Retention(
            _records(
                policy=RetentionRule(
                    5, "California Insurance Code, s. 10508.5, and as our own standard beyond life"
                ),
                claim=RetentionRule(
                    4,
                    "10 CCR 2695.3(b): the current year and the preceding four",
                    calendar_years=True,
                ),
                complaint=RetentionRule(
                    4, "our own standard; as for claims: 10 CCR 2695.3(b)", calendar_years=True
                ),
                ledger=RetentionRule(
                    5,
                    "our own standard; as California Insurance Code, s. 10508.5",
                    calendar_years=True,
                ),
            ),
            debts=RetentionRule(4, "Code of Civil Procedure, s. 337(a): four years"),
        ),
        "US-NY": Retention(
            _records(
                quote=RetentionRule(
                    6,
                    "11 NYCRR 243.2(b)(2): six calendar years, where no policy was issued "
                    "(OGC Opinion 07-01-02)",
                    calendar_years=True,
                    assumes=_NY_EXAMINED,
                ),
                policy=RetentionRule(
                    6,
                    "11 NYCRR 243.2(b)(1): six calendar years after the policy is no longer in force "
                    "(OGC Opinion 08-09-05)",
                    calendar_years=True,
                    assumes=_NY_EXAMINED,
                ),
                claim=RetentionRule(
                    6,
                    "11 NYCRR 243.2(b)(4): six calendar years after all elements of the claim are "
                    "resolved and the file is closed (OGC Opinion of 30 July 2002)",
                    calendar_years=True,
                    assumes=_NY_EXAMINED,
                ),
                complaint=_NY_OTHER,
                ledger=_NY_OTHER,
            ),
            debts=RetentionRule(6, "CPLR 213(2): six years"),
        ),
    }
)

RETENTION_ELSEWHERE: Final = Retention(
    _records(
        policy=_OWN,
        claim=_OWN,
        complaint=_OWN,
        ledger=_OWN._replace(calendar_years=True),
    ),
    debts=_OWN,
)
"""Where we have no rules: our own."""


def retention_of(jurisdiction: Jurisdiction) -> Retention:
    """The rules of a jurisdiction; our own where it has none."""
    return RETENTION.get(jurisdiction.code, RETENTION_ELSEWHERE)
