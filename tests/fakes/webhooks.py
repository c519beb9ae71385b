"""What webhooks reach outside, in memory: a name service that asks nobody, and messages that wait."""

from collections.abc import Sequence

PUBLIC = "93.184.216.34"


def resolve(host: str, _port: int) -> Sequence[str]:
    """Every name leads to an address of the open network; nobody is asked."""
    return [host if host.replace(".", "").isdecimal() or ":" in host else PUBLIC]


class RememberedNudges:
    """Messages that nobody has read yet."""

    def __init__(self) -> None:
        self.waiting: list[str] = []

    def nudge(self, webhook_ids: Sequence[str]) -> None:
        self.waiting += webhook_ids
