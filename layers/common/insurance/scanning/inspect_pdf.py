"""`python -m insurance.scanning.inspect_pdf`: a PDF on the way in, and on the way out why it is refused.

A process of its own, which has no key, no name of a table and no credentials, and little memory and time.
"""

import resource
import sys

from insurance.domain.evidence.media import BYTES_MAX
from insurance.domain.evidence.refusal import FileRefused, Refusal

MEMORY_MAX = 512 * 1024 * 1024
"""Bytes of address space. The largest file needs some 250 MB."""
CPU_SECONDS = 5
SOUND = "sound"


def refusal_of(pdf: bytes) -> Refusal | None:
    """Why a PDF is refused; None: it is not. What makes its reader fail is unreadable, however it fails."""
    from insurance.scanning.pdf_rules import check_pdf  # noqa: PLC0415 - within the limits

    try:
        check_pdf(pdf)
    except FileRefused as refused:
        return refused.refusal
    except (MemoryError, RecursionError):
        return Refusal.TOO_COMPLEX
    except Exception:  # a reader of hostile files fails in any way
        return Refusal.UNREADABLE
    return None


def main() -> None:
    """Inspect one file within the limits."""
    for limit, most in (
        (resource.RLIMIT_AS, MEMORY_MAX),
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(limit, (most, most))
    sys.stdout.write(refusal_of(sys.stdin.buffer.read(BYTES_MAX)) or SOUND)


if __name__ == "__main__":
    main()
