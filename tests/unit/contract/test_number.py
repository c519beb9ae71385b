"""Policy and claim numbers."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from insurance.domain.contract.number import (
    CANDIDATES,
    CheckScheme,
    NumberFormat,
    ReferenceNumber,
    normalise_number,
)

DAY = date(2027, 3, 1)
POLICY = "pol_0123456789abcdef"
FORMAT = NumberFormat(
    prefix="CWM",
    year="two_digits",
    symbols="letters_and_digits",
    length=8,
    check=CheckScheme.MOD_97_10,
    separator="-",
)

# The examples of ISO 13616 (rearranged as the standard says), ISO 11649 (likewise) and ISO 17442.
PUBLISHED_MOD_97_10 = ["WEST12345698765432GB82", "539007547034RF18", "529900T8BM49AURSDO55"]
# ISO/IEC 7812-1's usual example, and two ISINs.
PUBLISHED_LUHN = ["79927398713", "US0378331005", "GB0002634946"]


def formats() -> st.SearchStrategy[NumberFormat]:
    return st.builds(
        NumberFormat,
        prefix=st.from_regex(r"\A[A-Z0-9]{0,8}\Z"),
        year=st.sampled_from(["none", "two_digits", "four_digits"]),
        symbols=st.sampled_from(["digits", "letters_and_digits"]),
        length=st.integers(6, 16),
        check=st.sampled_from(CheckScheme),
        separator=st.sampled_from(["-", "/", ".", ""]),
    )


def first(format: NumberFormat, id: str = POLICY) -> ReferenceNumber:
    return next(format.candidates(id, DAY))


@pytest.mark.parametrize("number", PUBLISHED_MOD_97_10)
def test_published_numbers_have_the_check_digits_of_mod_97_10(number):
    scheme = CheckScheme.MOD_97_10

    assert scheme.holds(number)
    assert scheme.digits(number[:-2]) == number[-2:]


@pytest.mark.parametrize("number", PUBLISHED_LUHN)
def test_published_numbers_have_the_check_digit_of_luhn(number):
    scheme = CheckScheme.LUHN

    assert scheme.holds(number)
    assert scheme.digits(number[:-1]) == number[-1]


def test_a_number_is_prefix_year_own_symbols_and_check_digits():
    prefix, year, own, check = first(FORMAT).text.split("-")

    assert (prefix, year, len(own)) == ("CWM", "27", 8)
    assert not set(own) & set("ILOU")
    assert check == CheckScheme.MOD_97_10.digits(f"CWM27{own}")


def test_a_number_of_test_mode_says_so():
    assert first(FORMAT, "pol_test_0123456789abcdef").text.startswith("TEST-CWM-27-")


def test_the_same_object_gets_the_same_candidates():
    once, again = ([*FORMAT.candidates(POLICY, DAY)] for _ in range(2))

    assert once == again
    assert len({number.text for number in once}) == CANDIDATES


def test_two_objects_get_different_numbers():
    assert first(FORMAT) != first(FORMAT, "pol_0123456789abcdeg")


def test_two_carriers_form_different_numbers():
    other = FORMAT.replace(prefix="", year="none", symbols="digits", length=10, separator="")

    assert first(other).text.isdigit()
    assert len(first(other).text) == 12


def test_the_next_term_keeps_the_stem_and_has_an_ending_of_its_own():
    number = first(FORMAT)

    second = FORMAT.next_term(number)
    third = FORMAT.next_term(second)

    assert [second.stem, third.stem] == [number.stem] * 2
    assert second.text.startswith(f"{number.stem}-02-")
    assert third.text.startswith(f"{number.stem}-03-")
    assert all(FORMAT.check.holds(each.text) for each in (number, second, third))


@given(format=formats(), id=st.from_regex(r"\Apol_(test_)?[0-9a-hj-km-np-tv-z]{16}\Z"))
def test_every_number_has_right_check_digits_however_it_is_formed(format, id):
    for number in format.candidates(id, DAY):
        assert format.check.holds(number.text)
        assert format.check.holds(format.next_term(number).text)


@pytest.mark.parametrize("kind", ["0123456789", "ABCDEFGHJKMNPQRSTVWXYZ"])
def test_mod_97_10_finds_each_digit_and_each_letter_taken_for_another(kind):
    number = first(FORMAT).text
    wrong = [
        number[:place] + other + number[place + 1 :]
        for place, letter in enumerate(number)
        if letter in kind
        for other in kind
        if other != letter
    ]

    assert wrong
    assert not any(CheckScheme.MOD_97_10.holds(each) for each in wrong)


def test_a_number_is_found_however_people_write_it():
    assert (
        normalise_number("cwm 27 7k3mo1x2/45")
        == normalise_number("CWM-27-7K3M0IX2-45")
        == "CWM277K3M01X245"
    )


@pytest.mark.parametrize("text", ["", "-", "CWM-27-ÄÖ", "AB1"])
@pytest.mark.parametrize("scheme", CheckScheme)
def test_no_check_digits_hold_for_what_is_no_number(scheme, text):
    assert not scheme.holds(text)
