"""Where the API is and who calls: from the environment, or from a profile in a file. Never from a command line.

A profile is a table of `profiles.toml` in `$XDG_CONFIG_HOME/coverwright` (or `~/.config/coverwright`), which nobody
else may read. A variable of the environment wins over the profile.
"""

from __future__ import annotations

import os
import stat
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from coverwright.errors import NotConfigured

PREFIX: Final = "COVERWRIGHT_"
NEEDED: Final = ("base_url", "token_url", "client_id", "client_secret")
OF_PEOPLE: Final = ("base_url", "token")


@dataclass(frozen=True)
class ClientSettings:
    """Address and credentials of one application."""

    base_url: str
    token_url: str
    client_id: str
    client_secret: str = field(repr=False)
    token: str | None = field(default=None, repr=False)
    """A person's, from where they signed in: then client and secret are not needed."""
    clock: str | None = None
    """The time it is for each call, in test mode: `2026-12-01T09:00:00Z`."""

    @classmethod
    def read(
        cls, profile: str | None = None, environment: Mapping[str, str] = os.environ
    ) -> ClientSettings:
        """COVERWRIGHT_BASE_URL, _TOKEN_URL, _CLIENT_ID, _CLIENT_SECRET (or _TOKEN instead of the last two),
        and if wanted _CLOCK and _PROFILE.

        Raises:
            NotConfigured: One is missing, or the profile cannot be used.
        """
        name = profile or environment.get(f"{PREFIX}PROFILE")
        known = _profile(name, environment) if name else {}
        known |= {
            each: value
            for each in (*NEEDED, "token", "clock")
            if (value := environment.get(f"{PREFIX}{each.upper()}"))
        }
        needed = OF_PEOPLE if known.get("token") else NEEDED
        missing = [f"{PREFIX}{each.upper()}" for each in needed if not known.get(each)]
        if missing:
            raise NotConfigured(
                f"set {', '.join(missing)}, or name a profile; `make serve` prints them for the sandbox"
            )
        return cls(
            base_url=known["base_url"].rstrip("/"),
            token_url=known.get("token_url", ""),
            client_id=known.get("client_id", ""),
            client_secret=known.get("client_secret", ""),
            token=known.get("token"),
            clock=known.get("clock"),
        )


def profiles_file(environment: Mapping[str, str] = os.environ) -> Path:
    """Where profiles stand."""
    home = environment.get("XDG_CONFIG_HOME") or Path.home() / ".config"
    return Path(home) / "coverwright" / "profiles.toml"


def _profile(name: str, environment: Mapping[str, str]) -> dict[str, str]:
    path = profiles_file(environment)
    try:
        if os.name == "posix" and stat.S_IMODE(path.stat().st_mode) & 0o077:
            raise NotConfigured(f"{path} holds secrets, and others may read it: chmod 600 {path}")
        profiles = tomllib.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise NotConfigured(f"{path}: {error}") from error
    if not isinstance(profiles.get(name), dict):
        raise NotConfigured(f"{path} has no profile {name}; it has {', '.join(profiles) or 'none'}")
    return {key: str(value) for key, value in profiles[name].items()}
