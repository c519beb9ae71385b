"""What rows become, whatever their kind."""

from enum import StrEnum


class MadeStatus(StrEnum):
    """How what a row became stood at first: a quote by its own status."""

    BINDABLE = "bindable"
    QUOTED = "quoted"
    REFERRED = "referred"
    DECLINED = "declined"
    REGISTERED = "registered"
    """A customer."""
    MIGRATING = "migrating"
    """A policy that waits for its cut-over."""
