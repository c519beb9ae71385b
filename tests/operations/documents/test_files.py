"""The files: accessible, the same bytes every time, and laid out so that everything can be read."""

import subprocess
import sys
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pypdfium2
import pytest
from insurance.domain.core.errors import NoCover, NotPrintable
from insurance.domain.core.money import Currency, Money
from insurance.domain.core.system_actor import SYSTEM_ACTOR
from insurance.domain.document import DocumentKind
from insurance.domain.document.wording import Wording
from insurance.domain.jurisdiction.jurisdiction import NoticeKind
from insurance.domain.party.party import Address, Policyholder
from insurance.domain.policy import Initiator
from insurance.domain.policy.notice import NON_PAYMENT, Notice
from insurance.operations.documents.document_file import DocumentDownload
from insurance.products import product
from insurance.typesetting import BundledWordings

from tests.support.documents import ADA, pdf, words
from tests.support.motor import driver, wire
from tests.support.platform import Platform
from tests.support.policy_life import gbp, product_with

WORDY = Policyholder(
    name="Dr Bartholomew Maximilian Featherstonehaugh-Cholmondeley " * 2 + "W" * 60,
    address=Address(
        lines=("L" * 200, "The Old Vicarage, Upper Lower Middle Wallop", "x" * 60),
        postcode="NE1 4XX",
        country="IE",
    ),
)
LETTERS = (
    DocumentKind.ENDORSEMENT_LETTER,
    DocumentKind.NOTICE_LETTER,
    DocumentKind.CANCELLATION_LETTER,
)
WRITTEN = (DocumentKind.SCHEDULE, DocumentKind.CERTIFICATE, *LETTERS)
MARGIN_MM = 22


@pytest.fixture(scope="module")
def platform() -> Platform:
    """A policy that was changed and is cancelled by the insurer."""
    return lived(ADA)


def lived(holder: Policyholder, drivers: int = 4) -> Platform:
    made = Platform()
    made.issue(
        holder=holder,
        covers=("courtesy_car", "protected_ncd"),
        drivers=[driver(30 + place, place % 2) for place in range(drivers)],
    )
    made.now = datetime(2026, 3, 1, 9, tzinfo=UTC)
    made.change("endorsement", date(2026, 3, 10), answers={"annual_mileage": 15_000}, options=())
    made.now = datetime(2026, 5, 1, 9, tzinfo=UTC)
    made.announce(on=date(2026, 6, 1))
    made.prove_dispatch()
    made.now = datetime(2026, 6, 1, 9, tzinfo=UTC)
    made.cancel(date(2026, 6, 1), by="insurer")
    return made


COVERED = datetime(2026, 5, 1, tzinfo=UTC)


def file(platform: Platform, kind: str, **asked: Any) -> bytes:
    if kind == "certificate":
        asked = {"as_at": COVERED} | asked
    download: DocumentDownload = platform.make_document(kind, **asked)
    return platform.file_of(download.document)


@pytest.mark.parametrize("kind", WRITTEN)
def test_a_file_is_tagged_and_says_its_language_and_title(platform, kind):
    reader = pdf(file(platform, kind))

    root: Any = reader.trailer["/Root"]
    assert root["/Lang"] == "en-GB"
    assert root["/MarkInfo"]["/Marked"].value is True
    assert root["/ViewerPreferences"]["/DisplayDocTitle"].value is True
    assert reader.metadata is not None
    assert reader.metadata.title == BundledWordings().of("en", "GB", platform.product.zone).say(
        f"{kind}.title"
    )
    assert "<pdfuaid:part>1</pdfuaid:part>" in root["/Metadata"].get_data().decode()


def test_headings_tables_and_their_header_cells_are_tagged(platform):
    root: Any = pdf(file(platform, "schedule")).trailer["/Root"]
    tags = list(_tags(root["/StructTreeRoot"]))

    assert tags.count("/Table") >= 3
    assert tags.count("/TH") >= 8
    assert tags.count("/H1") == 1
    assert tags.count("/H2") >= 7


def test_another_process_sets_the_same_bytes(platform, tmp_path):
    """Nothing of the machine, the moment or the order of hashes is in a file."""
    script = (
        "import sys; from pathlib import Path\n"
        "from insurance.domain.document import Content\n"
        "from insurance.typesetting import TypstTypesetter\n"
        "content = Content.model_validate_json(Path(sys.argv[1]).read_bytes())\n"
        "Path(sys.argv[2]).write_bytes(TypstTypesetter().set(content))\n"
    )
    seen = _Recording(platform)
    first = file(seen.platform, "schedule")
    (tmp_path / "content.json").write_text(seen.content)

    for seed in ("1", "2"):
        subprocess.run(  # noqa: S603 - our own script
            [sys.executable, "-c", script, tmp_path / "content.json", tmp_path / seed],
            env={"PYTHONHASHSEED": seed, "TZ": "Asia/Tokyo", "LANG": "C"},
            check=True,
        )
        assert (tmp_path / seed).read_bytes() == first


def test_a_schedule_says_everything_that_is_agreed(platform):
    text = words(file(platform, "schedule", as_at=datetime(2026, 4, 1, tzinfo=UTC)))

    for said in (
        "Ada Lovelace",
        "SW1Y 4JH",
        "Insured from 00:00 on 1 January 2026",
        "Until 00:00 on 1 January 2027",
        "On 1 April 2026 In force",
        "Registration AB12 CDE",
        "Miles a year 15,000",
        "Motoring convictions",
        "Third Party Liability Section 3: Liability to others £20,000,000.00",
        "Fire and Theft Section 2: Fire and theft £12,000.00 £500.00",
        "Accidental Damage: 550 with a driver under 25 at the wheel",
        "Insurance Premium Tax",
        "Arrangement fee £25.00",
        "Total for the term",
        "Charged so far",
        "within 14 days",
        "ombudsman",
        "Made in test mode. This is not insurance.",
        "Page 1 of 2",
        "Page 2 of 2",
    ):
        assert said in text, said
    assert "Courtesy Car" not in text


def test_a_schedule_shows_the_terms_of_its_instant(platform):
    text = words(file(platform, "schedule", as_at=datetime(2026, 2, 1, tzinfo=UTC)))

    assert "Miles a year 8000" in text
    assert "Courtesy Car" in text


def test_a_letter_of_a_change_shows_both_versions_and_the_computation(platform):
    text = words(file(platform, "endorsement_letter"))

    assert "Miles a year 8000 15,000" in text
    assert "Cover: Courtesy Car" in text
    assert "Not insured" in text
    assert "Worked out for 297/365 days of the term." in text
    assert "Fee for the change – – £25.00" in text  # noqa: RUF001 - as it is set


def test_a_cancellation_by_the_insurer_says_what_the_law_asks_for(platform):
    text = words(file(platform, "cancellation_letter"))

    assert "We cancel your policy. You are insured until 00:00 on 1 June 2026" in text
    assert "period of notice" in text
    assert "of your premium is given back" in text


def test_a_notice_says_from_when_it_counts_and_what_can_be_done(platform):
    text = words(file(platform, "notice_letter"))

    assert "we will cancel your policy. Our reason: what we were told is not so." in text
    assert "for 7 days after the day on which this letter was sent" in text
    assert "not end before 00:00 on 1 June 2026 either" in text
    assert "Date 1 May 2026" in text


def test_a_notice_of_a_lapse_says_how_to_stop_it():
    platform = Platform()
    platform.issue(holder=ADA)
    lapse = Notice(
        number=1,
        kind=NoticeKind.LAPSE,
        reason=NON_PAYMENT,
        given_at=datetime(2026, 3, 1, 9, tzinfo=UTC),
        given_by=SYSTEM_ACTOR,
        arrears=gbp("48.50"),
        due_by=date(2026, 2, 15),
    )
    policies, policy_id = platform.memory.policies, platform.policy_id
    with_it = policies[policy_id].record.with_notice(lapse)
    policies[policy_id] = replace(policies[policy_id], record=with_it)

    text = platform.text_of("notice_letter")

    assert "your policy will lapse" in text
    assert "£48.50, which was due up to 15 February 2026" in text
    assert "7 days" in text


def test_a_cancellation_that_was_asked_for_says_so():
    platform = Platform()
    platform.issue(holder=ADA)
    platform.now = datetime(2026, 3, 1, 9, tzinfo=UTC)
    platform.change("cancellation", date(2026, 6, 1), by=Initiator.POLICYHOLDER)

    text = platform.text_of("cancellation_letter")

    assert "As you asked, your policy is cancelled." in text
    assert "period of notice" not in text


def test_a_certificate_says_only_what_is_covered_then(platform):
    for as_at in (datetime(2026, 6, 1, tzinfo=UTC), None):
        with pytest.raises(NoCover):
            platform.make_document("certificate", as_at=as_at)

    assert platform.make_document("certificate", as_at=COVERED)


@pytest.mark.parametrize("kind", WRITTEN)
def test_long_names_and_many_drivers_stay_inside_the_margins(kind):
    platform = lived(WORDY)
    set_file = file(platform, kind)

    text = words(set_file)
    assert WORDY.name.split()[0] in text
    assert "W" * 60 in text.replace(" ", "")
    for page in pypdfium2.PdfDocument(set_file):
        ink = _ink(page)
        assert ink.left >= MARGIN_MM - 1, kind
        assert ink.right <= 210 - MARGIN_MM + 1, kind
        assert ink.bottom <= 297 - 10, kind


def test_a_long_schedule_runs_over_many_pages_with_its_headings_again():
    questions = [dict(each) for each in product("home_contents").source.document["questions"]]
    questions[-1]["max"] = 100
    home = product_with("home_contents", life={}, questions=questions)
    platform = Platform(product=home)
    platform.issue(
        all_answers={
            "postcode": "AB1 1AA",
            "contents_sum": wire(150_000),
            "property_type": "flat",
            "alarm": True,
            "occupied_by_day": True,
            "previous_claims": 0,
            "items": [
                {"description": f"A ring, number {place}", "value": wire(700)}
                for place in range(1, 101)
            ],
        }
    )

    pages = [page.extract_text() for page in pdf(file(platform, "schedule")).pages]

    assert len(pages) >= 4
    assert f"Page {len(pages)} of {len(pages)}" in pages[-1]
    assert sum("Specified items" in page for page in pages) >= 3
    assert sum("A ring, number" in page for page in pages) >= 3


def test_text_is_never_run_as_markup():
    holder = Policyholder(name="#panic() *Ada* $x$ @ref \\ <b>Lovelace</b>")
    platform = Platform()
    platform.issue(holder=holder)

    assert holder.name in platform.text_of("certificate")


def test_names_of_many_alphabets_are_set():
    for name in ("Zażółć Gęślą", "Nguyễn Văn Ánh", "Αλέξης Ζορμπάς", "Дмитрий Шостакович"):
        platform = Platform()
        platform.issue(holder=Policyholder(name=name))
        assert name in platform.text_of("certificate")


def test_a_character_that_the_typeface_lacks_is_refused_without_saying_whose():
    platform = Platform()
    platform.issue(holder=Policyholder(name="山田太郎"))

    with pytest.raises(NotPrintable) as refusal:
        platform.make_document("certificate")

    assert "山" not in str(refusal.value)
    assert refusal.value.__cause__ is None
    assert refusal.value.__suppress_context__


@pytest.mark.parametrize(
    ("amount", "currency", "written"),
    [
        (123_456_789, "GBP", "£1,234,567.89"),
        (-5, "EUR", "−€0.05"),  # noqa: RUF001 - a minus sign
        (1_234, "JPY", "¥1,234"),
        (1_500, "KWD", "KWD 1.500"),
    ],
)
def test_amounts_are_written_as_the_language_writes_them(wording, amount, currency, written):
    assert wording.money(Money(amount=amount, currency=Currency(currency))) == written


def test_times_are_those_where_the_risk_is(wording):
    assert wording.instant(datetime(2026, 6, 30, 23, 30, tzinfo=UTC)) == "00:30 on 1 July 2026"


@pytest.fixture
def wording(platform: Platform) -> Wording:
    return BundledWordings().of("en", "GB", platform.product.zone)


class _Recording:
    """A typesetter that remembers what it set last, and a platform that has it and files of its own."""

    def __init__(self, platform: Platform) -> None:
        own = replace(platform.parts, objects=type(platform.objects)())
        self.platform = replace(platform, parts=own, calls=platform.calls + 1000)
        self.platform.policy_id, self.platform.typesetter = platform.policy_id, self
        self._set = platform.typesetter.set
        self.edition = "recorded"
        self.content = ""

    def set(self, content: Any) -> bytes:
        self.content = content.model_dump_json()
        return self._set(content)


class _Ink:
    """Where a page is not blank, in millimetres from its left and upper edge."""

    def __init__(self, left: int, right: int, bottom: int) -> None:
        self.left, self.right, self.bottom = left, right, bottom


def _ink(page: Any) -> _Ink:
    """The page as a picture of two pixels a millimetre, and what of it is marked."""
    bitmap = page.render(scale=2 * 25.4 / 72, grayscale=True)
    width, height, stride = bitmap.width, bitmap.height, bitmap.stride
    data = bytes(bitmap.buffer)
    rows = [data[row * stride : row * stride + width] for row in range(height)]
    per_mm = width / 210
    columns = [column for row in rows for column, shade in enumerate(row) if shade < 200]
    marked = [place for place, row in enumerate(rows) if min(row) < 200]
    return _Ink(int(min(columns) / per_mm), int(max(columns) / per_mm), int(max(marked) / per_mm))


def _tags(element: Any) -> Any:
    """The structure's tags, depth first."""
    element = element.get_object() if hasattr(element, "get_object") else element
    if isinstance(element, dict):
        if "/S" in element:
            yield element["/S"]
        if "/K" in element:
            yield from _tags(element["/K"])
    elif isinstance(element, list):
        for child in element:
            yield from _tags(child)
