"""Every regular expression of the package, found by itself, and texts it may be slow on.

Run as a script it prints, as JSON, what the package compiles and where: modules are imported,
functions without arguments that remember their answer are called, and so are those of ``_calls``.
Places of the source that were not reached are named, too.
"""

import ast
import importlib
import inspect
import json
import pkgutil
import re
import sys
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parent.parent / "textclean"
_METHODS = ("compile", "sub", "split", "match", "search", "findall", "finditer", "fullmatch")
_ANCHORED = {"match", "fullmatch"}


def _calls():
    """Call what compiles an expression from its arguments."""
    from textclean.io import delimited
    from textclean.stages.embeds import attributions, cards, dates, networks, scan, tables
    from textclean.stages.markup import _local, _skeleton
    from textclean.stages.mojibake import characters, code_pages, residue, spaced
    from textclean.stages.repetition import marked

    delimited._patterns("csv", b",")
    delimited._patterns("tsv", b"\t")
    delimited._value("tsv", b'"a"')
    attributions.label("")
    for dated in (networks.SHARED, networks.POSTED, cards.STAMP, cards.DATED_HEADER):
        dated.whole()
    dates.DATE.whole(), dates.DATE_LINE.whole()
    scan._raw_end("", "script", 0)
    for row in tables._read("embeds_reach.toml")["words"]:
        tables.reach_words(row["kind"])
    for row in tables._read("embeds_glued.toml")["words"]:
        tables.glued_words(row["kind"])
    _local._end_tag("div")
    _skeleton._end_tag("script")
    for name in ("ligatures", "width", "quotes", "line-breaks", "surrogates"):
        characters._fixer(name)
    marked.marked_pattern(tuple(range(len(marked.MARKED))))
    residue.lost_sequences(residue._LOST_SEQUENCE_CORE)
    for page in code_pages.code_pages():
        code_pages.stray_lead(page.name, page.characters[0xC3])
        spaced._start_of_sequence(page)
        spaced._spaced_sequence(page)


class Place(NamedTuple):
    """A call of ``re`` in the source.

    Attributes:
        path: The file.
        node: The call.
        name: What the source calls it: the constant, or the function it stands in.
        is_anchored: The expression is only ever asked about the place where it is to begin.
    """

    path: str
    node: ast.Call
    name: str
    is_anchored: bool


def places():
    """Return every call of ``re`` in the package."""
    trees = {path: ast.parse(path.read_text()) for path in sorted(ROOT.rglob("*.py"))}
    imported = {
        alias.name
        for tree in trees.values()
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    return [place for path, tree in trees.items() for place in _places_in(path, tree, imported)]


def _places_in(path, tree, imported):
    methods = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            methods.setdefault(node.value.id, []).append(node.attr)
    loads = [node.id for node in ast.walk(tree) if isinstance(node, ast.Name)]
    for statement in tree.body:
        for call in filter(_is_call, ast.walk(statement)):
            name = getattr(statement, "name", None)
            anchored = call.func.attr in _ANCHORED
            if isinstance(statement, ast.Assign) and statement.value is call:
                name = statement.targets[0].id
                used = methods.get(name, [])
                only = set(used) <= _ANCHORED and loads.count(name) == len(used) + 1
                anchored = bool(used) and only and name not in imported
            where = f"{path.relative_to(ROOT)} {name or call.lineno}"
            yield Place(str(path), call, where, anchored)


def _is_call(node):
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id == "re"
        and node.func.attr in _METHODS
    )


def main():
    """Print what was compiled, and what was not reached."""
    seen = []
    compiled = re.compile
    for method in _METHODS:
        setattr(re, method, _watched(getattr(re, method), compiled, seen))
    for module in _modules():
        for value in list(vars(module).values()):
            own = getattr(value, "__module__", None) == module.__name__
            if own and hasattr(value, "cache_info") and not inspect.signature(value).parameters:
                value()
    _calls()
    patterns, missed = [], []
    for place in places():
        lines = range(place.node.lineno, place.node.end_lineno + 1)
        here = [pattern for file, line, pattern in seen if file == place.path and line in lines]
        if not here and isinstance(place.node.args[0], ast.Constant):
            here = [compiled(place.node.args[0].value)]
        missed += [] if here else [place.name]
        for pattern in dict.fromkeys(here):
            is_text = isinstance(pattern.pattern, str)
            source = pattern.pattern if is_text else pattern.pattern.decode("latin-1")
            patterns.append([place.name, place.is_anchored, source, pattern.flags, is_text])
    json.dump({"patterns": patterns, "missed": missed}, sys.stdout)


def _watched(method, compiled, seen):
    def call(pattern, *words, **options):
        frame = sys._getframe(1)
        flags = options.get("flags", words[0] if method is compiled and words else 0)
        seen.append((frame.f_code.co_filename, frame.f_lineno, compiled(pattern, flags)))
        return method(pattern, *words, **options)

    return call


def _modules():
    import textclean

    for found in pkgutil.walk_packages(textclean.__path__, "textclean."):
        if not found.name.endswith("__main__") and ".adapters." not in found.name:
            yield importlib.import_module(found.name)


if __name__ == "__main__":
    main()
