"""How each published case is played through a product's public face; the figures stay in the file."""

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from insurance.domain.contract.premium import Premium
from insurance.domain.contract.terms import ImposedTerms, PastClaim
from insurance.domain.core.money import Money
from insurance.domain.product import Product, Risk
from insurance.domain.product.claims.assessment import Loss
from insurance.products import product

from tools.products.folder import read

HERE = Path(__file__).parent / "products"
START = date(2026, 1, 1)
MOTOR: Mapping[str, Any] = {
    "registration": "AB12 CDE",
    "vehicle_value": 12_000,
    "annual_mileage": 8_000,
    "no_claims_years": 5,
    "voluntary_excess": 250,
    "drivers": [(35, 0)],
}
HOME: Mapping[str, Any] = {
    "postcode": "AB1 1AA",
    "contents_sum": 40_000,
    "property_type": "semi",
    "alarm": True,
    "occupied_by_day": True,
    "previous_claims": 0,
}


def bundled(code: str) -> Product:
    return product(code, "2026.1")


@cache
def of_the_cases(code: str) -> Product:
    """A product written for cases that no bundled product has the clauses for."""
    return Product(read(HERE / code))


def money(sold: Product, major: object) -> Money:
    return Money.of(str(major), sold.currency)


def wire(sold: Product, major: object) -> dict[str, object]:
    return {"amount": money(sold, major).amount, "currency": sold.currency.value}


def motor(covers: tuple[str, ...] = (), **changes: Any) -> Risk:
    sold, plain = bundled("personal_motor"), {**MOTOR, **changes}
    drivers = [
        {"age": age, "licence_years": age - 17, "convictions": convictions}
        for age, convictions in plain["drivers"]
    ]
    amounts = {code: wire(sold, plain[code]) for code in ("vehicle_value", "voluntary_excess")}
    answers = sold.read_answers({**plain, **amounts, "drivers": drivers})
    return Risk(answers, {"vehicle": {"vehicle_group": 15}}, covers, START)


def home(
    *, covers: tuple[str, ...] = (), ring: int = 0, flood: str = "low", **changes: Any
) -> Risk:
    sold, plain = bundled("home_contents"), {**HOME, **changes}
    items = [{"description": "Ring", "value": wire(sold, ring)}] if ring else []
    answers = sold.read_answers(
        {**plain, "contents_sum": wire(sold, plain["contents_sum"]), "items": items}
    )
    area = {"flood_risk": flood, "theft_area": "medium"}
    return Risk(answers, {"area": area}, covers, START)


def price(sold: Product, risk: Risk) -> Premium:
    found = sold.offer(risk).premium
    assert found is not None
    return found


def premium(risk: Risk) -> list[Money]:
    """Net, tax and total of a motor or home price."""
    sold = bundled("personal_motor" if "registration" in risk.answers.json else "home_contents")
    found = price(sold, risk)
    return [found.net, found.lines[0].amount, found.total]


def renewed(risk: Risk, claims: int = 0) -> list[Money]:
    code = "personal_motor" if "registration" in risk.answers.json else "home_contents"
    sold = bundled(code)
    past = [PastClaim(cover="accidental_damage", counts=True, paid=money(sold, 2_500))] * claims
    offer = sold.renew(risk, last=price(sold, risk), claims=past).offer
    assert offer.premium is not None
    return [offer.premium.total]


def paid(
    risk: Risk, cover: str, claimed: int, imposed: ImposedTerms | None = None, **facts: Any
) -> list[Money]:
    code = "personal_motor" if "registration" in risk.answers.json else "home_contents"
    sold = bundled(code)
    told = {
        name: wire(sold, fact) if name == "true_value" else fact for name, fact in facts.items()
    }
    return [sold.assess(Loss(cover, money(sold, claimed), told), risk, imposed).payable]


def clauses(
    cover: str, claimed: int, sum_insured: int = 1_000_000, facts: Mapping[str, Any] | None = None
) -> list[Money]:
    """What is payable, and what is held back if anything is."""
    sold = of_the_cases("claim_clauses")
    answers = sold.read_answers({"sum_insured": wire(sold, sum_insured)})
    loss = Loss(cover, money(sold, claimed), facts or {})
    assessment = sold.assess(loss, Risk(answers, {}, (), START))
    assert assessment.outcome == "pass"
    held_back = [assessment.recoverable] if assessment.recoverable else []
    return [assessment.payable, *held_back]


def usd(major: int) -> dict[str, object]:
    return wire(of_the_cases("claim_clauses"), major)


def articles() -> dict[str, object]:
    listed = {"jewellery": 7_000, "firearms": 3_500, "gold_ware": 5_000}
    return {"articles": [{"kind": kind, "worth": usd(worth)} for kind, worth in listed.items()]}


def coefficients(start: str, claims: list[list[str]]) -> list[str]:
    """The coefficient after each year, by the faults of the year's claims."""
    sold = of_the_cases("bonus_malus")
    risk = Risk(sold.read_answers({"coefficient": start}), {}, (), START)
    found = []
    for faults in claims:
        past = [
            PastClaim(cover="motor", counts=True, paid=money(sold, 1_000), fault=fault)
            for fault in faults
        ]
        risk = sold.renew(risk, last=price(sold, risk), claims=past).risk
        found.append(str(risk.answers.json["coefficient"]))
    return found


def tax_fraction(rate: str) -> Decimal:
    """The part of a price with tax in it that is tax, from a price of ten million."""
    sold = of_the_cases("tax_included")
    answers = sold.read_answers({"price": wire(sold, 10_000_000), "tax_rate": rate})
    found = price(sold, Risk(answers, {}, (), START))
    fraction = found.lines[0].amount.major / found.total.major
    return fraction.quantize(Decimal("0.000001"))


AD: Mapping[str, Any] = {"driver_age": 35, "fault": True}
REPRODUCED: Mapping[str, Callable[[], list[Any]]] = {
    "MOT-R1": lambda: premium(motor()),
    "MOT-R2": lambda: premium(motor(drivers=[(35, 0), (19, 0)]))[:1],
    "MOT-R3": lambda: premium(motor(drivers=[(35, 1)]))[:1],
    "MOT-R4": lambda: premium(motor(cover_type="third_party_fire_theft"))[:1],
    "MOT-R6": lambda: premium(motor(covers=("protected_ncd",))),
    "MOT-N1": lambda: renewed(motor(), 1),
    "MOT-N2": lambda: renewed(motor(), 2),
    "MOT-C1": lambda: paid(motor(), "accidental_damage", 3_000, **AD),
    "MOT-C2": lambda: paid(motor(), "accidental_damage", 3_000, driver_age=19, fault=True),
    "MOT-C3": lambda: paid(motor(), "accidental_damage", 15_000, **AD),
    "MOT-C4": lambda: paid(motor(), "windscreen", 400),
    "HOM-R1": lambda: premium(home()),
    "HOM-R2": lambda: premium(home(ring=3_000))[:1],
    "HOM-R4": lambda: premium(home(covers=("accidental_damage",)))[:1],
    "HOM-N1": lambda: renewed(home(ring=3_000)),
    "HOM-C1": lambda: paid(home(), "contents", 4_000, cause="escape_of_water", true_value=40_000),
    "HOM-C2": lambda: paid(home(), "contents", 10_000, cause="escape_of_water", true_value=80_000),
    "HOM-C3": lambda: paid(home(), "contents", 10_000, cause="theft", true_value=38_000),
    "HOM-C4": lambda: paid(home(), "contents", 55_000, cause="fire", true_value=40_000),
    "HOM-C6": lambda: paid(home(), "unspecified_valuables", 2_600),
    "HOM-U1": lambda: paid(
        home(flood="high"),
        "contents",
        6_000,
        ImposedTerms(excess=money(bundled("home_contents"), 1_000)),
        cause="storm",
        true_value=40_000,
    ),
    "CLM-1": lambda: clauses("shared_loss", 8_000),
    "CLM-O2": lambda: [
        *clauses("off_the_loss", 205_000, facts={"deductible": usd(5_000)}),
        *clauses("off_the_loss", 10_000, facts={"deductible": usd(1_000)}),
        *clauses("off_the_loss", 500, facts={"deductible": usd(1_000)}),
    ],
    "COI-1": lambda: clauses(
        "building", 60_000, 200_000, {"value": usd(300_000), "deductible": usd(500)}
    ),
    "COI-4": lambda: clauses("building", 500_000, 400_000, {"value": usd(500_000)}),
    "ACV-1": lambda: clauses("roof", 10_000, facts={"age_years": 5, "life_years": 20}),
    "SUB-1": lambda: clauses("valuables", 15_500, facts=articles()),
    "SPL-1": lambda: clauses("injury", 75_000, facts={"people": [{"harm": usd(25_000)}] * 3}),
    "STP-1": lambda: clauses("belongings", 979),
    "BM-1": lambda: coefficients("1.00", [[]] * 13),
    "BM-2": lambda: [
        *coefficients("1.00", [["full"], ["full"]]),
        *coefficients("0.85", [["full"]]),
    ],
    "TAX-1": lambda: [tax_fraction(rate) for rate in ("0.06", "0.20", "0.05", "0.12", "0.175")],
}

LIVES = "tests/operations/policy/test_published_cases.py"
PLANS = "tests/unit/billing/test_instalments.py"
PLAYED: Mapping[str, tuple[str, str]] = {
    "MOT-L1": (LIVES, "test_mot_l1_"),
    "MOT-L2": (LIVES, "test_mot_l2_"),
    "PRO-1": (LIVES, "test_pro_1_"),
    "PRO-2": (LIVES, "test_pro_2_"),
    "PRO-3": (LIVES, "test_pro_3_"),
    "PRO-4": (LIVES, "test_pro_4_"),
    "EAR-1": (LIVES, "test_ear_1_"),
    "EAR-2": (LIVES, "test_ear_2_"),
    "EAR-3": (LIVES, "test_ear_3_"),
    "MOT-I1": (PLANS, "test_mot_i1_"),
    "INS-1": (PLANS, "test_ins_1_"),
    "RAT-1": ("tests/operations/ledger/test_general_ledger.py", "test_rat_1_"),
}
"""Cases of policy life, billing and reports: the tests that play them, held to the same file."""


def figures(case: str) -> list[Decimal]:
    """A case's figures as this code has them."""
    return [
        found.major if isinstance(found, Money) else Decimal(found) for found in REPRODUCED[case]()
    ]


__all__ = ["PLAYED", "REPRODUCED", "figures"]
