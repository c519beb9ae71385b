"""The version of this package, which is the API's."""

__version__ = "0.10.0"
