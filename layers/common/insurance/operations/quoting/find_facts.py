"""Find facts: ask outside sources what a product wants to know of a risk."""

from collections.abc import Iterable

from insurance.domain.product import LookUp
from insurance.domain.quote.pricing import LookedUp
from insurance.operations.quoting.ports import LookUps


def find_facts(wanted: Iterable[LookUp], look_ups: LookUps) -> LookedUp:
    """The facts by source; None where a source does not know or does not answer."""
    return {look_up.source: look_ups.find(look_up.source, look_up.key) for look_up in wanted}
