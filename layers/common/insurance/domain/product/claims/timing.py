"""When a loss happened, when it was reported, and whether the cover paid by then."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any, Final, NamedTuple

from insurance.domain.contract.rule import RuleOutcome, RuleResult
from insurance.domain.core.period import Period
from insurance.domain.product.claims.assessment import Loss
from insurance.domain.product.claims.compiler import ClaimCompiler
from insurance.domain.product.definition import model
from insurance.domain.product.faults import refuse
from insurance.domain.product.language.function_builder import FunctionBuilder
from insurance.domain.product.language.scope import NameScope, RatingInput

WAITING_DAYS_MAX: Final = 3660


class Waiting(NamedTuple):
    """How long a cover is held before it pays."""

    days: Callable[[RatingInput], int | None]
    business: bool
    of_policy: bool
    """Waited for from the first term's start, whenever the cover was added."""

    @property
    def unit(self) -> str:
        return "business days" if self.business else "days"

    def until(self, since: datetime, days: int, period: Period, territory: str) -> datetime:
        """The first instant that is not waited any more, at the time of day at which it began.

        Of business days only those are waited that work where the risk is, the first day too.
        """
        local = since.astimezone(period.start.tzinfo)
        if self.business:
            from insurance.domain.jurisdiction.places import jurisdiction_of  # noqa: PLC0415 - few ask

            calendar = jurisdiction_of(territory).calendar.replace(known_until=date.max)
            first = local.date()
            days = (calendar.after(calendar.next(first), days - 1) - first).days + 1
        return local + timedelta(days=days)


def waiting_of(cover: model.Cover, scope: NameScope) -> Waiting | None:
    """The waiting period of a cover, compiled.

    Raises:
        InvalidProduct: It is not of whole days, or its count and start stand alone.
    """
    source = cover.waiting_days
    if source is None:
        for name, said in (("count", cover.waiting_count), ("from", cover.waiting_from)):
            if said is not None:
                raise refuse(cover.at(f"waiting_{name}"), said, "waiting_days beside it")
        return None
    path = cover.at("waiting_days")
    builder = FunctionBuilder(scope)
    term = builder.rate(source, path)
    low, high = term.type.low, term.type.high
    if term.type.scale or (low is not None and low < 0) or (high or 0) > WAITING_DAYS_MAX:
        raise refuse(path, source, f"whole days, 0 to {WAITING_DAYS_MAX}")
    builder.finish(term.code)
    return Waiting(
        builder.build(),
        business=cover.waiting_count == "business",
        of_policy=cover.waiting_from == "policy",
    )


class Timing:
    """The rules of one cover on time."""

    def __init__(self, compiler: ClaimCompiler, claims: model.Claims) -> None:
        cover = compiler.cover
        self.trigger: str = cover.trigger or claims.trigger
        self._extended_days = cover.extended_reporting_days
        self._deadline_days = claims.reporting_deadline_days
        self._late = claims.reported_late
        self._wording = cover.wording
        self._waiting = waiting_of(cover, compiler.scope)
        self._retroactive_date: Callable[[RatingInput], Any] | None = None
        if cover.retroactive_date is not None:
            path = cover.at("retroactive_date")
            self._retroactive_date = compiler.day(cover.retroactive_date, path)

    def results(self, loss: Loss, given: RatingInput, period: Period) -> list[RuleResult]:
        """When it happened and when it was reported, where these are told."""
        rules = []
        claims_made = self.trigger == "claims_made"
        made = loss.reported_at if claims_made else loss.occurred_at
        if made is not None:
            inside = made in period or self._is_extended(loss, made, period)
            what = "claim was made" if claims_made else "loss happened"
            facts = {
                "start": period.start.isoformat(),
                "end": period.end.isoformat(),
                "at": made.isoformat(),
            }
            said = f"The {what} {'in' if inside else 'outside'} the period of insurance."
            rules.append(
                RuleResult(
                    code="within_period",
                    outcome=RuleOutcome.PASS if inside else RuleOutcome.FAIL,
                    facts=facts,
                    explanation=said,
                )
            )
        if loss.occurred_at is not None:
            rules += self._retroactive(loss.occurred_at, given, period)
            if loss.reported_at is not None:
                rules.append(self._reported(loss.occurred_at, loss.reported_at))
        return rules

    def _is_extended(self, loss: Loss, made: datetime, period: Period) -> bool:
        """A claim made in the extended reporting period, of what happened before the end."""
        if self.trigger != "claims_made" or not self._extended_days:
            return False
        before = loss.occurred_at is not None and loss.occurred_at < period.end
        return before and period.end <= made < period.end + timedelta(days=self._extended_days)

    def _retroactive(
        self, occurred: datetime, given: RatingInput, period: Period
    ) -> list[RuleResult]:
        """Nothing that happened before the retroactive date, where the cover has one."""
        first: date | None = self._retroactive_date(given) if self._retroactive_date else None
        if first is None:
            return []
        after = occurred.astimezone(period.start.tzinfo).date() >= first
        return [
            RuleResult(
                code="after_retroactive_date",
                outcome=RuleOutcome.PASS if after else RuleOutcome.FAIL,
                facts={"retroactive_date": first.isoformat(), "at": occurred.isoformat()},
                explanation=f"What is claimed for happened {'on or after' if after else 'before'} {first}.",
            )
        ]

    def _reported(self, occurred: datetime, reported: datetime) -> RuleResult:
        facts = {"occurred_at": occurred.isoformat(), "reported_at": reported.isoformat()}
        if reported < occurred:
            return RuleResult(
                code="reported_in_time",
                outcome=RuleOutcome.FAIL,
                facts=facts,
                explanation="The loss lies in the future.",
            )
        days = self._deadline_days
        if days is None or reported <= occurred + timedelta(days=days):
            return RuleResult(
                code="reported_in_time",
                outcome=RuleOutcome.PASS,
                facts=facts,
                explanation="Reported in time.",
            )
        why = f"Reported after the deadline of {days} days."
        return RuleResult(
            code="reported_in_time", outcome=RuleOutcome(self._late), facts=facts, explanation=why
        )

    def waited(self, loss: Loss, given: RatingInput, period: Period) -> list[RuleResult]:
        """Whether the waiting period was over; a cover held without a gap waits for once."""
        waiting = self._waiting
        days = min(waiting.days(given) or 0, WAITING_DAYS_MAX) if waiting else 0
        if waiting is None or days <= 0 or loss.occurred_at is None:
            return []
        since = loss.insured_since if waiting.of_policy else loss.covered_since
        until = waiting.until(since or period.start, days, period, given.territory)
        over = loss.occurred_at >= until
        return [
            RuleResult(
                code="waiting_period",
                outcome=RuleOutcome.PASS if over else RuleOutcome.FAIL,
                facts={"days": days, "until": until.isoformat()},
                explanation=f"The waiting period of {days} {waiting.unit} "
                f"{'is over' if over else 'still runs'}.",
                wording=self._wording or None,
            )
        ]
