"""Double entry: what each event posts, and the lines of the ledger that it becomes."""


def issued(premium):
    net = premium["net"]["amount"]
    charges = [(f"{line['kind']}", line["amount"]["amount"]) for line in premium["lines"]]
    accounts = {"tax": "tax_payable", "fee": "fee_income"}
    return [
        _posting("premium_receivable", "written_premium", net),
        *(_posting("premium_receivable", accounts[kind], amount) for kind, amount in charges),
        _posting("premium_deferral", "unearned_premium", net),
    ]


def reserved(amount):
    return [_posting("change_in_case_reserves", "case_reserves", amount)]


def paid(reserve, amount):
    return [
        _posting("case_reserves", "change_in_case_reserves", reserve),
        _posting("claims_paid", "cash", amount),
    ]


def event(stream, sequence, kind, *, actor, mode, at, facts, postings=()):
    """An event's item: whoever changes a policy or a claim writes it in the same transaction."""
    return {
        "pk": stream,
        "sk": f"EVENT#{sequence:04}",
        "entity": "event",
        "stream": stream,
        "sequence": sequence,
        "type": kind,
        "actor": actor,
        "mode": mode,
        "processed_at": at,
        "facts": facts,
        "postings": list(postings),
    }


def lines(event):
    """A debit and a credit for each posting. Their keys are the event's, so a second try writes the same."""
    found = []
    for posting in event["postings"]:
        for side in ("debit", "credit"):
            found.append(
                {
                    "pk": f"LEDGER#{event['stream']}",
                    "sk": f"{event['sequence']:04}#{len(found):02}",
                    "gsi1pk": f"ACCOUNT#{event['mode']}#{posting[side]}#GBP",
                    "gsi1sk": f"{event['processed_at']}#{event['stream']}#{event['sequence']:04}",
                    "entity": "ledger_line",
                    "account": posting[side],
                    "side": side,
                    "amount": posting["amount"],
                    "event": event["type"],
                    "at": event["processed_at"],
                }
            )
    return found


def _posting(debit, credit, amount):
    return {"debit": debit, "credit": credit, "amount": {"amount": amount, "currency": "GBP"}}
