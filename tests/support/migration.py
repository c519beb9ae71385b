"""A file of motor policies of another system, its mapping, and its control totals."""

from typing import Any

from tests.support.calls import Answer, staff
from tests.support.intake import UNA, WRITE, Desk

type Json = dict[str, Any]

CHLOE = staff("chloe", "chief_underwriter", WRITE)
CAROL = staff(
    "carol",
    "call_centre",
    "policies:read coverwright/policies:write coverwright/ledger:read coverwright/claims:write coverwright/claims:read coverwright/policies:search coverwright/billing:read",
)
HEADINGS = ("No", "Reg", "Driver", "Start", "Net", "Tax", "Paid", "Plan", "Value")
CHANGED = ("Changed", "Miles", "Net then", "Tax then", "Net charged", "Tax charged")
ADA = (
    "OLD-1001",
    "AB12 CDE",
    "Ada Lovelace",
    "2026-06-01",
    "300.00",
    "36.00",
    "336.00",
    "annual",
    "12000.00",
)
BEN = (
    "OLD-1002",
    "CD34 EFG",
    "Ben Young",
    "2026-03-15",
    "412.37",
    "49.48",
    "461.85",
    "annual",
    "12000.00",
)
CUT_OVER = "2026-11-20"


def policy_mapping(**changes: Any) -> Json:
    money = {"as": "money", "currency": "GBP"}
    return {
        "format": "csv",
        "kind": "policies",
        "columns": {
            heading: {"personal": heading in {"Reg", "Driver"}} for heading in (*HEADINGS, *CHANGED)
        },
        "fields": {
            "number": {"from": "No", "as": "text", "required": True},
            "product": {"value": "'personal_motor'"},
            "start": {"from": "Start", "as": "date"},
            "policyholder.name": {"from": "Driver", "as": "text", "required": True},
            "answers.registration": {"from": "Reg", "as": "text", "required": True},
            "answers.vehicle_value": {"from": "Value", **money},
            "answers.annual_mileage": {"value": "8000"},
            "answers.no_claims_years": {"value": "5"},
            "answers.drivers.0.age": {"value": "35"},
            "answers.drivers.0.licence_years": {"value": "15"},
            "answers.drivers.0.convictions": {"value": "0"},
            "premium.net": {"from": "Net", **money},
            "premium.lines.ipt": {"from": "Tax", **money},
            "paid": {"from": "Paid", **money},
            "plan": {"from": "Plan", "as": "text"},
            "endorsements.0.effective_on": {"from": "Changed", "as": "date"},
            "endorsements.0.answers.annual_mileage": {"from": "Miles", "as": "integer"},
            "endorsements.0.premium.net": {"from": "Net then", **money},
            "endorsements.0.premium.lines.ipt": {"from": "Tax then", **money},
            "endorsements.0.charged.net": {"from": "Net charged", **money},
            "endorsements.0.charged.lines.ipt": {"from": "Tax charged", **money},
        },
        "rules": [],
        **changes,
    }


def policy_file(*rows: tuple[str, ...]) -> bytes:
    """Rows may leave out what an endorsement was."""
    headings = (*HEADINGS, *CHANGED)
    full = [(*row, *[""] * (len(headings) - len(row))) for row in rows]
    return "".join(",".join(row) + "\n" for row in [headings, *full]).encode()


def totals(**changes: int) -> Json:
    """Of Ada's and Ben's policies on the day of the cut-over."""
    return {
        "product": "personal_motor",
        "currency": "GBP",
        "policies": 2,
        "written": 71_237,
        "unearned": (30_000 - 14_137) + (41_237 - 28_245),  # after 172 and 250 days of 365
        "outstanding": 0,
        "paid": 79_785,
        **changes,
    }


class Migration:
    """Una brings the file of policies, Chloe cuts it over."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.desk.approved("old_system", policy_mapping())

    def brought(self, file: bytes, *controls: Json, **changes: Any) -> Answer:
        wanted = {
            "source": "old_system",
            "upload_id": self.desk.uploaded(file, UNA),
            "cut_over_on": CUT_OVER,
            "control_totals": list(controls),
            **changes,
        }
        return self.desk.call("/v1/batches", wanted, UNA)

    def worked(self, file: bytes, *controls: Json, step: str = "start") -> str:
        answer = self.brought(file, *controls)
        assert answer.status == 201, answer.text
        batch: str = answer.body["id"]
        self.step(batch, step)
        return batch

    def step(self, batch: str, step: str) -> Json:
        taken = self.desk.step(batch, step, UNA)
        assert taken.status == 200, taken.text
        return self.desk.run(batch, UNA)

    def cut_over(self, batch: str, by: Json = CHLOE, at: str = f"{CUT_OVER}T09:00:00Z") -> Answer:
        path = f"/v1/batches/{batch}/cut-over"
        return self.desk.call(path, {"reason": "agreed"}, by, clock=at)

    def policies(self, batch: str) -> list[Json]:
        items = self.desk.get(f"/v1/batches/{batch}/results", UNA)["items"]
        ids = [each["made_id"].replace("quo_", "pol_") for each in items if "made_id" in each]
        return [self.desk.platform.get(f"/v1/policies/{id}", by=CAROL) for id in ids]
