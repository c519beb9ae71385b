"""Where data came from that a price stands on: a row of a file, and how good its source was."""

from collections.abc import Mapping
from typing import Annotated, Any, Final, Self

from pydantic import Field

from insurance.domain.core.value import Value

SOURCE: Final = "source"
"""What expressions of a product call it: `source.score`. It stands among what was looked up for the risk, so that quote,
policy and every event of theirs keep it."""
FINDINGS_MAX: Final = 20

type LookedUpFacts = Mapping[str, Mapping[str, object] | None]


class DataOrigin(Value):
    """A row of a batch, as it was when it was taken."""

    source: str
    version: int
    """Of the source's mapping."""
    batch_id: str
    row: int
    """Its place in the file."""
    score: int | None = None
    """What the source was worth when the batch was started, 0 to 100; None: it had no batch before."""
    findings: Annotated[tuple[str, ...], Field(max_length=FINDINGS_MAX)] = ()
    """What rules found in it that was warned of, cleaned, or taken by a person all the same."""
    resolution: str | None = None
    """What a person made of it, where it was kept back first."""

    def facts(self) -> dict[str, Any]:
        """As it stands among what was looked up."""
        return self.model_dump(mode="json", exclude_none=True)

    @classmethod
    def of(cls, looked_up: LookedUpFacts) -> Self | None:
        """Where a risk came from; None: somebody asked for it by a call."""
        facts = looked_up.get(SOURCE)
        if facts is None or "batch_id" not in facts:
            return None
        return cls.model_validate(facts, strict=False)


def kept_origin(looked_up: LookedUpFacts) -> LookedUpFacts:
    """What stays of the facts about a risk whatever is looked up anew: where its data came from."""
    return {SOURCE: looked_up[SOURCE]} if SOURCE in looked_up else {}
