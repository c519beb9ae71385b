"""The developer portal: `build` makes it in .tools/site/portal (a stage's addresses are given with --sign-in, --client and
--docs), `check` walks it on the local stack in a browser."""

import argparse
import os
import sys
from pathlib import Path

from tools.docs.packages import NotFetched
from tools.portal.build import NotBuilt, Stage, build
from tools.portal.check import NotWalked, check


def main(asked: list[str]) -> int:
    """Build the portal, or walk it; 1 if that failed or found something."""
    parser = argparse.ArgumentParser(prog="tools.portal", description=__doc__)
    parser.add_argument("what", choices=("build", "check"))
    parser.add_argument("--shots", type=Path, help="a folder for pictures of each page")
    parser.add_argument("--sign-in", help="the address of the user pool's domain")
    parser.add_argument("--client", help="the portal's client in the user pool (PortalClientId)")
    parser.add_argument("--docs", help="the address of the docs (DocsAddress)")
    arguments = parser.parse_args(asked)
    stage = (arguments.sign_in, arguments.client, arguments.docs)
    if any(stage) and not all(stage):
        parser.error("a stage has all of --sign-in, --client and --docs")
    try:
        if arguments.what == "build":
            print(build(Stage(*stage) if all(stage) else None))
            return 0
        said, found = check(arguments.shots)
    except NotBuilt as error:
        print(error, file=sys.stderr)
        return 1 if "CI" in os.environ or not error.lacks_node else 0
    except (NotWalked, NotFetched) as error:
        print(f"NOT WALKED: {error}", file=sys.stderr)
        return 1
    print("\n".join([*found, f"{said}, {len(found)} findings"]))
    return bool(found)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
