"""The holder of the policies that documents are made of, and PDF as people read it."""

from io import BytesIO

from insurance.domain.party.party import Address, Policyholder
from pypdf import PdfReader

ADA = Policyholder(
    name="Ada Lovelace",
    address=Address(lines=("12 St James's Square",), postcode="SW1Y 4JH", country="GB"),
)


def pdf(file: bytes) -> PdfReader:
    return PdfReader(BytesIO(file))


def words(file: bytes) -> str:
    pages = (page.extract_text() for page in pdf(file).pages)
    return " ".join(" ".join(pages).replace("\N{ZERO WIDTH SPACE}", "").split())
