"""The term of a policy: how long it is, and the instant at which it begins and ends."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time
from functools import cached_property
from typing import Any, Final
from zoneinfo import ZoneInfo

from insurance.domain.core.arithmetic import add_days, add_months
from insurance.domain.core.errors import FieldFault, InvalidFields
from insurance.domain.product.definition import model
from insurance.domain.product.faults import refuse
from insurance.domain.product.language.expression import mentions
from insurance.domain.product.language.function_builder import FunctionBuilder
from insurance.domain.product.language.scope import NameScope, RatingInput

TERM_DAYS_MAX: Final = 3660


class PolicyTerm:
    """The product's rule of a term, in its own time zone."""

    def __init__(self, term: model.TermOfCover, scope: NameScope, zone: ZoneInfo) -> None:
        """Of the names in `scope` the term may depend on the questions alone."""
        self._term, self._scope, self._zone = term, scope, zone
        hour, minute = (int(part) for part in term.inception_time.split(":"))
        self._inception = time(hour, minute)

    @property
    def in_months(self) -> bool:
        """The term depends on no answer."""
        return self._term.days is None

    def last_day(self, start: date, held: Mapping[str, Any]) -> date:
        """The local date on which a term ends: the first that is not covered any more.

        Raises:
            InvalidFields: These answers make a term of no length, or one that is too long.
        """
        if self.days_asked is None:
            return add_months(start, self._term.months)
        days = self.days_asked(RatingInput.of_answers(held)._replace(start=start, end=start))
        if days is None or not 1 <= days <= TERM_DAYS_MAX:
            detail = (
                f"The term these answers make has {days} days: 1 to {TERM_DAYS_MAX} can be had."
            )
            raise InvalidFields([FieldFault("/answers", "no-term", detail)])
        return add_days(start, days)

    def moment(self, day: date) -> datetime:
        """The inception time of a local date; where the clock jumps over it, right after the jump."""
        local = datetime.combine(day, self._inception, tzinfo=self._zone)
        return local.astimezone(UTC).astimezone(self._zone)

    def cover_begins(
        self, start: datetime, issued_at: datetime, *, no_known_loss: bool
    ) -> datetime:
        """When the risk is insured from: a loss that has happened already cannot be insured.

        Args:
            start: The inception time of the term.
            issued_at: When the policy is issued.
            no_known_loss: Whether the policyholder declares that they know of no loss.
        """
        if no_known_loss and self._term.cover_begins == "start":
            return start
        return max(start, issued_at)

    @cached_property
    def days_asked(self) -> Callable[[RatingInput], int | None] | None:
        """The days of a term that is not in months, as its expression has them.

        Raises:
            InvalidProduct: The expression is not of whole days within bounds.
        """
        source, path = self._term.days, self._term.at("days")
        if source is None:
            return None
        if mentions(source, frozenset({"end"})):
            raise refuse(path, "end", "days that do not depend on the end that they make")
        scope = self._scope
        asked_only = NameScope.of_questions(scope.questions, scope.exponent, scope.territories)
        builder = FunctionBuilder(asked_only)
        days = builder.rate(source, path)
        if days.type.scale:
            raise refuse(path, source, "whole days")
        low, high = days.type.low, days.type.high
        if (low is not None and low > TERM_DAYS_MAX) or (high is not None and high < 1):
            raise refuse(path, source, f"1 to {TERM_DAYS_MAX} days")
        builder.finish(days.code)
        return builder.build()
