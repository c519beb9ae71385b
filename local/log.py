"""The stack's own log file."""

import logging
from contextlib import AsyncExitStack
from pathlib import Path


def log_to(path: Path, parts: AsyncExitStack) -> None:
    """The stack's own log: access log lines and what went wrong inside."""
    handler = logging.FileHandler(path)
    handler.setFormatter(logging.Formatter("%(message)s"))
    parts.callback(handler.close)
    for name, level in (("coverwright", logging.INFO), ("uvicorn", logging.WARNING)):
        logger = logging.getLogger(name)
        logger.setLevel(level)
        logger.propagate = False
        logger.addHandler(handler)
        parts.callback(logger.removeHandler, handler)
