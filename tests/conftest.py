"""What every test may use. moto comes first: a client made before it would go to the network."""

import os

import moto  # noqa: F401 - see above

# Telemetry reads it once, in whatever test of a process imports it first.
os.environ.setdefault("POWERTOOLS_METRICS_NAMESPACE", "Coverwright")
