"""Pages of a list: the cursor is opaque, and good for the list that gave it only."""

import base64
import re
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import NamedTuple

from insurance.domain.core.errors import FieldFault, InvalidFields

PAGE_DEFAULT = 20
PAGE_MAX = 100
CURSOR_MAX = 300
"""Signs of the longest cursor: `_ID_MAX`, and the longest position of any list."""
_ID_MAX = 64
"""Of a list's id in a cursor: what is longer, with several filters, stands there as its digest."""

_LIMIT = re.compile(r"[1-9][0-9]{0,2}")
_POSITION = re.compile("[0-9]{1,9}")


class Page(NamedTuple):
    """Which part of a list is asked for: at most `limit` entries, from the one that follows `after`."""

    list_id: str
    after: str
    """The position of the last entry of the page before; empty for the first page."""
    limit: int

    @property
    def number(self) -> int:
        """`after` in a list whose positions are numbers: 0 for the first page.

        Raises:
            InvalidFields: The cursor holds no number.
        """
        if not self.after:
            return 0
        if _POSITION.fullmatch(self.after):
            return int(self.after)
        raise _unknown_cursor()

    def next(self, position: int | str) -> str:
        """The cursor of the page that follows this position."""
        return cursor(self.list_id, position)


def read_page(query: Mapping[str, str], list_id: str, earlier_id: str = "") -> Page:
    """The page that `limit` and `after` ask for. The release before may have given the list another id.

    Raises:
        InvalidFields: `limit` is out of range, or this list gave no such cursor.
    """
    limit = query.get("limit", str(PAGE_DEFAULT))
    if not (_LIMIT.fullmatch(limit) and int(limit) <= PAGE_MAX):
        fault = FieldFault("limit", "out-of-range", f"A page has 1 to {PAGE_MAX} entries.")
        raise InvalidFields([fault])
    sent = query.get("after")
    return Page(list_id, read_cursor(sent, list_id, earlier_id) if sent else "", int(limit))


def page_of[T](entries: Sequence[T], page: Page) -> tuple[Sequence[T], str | None]:
    """Of a list that is read whole the entries of one page, and the cursor of the next one."""
    end = page.number + page.limit
    return entries[page.number : end], page.next(end) if end < len(entries) else None


def cursor(list_id: str, position: int | str) -> str:
    """Where the next page starts, opaque and good for this list only."""
    text = f"{_short(list_id)} {position}"
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read_cursor(cursor: str, list_id: str, earlier_id: str = "") -> str:
    """The position behind a cursor that has one of these ids. 0.9.0 wrote a long one out.

    Raises:
        InvalidFields: This list gave no such cursor.
    """
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        text = base64.b64decode(padded, altchars=b"-_", validate=True).decode()
    except ValueError as error:  # binascii.Error and UnicodeDecodeError among them
        raise _unknown_cursor() from error
    given_id, _, position = text.rpartition(" ")
    if given_id not in {_short(list_id), list_id, earlier_id} or not given_id or not position:
        raise _unknown_cursor()
    return position


def _short(list_id: str) -> str:
    """A list's id as a cursor has it."""
    whole = list_id.encode()
    return list_id if len(whole) <= _ID_MAX else sha256(whole).hexdigest()


def _unknown_cursor() -> InvalidFields:
    fault = FieldFault("after", "unknown-cursor", "This list gave no such cursor.")
    return InvalidFields([fault])
