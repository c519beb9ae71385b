"""Two ways to write a value are found by one form; values that differ keep different forms."""

import pytest
from insurance.domain.search import normalise


@pytest.mark.parametrize(
    ("written", "searched"),
    [
        ("Zoë O'Neill", "zoe oneill"),
        ("Merton, Ada", "ADA  merton"),
        ("St. Ives Ltd", "st ives ltd"),
        ("Straße GmbH", "strasse gmbh"),
        ("Ада Мертон", "мертон ада"),
    ],
)
def test_a_whole_name_is_found_in_any_order_case_and_with_or_without_accents(written, searched):
    assert normalise.name_key(searched) in set(normalise.name_keys(written))


def test_a_word_of_a_name_is_found_by_its_first_three_to_eight_letters_and_whole():
    keys = set(normalise.name_keys("Ada Featherstonehaugh"))

    assert {"ada", "fea", "feathers", "featherstonehaugh", "ada featherstonehaugh"} <= keys
    assert not {"ad", "fe", "featherst", "eather", "merton"} & keys


@pytest.mark.parametrize(
    "numbers", [("07700 900123", "+44 7700 900123", "0044 (0)7700-900-123", "٠٧٧٠٠٩٠٠١٢٣")]
)
def test_a_phone_number_is_the_same_with_and_without_its_country(numbers):
    assert {normalise.phone(number) for number in numbers} == {"700900123"}


def test_an_email_address_ignores_case_and_spaces_around_it():
    assert normalise.email(" Ada@Example.COM ") == normalise.email("ada@example.com")
    assert normalise.email("a.da@example.com") != normalise.email("ada@example.com")


def test_postcodes_and_registrations_ignore_spaces_and_case():
    assert normalise.code("ab12 cde") == normalise.code("AB12-CDE") == "AB12CDE"


def test_a_name_has_few_keys_however_long_it_is():
    assert len(list(normalise.name_keys("Aberystwyth " + "wordwordword " * 500))) <= 60
