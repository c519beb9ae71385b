"""`python -m coverwright.cli`, where the script `coverwright` is not on the path."""

import sys

from coverwright.cli import main

if __name__ == "__main__":
    sys.exit(main())
