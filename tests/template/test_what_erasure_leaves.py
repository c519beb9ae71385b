"""docs/security.md says how long buckets keep what an erasure does not reach; the template has the days."""

import re
from typing import Any

from tests.template.conftest import ROOT

type Json = dict[str, Any]

ROW = re.compile(r"^\| `(\w+)`(?:, `([a-z]+[/_])`)? \| .+ \| (.+) \|$", re.MULTILINE)
OF_NOBODY = {"ProductUploadsBucket"}
"""Versions of products are no personal data."""
TAKEN_BACK = "downloads/"
"""An erasure deletes these itself, with every version."""


def said() -> dict[tuple[str, str], str]:
    """Bucket and prefix to how long the page says."""
    page = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
    section = page.partition("## What an erasure does not reach")[2].partition("\n## ")[0]
    return {(bucket, prefix): days for bucket, prefix, days in ROW.findall(section)}


def test_every_bucket_that_keeps_files_for_days_is_there_with_its_days(written: Json) -> None:
    kept: dict[tuple[str, str], tuple[int, int]] = {}
    for name, bucket in written["Resources"].items():
        if bucket["Type"] != "AWS::S3::Bucket" or name in OF_NOBODY:
            continue
        for rule in bucket["Properties"].get("LifecycleConfiguration", {}).get("Rules", ()):
            days, prefix = rule.get("ExpirationInDays"), rule.get("Prefix", "")
            if isinstance(days, int) and days < 365 and prefix != TAKEN_BACK:
                whole = days + 1  # S3 rounds up to midnight, for the file and for its version
                versions = rule["NoncurrentVersionExpiration"]["NoncurrentDays"] + 1
                kept[name, prefix] = (whole, whole + versions)

    assert kept
    for place, (found, gone) in kept.items():
        assert re.search(rf"\bafter {found} days\b.*\bafter {gone} days\b", said()[place]), place


def test_what_is_locked_is_there_with_its_years(written: Json) -> None:
    files = written["Resources"]["PaymentFilesBucket"]["Properties"]
    years = files["ObjectLockConfiguration"]["Rule"]["DefaultRetention"]["Years"]

    assert said()["PaymentFilesBucket", ""] == f"{years} years"
