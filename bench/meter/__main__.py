"""`python -m bench.meter`: print the tables of docs/costs.md; `--write` puts them there."""

import argparse

from bench.meter import ours, popular, table, usage


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench.meter", description=__doc__)
    parser.add_argument("--write", action="store_true", help="write docs/costs.md")
    arguments = parser.parse_args()
    with ours.running() as (call, meter, database):
        costs = ours.measure(call, meter)
        counting = usage.measure(meter, database)
    tables = {
        table.COMMANDS: table.commands(costs.by_command.values()),
        table.COUNTING: table.counting(counting),
        table.LAYOUTS: table.layouts(costs.by_command, popular.measure(costs.answers)),
    }
    for name, text in tables.items():
        if arguments.write:
            table.write(name, text)
        else:
            print(f"{text}\n")


main()
