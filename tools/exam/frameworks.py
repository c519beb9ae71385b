"""FFIEC, NIST 800-53 and PCI DSS, by the rules that the AWS Guard Rules Registry maps to them.

The registry's rule sets `ffiec`, `nist800_53rev5` and `pci_dss_3_2_1` (version 1.0.0 each, mappings/ at commits 3157fe14
and 7f7340c2, which say the controls of each rule) come in no package. Each of their rules is a row of registry.csv: it is
about kinds of resources that the template has none of, or it is held by a rule that `make exam` judges, by that rule's
name in Control Tower, in the registry's package or in own.guard beside this.
"""

import csv
from collections.abc import Collection
from pathlib import Path
from typing import Final, NamedTuple

FRAMEWORKS: Final = ("FFIEC", "NIST", "PCI")


class RegistryRule(NamedTuple):
    """A rule of the registry, and what becomes of it here."""

    rule: str
    held_by: str
    """The rule that is judged in its place; nothing where there is no resource to judge."""
    there_is_no: tuple[str, ...]
    """Kinds of resources, by the beginning of their types."""
    frameworks: tuple[str, ...]

    def is_held(self, applied: Collection[str], types: Collection[str]) -> bool:
        """Whether what stands for it was judged, or there is nothing of its kind."""
        if self.held_by:
            return self.held_by in applied
        return not any(each.startswith(self.there_is_no) for each in types)


def registry_rules() -> tuple[RegistryRule, ...]:
    """Every rule of the three sets, once."""
    with Path(__file__).with_name("registry.csv").open(encoding="utf-8") as rows:
        return tuple(
            RegistryRule(
                row["rule"],
                row["held_by"],
                tuple(row["there_is_no"].split()),
                tuple(row["frameworks"].split()),
            )
            for row in csv.DictReader(rows)
        )


def not_held(applied: Collection[str], types: Collection[str]) -> list[str]:
    """The rules that nothing holds: what stands for them was not judged, or the template has such resources now."""
    return [each.rule for each in registry_rules() if not each.is_held(applied, types)]


def summary() -> str:
    """How many rules of each framework are held by one that is judged."""
    held = [each for each in registry_rules() if each.held_by]
    counted = {name: sum(name in each.frameworks for each in held) for name in FRAMEWORKS}
    return ", ".join(f"{number} rules for {name}" for name, number in counted.items())
