"""The medical heart needs nothing but Python itself."""

import subprocess
import sys

import pytest

MODULES = [
    "webapp.questionnaire",
]


@pytest.mark.parametrize("module", MODULES)
def test_the_questionnaire_loads_nothing_outside_the_standard_library(module: str):
    program = f"import sys; before = set(sys.modules); import {module}; print(*(set(sys.modules) - before))"
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.split()
    strange = {name.partition(".")[0] for name in loaded} - sys.stdlib_module_names - {"webapp"}
    assert module in loaded
    assert strange == set()
    assert {
        name for name in loaded if name.startswith("webapp.") and not name.startswith("webapp.questionnaire")
    } == set()
