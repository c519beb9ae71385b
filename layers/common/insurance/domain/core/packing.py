"""How stored JSON is packed: canonical, then deflated with a dictionary of what bodies say again and again.

DynamoDB bills a write by the kilobyte. The dictionary takes an item of a usual policy under one.
"""

import zlib
from typing import Final

import orjson
import rfc8785
from pydantic_core import from_json

from insurance.domain.core.classification import Json, JsonObject
from insurance.domain.core.errors import WrittenByNewerRelease

# Whole phrases in the order of canonical JSON, the most frequent last, as
# zlib wants it. Words of products (covers, questions) only save space: any other product is packed too.
_WORDS = (
    # Claims: rules that passed, what is paid, what waits for a person
    b'{"code":"currency","explanation":"The loss is in the policy\'s currency.","facts":{'
    b'"currency_of_loss":"GBP"},"outcome":"pass"},{"code":"not_a_duplicate","explanation":"No other '
    b'claim was noticed for this loss.","facts":{"same_loss_as":[]},"outcome":"pass"},{"code":'
    b'"within_period","explanation":"The loss happened in the period of insurance.","facts":{"at":"'
    b'00:00+00:00","end":"2027-01-01T00:00:00+00:00","start":"2026-01-01T00:00:00+00:00"},"outcome":'
    b'"pass"},{"code":"reported_in_time","explanation":"Reported in time.","facts":{"occurred_at":"'
    b'","reported_at":"2027-"},"outcome":"pass"},{"code":"cover_in_force","explanation":" is in force.'
    b'","facts":{"cover":""},"outcome":"pass","wording":"Section 1: "},{"code":"facts_complete",'
    b'"explanation":"Everything that was asked is there.","facts":{},"outcome":"pass"},{"code":'
    b'"payee_known","explanation":"A payee is named.","facts":{},"outcome":"pass"}],"same_loss_as":[],'
    b'"outcome":"refer","task":{"code":"approve_payment","reason":"","role":"claims_handler","since":"'
    b'"status":"awaiting_approval","bank_reference":"","finished_at":"","decided_by":"","reason":"'
    b'"claims":[{"claim_id":"clm_test_","cover":"","occurred_at":"2026-'
    b'{"claimant":{"name":""},"facts":{"driver_age":,"fault":true},"narrative":"","payee":{"iban":"GB'
    b'"claimed":{"amount":000,"currency":"GBP"},"counts":true,"cover":"","decision":"approved",'
    b'"handling":"settling","id":"clm_test_","missing":[],"occurred_at":"","paid":{"amount":0,"currency'
    b'":"GBP"},"partner":"ptn_","payable":{"amount":00,"currency":"GBP"},"payee":{"name":""},"payments":'
    b'[{"amount":{"amount":00,"currency":"GBP"},"id":"pay_test_","instruction_id":"pay_test_",'
    b'"requested_by":"app_test_","status":"executing"}],"policy_id":"pol_test_","reported_at":"","reserve"'
    b':{"amount":0,"currency":"GBP"},"revision":1,"rules":[],"same_loss_as":[],"status":"notified"},'
    b'"etag":"\\"1-claim\\"","status":201}"decision":"pending","status":"paid","closed"'
    # Postings
    b'"credit":"change_in_case_reserves","debit":"case_reserves"},"credit":"cash","debit":"claims_paid"}'
    b'{"postings":[{"amount":{"amount":00,"currency":"GBP"},"credit":"case_reserves","debit":'
    b'"change_in_case_reserves"}]}"credit":"written_premium","debit":"premium_receivable"},"credit":'
    b'"tax_payable","debit":"premium_receivable"},"credit":"fee_income","debit":"premium_receivable"},'
    b'"credit":"unearned_premium","debit":"premium_deferral"}]}'
    # Quotes and policies
    b'{"blocks":"bind","code":"","outcome":"refer","reason":""}],"imposed":{"exclusions":[],"load":"0.'
    b'"decision":{"decided_at":"","reason":"","underwriter":"'
    b'"status":["on_risk"],"status":["pending"],"etag":"\\"1-policy\\"","status":201}'
    b'"status":"bound","status":"referred","status":"accepted"},"etag":"\\"2-quote\\"","status":200}'
    b'{"answers":{"annual_mileage":000,"cover_type":"comprehensive","drivers":[{"age":,"convictions":0,'
    b'"licence_years":}],"no_claims_years":,"registration":"","vehicle_value":{"amount":00000,"currency":'
    b'"GBP"},"voluntary_excess":{"amount":5000,"currency":"GBP"}},"policyholder":{"date_of_birth":"19'
    b'","email":"@example.com","name":"'
    b'{"body":{"answers":{"carrier":"Coverwright Insurance","covers":[{"code":"courtesy_car","name":'
    b'"Courtesy Car"},{"code":"protected_ncd","name":"Protected NCD"},{"code":"accidental_damage",'
    b'"excess":{"amount":0,"currency":"GBP"},"excess_note":"","limit":{"amount":00000,"currency":"GBP"},'
    b'"name":"Accidental Damage"},{"code":"fire_and_theft","excess":{"amount":0000,"currency":"GBP"},'
    b'"limit":{"amount":00000,"currency":"GBP"},"name":"Fire and Theft"},{"code":"third_party_liability",'
    b'"limit":{"amount":2000000000,"currency":"GBP"},"name":"Third Party Liability"},{"code":"windscreen",'
    b'"excess":{"amount":7500,"currency":"GBP"},"limit":{"amount":150000,"currency":"GBP"},"name":'
    b'"Windscreen"}],"created_at":"2026-","created_by":"app_test_","expires_at":"2026-","findings":[],'
    b'"id":"pol_test_","issued_at":"2026-","id":"quo_test_","looked_up":{"vehicle":{"description":"",'
    b'"vehicle_group":}},"options":[],"partner":"ptn_","party_id":"pty_test_","period":{"end":'
    b'"2027-01-01T00:00:00Z","start":"2026-01-01T00:00:00Z"},"premium":{"by_cover":[{"amount":{"amount":'
    b'000,"currency":"GBP"},"cover":"accidental_damage"},{"amount":{"amount":000,"currency":"GBP"},'
    b'"cover":"fire_and_theft"},{"amount":{"amount":000,"currency":"GBP"},"cover":'
    b'"third_party_liability"},{"amount":{"amount":000,"currency":"GBP"},"cover":"windscreen"}],"lines":'
    b'[{"amount":{"amount":000,"currency":"GBP"},"code":"ipt","kind":"tax","name":"Insurance Premium Tax"'
    b'},{"amount":{"amount":2500,"currency":"GBP"},"code":"arrangement_fee","kind":"fee","name":'
    b'"Arrangement fee"}],"net":{"amount":000,"currency":"GBP"},"total":{"amount":000,"currency":"GBP"}},'
    b'"product":{"code":"personal_motor","version":"2026.1"},"quote_id":"quo_test_","revision":2,'
    b'"status":"bindable","valid_until":"2026-00-00T00:00:00Z"}'
)  # fmt: skip

DICTIONARIES: Final = {1: _WORDS}
"""A body is read with the dictionary that it was written with, so none of them ever changes: a better one has
the next number."""

WRITTEN: Final = 1
"""The dictionary that is written with. A new one is known to a release before another writes with it. The search
keys of personal values are hashes over what is packed (`dynamodb/parties/index_keys.py`): they go by this
one for ever."""


def canonical(body: Json) -> bytes:
    """Canonical JSON (RFC 8785) of text and whole numbers.

    In ASCII orjson's sorted JSON is just that, at a fraction of the cost; other alphabets may sort
    differently, and take the long way.
    """
    written = orjson.dumps(body, option=orjson.OPT_SORT_KEYS)
    return written if written.isascii() else rfc8785.dumps(body)


def pack(body: JsonObject) -> bytes:
    """Canonical JSON, deflated: the same body is always the same bytes. The first says the dictionary."""
    compressor = zlib.compressobj(level=9, wbits=-15, zdict=DICTIONARIES[WRITTEN])
    return bytes((WRITTEN,)) + compressor.compress(canonical(body)) + compressor.flush()


def unpack(packed: bytes) -> JsonObject:
    """The body again.

    Raises:
        WrittenByNewerRelease: It was packed with a dictionary that this release does not have.
    """
    words = DICTIONARIES.get(packed[0])
    if words is None:
        raise WrittenByNewerRelease("packed body")
    body: JsonObject = from_json(zlib.decompressobj(wbits=-15, zdict=words).decompress(packed[1:]))
    return body
