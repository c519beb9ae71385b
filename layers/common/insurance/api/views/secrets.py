"""How a secret is shown: in the first answer alone."""

from enum import StrEnum


class SecretState(StrEnum):
    """Whether an answer holds the secret."""

    SHOWN = "shown"
    """It does: keep it, nobody can show it again."""
    SHOWN_BEFORE = "shown_before"
    """The first answer did. If it is lost, add another."""
