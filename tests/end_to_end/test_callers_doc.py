"""What docs/callers.md tells a partner's engineer to run works when it is run."""

import os
import re
import subprocess
import sys
from pathlib import Path

from insurance.api.sender import thumbprint_of
from joserfc.jwk import ECKey

from demo.proofs import key_of
from local.settings import ROOT
from local.stack import Stack

PAGE = (ROOT / "docs" / "callers.md").read_text()
MAKES_A_KEY, CALLS = re.findall(r"```python\n(.*?)```", PAGE, re.S)[:2]
[CURL] = re.findall(r"```sh\n(curl .*?)```", PAGE, re.S)
OWNER = "proof-test"


def ran(*command: str, **told: str) -> str:
    done = subprocess.run(
        command, env=os.environ | told, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def told(stack: Stack) -> dict[str, str]:
    return {
        "BASE_URL": stack.base_url,
        "TOKEN": stack.token(OWNER),
        "CLIENT_KEY": key_of(OWNER).as_pem(private=True).decode(),
    }


def test_the_key_that_the_page_makes_has_the_thumbprint_that_it_prints() -> None:
    *pem, thumbprint = ran(sys.executable, "-c", MAKES_A_KEY).splitlines()

    assert ECKey.import_key("\n".join(pem)).thumbprint() == thumbprint


def test_the_call_of_the_page_is_answered(stack: Stack) -> None:
    assert ran(sys.executable, "-c", CALLS, **told(stack)) == "200"


def test_curl_with_a_proof_of_the_page_is_answered_once(stack: Stack) -> None:
    only_the_proof = CALLS.partition("answer = ")[0] + "print(proof)"
    values = told(stack)
    values["PROOF"] = ran(sys.executable, "-c", only_the_proof, **values)

    assert [ran("bash", "-c", CURL, **values) for _ in range(2)] == ["200", "401"]


def test_the_examples_are_short() -> None:
    lines = [line for line in CALLS.splitlines() if line]

    assert len(lines) <= 25


def test_the_thumbprint_of_the_pages_command_is_the_one_that_is_compared(tmp_path: Path) -> None:
    """With a certificate that openssl makes."""
    [command] = re.findall(r"```sh\n(openssl x509 .*?)```", PAGE, re.S)
    made = "openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out client.pem -days 1"
    script = f"cd {tmp_path} && {made} -subj /CN=harbour 2>/dev/null && {command}"

    printed = ran("bash", "-c", script)

    assert printed == thumbprint_of((tmp_path / "client.pem").read_text())
