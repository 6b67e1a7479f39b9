"""Coverage-guided fuzzing of the pipeline and the parsers, for minutes, outside the tests.

    python benchmarks/fuzz.py csv -max_total_time=120

Needs ``atheris``, which is no dependency. What a target finds is shortened, put into
``tests/fuzz/TARGET/``, and from then on replayed by the tests (``tests/test_fuzz.py``), which
take the targets from here too.
"""

import importlib
import json
import pkgutil
import sys
import tempfile
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any

import textclean.kernels


def _instrumentation() -> AbstractContextManager[Any]:
    """Let the fuzzer see the way through our code, when this file is run; not the kernels'."""
    if __name__ != "__main__":
        return nullcontext()
    import atheris

    for module in pkgutil.iter_modules(textclean.kernels.__path__):
        importlib.import_module(f"textclean.kernels.{module.name}")  # numba takes no instruments
    watched: AbstractContextManager[Any] = atheris.instrument_imports(include=["textclean"])
    return watched


with _instrumentation():
    from textclean.document import Document
    from textclean.engines.work import Job, Worker
    from textclean.errors import InputError, UsageError
    from textclean.io.cutting import Chunk
    from textclean.io.formats import format_named
    from textclean.io.json_records import member_spans, parse_record, rewrite_record
    from textclean.io.sources import Source
    from textclean.pipeline import Pipeline
    from textclean.recipe import Recipe
    from textclean.stage import replay

LIMIT = 100_000


def fuzz_pipeline(data: bytes) -> None:
    """Any text, lone surrogates included: the trace replays to the result."""
    text = data.decode("utf-8", "surrogateescape")
    [result] = _pipeline().fresh().process([Document("a", text)])
    if replay(text, result.trace) != result.text:
        message = "the trace does not give the result"
        raise AssertionError(message)


def fuzz_json(data: bytes) -> None:
    """Any record: what is read as msgspec reads it is read so by the scan, and can be rewritten."""
    try:
        parsed = parse_record(data)
    except InputError:
        return
    spans = member_spans(data)
    start, end = spans["text"]
    if json.loads(data[start:end]) != parsed.text:
        message = "the scan reads another text"
        raise AssertionError(message)
    again = parse_record(rewrite_record(data, "text", parsed.text + "x", "en"))
    if again.text != parsed.text + "x":
        message = "the rewritten record has another text"
        raise AssertionError(message)


def fuzz_rows(name: str) -> Callable[[bytes], None]:
    """Any CSV or TSV: rewriting a row changes the text and nothing else."""

    def run(data: bytes) -> None:
        row_format = format_named(name, header=b"text,id\n" if name == "csv" else b"text\tid\n")
        reached = 0
        for frame in row_format.frames(data):
            if not reached <= frame.start <= frame.content_end <= frame.end <= len(data):
                message = "frames overlap"
                raise AssertionError(message)
            reached = frame.end
            raw = row_format.cut(data, frame)
            try:
                parsed = row_format.parse(raw)
            except InputError:
                continue
            assert parsed is not None  # noqa: S101 - every row is a document
            again = row_format.parse(row_format.rewrite(raw, parsed.text + '\n"x', None))
            if again is None or (again.id, again.text) != (parsed.id, parsed.text + '\n"x'):
                message = "the rewritten row is another"
                raise AssertionError(message)

    return run


def fuzz_source(name: str | None) -> Callable[[bytes], None]:
    """Any file: chunks join to what was read, and each record is read, or refused in words."""

    def run(data: bytes) -> None:
        with tempfile.NamedTemporaryFile() as file:
            file.write(data)
            file.flush()
            worker = _worker()
            try:
                source = Source(file.name, 0, name)
                for chunk in source.chunks(LIMIT, 100):
                    worker.read(chunk)
            except (InputError, UsageError):
                return

    return run


def fuzz_archive(data: bytes) -> None:
    """Any WARC: frames cover all, and rewriting gives one record with the text."""
    archive = format_named("warc")
    worker = _worker()
    worker.read(Chunk("a", 0, "warc", 1, 0, data))
    for frame in archive.frames(data):
        raw = archive.cut(data, frame)
        try:
            parsed = archive.parse(raw)
        except InputError:
            continue
        if parsed is None:
            continue
        made = archive.rewrite(raw, "another text", None)
        again = archive.parse(made)
        if again is None or again.text != "another text":
            message = "the rewritten record has another text"
            raise AssertionError(message)


def _pipeline() -> Pipeline:
    return Pipeline.from_recipe(Recipe())


def _worker() -> Worker:
    return Worker(Job(Recipe(stages=("markup",), max_record_bytes=LIMIT)))


TARGETS: dict[str, Callable[[bytes], None]] = {
    "pipeline": fuzz_pipeline,
    "json": fuzz_json,
    "csv": fuzz_rows("csv"),
    "tsv": fuzz_rows("tsv"),
    "warc": fuzz_archive,
    "source": fuzz_source(None),
    "source-csv": fuzz_source("csv"),
    "source-warc": fuzz_source("warc"),
}


def main() -> None:
    """Fuzz one target; further words are libFuzzer's."""
    import atheris

    target = TARGETS[sys.argv[1]]
    with _instrumentation():
        target(b"<p>\xc3\x83\xc2\xa9</p>")  # what loads on first use is no finding
    corpus = Path(__file__).parent.parent / "tests" / "fuzz" / sys.argv[1]
    found = tempfile.mkdtemp(prefix="textclean-fuzz-")
    words = [sys.argv[0], found, *([str(corpus)] if corpus.is_dir() else []), *sys.argv[2:]]
    atheris.Setup(words, target)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
