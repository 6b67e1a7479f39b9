"""Spark: ``mapInArrow`` with a Java of one's own, two partitions."""

import os
import sys

import pytest

from textclean import Recipe
from textclean.errors import UsageError

pytest.importorskip("pyspark")

ENGLISH = "The harbour office opens its new pier to ferries and visitors on Monday &amp; Tuesday."
GERMAN = "Das Hafenamt eröffnet am Montag den neuen Anleger für Fähren und Besucher der Insel."


@pytest.fixture(scope="module")
def spark(tmp_path_factory):
    from pyspark.sql import SparkSession

    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)  # else whatever python3 comes first

    folder = str(tmp_path_factory.mktemp("spark"))
    builder = SparkSession.builder.master("local[2]").appName("textclean")
    settings = {
        "spark.driver.memory": "1g",
        "spark.ui.enabled": "false",
        "spark.sql.shuffle.partitions": "2",
        "spark.sql.warehouse.dir": folder,
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
    }
    for key, value in settings.items():
        builder = builder.config(key, value)
    session = builder.getOrCreate()
    yield session
    session.stop()


def test_a_frame_is_cleaned_in_order_with_its_other_columns(spark):
    from textclean.adapters.spark import clean_frame

    rows = [(n, ENGLISH if n % 2 else None, [n]) for n in range(20)]
    frame = spark.createDataFrame(rows, "n int, text string, more array<int>").repartition(2)
    cleaned = clean_frame(frame)
    assert cleaned.schema == frame.schema
    expected = [(n, text and text.replace("&amp;", "&"), more) for n, text, more in rows]
    assert [tuple(row) for row in cleaned.orderBy("n").collect()] == expected


def test_languages(spark):
    from textclean.adapters.spark import clean_frame

    frame = spark.createDataFrame([(ENGLISH,), (GERMAN,)], "body string")
    recipe = Recipe(text_field="body", language=("de",), detect_language=True)
    assert [tuple(row) for row in clean_frame(frame, recipe).collect()] == [(GERMAN, "de")]


def test_a_frame_without_texts_is_refused_at_once(spark):
    from textclean.adapters.spark import clean_frame

    with pytest.raises(UsageError, match="no column 'text' of strings; there are: 'n'"):
        clean_frame(spark.createDataFrame([(1,)], "n int"))
