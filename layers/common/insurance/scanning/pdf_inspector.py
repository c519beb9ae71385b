"""PDFs of strangers, inspected in a process that holds nothing and is ended when it takes too long."""

import os
import subprocess
import sys
from typing import Final

from insurance.domain.evidence.refusal import Refusal
from insurance.scanning.inspect_pdf import SOUND

SECONDS_MAX: Final = 9
"""Of the function's fifteen. The process's own limit counts the work; this one counts waiting, too."""


class PypdfInspector:
    """The port `PdfInspector`, on pypdf in a process without keys, credentials or names."""

    def refusal_of(self, pdf: bytes) -> Refusal | None:
        """Why a PDF is refused; None: it is not."""
        environment = {"PYTHONPATH": os.pathsep.join(sys.path)}
        if "LD_LIBRARY_PATH" in os.environ:  # where Lambda keeps Python's own library
            environment["LD_LIBRARY_PATH"] = os.environ["LD_LIBRARY_PATH"]
        try:
            ended = subprocess.run(
                [sys.executable, "-S", "-s", "-P", "-m", "insurance.scanning.inspect_pdf"],
                input=pdf,
                capture_output=True,
                env=environment,
                timeout=SECONDS_MAX,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return Refusal.TOO_COMPLEX
        if ended.returncode < 0:
            return Refusal.TOO_COMPLEX  # ended by its limits
        if ended.returncode > 0:
            raise RuntimeError("the inspection of PDFs does not run")
        said = ended.stdout.decode()
        return None if said == SOUND else Refusal(said)
