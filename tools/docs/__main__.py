"""The docs site: `build` makes it in .tools/site (a stage's addresses are given with --api and --sign-in), `check` looks at
every page of it in a browser, or with --few at one of each kind."""

import argparse
import sys

from tools.docs.build import NotBuilt, build
from tools.docs.check import NotLooked, check
from tools.docs.packages import NotFetched


def main(asked: list[str]) -> int:
    """Build the site, or look at it; 1 if that failed or found something."""
    parser = argparse.ArgumentParser(prog="tools.docs", description=__doc__)
    parser.add_argument("what", choices=("build", "check"))
    parser.add_argument("--api", help="the API's address, as the definition names it")
    parser.add_argument("--sign-in", help="the address of the user pool's domain")
    parser.add_argument("--few", action="store_true", help="check one page of each kind")
    arguments = parser.parse_args(asked)
    try:
        if arguments.what == "build":
            print(build(api=arguments.api, sign_in=arguments.sign_in))
            return 0
        said, found = check(few=arguments.few)
    except NotFetched as error:
        print(f"NOT LOOKED AT: {error}")
        return 0 if arguments.few else 1
    except (NotBuilt, NotLooked) as error:
        print(error, file=sys.stderr)
        return 1
    print("\n".join([*found, f"{said}, {len(found)} findings"]))
    return bool(found)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
