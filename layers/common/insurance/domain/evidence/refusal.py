"""Why a file of evidence is refused, and what its sender can do about it."""

from enum import StrEnum


class Refusal(StrEnum):
    """Why a file is refused. The codes are public and stable."""

    WRONG_SIZE = "wrong_size"
    WRONG_HASH = "wrong_hash"
    WRONG_TYPE = "wrong_type"
    INFECTED = "infected"
    NOT_SCANNABLE = "not_scannable"
    UNREADABLE = "unreadable"
    TOO_MANY_PIXELS = "too_many_pixels"
    INFLATES = "inflates"
    TOO_COMPLEX = "too_complex"
    ACTIVE_CONTENT = "active_content"
    EMBEDDED_FILE = "embedded_file"
    ENCRYPTED = "encrypted"
    MIXED_TYPES = "mixed_types"
    TRAILING_CONTENT = "trailing_content"


ADVICE = {
    Refusal.WRONG_SIZE: "The file is not as long as announced. Announce the file that you send.",
    Refusal.WRONG_HASH: "The file's SHA-256 is not the announced one. Announce the file that you send.",
    Refusal.WRONG_TYPE: "The file does not begin as its media type does. Send JPEG, PNG or PDF, and"
    " announce it as what it is; renaming a file does not convert it.",
    Refusal.INFECTED: "The file contains malware. Check the device that it comes from.",
    Refusal.NOT_SCANNABLE: "The file cannot be scanned for malware. Save it without a password, or send"
    " its pages as pictures.",
    Refusal.UNREADABLE: "The file is damaged or incomplete. Open it, save it anew, and send that.",
    Refusal.TOO_MANY_PIXELS: "A picture has more than 100 million pixels, or a side of more than"
    " 30,000. Send it smaller, or in parts.",
    Refusal.INFLATES: "What is compressed in the file is larger than is taken. Save its pictures as"
    " JPEG, or send its pages as pictures.",
    Refusal.TOO_COMPLEX: "The file has more parts than can be checked. Print it to a new PDF, or save"
    " the picture anew.",
    Refusal.ACTIVE_CONTENT: "The PDF has scripts, actions that run by themselves, or a form that sends or"
    " loads data. Print it to a new PDF, and send that.",
    Refusal.EMBEDDED_FILE: "The PDF has another file in it. Send that file by itself, and print this one"
    " to a new PDF.",
    Refusal.ENCRYPTED: "The PDF is encrypted. Save it without a password, and send that.",
    Refusal.MIXED_TYPES: "The PDF is also a web page or an archive. Print it to a new PDF, and send that.",
    Refusal.TRAILING_CONTENT: "Something follows the end of the PDF. Print it to a new PDF, and send that.",
}
"""What a sender can do, for each reason."""


class FileRefused(Exception):
    """A file cannot be stored, for a reason."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal)
        self.refusal = refusal
