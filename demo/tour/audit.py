"""A scene of the audit: an event is proved to somebody who trusts nobody."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Final

from demo.tour.claims import motor_policy
from demo.tour.visitor import Visitor
from local.settings import ROOT

type Json = dict[str, Any]

AUDITOR: Final = "auditor-test"
ROOT_SECONDS: Final = 60.0
SCRIPT: Final = re.compile(r"^```python\n(.*?)^```$", re.M | re.S)


def proved_to_an_outsider(visitor: Visitor) -> str:
    policy_id = motor_policy(visitor)["id"]
    proof = _proof(visitor, policy_id)
    root = proof.pop("root")
    document = root["document"]
    visitor.say("root", f"{document['number']}, {document['day']}: {document['heads']} moved")
    folder = _keep(visitor, proof, root)
    checked = _checked(folder)
    visitor.expect(checked.returncode == 0, f"the proof holds: {checked.stderr}")
    visitor.say("outsider", checked.stdout.strip())
    visitor.keep("proof.json", json.dumps(proof | {"content": None, "hash": "00" * 32}).encode())
    forged = _checked(folder)
    visitor.expect(forged.returncode != 0, "a forged one does not")
    visitor.say("outsider", f"forged: {forged.stderr.strip()}")
    found = visitor.get(f"/v1/audit/verification?stream={policy_id}", by=AUDITOR)
    visitor.expect(found["verified"], "every link of the policy holds")
    return f"{policy_id}-1 proved by root {document['number']} with the script of docs/audit.md"


def _proof(visitor: Visitor, policy_id: str) -> Json:
    """The proof of the policy's first event, once delivery has brought it and a root covers it."""
    path = f"/v1/events/{policy_id}/1/proof"
    deadline = time.monotonic() + ROOT_SECONDS
    while True:
        visitor.calls("AuditFunction", {"roots": ["test"], "today": True})
        proof = visitor.found(path)
        if proof is not None:
            return proof
        if time.monotonic() > deadline:
            visitor.fail(f"no root covers the policy in {ROOT_SECONDS:.0f} s")
        time.sleep(0.2)


def _keep(visitor: Visitor, proof: Json, root: Json) -> Path:
    """All that the outsider has: the page's script, the proof, a root and the key."""
    [script] = SCRIPT.findall((ROOT / "docs" / "audit.md").read_text("utf-8"))
    visitor.keep("verify.py", script.encode())
    visitor.keep("proof.json", json.dumps(proof).encode())
    visitor.keep("root.json", json.dumps(root).encode())
    return visitor.keep("public_key.txt", root["public_key"].encode()).parent


def _checked(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-I", "verify.py", "proof.json", "root.json", "public_key.txt"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
