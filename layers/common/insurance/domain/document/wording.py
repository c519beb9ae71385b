"""Wording: the texts of documents in one language, and its formats of amounts and dates."""

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple, Self
from zoneinfo import ZoneInfo

from insurance.domain.core.money import Money

PLACE = re.compile(r"\{([a-z_]+)\}")

type Texts = Mapping[str, str | Sequence[str]]


class Wording(NamedTuple):
    """One language as it is written in one territory."""

    language: str
    region: str
    texts: Texts
    forms: Mapping[str, Any]
    """How numbers, amounts, dates and times are written."""
    zone: ZoneInfo

    def with_texts(self, *others: Texts) -> Self:
        """The wording with some texts replaced; later ones take precedence."""
        texts = dict(self.texts)
        for other in others:
            texts.update(other)
        return self._replace(texts=texts)

    def say(self, key: str, **values: str) -> str:
        """One text with its placeholders filled."""
        text = self.texts[key]
        if not isinstance(text, str):
            raise TypeError(f"{key} is a list of texts")
        return PLACE.sub(lambda match: values[match[1]], text)

    def say_all(self, key: str, **values: str) -> tuple[str, ...]:
        """A list of texts, each with its placeholders filled."""
        texts = self.texts[key]
        listed = [texts] if isinstance(texts, str) else texts
        return tuple(PLACE.sub(lambda match: values[match[1]], text) for text in listed)

    def coded(self, topic: str, code: str) -> str:
        """The text of a code; a code without a text is written as words."""
        text = self.texts.get(f"{topic}.{code}")
        return text if isinstance(text, str) else code.replace("_", " ")

    # Formats

    def number(self, digits: str) -> str:
        """A decimal numeral, grouped from ten thousand on: 8000 may be a year or a house number."""
        whole, _, places = digits.lstrip("-").partition(".")
        if len(whole) > 4:  # noqa: PLR2004 - as above
            whole = self._grouped(whole)
        sign = self.forms["minus"] if digits.startswith("-") else ""
        return sign + whole + (self.forms["decimal"] + places if places else "")

    def money(self, money: Money) -> str:
        whole, _, places = format(abs(money.major), "f").partition(".")
        number = self._grouped(whole) + (self.forms["decimal"] + places if places else "")
        symbol = self.forms["symbols"].get(money.currency.value)
        if symbol is None:
            written = self.forms["money_by_code"].format(code=money.currency.value, number=number)
        else:
            written = self.forms["money"].format(symbol=symbol, number=number)
        return (self.forms["minus"] if money.amount < 0 else "") + str(written)

    def day(self, day: date) -> str:
        month = self.forms["months"][day.month - 1]
        return str(self.forms["date"].format(day=day.day, month=month, year=day.year))

    def instant(self, instant: datetime) -> str:
        """A local date and time, in the time zone of the risk."""
        local = instant.astimezone(self.zone)
        time = f"{local:%H:%M}"
        return str(self.forms["instant"].format(time=time, date=self.day(local.date())))

    def local_day(self, instant: datetime) -> str:
        return self.day(instant.astimezone(self.zone).date())

    def _grouped(self, whole: str) -> str:
        groups = []
        while len(whole) > 3:  # noqa: PLR2004 - thousands
            whole, group = whole[:-3], whole[-3:]
            groups.append(group)
        return str(self.forms["group"].join([whole, *reversed(groups)]))
