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
_PLATES: Final = {
    Checksum.DE_PLATE: r"[A-ZÄÖÜ]{1,3}[ -][A-Z]{1,2} ?[1-9][0-9]{0,3}[EH]?",
    Checksum.ES_PLATE: r"[0-9]{4}[ -]?[BCDFGHJKLMNPRSTVWXYZ]{3}",  # since 2000
    Checksum.FR_PLATE: r"(?!SS)[A-HJ-NP-TV-Z]{2}-?(?!000)[0-9]{3}-?(?!SS)[A-HJ-NP-TV-Z]{2}",  # since 2009
    Checksum.GB_PLATE: (
        r"[A-HJ-PR-Y][A-HJ-PR-Y][0-9]{2} ?[A-HJ-PR-Z]{3}"  # since 2001
        r"|[A-HJ-NPR-TV-Y][0-9]{1,3} ?[A-HJ-PR-Y]{3}"  # prefix, 1983 to 2001
        r"|[A-HJ-PR-Y]{3} ?[0-9]{1,3}[A-HJ-NPR-TV-Y]"  # suffix, 1963 to 1982
        r"|[A-Z]{1,3} ?[0-9]{1,4}|[0-9]{1,4} ?[A-Z]{1,3}"  # without a year, Northern Ireland
    ),
    Checksum.IE_PLATE: r"(?:[89][0-9]|[01][0-9]|[1-9][0-9][12])[ -]?[A-Z]{1,2}[ -]?[1-9][0-9]{0,5}",  # since 1987
    Checksum.IT_PLATE: r"[A-HJ-NPR-TV-Z]{2} ?[0-9]{3} ?[A-HJ-NPR-TV-Z]{2}",  # since 1994
}
"""Registration marks have no check digit: their form is what can be checked."""
_GB_NINO: Final = re.compile(
    r"(?!BG|GB|KN|NK|NT|TN|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?[0-9]{2} ?[0-9]{2} ?[0-9]{2} ?[A-D]"
)


def is_vin(text: str) -> bool:
    """ISO 3779 with the check digit at place 9. North America requires it; for others declare a pattern."""
    if not _VIN.fullmatch(text):
        return False
    rest = sum(map(mul, map(_VALUES.__getitem__, text), _WEIGHTS)) % 11
    return text[8] == "0123456789X"[rest]


_STDNUM: Final = {
    Checksum.IBAN: "iban",
    Checksum.BIC: "bic",
    Checksum.LEI: "lei",
    Checksum.LUHN: "luhn",
    Checksum.AT_VNR: "at.vnr",
    Checksum.AU_TFN: "au.tfn",
    Checksum.BR_CPF: "br.cpf",
    Checksum.CA_SIN: "ca.sin",
    Checksum.CH_AHV: "ch.ssn",
    Checksum.DE_IDNR: "de.idnr",
    Checksum.ES_DNI: "es.dni",
    Checksum.ES_NIE: "es.nie",
    Checksum.FR_NIR: "fr.nir",
    Checksum.IE_PPS: "ie.pps",
    Checksum.IT_CF: "it.codicefiscale",
    Checksum.NL_BSN: "nl.bsn",
    Checksum.PL_PESEL: "pl.pesel",
    Checksum.US_SSN: "us.ssn",
}
"""Modules of python-stdnum. None of them reads a clock or needs its tables of banks and places."""


def checksum_of(kind: Checksum) -> Callable[[str], bool]:
    """Whether a text can be a number of this kind."""
    if kind is Checksum.VIN:
        return is_vin
    if (module := _STDNUM.get(kind)) is not None:
        is_valid: Callable[[str], bool] = import_module(f"stdnum.{module}").is_valid
        return is_valid
    matches = (_GB_NINO if kind is Checksum.GB_NINO else re.compile(_PLATES[kind])).fullmatch
    return lambda text: matches(text) is not None
