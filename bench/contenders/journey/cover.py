"""Whether a loss is covered, and for how much. Plain dicts and whole numbers."""

from datetime import datetime, timedelta

import motor

REPORTED_WITHIN = timedelta(days=365)
STRAIGHT_THROUGH = 500000
YOUNG, EXCESS_YOUNG, EXCESS = 25, 55000, 25000


def judge(loss, version, answers, reported_at):
    """The rules with their outcomes, the steps from what is claimed to what is paid, and that amount."""
    cover = next((each for each in version["covers"] if each["code"] == loss["cover"]), None)
    occurred = datetime.fromisoformat(loss["occurred_at"])
    start, end = (datetime.fromisoformat(version["period"][name]) for name in ("start", "end"))
    facts = loss["facts"]
    rules = [
        _rule("currency", loss["claimed"]["currency"] == "GBP", "The loss is in the policy's currency."),
        _rule("within_period", start <= occurred < end, "The loss happened in the period of insurance."),
        _rule(
            "reported_in_time",
            timedelta() <= reported_at - occurred <= REPORTED_WITHIN,
            "Reported in time.",
        ),
        _rule("cover_in_force", cover is not None, f"{loss['cover']} is in force."),
        _rule(
            "facts_complete",
            "driver_age" in facts and "fault" in facts,
            "Everything that was asked is there.",
        ),
    ]
    if not all(rule["outcome"] == "pass" for rule in rules):
        return rules, [], None
    steps, amount = [], int(loss["claimed"]["amount"])
    limit = cover.get("limit")
    if limit is not None:
        most = int(limit["amount"])
        steps.append(_step("up_to", "Up to the limit", most, amount, min(amount, most)))
        amount = min(amount, most)
    excess = _excess(cover, facts, answers)
    payable = max(amount - excess, 0)
    steps.append(_step("less", "Less the excess", excess, amount, payable))
    return rules, steps, payable


def _excess(cover, facts, answers):
    if cover["code"] == "accidental_damage":
        at_the_wheel = EXCESS_YOUNG if facts["driver_age"] < YOUNG else EXCESS
        return at_the_wheel + answers["voluntary_excess"]["amount"]
    return int(cover.get("excess", {"amount": 0})["amount"])


def _rule(code, holds, explanation):
    text = explanation if holds else f"Not so: {explanation}"
    return {"code": code, "outcome": "pass" if holds else "refer", "explanation": text}


def _step(code, name, figure, before, after):
    return {
        "code": code,
        "name": name,
        "figure": f"{figure // 100}.{figure % 100:02} GBP",
        "before": motor.money(before),
        "after": motor.money(after),
    }
