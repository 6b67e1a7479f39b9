"""What the fuzzers of ``benchmarks/fuzz.py`` started from and found, replayed."""

import importlib.util
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "tests" / "fuzz"


def load_targets():
    spec = importlib.util.spec_from_file_location("fuzz_targets", ROOT / "benchmarks" / "fuzz.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module.TARGETS


TARGETS = load_targets()
CASES = sorted(path for path in FOLDER.rglob("*") if path.is_file())


@pytest.mark.parametrize("path", CASES, ids=lambda path: str(path.relative_to(FOLDER)))
def test_case(path):
    TARGETS[path.parent.name](path.read_bytes())


def test_every_target_has_cases():
    assert {path.parent.name for path in CASES} == set(TARGETS)
