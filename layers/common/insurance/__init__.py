"""Insurance production operations: a pure core inside, AWS outside."""

from typing import Final

VERSION: Final = "0.10.0"
"""Of the release; pyproject.toml, the API's definition and CHANGELOG.md say the same."""
