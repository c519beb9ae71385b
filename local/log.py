"""The stack's own log file."""

import logging
from collections.abc import Callable
from contextlib import AsyncExitStack
from pathlib import Path


def log_to(path: Path, parts: AsyncExitStack) -> Callable[[str], None]:
    """The stack's own log: access log lines and what went wrong inside.

    Loggers are the process's, and so are what they tell: two stacks of one process both have it. A call is one stack's,
    so its line is written by what is given back, to this file alone.
    """
    handler = logging.FileHandler(path)
    handler.setFormatter(logging.Formatter("%(message)s"))
    parts.callback(handler.close)
    for name, level in (("coverwright", logging.INFO), ("uvicorn", logging.WARNING)):
        logger = logging.getLogger(name)
        logger.setLevel(level)
        logger.propagate = False
        logger.addHandler(handler)
        parts.callback(logger.removeHandler, handler)
    return lambda line: _write(handler, line)


def _write(handler: logging.Handler, line: str) -> None:
    handler.handle(logging.makeLogRecord({"msg": line}))
