"""Renewal: how a risk changes from one term to the next."""

from collections.abc import Mapping
from typing import Any

from insurance.domain.product.program import World


class Renewals:
    def __init__(self, plain: Mapping[str, Any], world: World) -> None:
        self.plain, self._world = plain, world
        self.invite_days: int = plain.get("invite_days", 21)
