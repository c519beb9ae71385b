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

# What records of every product share: names of fields, and values of the core. Whole phrases in the order of
# canonical JSON, the most frequent last, as zlib wants it. Words of the trade stand here where several products have
# them; those of one product (its covers, questions and charges) have no place.
_WORDS = (
    # Answers that are given again, as JSON in JSON: claims, changes, policies and quotes
    b'{"body":"{\\"id\\":\\"clm_test_\\",\\"number\\":\\"TEST-CLM-2\\",\\"policy_id\\":\\"pol_test_\\",\\"polic'
    b'y_number\\":\\"TEST-POL-2\\",\\"status\\":\\"settling\\",\\"decision\\":\\"approved\\",\\"decisions\\":[{'
    b'\\"decision\\":\\"approved\\",\\"amount\\":{\\"amount\\":000,\\"currency\\":\\"GBP\\"},\\"wording\\":[],'
    b'\\"rules\\":[],\\"sources\\":[],\\"automated\\":true,\\"review\\":\\"A person will look at this decision '
    b'again if you ask: POST /v1/claims/{claim_id}/review.\\",\\"at\\":\\"202Z\\"}],\\"revision\\":2,\\"cover\\'
    b'":\\"\\",\\"occurred_at\\":\\"202Z\\",\\"reported_at\\":\\"202Z\\",\\"claimed\\":{\\"amount\\":000,\\"cur'
    b'rency\\":\\"GBP\\"},\\"claimant\\":{\\"name\\":\\"\\",\\"is_policyholder\\":false},\\"payee\\":{\\"name\\'
    b'":\\"\\",\\"is_policyholder\\":false,\\"iban\\":\\"GB\\"},\\"facts\\":{\\"\\"},\\"narrative\\":\\"\\",\\"'
    b'same_loss_as\\":[],\\"missing\\":[],\\"rules\\":[{\\"code\\":\\"currency\\",\\"outcome\\":\\"pass\\",\\"f'
    b'acts\\":{\\"currency_of_loss\\":\\"GBP\\"},\\"explanation\\":\\"\\"},{\\"code\\":\\"not_a_duplicate\\",\\'
    b'"outcome\\":\\"pass\\",\\"facts\\":{\\"same_loss_as\\":[]},\\"explanation\\":\\"\\"},{\\"code\\":\\"withi'
    b'n_period\\",\\"outcome\\":\\"pass\\",\\"facts\\":{\\"start\\":\\"202T00:00:00+00:00\\",\\"end\\":\\"202T0'
    b'0:00:00+00:00\\",\\"at\\":\\"202:00+00:00\\"},\\"explanation\\":\\"\\"},{\\"code\\":\\"reported_in_time\\'
    b'",\\"outcome\\":\\"pass\\",\\"facts\\":{\\"occurred_at\\":\\"202:00+00:00\\",\\"reported_at\\":\\"202:00+'
    b'00:00\\"},\\"explanation\\":\\"\\"},{\\"code\\":\\"cover_in_force\\",\\"outcome\\":\\"pass\\",\\"facts\\"'
    b':{\\"cover\\":\\"\\"},\\"explanation\\":\\"\\",\\"wording\\":\\"Section \\"},{\\"code\\":\\"facts_complet'
    b'e\\",\\"outcome\\":\\"pass\\",\\"facts\\":{},\\"explanation\\":\\"\\"},{\\"code\\":\\"fraud_score\\",\\"o'
    b'utcome\\":\\"pass\\",\\"facts\\":{\\"score\\":0,\\"signals\\":{},\\"band\\":\\"pass\\"},\\"explanation\\"'
    b':\\"\\"},{\\"code\\":\\"payee_known\\",\\"outcome\\":\\"pass\\",\\"facts\\":{},\\"explanation\\":\\"\\"},'
    b'{\\"code\\":\\"sanctions_clear\\",\\"outcome\\":\\"pass\\",\\"facts\\":{},\\"explanation\\":\\"\\"}],\\"s'
    b'teps\\":[{\\"code\\":\\"up_to\\",\\"name\\":\\"\\",\\"figure\\":\\"000.00 GBP\\",\\"before\\":{\\"amount'
    b'\\":000,\\"currency\\":\\"GBP\\"},\\"after\\":{\\"amount\\":000,\\"currency\\":\\"GBP\\"}}],\\"judged_on'
    b'\\":1,\\"segment\\":{\\"policy_id\\":\\"pol_test_\\",\\"transaction\\":1,\\"start\\":\\"202T00:00:00Z\\",'
    b'\\"end\\":\\"202T00:00:00Z\\",\\"product\\":\\"\\",\\"version\\":\\"202\\"},\\"payable\\":{\\"amount\\":0'
    b'00,\\"currency\\":\\"GBP\\"},\\"reserve\\":{\\"amount\\":000,\\"currency\\":\\"GBP\\"},\\"reserves\\":[{'
    b'\\"cost_type\\":\\"indemnity\\",\\"outstanding\\":{\\"amount\\":000,\\"currency\\":\\"GBP\\"},\\"reason\\'
    b'":\\"decision\\",\\"at\\":\\"202Z\\"}],\\"paid\\":{\\"amount\\":0,\\"currency\\":\\"GBP\\"},\\"payments\\'
    b'":[{\\"id\\":\\"pay_test_\\",\\"cost_type\\":\\"indemnity\\",\\"status\\":\\"executing\\",\\"amount\\":{'
    b'\\"amount\\":000,\\"currency\\":\\"GBP\\"}}],\\"recoveries\\":[],\\"task\\":{\\"role\\":\\"claims_handler'
    b'\\",\\"code\\":\\"approve_payment\\",\\"reason\\":\\"\\",\\"since\\":\\"202Z\\"},\\"channel\\":\\"broker'
    b'\\",\\"deadlines\\":[{\\"code\\":\\"acknowledge\\",\\"started_at\\":\\"202Z\\",\\"due_at\\":\\"202T00:00:'
    b'00Z\\",\\"met_at\\":\\"202Z\\"},{\\"code\\":\\"decide\\",\\"started_at\\":\\"202Z\\",\\"due_at\\":\\"202T'
    b'00:00:00Z\\",\\"met_at\\":\\"202Z\\"},{\\"code\\":\\"pay\\",\\"started_at\\":\\"202Z\\",\\"due_at\\":\\"2'
    b'02T00:00:00Z\\"}]}","etag":"\\"2-claim\\""}'
    b'\\"revision\\":2,\\"stored\\":true,\\"status\\":[\\"on_risk\\"],\\"transaction\\":{\\"number\\":2,\\"kind'
    b'\\":\\"endorsement\\",\\"effective_at\\":\\"202Z\\",\\"processed_at\\":\\"202Z\\",\\"by\\":\\"policyholde'
    b'r\\",\\"price\\":{\\"net\\":\\"computation\\":{\\"method\\":\\"pro_rata\\",\\"share\\":{\\"part\\":1,\\"w'
    b'hole\\":365,\\"unit\\":\\"days\\",\\"text\\":\\"/365 days\\"},\\"lines\\":[{\\"kind\\":\\"net\\",\\"code'
    b'\\":\\"net\\",\\"name\\":\\"Net premium\\",\\"before\\":{\\"amount\\":000,\\"currency\\":\\"GBP\\"},\\"af'
    b'ter\\":{\\"amount\\":000,\\"currency\\":\\"GBP\\"},\\"amount\\":{\\"amount\\":000,\\"currency\\":\\"GBP\\'
    b'"},\\"working\\":\\"(0.00 GBP - 0.00 GBP) * /365 days = 0.00 GBP\\"}],\\"total\\":{\\"amount\\":000,\\"cu'
    b'rrency\\":\\"GBP\\"},\\"notes\\":[]}},\\"reversed\\":[],\\"reapplied\\":[],\\"difference\\":{\\"amount\\"'
    b':000,\\"currency\\":\\"GBP\\"},\\"charged_before\\":{\\"amount\\":000,\\"currency\\":\\"GBP\\"},\\"charge'
    b'd_after\\":{\\"amount\\":000,\\"currency\\":\\"GBP\\"}}"'
    b'{"body":"{\\"id\\":\\"pol_test_\\",\\"number\\":\\"TEST-POL-2\\",\\"quote_id\\":\\"quo_test_\\",\\"party_'
    b'id\\":\\"pty_test_\\",\\"status\\":[\\"pending\\"],\\"status\\":\\"accepted\\",\\"revision\\":1,\\"produc'
    b't\\":{\\"code\\":\\"\\",\\"version\\":\\"2026.1\\"},\\"period\\":{\\"start\\":\\"202-01T00:00:00Z\\",\\"e'
    b'nd\\":\\"202-01T00:00:00Z\\"},\\"territory\\":\\"\\",\\"premium\\":{\\"net\\":{\\"amount\\":000,\\"curren'
    b'cy\\":\\"GBP\\"},\\"lines\\":[{\\"kind\\":\\"tax\\",\\"code\\":\\"ipt\\",\\"name\\":\\"\\",\\"amount\\":{'
    b'\\"amount\\":000,\\"currency\\":\\"GBP\\"}},{\\"kind\\":\\"fee\\",\\"code\\":\\"\\",\\"name\\":\\"\\",\\"'
    b'amount\\":{\\"amount\\":000,\\"currency\\":\\"EUR\\"}}],\\"by_cover\\":[{\\"cover\\":\\"\\",\\"amount\\":'
    b'{\\"amount\\":000,\\"currency\\":\\"EUR\\"}},{\\"cover\\":\\"\\",\\"amount\\":{\\"amount\\":000,\\"curren'
    b'cy\\":\\"GBP\\"}}],\\"total\\":{\\"amount\\":000,\\"currency\\":\\"GBP\\"}},\\"covers\\":[{\\"code\\":\\"'
    b'\\",\\"name\\":\\"\\",\\"limit\\":{\\"amount\\":0000,\\"currency\\":\\"GBP\\"},\\"excess_note\\":\\"\\"},'
    b'{\\"code\\":\\"\\",\\"name\\":\\"\\",\\"limit\\":{\\"amount\\":0000,\\"currency\\":\\"GBP\\"},\\"excess\\'
    b'":{\\"amount\\":0000,\\"currency\\":\\"GBP\\"}}],\\"findings\\":[],\\"policyholder\\":{\\"name\\":\\"\\",'
    b'\\"email\\":\\"@example.com\\",\\"date_of_birth\\":\\"19\\"},\\"answers\\":{\\"\\"},\\"options\\":[],\\"h'
    b'olding\\":\\"holder\\",\\"joint_holders\\":[],\\"former_holders\\":[],\\"partner\\":\\"ptn_\\",\\"former_'
    b'partners\\":[],\\"carrier\\":\\"\\",\\"created_at\\":\\"202Z\\",\\"expires_at\\":\\"202T00:00:00Z\\",\\"i'
    b'ssued_at\\":\\"202Z\\",\\"cover_begins_at\\":\\"202-01T00:00:00Z\\",\\"no_known_loss\\":false,\\"as_at\\"'
    b':\\"202Z\\",\\"segments\\":[{\\"start\\":\\"202-01T00:00:00Z\\",\\"end\\":\\"202-01T00:00:00Z\\",\\"trans'
    b'action\\":1}],\\"charged\\":{\\"amount\\":000,\\"currency\\":\\"GBP\\"}}","etag":"\\"1-policy\\""}"etag":'
    b'"\\"2-quote\\""}'
    # Claims: rules that passed, what is waited for, what is paid
    b'"recoveries":[{"diary":[{"assigned_to":"","approved_by":"staff-","decided_by":"","bank_reference":"","ex'
    b'ecuted_at":"","finished_at":"","reason":"","status":"closed","status":"paid","decision":"pending","statu'
    b's":"notified","decision":"denied","outcome":"refer","claims":[{"claim_id":"clm_test_","cover":"","occurr'
    b'ed_at":"202","status":"awaiting_approval"}],"status":"executing"}],"task":{"code":"approve_payment","rol'
    b'e":"claims_handler","since":"'
    b'{"claimant":{"name":""},"decisions":[{"amount":{"amount":000,"currency":"GBP"},"at":"202Z","automated":t'
    b'rue,"by":"app_test_","decision":"approved"}],"facts":{""},"narrative":"","payee":{"iban":"GB","name":""}'
    b',"payees":{"pay_test__1":{"iban":"GB","name":""}},"rules":[{"code":"currency","explanation":"The loss is'
    b' in the policy\'s currency.","facts":{"currency_of_loss":"GBP"},"outcome":"pass"},{"code":"not_a_duplicat'
    b'e","explanation":"No other claim was noticed for this loss.","facts":{"same_loss_as":[]},"outcome":"pass'
    b'"},{"code":"within_period","explanation":"The loss happened in the period of insurance.","facts":{"at":"'
    b'202:00+00:00","end":"202T00:00:00+00:00","start":"202T00:00:00+00:00"},"outcome":"pass"},{"code":"report'
    b'ed_in_time","explanation":"Reported in time.","facts":{"occurred_at":"202:00+00:00","reported_at":"202:0'
    b'0+00:00"},"outcome":"pass"},{"code":"cover_in_force","explanation":" is in force.","facts":{"cover":""},'
    b'"outcome":"pass","wording":"Section "},{"code":"facts_complete","explanation":"Everything that was asked'
    b' is there.","outcome":"pass"},{"code":"fraud_score","explanation":"A score of 0: pass.","facts":{"band":'
    b'"pass","score":0,"signals":{}},"outcome":"pass"},{"code":"payee_known","explanation":"A payee is named."'
    b',"outcome":"pass"},{"code":"sanctions_clear","explanation":"The payee\'s name is on no sanctions list.","'
    b'outcome":"pass"}],"steps":[{"after":{"amount":000,"currency":"GBP"},"before":{"amount":000,"currency":"G'
    b'BP"},"code":"up_to","figure":"000.00 GBP","name":"Up to the limit"},{"after":{"amount":000,"currency":"G'
    b'BP"},"before":{"amount":000,"currency":"GBP"},"code":"less","figure":"00.00 GBP","name":"Less the excess'
    b'"}],"task/reason":" GBP is above what is paid without a second person."}'
    b'{"channel":"broker","claimed":{"amount":000,"currency":"GBP"},"counts":true,"cover":"","deadlines":[{"co'
    b'de":"acknowledge","due_at":"202","met_at":"202","started_at":"202T00:00:00Z"},{"code":"decide","due_at":'
    b'"202","met_at":"202","started_at":"202T00:00:00Z"},{"code":"pay","due_at":"202","started_at":"202"}],"de'
    b'cision":"approved","handling":"settling","id":"clm_test_","judged_on":{"end":"202T00:00:00Z","number":1,'
    b'"product":{"code":"","version":"202"},"start":"202T00:00:00Z"},"jurisdiction":"GB","missing":["","number'
    b'":"TEST-CLM-2","occurred_at":"202","partner":"ptn_","party_id":"pty_test_","payable":{"amount":000,"curr'
    b'ency":"GBP"},"payments":[{"amount":{"amount":000,"currency":"GBP"},"id":"pay_test_","instruction_id":"pa'
    b'y_test_","requested_by":"app_test_"policy_id":"pol_test_","policy_number":"TEST-POL-2","reported_at":"20'
    b'2","reserves":[{"at":"202"by":"app_test_","cost_type":"indemnity","outstanding":{"amount":000,"currency"'
    b':"GBP"},"reason":"decision"}],"same_loss_as":[]'
    # Postings
    b'{"postings":[{"amount":{"amount":000,"currency":"GBP"},"credit":"cash","debit":"claims_paid"},"credit":"'
    b'change_in_case_reserves","debit":"case_reserves"},{"amount":{"amount":000,"currency":"GBP"},"credit":"ca'
    b'se_reserves","debit":"change_in_case_reserves"}]}"credit":"premium_receivable","debit":"cash"},{"posting'
    b's":[{"amount":{"amount":000,"currency":"GBP"},"credit":"written_premium","debit":"premium_receivable"},{'
    b'"amount":{"amount":000,"currency":"GBP"},"credit":"tax_payable","debit":"premium_receivable"},{"amount":'
    b'{"amount":000,"currency":"GBP"},"credit":"fee_income","debit":"premium_receivable"},{"amount":{"amount":'
    b'000,"currency":"GBP"},"credit":"unearned_premium","debit":"premium_deferral"},{"amount":{"amount":000,"c'
    b'urrency":"GBP"},"credit":"commission_payable","debit":"commission_expense"}]}'
    # Quotes and policies
    b'"transactions":[{"actor":"app_test_","computation":{"lines":[{"after":{"amount":000,"currency":"GBP"},"a'
    b'mount":{"amount":000,"currency":"GBP"},"before":{"amount":000,"currency":"GBP"},"code":"net","kind":"net'
    b'","name":"Net premium"},{"amount":{"amount":0000,"currency":"GBP"},"code":"cancellation_fee","kind":"fee'
    b'","name":"Fee for the cancellation"},{"amount":{"amount":0000,"currency":"GBP"},"code":"adjustment_fee",'
    b'"kind":"fee","name":"Fee for the change"}],"method":"pro_rata","share":{"part":1,"unit":"days","whole":3'
    b'65},"total":{"amount":-000,"currency":"GBP"}},"effective_at":"202T23:00:00Z","kind":"cancellation","kind'
    b'":"endorsement","number":2,"processed_at":"202Z","terms":{"covers":[{"code":""changed":{"2":{"answers":{'
    b'""asked":{""'
    b'{"answers":{""},"policyholder":{"address":{"country":"GB","lines":["","postcode":""},"date_of_birth":"19'
    b'","email":"@example.com","name":"","phone":"'
    b'"findings":[{"blocks":"bind","code":"","outcome":"refer","reason":""}],"imposed":{"exclusions":[],"load"'
    b':"0."decision":{"decided_at":"","reason":"","underwriter":""status":"bound","status":"referred","status"'
    b':"accepted","territory":"{"carrier":"","covers":[{"code":"","excess":{"amount":0000,"currency":"GBP"},"e'
    b'xcess_note":"else  of the loss property indemnity Fire fire_ Theft theft_ and _and_ Liability _liability'
    b' Accidental Damage accidental_damage","limit":{"amount":00000,"currency":"GBP"},"name":""},{"code":"","e'
    b'xcess":{"amount":0000,"currency":"EUR"},"limit":{"amount":000000,"currency":"EUR"},"name":""}],"created_'
    b'at":"202"created_by":"app_test_","id":"quo_test_","id":"pol_test_","issued_at":"202","looked_up":{},"num'
    b'ber":{"stem":"TEST-POL-2","text":"TEST-POL-2"},"options":["","partner":"ptn_","party_id":"pty_test_"peri'
    b'od":{"end":"202-01T00:00:00Z","start":"202-01T00:00:00Z"},"premium":{"by_cover":[{"amount":{"amount":000'
    b',"currency":"GBP"},"cover":""},{"amount":{"amount":000,"currency":"GBP"},"cover":""}],"commission":{"amo'
    b'unt":000,"currency":"GBP"},"lines":[{"amount":{"amount":000,"currency":"EUR"},"code":"","kind":"levy","n'
    b'ame":""},{"amount":{"amount":0000,"currency":"GBP"},"code":"","kind":"fee","name":""},{"amount":{"amount'
    b'":0000,"currency":"GBP"},"code":"ipt","kind":"tax","name":"Insurance Premium Tax"}],"net":{"amount":000,'
    b'"currency":"GBP"},"total":{"amount":000,"currency":"GBP"}},"product":{"code":"","version":"2026.1"},"quo'
    b'te_id":"quo_test_","revision":"status":"bindable","valid_until":"202T00:00:00Z"}'
)  # fmt: skip

DICTIONARIES: Final = {1: _WORDS}
"""A body is read with the dictionary that it was written with, so none of them ever changes: a better one has
the next number."""

NUMBERS: Final = range(1, 16)
"""What begins with another number is damaged, and no newer release would read it."""

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
        ValueError: It is no packed body.
    """
    number = packed[0]
    if number not in NUMBERS:
        raise ValueError("not a packed body")
    words = DICTIONARIES.get(number)
    if words is None:
        raise WrittenByNewerRelease("packed body")
    body: JsonObject = from_json(zlib.decompressobj(wbits=-15, zdict=words).decompress(packed[1:]))
    return body
