"""Check digits and national forms, most of them python-stdnum's."""

import re
from collections.abc import Callable
from importlib import import_module
from operator import mul
from typing import Final

from insurance.domain.intake.document import Checksum

_VALUES: Final = {
    **{str(digit): digit for digit in range(10)},
    **dict(zip("ABCDEFGHJKLMNPRSTUVWXYZ", (*range(1, 9), *range(1, 6), 7, 9, *range(2, 10)), strict=True)),
}  # fmt: skip
_WEIGHTS: Final = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
_VIN: Final = re.compile(r"[A-HJ-NPR-Z0-9]{17}")
_GB_PLATE: Final = re.compile(
    r"[A-HJ-PR-Y][A-HJ-PR-Y][0-9]{2} ?[A-HJ-PR-Z]{3}"  # since 2001
    r"|[A-HJ-NPR-TV-Y][0-9]{1,3} ?[A-HJ-PR-Y]{3}"  # prefix, 1983 to 2001
    r"|[A-HJ-PR-Y]{3} ?[0-9]{1,3}[A-HJ-NPR-TV-Y]"  # suffix, 1963 to 1982
    r"|[A-Z]{1,3} ?[0-9]{1,4}|[0-9]{1,4} ?[A-Z]{1,3}"  # without a year, Northern Ireland
)
_GB_NINO: Final = re.compile(
    r"(?!BG|GB|KN|NK|NT|TN|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?[0-9]{2} ?[0-9]{2} ?[0-9]{2} ?[A-D]"
)


def is_vin(text: str) -> bool:
    """ISO 3779 with the check digit at place 9. North America requires it; for others declare a pattern."""
    if not _VIN.fullmatch(text):
        return False
    rest = sum(map(mul, map(_VALUES.__getitem__, text), _WEIGHTS)) % 11
    return text[8] == "0123456789X"[rest]


def _is_gb_plate(text: str) -> bool:
    return _GB_PLATE.fullmatch(text) is not None


def _is_gb_nino(text: str) -> bool:
    return _GB_NINO.fullmatch(text) is not None


def _of_stdnum(module: str) -> Callable[[str], bool]:
    is_valid: Callable[[str], bool] = import_module(f"stdnum.{module}").is_valid
    return is_valid


def checksum_of(kind: Checksum) -> Callable[[str], bool]:
    """Whether a text can be a number of this kind."""
    match kind:
        case Checksum.VIN:
            return is_vin
        case Checksum.GB_PLATE:
            return _is_gb_plate
        case Checksum.GB_NINO:
            return _is_gb_nino
    return _of_stdnum({"iban": "iban", "luhn": "luhn", "us_ssn": "us.ssn"}[kind])
