"""The schedule, which states all that is agreed, and the certificate of insurance."""

from insurance.domain.contract.terms import ImposedTerms
from insurance.domain.document import sections as parts
from insurance.domain.document.content import Facts, Paragraphs, Part, Points, Section
from insurance.domain.document.letterhead import Body, Subject
from insurance.domain.document.wording import Wording


def schedule(subject: Subject, wording: Wording) -> Body:
    policy, product = subject.policy_then, subject.product
    sections = [
        Section(heading=wording.say("schedule.policy"), parts=(_policy(subject, wording),)),
        Section(
            heading=wording.say("schedule.told"),
            parts=(
                Paragraphs(texts=wording.say_all("schedule.told_note")),
                *parts.answered(product.questions, policy.answers or {}, wording),
            ),
        ),
        Section(
            heading=wording.say("schedule.covers"),
            parts=parts.covered(policy.covers, product, wording),
        ),
        Section(
            heading=wording.say("schedule.excluded"),
            parts=(
                *_imposed(policy.imposed, wording),
                *parts.excluded(policy.covers, product, wording),
            ),
        ),
        Section(
            heading=wording.say("schedule.premium"),
            parts=(
                Paragraphs(texts=wording.say_all("schedule.premium_note")),
                parts.priced(policy.premium, wording),
            ),
        ),
    ]
    if subject.policy.transactions:
        table = parts.charged(subject.policy.charged_lines(), subject.policy.charged, wording)
        note = Paragraphs(texts=wording.say_all("charged.note"))
        sections.append(Section(heading=wording.say("charged.heading"), parts=(note, table)))
    days = str(product.life.cooling_off_days)
    sections += [
        topic("cooling_off", wording, days=days),
        topic("claiming", wording),
        topic("complaining", wording),
    ]
    opening = wording.say_all("schedule.opening", as_at=wording.local_day(subject.as_at))
    return Body(dated=subject.known_at, opening=opening, sections=tuple(sections))


def certificate(subject: Subject, wording: Wording) -> Body:
    policy, product = subject.policy_then, subject.product
    shown = [question for question in product.questions if question.code in product.documents.shows]
    insured = parts.answered(shown, policy.answers or {}, wording)
    covers = Points(texts=tuple(cover.name for cover in policy.covers))
    sections = [Section(heading=wording.say("schedule.policy"), parts=(_policy(subject, wording),))]
    if insured:
        sections.append(Section(heading=wording.say("certificate.insured"), parts=insured))
    sections.append(Section(heading=wording.say("certificate.covers"), parts=(covers,)))
    opening = wording.say_all(
        "certificate.opening",
        carrier=subject.policy.carrier,
        as_at=wording.local_day(subject.as_at),
    )
    return Body(dated=subject.known_at, opening=opening, sections=tuple(sections))


def topic(name: str, wording: Wording, **values: str) -> Section:
    """A section of standing text."""
    text = Paragraphs(texts=wording.say_all(f"{name}.text", **values))
    return Section(heading=wording.say(f"{name}.heading"), parts=(text,))


def _policy(subject: Subject, wording: Wording) -> Facts:
    period = subject.policy.period
    state = subject.policy.state_at(subject.as_at)
    return Facts(
        rows=(
            (wording.say("policy.holder"), subject.policyholder.name),
            (wording.say("policy.from"), wording.instant(period.start)),
            (wording.say("policy.until"), wording.instant(period.end)),
            (
                wording.say("policy.status", as_at=wording.local_day(subject.as_at)),
                ", ".join(wording.say(f"status.{code}") for code in state.codes),
            ),
        )
    )


def _imposed(imposed: ImposedTerms | None, wording: Wording) -> tuple[Part, ...]:
    if imposed is None or imposed.load is None:
        return ()
    percent = wording.number(format((imposed.load * 100).normalize(), "f"))
    return (Paragraphs(texts=wording.say_all("imposed.load", percent=percent)),)
