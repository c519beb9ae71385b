"""Who may call: what the authorizer decides about tokens, keys and grants, without AWS or crypto.

Standard library only: these modules are in every caller's cold start.
"""
