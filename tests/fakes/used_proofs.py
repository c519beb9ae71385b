"""Used proofs in memory."""


class MemoryUsedProofs:
    def __init__(self) -> None:
        self._used: set[str] = set()

    def use(self, id: str, *, expires_at: int) -> bool:  # noqa: ARG002 - a test is over before
        first = id not in self._used
        self._used.add(id)
        return first
