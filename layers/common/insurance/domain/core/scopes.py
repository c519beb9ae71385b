"""The scopes of the API: what an access token allows its client to ask for."""

from enum import StrEnum


class Scope(StrEnum):
    """A scope of the resource server in template.yaml, without the server's name in front."""

    PRODUCTS_READ = "products:read"
    PRODUCTS_WRITE = "products:write"
    QUOTES_READ = "quotes:read"
    QUOTES_WRITE = "quotes:write"
    QUOTES_UNDERWRITE = "quotes:underwrite"
    POLICIES_READ = "policies:read"
    POLICIES_WRITE = "policies:write"
    POLICIES_SHARE = "policies:share"
    NOTICES_WRITE = "notices:write"
    CLAIMS_READ = "claims:read"
    CLAIMS_WRITE = "claims:write"
    CLAIMS_ASSESS = "claims:assess"
    CLAIMS_SETTLE = "claims:settle"
    CLAIMS_APPROVE = "claims:approve"
    COMPLAINTS_READ = "complaints:read"
    COMPLAINTS_WRITE = "complaints:write"
    COMPLAINTS_HANDLE = "complaints:handle"
    WORK_READ = "work:read"
    LEDGER_READ = "ledger:read"
    LEDGER_CLOSE = "ledger:close"
    PAYMENTS_SEND = "payments:send"
    PAYMENTS_REPORT = "payments:report"
    REFUNDS_APPROVE = "refunds:approve"
    SUSPENSE_RESOLVE = "suspense:resolve"
    PARTIES_ERASE = "parties:erase"
