"""Access: how the authorizer decides about tokens, keys and grants, without AWS or cryptography.

Standard library only, because these modules are part of every caller's cold start.
"""
