"""Quotas in memory."""

from insurance.domain.partner.quota import Quota, Span, block_size, window
from insurance.operations.partners.count_calls import Block


class MemoryQuotas:
    def __init__(self) -> None:
        self.used: dict[tuple[str, str], int] = {}
        self.reached: list[tuple[str, str, int]] = []
        self.writes = 0

    def take(self, quota: Quota, span: Span, *, seen: int, served: int) -> Block:  # noqa: ARG002 - it knows better
        place = (quota.application, span.name)
        used = self.used.get(place, 0)
        size = block_size(used, quota.limit, served)
        if size:
            self.writes += 1
            self.used[place] = used + size
            if reached := window(used, size, quota.limit, quota.marks).reached:
                self.reached.append((*place, reached))
        return Block(size, used + size)
