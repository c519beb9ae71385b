"""JSON bodies: bounded, unambiguous, without fractions, and only then given to a model."""

import base64
import json
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, ClassVar, NoReturn

from pydantic import BaseModel, ConfigDict, ValidationError

from insurance.api.field_faults import FAULTS_SHOWN_MAX, escaped, faults_of
from insurance.domain.core.classification import Json, JsonObject
from insurance.domain.core.errors import FieldFault, InsuranceError, InvalidFields
from insurance.domain.party.birth import born_by

BODY_BYTES_MAX = 256 * 1024
"""Of a request, as UTF-8. An escape counts as the character that it stands for."""

FILE_BODY_BYTES_MAX = 1_000_000
"""Of a request that carries a file as text: escaped three times as long, and still an event that Lambda takes."""

ESCAPED_TIMES_MAX = 3
"""A character of four bytes is escaped as twelve: `\\ud83d\\ude00`."""

ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|.)", re.DOTALL)
HALVES_OF_PAIRS = range(0xD800, 0xE000)
DEPTH_MAX = 32
INTEGER_MAX = 2**53 - 1
"""What every JSON reader holds exactly (RFC 7493)."""
INTEGER_DIGITS_MAX = 16

NO_TEXT = re.compile("[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f\\ud800-\\udfff\\ufffd]")
"""API Gateway puts U+FFFD where bytes were not UTF-8: what they said is lost, so nobody may guess."""

INVISIBLE = re.compile(
    "[\\x80-\\x9f\\xad\\u061c\\u180e\\u200b\\u200e\\u200f\\u2028-\\u202e\\u2060-\\u206f\\ufeff\\ufff9-\\ufffb\\U000e0000-\\U000e007f]"
    "|(?<![^\\x00-\\u02ff])[\\u200c\\u200d]|[\\u200c\\u200d](?![^\\x00-\\u02ff])"
)
"""What a reader does not see: controls, marks of direction, and characters without width. They make one
name look like another, or hide a part of it. The two joiners are letters' neighbours in Persian and Indic
scripts and in emoji, and stay there (as in Unicode's UAX 31, "Layout and Format Control Characters")."""


class MalformedBody(InsuranceError):
    """Not the JSON that this API reads."""


class UnsupportedMediaType(InsuranceError):
    def __init__(self, sent: str) -> None:
        super().__init__(f"Send the body with `Content-Type: application/json`, not as {sent}.")


class BodyTooLarge(InsuranceError):
    def __init__(self, most: int) -> None:
        super().__init__(f"This body has at most {most:,} bytes.")


class Request(BaseModel):
    """What a caller sends: strict, and closed to unknown fields.

    A route that expects no body declares no request.

        class ReasonRequest(Request):
            reason: Reason
    """

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid", defer_build=True)

    BYTES_MAX: ClassVar[int] = BODY_BYTES_MAX
    """The largest body of the request; what its fields let through fits, or a test fails."""
    FILES: ClassVar[frozenset[str]] = frozenset()
    """Fields whose text is somebody's file: it is taken as it was written."""


def body_text(event: Mapping[str, Any], most: int = BODY_BYTES_MAX) -> str:
    """The body of a REST proxy event as text; `most` is in bytes of UTF-8.

    Raises:
        BodyTooLarge: It is longer.
        MalformedBody: It is not UTF-8.
    """
    raw = event.get("body") or ""
    if event.get("isBase64Encoded"):
        try:
            raw = base64.b64decode(raw, validate=True).decode("utf-8")
        except ValueError as error:  # not base64, or not UTF-8 behind it
            raise MalformedBody("The body is not UTF-8.") from error
    text = str(raw)
    if _is_longer(text, most):
        raise BodyTooLarge(most)
    return text


def _is_longer(text: str, most: int) -> bool:
    """Whether it is more than this many bytes, however a client writes what is not ASCII."""
    if len(text) > ESCAPED_TIMES_MAX * most:
        return True
    size = len(text.encode("utf-8", "surrogatepass"))
    if size <= most or size > ESCAPED_TIMES_MAX * most:
        return size > most
    return size - sum(map(_spent_on_escape, ESCAPE.finditer(text))) > most


def _spent_on_escape(escape: re.Match[str]) -> int:
    """The bytes that are sent beyond the character itself. Half of a pair stands for two bytes."""
    if escape[1] is None:
        return 0
    code = int(escape[1], base=16)
    return len(escape[0]) - (2 if code in HALVES_OF_PAIRS else len(chr(code).encode()))


def read_json(text: str) -> Json:
    """Parse within bounds; every ambiguity is refused.

    Raises:
        MalformedBody: It is not JSON, nests too deep, repeats a field, or has a number out of bounds.
    """
    try:
        parsed: Json = json.loads(
            text,
            object_pairs_hook=_without_repeats,
            parse_int=_integer,
            parse_float=_no_fraction,
            parse_constant=_no_fraction,
        )
        text.encode("utf-8")
    except RecursionError as error:
        raise MalformedBody(f"The body is nested more than {DEPTH_MAX} deep.") from error
    except UnicodeEncodeError as error:
        raise MalformedBody("The body is not UTF-8.") from error
    except ValueError as error:
        raise MalformedBody(f"The body is not JSON: {error}.") from error
    _check(parsed, DEPTH_MAX)
    return parsed


def read_request[R: Request](
    text: str, model: type[R], now: datetime | None = None
) -> tuple[R, JsonObject]:
    """The request, and the JSON it was read from; `now` is when nobody can have been born later.

    Raises:
        MalformedBody: The text is not a JSON object.
        InvalidFields: The object does not fit the request, or a text holds characters that nobody sees.
    """
    parsed = read_json(text)
    if not isinstance(parsed, dict):
        raise MalformedBody("The body is a JSON object.")
    if INVISIBLE.search(text) or "\\u" in text:
        _check_visible(parsed, model)
    try:
        return model.model_validate_json(text, context=born_by(now) if now else None), parsed
    except ValidationError as error:
        raise InvalidFields(
            faults_of(error.errors(include_url=False, include_input=False), parsed)
        ) from error


def _check_visible(parsed: JsonObject, model: type[Request]) -> None:
    texts = {name: value for name, value in parsed.items() if name not in model.FILES}
    detail = "It holds characters that nobody sees: controls, marks of direction, or signs without width."
    faults = [FieldFault(at, "invisible-characters", detail) for at in _invisible(texts, "")]
    if faults:
        raise InvalidFields(faults[:FAULTS_SHOWN_MAX])


def _invisible(value: Json, pointer: str) -> Iterator[str]:
    """Where texts hold characters that nobody sees."""
    if isinstance(value, str):
        if INVISIBLE.search(value):
            yield pointer
    elif isinstance(value, dict):
        for name, child in value.items():
            at = f"{pointer}/{escaped(name)}"
            if INVISIBLE.search(name):
                yield at
            yield from _invisible(child, at)
    elif isinstance(value, list):
        for place, child in enumerate(value):
            yield from _invisible(child, f"{pointer}/{place}")


def _without_repeats(pairs: list[tuple[str, Json]]) -> JsonObject:
    fields = dict(pairs)
    if len(fields) < len(pairs):
        raise MalformedBody("The body names a field twice.")
    return fields


def _integer(digits: str) -> int:
    if len(digits.lstrip("-")) > INTEGER_DIGITS_MAX or abs(int(digits)) > INTEGER_MAX:
        raise MalformedBody(f"A number in the body is beyond {INTEGER_MAX}.")
    return int(digits)


def _no_fraction(_digits: str) -> NoReturn:
    raise MalformedBody(
        "A number in the body has a fraction or an exponent: amounts are whole minor units, and"
        ' other decimals are sent as text, such as "0.25".'
    )


def _check(value: Json, depth_left: int) -> None:
    """Nothing too deep, and nothing in quotes that is no text."""
    if isinstance(value, str):
        _check_text(value)
    elif isinstance(value, dict | list):
        if depth_left == 0:
            raise MalformedBody(f"The body is nested more than {DEPTH_MAX} deep.")
        if isinstance(value, dict):
            for name in value:
                _check_text(name)
        for child in value.values() if isinstance(value, dict) else value:
            _check(child, depth_left - 1)


def _check_text(text: str) -> None:
    if NO_TEXT.search(text):
        raise MalformedBody(
            "The body holds characters that are no text: control characters, half a character"
            " (a lone surrogate), or the mark of bytes that were not UTF-8 (U+FFFD)."
        )


class _NoFields(Request):
    """The body of a command that expects none."""


def check_no_body(text: str) -> None:
    """A command without a request is sent without a body, or with `{}`.

    Raises:
        MalformedBody: It is not a JSON object.
        InvalidFields: The object has fields.
    """
    if text:
        read_request(text, _NoFields)
