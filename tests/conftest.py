"""What every test may use. moto comes first: a client made before it would go to the network."""

import os

import moto  # noqa: F401 - see above
from hypothesis import settings

# Telemetry reads it once, in whatever test of a process imports it first.
os.environ.setdefault("POWERTOOLS_METRICS_NAMESPACE", "Coverwright")

# A deadline on the wall clock says how busy the machine is, not whether the code is right.
settings.register_profile("shared", deadline=None)
settings.load_profile("shared")

pytest_plugins = ["tests.support.fixtures"]
