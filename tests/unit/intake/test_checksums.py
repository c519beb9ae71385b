"""Numbers that others publish as right and as wrong: the examples of the offices that give them out, as python-stdnum cites them."""

import pytest
from insurance.domain.intake.checks import checksum_of
from insurance.domain.intake.document import Checksum

PUBLISHED = {
    "vin": ("1M8GDM9AXKP042788", "1M8GDM9AXKP042789"),
    "iban": ("DE89370400440532013000", "DE89370400440532013001"),  # ECBS
    "bic": ("AGRIFRPP882", "AGRIF2PP"),
    "lei": ("213800KUD8LAJWSQ9D15", "213800KUD8LXJWSQ9D15"),
    "luhn": ("79927398713", "79927398710"),
    "de_plate": ("B-MW 1234E", "BERLIN-MW 1234"),
    "es_plate": ("1234 BBB", "1234 ABC"),  # no vowels
    "fr_plate": ("AA-229-AA", "AI-229-AA"),  # no I, O, U
    "gb_plate": ("AB51 ABC", "AB51 ABI"),
    "ie_plate": ("131-D-12345", "133-D-12345"),  # half-years
    "it_plate": ("ZA 000 ZA", "ZQ 000 ZA"),
    "at_vnr": ("1237 010180", "2237 010180"),
    "au_tfn": ("123 456 782", "999 999 999"),
    "br_cpf": ("390.533.447-05", "231.002.999-00"),
    "ca_sin": ("123-456-782", "999-999-999"),
    "ch_ahv": ("756.9217.0769.85", "756.9217.0769.84"),
    "de_idnr": ("36 574 261 809", "36 574 261 890"),
    "es_dni": ("54362315-K", "54362315-Z"),
    "es_nie": ("X-2482300-W", "X-2482300-A"),
    "fr_nir": ("2 95 10 99 126 111 93", "2 95 10 99 126 111 99"),
    "gb_nino": ("AB123456C", "QQ123456C"),
    "ie_pps": ("6433435F", "6433435E"),
    "it_cf": ("RCCMNL83S18D969H", "RCCMNL83S18D969I"),
    "nl_bsn": ("1112.22.333", "1112.52.333"),
    "pl_pesel": ("44051401359", "44051401358"),
    "us_ssn": ("536-90-4399", "000-12-3456"),
}


@pytest.mark.parametrize("kind", Checksum)
def test_a_published_number_is_taken_and_one_with_a_wrong_digit_is_not(kind):
    right, wrong = PUBLISHED[kind]
    is_valid = checksum_of(kind)
    assert (is_valid(right), is_valid(wrong), is_valid("")) == (True, False, False)
