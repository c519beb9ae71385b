"""The system as an actor: who acts where nobody calls."""

from typing import Final

from insurance.domain.core.caller import Caller, CallerKind
from insurance.domain.core.identity import Mode

SYSTEM_ACTOR: Final = "scheduler"
"""The actor that events name for what scheduled jobs do."""


def system_actor(mode: Mode) -> Caller:
    """The scheduler as a caller. It sees all objects of its mode and has no role: what needs a
    person's authority is left to a person."""
    return Caller(
        principal=SYSTEM_ACTOR,
        kind=CallerKind.STAFF,
        partner="",
        roles=frozenset(),
        scopes=frozenset(),
        mode=mode,
    )
