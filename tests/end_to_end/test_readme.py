"""What the README tells a newcomer to paste works when it is pasted."""

import json
import os
import re
import subprocess

from local.settings import ROOT
from local.stack import Stack


def test_the_first_quote_of_the_readme_is_a_quote(stack: Stack) -> None:
    [block] = re.findall(r"```sh\n(curl .*?)```", (ROOT / "README.md").read_text(), re.S)
    told = {"BASE_URL": stack.base_url, "TOKEN": stack.token("harbour-test")}

    pasted = subprocess.run(
        ["bash", "-c", block], env=os.environ | told, capture_output=True, text=True, check=True
    )

    quote = json.loads(pasted.stdout)
    assert quote["id"].startswith("quo_test_"), quote
    assert quote["status"] == "bindable"
