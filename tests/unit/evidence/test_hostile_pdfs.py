"""PDFs that mean harm are refused with their reason; those that people's programs write are not."""

import subprocess
from typing import Any
from unittest.mock import patch
from zlib import compress

import pytest
from insurance.domain.evidence.refusal import Refusal
from insurance.scanning import BundledScanner, inspect_pdf
from insurance.scanning.inspect_pdf import refusal_of
from insurance.scanning.pdf_inspector import SECONDS_MAX, PypdfInspector

from tests.support.hostile_pdfs import SCRIPT, hostile_pdfs, pdf_of, sound_pdfs, stream_of


@pytest.mark.parametrize("bad", [pytest.param(bad, id=bad.name) for bad in hostile_pdfs()])
def test_a_hostile_pdf_is_refused_with_its_reason(bad):
    assert refusal_of(bad.file) == bad.why


@pytest.mark.parametrize("file", [pytest.param(file, id=name) for name, file in sound_pdfs()])
def test_a_sound_pdf_is_taken(file):
    assert refusal_of(file) is None
    assert BundledScanner().found_in(file) is None


def test_the_inspection_runs_in_a_process_that_is_given_no_credentials(monkeypatch):
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "of the function")
    given: list[Any] = []

    def run(*arguments: Any, **options: Any) -> Any:
        given.append(options["env"])
        return real(*arguments, **options)

    real = subprocess.run
    with patch.object(subprocess, "run", run):
        assert PypdfInspector().refusal_of(pdf_of()) is None
        assert (
            PypdfInspector().refusal_of(pdf_of(b"/OpenAction" + SCRIPT)) is Refusal.ACTIVE_CONTENT
        )

    assert all(environment.keys() <= {"PYTHONPATH", "LD_LIBRARY_PATH"} for environment in given)


IN_A_SECOND = """
from insurance.scanning import inspect_pdf
inspect_pdf.CPU_SECONDS = 1
inspect_pdf.main()
"""


def test_what_takes_too_long_is_ended_and_refused():
    """After a second of work, instead of five: what is inspected, and how it is ended, is the same."""

    def run(arguments: list[str], **options: Any) -> Any:
        *options_of_python, _, module = arguments
        assert module == inspect_pdf.__name__
        return real([*options_of_python, "-c", IN_A_SECOND], **options)

    real = subprocess.run
    slow = b"/Filter/FlateDecode/DecodeParms<</Predictor 15/Columns 1>>"
    file = pdf_of(more={5: stream_of(b"", slow, compress(b"\4\1" * (19 << 20)))})

    with patch.object(subprocess, "run", run):
        assert PypdfInspector().refusal_of(file) is Refusal.TOO_COMPLEX
    assert inspect_pdf.CPU_SECONDS < SECONDS_MAX
