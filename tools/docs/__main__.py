"""`python -m tools.docs build`: the docs site in .tools/site. A stage's addresses are given with --api and --sign-in."""

import argparse
import sys

from tools.docs.build import NotBuilt, build


def main(asked: list[str]) -> int:
    """Build the site; 1 if it could not be."""
    parser = argparse.ArgumentParser(prog="tools.docs", description=__doc__)
    parser.add_argument("what", choices=("build",))
    parser.add_argument("--api", help="the API's address, as the definition names it")
    parser.add_argument("--sign-in", help="the address of the user pool's domain")
    arguments = parser.parse_args(asked)
    try:
        print(build(api=arguments.api, sign_in=arguments.sign_in))
    except NotBuilt as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
