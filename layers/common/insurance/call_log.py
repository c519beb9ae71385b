"""What access policies were asked about calls, out of the records that functions leave of them.

Each function prints one line a call (`api/access_record.py`). CloudWatch Logs adds them up by what a policy
sees, so no call costs a write, and what is kept of it is what is kept anyway.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from insurance.api.access_record import FIELD
from insurance.api_products import products_of
from insurance.config import region
from insurance.domain.control.replay import CallGroup
from insurance.domain.control.vocabulary import CallFacts
from insurance.domain.core.errors import Unavailable
from insurance.operations.controls.ports import LoggedCalls

if TYPE_CHECKING:
    from insurance.domain.core.identity import Mode

ROWS_MAX: Final = 10_000
"""As many does a query answer with. The largest come first."""
PAUSE_SECONDS: Final = 0.5
LOOKS: Final = 30
"""With their pauses: 15 seconds. What was found until then is answered."""
_SEEN: Final = (
    "operation",
    "kind",
    "asked.application",
    "asked.partner",
    "asked.granted",
    "asked.product",
    "asked.territory",
    "rule",
)
"""What calls that are alike have in common, by their names in a record."""


class InsightsCallLog:
    """The port `CallLog` on CloudWatch Logs Insights."""

    def __init__(
        self,
        client: Any,
        groups: Sequence[str],
        paths: Mapping[str, str],
        *,
        wait: Callable[[float], None],
    ) -> None:
        """`groups` are the log groups of functions; `paths` are those of all operations, by their ids."""
        self._client, self._groups, self._wait = client, groups, wait
        self._paths = paths

    def calls(self, mode: Mode, since: datetime, until: datetime, *, minutes: int) -> LoggedCalls:
        """Calls of a mode; see the port.

        Raises:
            Unavailable: The log does not answer.
        """
        try:
            found = self._found(query_for(mode, minutes), since, until)
        except (ClientError, BotoCoreError) as error:
            raise Unavailable("The log of calls") from error
        if found["status"] not in {"Complete", "Running", "Scheduled"}:
            raise Unavailable("The log of calls")
        rows = found["results"]
        groups = [self._group(_members(row), mode, minutes) for row in rows]
        is_complete = found["status"] == "Complete" and len(rows) < ROWS_MAX
        return LoggedCalls([group for group in groups if group], is_complete)

    def _found(self, query: str, since: datetime, until: datetime) -> Any:
        started = self._client.start_query(
            logGroupNames=self._groups,
            startTime=int(since.timestamp()),
            endTime=int(until.timestamp()),
            queryString=query,
            limit=ROWS_MAX,
        )
        for _ in range(LOOKS):
            found = self._client.get_query_results(queryId=started["queryId"])
            if found["status"] not in {"Running", "Scheduled"}:
                break
            self._wait(PAUSE_SECONDS)
        return found

    def _group(self, row: Mapping[str, str], mode: Mode, minutes: int) -> CallGroup | None:
        """A row of the answer; None where this release has no such operation any more."""
        path = self._paths.get(row["operation"])
        if path is None:
            return None
        granted = row.get("asked.granted", "").split()
        facts = CallFacts(
            kind=row["kind"],
            application=row.get("asked.application", ""),
            partner=row.get("asked.partner", ""),
            mode=mode,
            operation=row["operation"],
            api_products=products_of(path),
            at=datetime.fromisoformat(row[f"bin({minutes}m)"]).replace(tzinfo=UTC),
            region=region(),
            roles=frozenset(each for each in granted if ":" not in each),
            scopes=frozenset(each for each in granted if ":" in each),
            product=row.get("asked.product"),
            territory=row.get("asked.territory"),
        )
        return CallGroup(facts, int(row["calls"]), was_refused="rule" in row)


def query_for(mode: Mode, minutes: int) -> str:
    """The question: how many calls were there of each kind?"""
    seen = ", ".join(f"{FIELD}.{name}" for name in _SEEN)
    return (
        f'filter {FIELD}.asked.mode = "{mode}"'
        f" | stats count(*) as calls by {seen}, bin({minutes}m)"
        f" | sort calls desc | limit {ROWS_MAX}"
    )


def _members(row: Sequence[Mapping[str, str]]) -> dict[str, str]:
    return {each["field"].removeprefix(f"{FIELD}."): each["value"] for each in row}
