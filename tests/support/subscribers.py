"""Who has which API product, for those who tell of it."""

from collections.abc import Iterator

from insurance.domain.core.identity import Mode


def nobody_has_it(_mode: Mode, _product: str) -> Iterator[str]:
    """No partner has an API product."""
    return iter(())
