"""What another version would do to a book: each risk priced under both, and the changes counted."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

from insurance.domain.core.errors import InsuranceError
from insurance.domain.product import Product
from insurance.domain.product.publishing.scenarios import plain_risk

from tools.products.folder import read

BARS = tuple(range(-50, 55, 5))
"""Changes in per cent, in steps of five; what lies beyond goes to the ends."""


class Change(NamedTuple):
    id: str
    before: Decimal
    after: Decimal

    @property
    def percent(self) -> Decimal:
        return (self.after - self.before) * 100 / self.before


class Impact(NamedTuple):
    changes: tuple[Change, ...]
    not_compared: tuple[str, ...]
    """Risks that one of the versions declines, refers without a price, or refuses."""

    @property
    def distribution(self) -> Mapping[int, int]:
        counted = Counter(
            min(max(int(change.percent // 5) * 5, BARS[0]), BARS[-1]) for change in self.changes
        )
        return {bar: counted[bar] for bar in BARS}


def compared(old: Product, new: Product, book: Sequence[Mapping[str, Any]]) -> Impact:
    changes, left_out = [], []
    for place, plain in enumerate(book):
        id = str(plain.get("id", place + 1))
        before, after = _total(old, plain), _total(new, plain)
        if before and after:
            changes.append(Change(id, before, after))
        else:
            left_out.append(id)
    return Impact(tuple(changes), tuple(left_out))


def _total(product: Product, plain: Mapping[str, Any]) -> Decimal | None:
    try:
        price = product.offer(plain_risk(product, plain)).premium
    except InsuranceError:
        return None
    return price.total.major if price else None


def picture(impact: Impact) -> str:
    """The distribution as bars, in SVG."""
    most = max(impact.distribution.values(), default=0) or 1
    bars = []
    for place, (bar, count) in enumerate(impact.distribution.items()):
        height, left = round(240 * count / most), 40 + place * 34
        colour = "#2a7f62" if bar < 0 else "#c0504d" if bar > 0 else "#808080"
        bars.append(
            f'<rect x="{left}" y="{270 - height}" width="28" height="{height}" fill="{colour}"/>'
            f'<text x="{left + 14}" y="288" font-size="11" text-anchor="middle">{bar:+d}</text>'
            f'<text x="{left + 14}" y="{264 - height}" font-size="11" text-anchor="middle">'
            f"{count or ''}</text>"
        )
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" width="780" height="310" '
        'font-family="sans-serif"><rect width="780" height="310" fill="white"/>'
        '<text x="390" y="16" font-size="13" text-anchor="middle">Risks by change of price, '
        f"from this per cent up</text>{''.join(bars)}</svg>\n"
    )


def run(old: Path, new: Path, book: Path, image: Path | None) -> int:
    lines = [json.loads(line, parse_float=Decimal) for line in _lines(book)]
    report(compared(Product(read(old)), Product(read(new)), lines), image)
    return 0


def report(impact: Impact, image: Path | None) -> None:
    """In words, and as a picture where one is wanted."""
    for line in told(impact):
        print(line)
    if image is not None:
        image.write_text(picture(impact), "utf-8")
        print(f"picture: {image}")


def told(impact: Impact) -> Iterator[str]:
    """The change in words and figures."""
    before = sum((change.before for change in impact.changes), Decimal(0))
    after = sum((change.after for change in impact.changes), Decimal(0))
    dearer = [change for change in impact.changes if change.after > change.before]
    cheaper = [change for change in impact.changes if change.after < change.before]
    yield f"{len(impact.changes)} risks compared, {len(impact.not_compared)} not"
    if before:
        yield f"premium {before} -> {after} ({(after - before) * 100 / before:+.2f} %)"
    yield f"dearer {len(dearer)}, cheaper {len(cheaper)}, the same " + str(
        len(impact.changes) - len(dearer) - len(cheaper)
    )
    for change in sorted(impact.changes, key=lambda one: one.percent)[-3:][::-1]:
        yield f"  most up: {change.id} {change.before} -> {change.after} ({change.percent:+.1f} %)"
    for change in sorted(impact.changes, key=lambda one: one.percent)[:3]:
        yield f"  most down: {change.id} {change.before} -> {change.after} ({change.percent:+.1f} %)"


def _lines(path: Path) -> list[str]:
    return [line for line in path.read_text("utf-8").splitlines() if line.strip()]
