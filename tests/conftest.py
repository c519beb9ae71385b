"""What every test may use. moto comes first: a client made before it would go to the network."""

import moto  # noqa: F401 - see above
