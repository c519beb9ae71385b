"""Difference: how two versions of a policy differ, for people to read."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from insurance.domain.contract.terms import CoverTerms
from insurance.domain.core.money import Money
from insurance.domain.policy.policy import Policy


class PolicyDifference(NamedTuple):
    """One difference. None: that version has no such value."""

    pointer: str
    """Where, as a JSON pointer: `/answers/drivers/1/age`."""
    before: str | None
    after: str | None


def differences(
    before: Policy, after: Policy, at: tuple[datetime, datetime]
) -> list[PolicyDifference]:
    """All differences of two versions, each of them at an instant."""
    first, second = (
        dict(_said(version, moment)) for version, moment in zip((before, after), at, strict=True)
    )
    return [
        PolicyDifference(pointer, first.get(pointer), second.get(pointer))
        for pointer in {**first, **second}
        if first.get(pointer) != second.get(pointer)
    ]


def _said(policy: Policy, moment: datetime) -> Iterator[tuple[str, str]]:
    """What a version says at an instant: pointers to words."""
    there = policy.at(moment)
    state = policy.state_at(moment)
    yield "/status", state.status
    yield "/flags", ", ".join(state.flags)
    yield "/product/version", there.product.version
    yield from _words("/answers", there.answers)
    yield from _words("/looked_up", there.looked_up)
    yield from _words("/covers", {cover.code: _terms(cover) for cover in there.covers})
    yield "/premium/net", str(there.premium.net)
    for line in there.premium.lines:
        yield f"/premium/lines/{line.code}", str(line.amount)
    yield "/premium/total", str(there.premium.total)
    yield "/charged", str(policy.charged)
    if there.imposed is not None:
        yield from _words("/imposed", there.imposed.model_dump(mode="json", exclude_none=True))


def _terms(cover: CoverTerms) -> dict[str, Any]:
    return {
        "limit": cover.limit,
        "excess": cover.excess if cover.excess is not None else cover.excess_note,
    }


def _words(pointer: str, value: Any) -> Iterator[tuple[str, str]]:
    """Every leaf below, with its pointer. An amount is a leaf."""
    if value is None:
        return
    if isinstance(value, Money):
        yield pointer, str(value)
    elif isinstance(value, Mapping) and value.keys() == {"amount", "currency"}:
        yield pointer, str(Money.model_validate(dict(value), strict=False))
    elif isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _words(f"{pointer}/{name}", inner)
    elif isinstance(value, list | tuple):
        for place, inner in enumerate(value):
            yield from _words(f"{pointer}/{place}", inner)
    else:
        yield pointer, {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)
