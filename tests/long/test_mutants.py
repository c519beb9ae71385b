"""The faults that `make mutants` plants can still be planted: what each replaces stands there, once."""

import pytest

from tests.long.mutants import FAULTS, LAYER, ROOT


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_a_fault_has_its_place_and_somebody_to_notice_it(fault):
    module = (LAYER / "insurance" / fault.module).read_text(encoding="utf-8")

    assert module.count(fault.right) == 1
    assert (ROOT / fault.noticed_by).exists()
