"""The README says which versions of the frameworks these tests ran with."""

import re
from importlib.metadata import version
from pathlib import Path

import pytest

pytest.importorskip("pyspark")

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
STATED = {
    "pyarrow": r"pyarrow (\d+)\.",
    "datasets": r"Hugging Face datasets (\d+)\.",
    "pandas": r"\| pandas (\d+)\.",
    "polars": r"\| polars (\d+)\.",
    "scikit-learn": r"\| scikit-learn (\d+)\.",
    "datatrove": r"\| datatrove (\d+)\.",
    "pyspark": r"\| Spark (\d+)\.",
}


@pytest.mark.parametrize("package", STATED)
def test_the_stated_version_is_the_tested_one(package):
    [major] = re.findall(STATED[package], README)
    assert version(package).split(".")[0] == major
