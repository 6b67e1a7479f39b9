"""Every regular expression of the package: its time grows with the text, whatever the shape.

The shapes are made of the expression itself (what it takes, the same cut short, what it may repeat
behind what stands before it), and of signs and words that many of them look for. Four times the
text may take ten times as long. An expression that the source only ever asks about
places (``match``) is asked about the beginning; the loops that do so are tested with their parsers
and stages.
"""

import ast
import json
import re
import subprocess
import sys
import time
from itertools import islice
from re import _constants as codes
from re import _parser as parser

import pytest
import regexes

#: Lengths in characters: the text is made longer until its time can be told, in seconds.
SHORTEST, LONGEST, MEASURABLE = 500, 20_000, 0.003
COMMON = [
    "a", "A", " ", "\n", "\t", "1", "-", ".", ",", '"', "'", "<", ">", "&", "=", "@", "#", "/", "[",
    "é", "Ã", "â", "\u00a0", "日", "<a ", "a b ", "a. A", "1.1", "http://a", "\r\n", '="a" ', "\\u",
]  # fmt: skip
#: Asked about places only, in a way that the source does not show at once.
ANCHORED = {
    "stages/markup/_skeleton.py _REST": "the reader holds it, and calls match",
    "stages/markup/_skeleton.py _SHORT_REST": "the same",
    "stages/repetition/spans.py BULLET": "other modules ask it about a piece's beginning",
}
_CATEGORIES = {
    codes.CATEGORY_DIGIT: "1", codes.CATEGORY_SPACE: " ", codes.CATEGORY_WORD: "a",
    codes.CATEGORY_NOT_DIGIT: "a", codes.CATEGORY_NOT_SPACE: "a", codes.CATEGORY_NOT_WORD: "-",
}  # fmt: skip
_REPEATS = (codes.MAX_REPEAT, codes.MIN_REPEAT, codes.POSSESSIVE_REPEAT)
#: Of an expression with hundreds of words the first ones stand for all.
_BRANCHES, _SHAPES = 3, 40


@pytest.fixture(scope="module")
def rows():
    """Where, whether anchored, source, flags, and whether for text: a row an expression."""
    done = subprocess.run(
        [sys.executable, regexes.__file__], capture_output=True, check=True, timeout=120
    )
    found = json.loads(done.stdout)
    assert found["missed"] == [], "regexes.py must know how to have these compiled"
    assert len(found["patterns"]) > 200
    once = {tuple(row[2:]): tuple(row) for row in found["patterns"]}
    return sorted(once.values())


def sample(tree, *, longest=False):
    """Return a text that an expression takes, or nearly."""
    return "".join(_sample(op, argument, longest) for op, argument in tree)


def _sample(op, argument, longest):
    if op in _REPEATS:
        low, high, body = argument
        times = min(max(low, min(high, 2)), 40) if longest else min(low, 40)
        return sample(body, longest=longest) * times
    if op is codes.ASSERT and argument[0] < 0:
        return ""
    if op in _INNER:
        return sample(_INNER[op](argument), longest=longest)
    return _SIGNS[op](argument) if op in _SIGNS else ""


def _member(argument):
    negated = argument[0][0] is codes.NEGATE
    if negated:
        banned = re.compile("[" + "".join(map(_source, argument[1:])) + "]")
        return next((sign for sign in "aA1 -.\n\u00e9\u65e5<" if not banned.match(sign)), "\u2603")
    op, value = argument[0]
    return chr(value[0]) if op is codes.RANGE else _sample(op, value, longest=False)


def _source(item):
    op, value = item
    if op is codes.LITERAL:
        return re.escape(chr(value))
    if op is codes.RANGE:
        return f"{re.escape(chr(value[0]))}-{re.escape(chr(value[1]))}"
    names = {
        codes.CATEGORY_DIGIT: r"\d", codes.CATEGORY_SPACE: r"\s", codes.CATEGORY_WORD: r"\w",
        codes.CATEGORY_NOT_DIGIT: r"\D", codes.CATEGORY_NOT_SPACE: r"\S",
        codes.CATEGORY_NOT_WORD: r"\W",
    }  # fmt: skip
    return names[value]


_INNER = {
    codes.BRANCH: lambda argument: argument[1][0],
    codes.SUBPATTERN: lambda argument: argument[3],
    codes.ATOMIC_GROUP: lambda argument: argument,
    codes.ASSERT: lambda argument: argument[1],
}
_SIGNS = {
    codes.LITERAL: chr,
    codes.NOT_LITERAL: lambda argument: "b" if argument == ord("a") else "a",
    codes.ANY: lambda _: "a",
    codes.IN: _member,
    codes.CATEGORY: _CATEGORIES.__getitem__,
}


def repeats(tree, before=""):
    """Yield what stands before each repetition, and what it repeats."""
    for op, argument in tree:
        if op in _REPEATS:
            body = argument[2]
            yield before, sample(body)
            yield before, sample(body, longest=True)
            yield from repeats(body, before)
        elif op is codes.BRANCH:
            for branch in islice(argument[1], _BRANCHES):
                yield from repeats(branch, before)
        elif op is codes.SUBPATTERN:
            yield from repeats(argument[3], before)
        elif op is codes.ATOMIC_GROUP:
            yield from repeats(argument, before)
        elif op in {codes.ASSERT, codes.ASSERT_NOT}:
            yield from repeats(argument[1], before)
        before += _sample(op, argument, longest=False)


def alternatives(tree):
    """Yield texts for the first branches of an expression."""
    for op, argument in tree:
        if op is codes.BRANCH:
            for branch in islice(argument[1], _BRANCHES):
                yield sample(branch)
                yield from alternatives(branch)
        elif op is codes.SUBPATTERN:
            yield from alternatives(argument[3])
        elif op in _REPEATS:
            yield from alternatives(argument[2])


def shapes(pattern):
    """Return pairs of a beginning and what is repeated behind it."""
    tree = parser.parse(pattern.pattern, pattern.flags & ~re.DEBUG)
    least, most = sample(tree), sample(tree, longest=True)
    units = [least, most, least[:-1], most[:-1], least[1:], most[1:], most + "\n", most + " x "]
    units += [*alternatives(tree), *(before + body for before, body in repeats(tree))]
    made = [("", unit) for unit in (*units, *COMMON)]
    made += repeats(tree)
    made += [("", body) for _, body in repeats(tree)]
    made += [("", body + "!") for _, body in repeats(tree)]
    found = [shape for shape in dict.fromkeys(made) if shape[1] and len(shape[1]) < SHORTEST]
    step = max(1, -(-len(found) // _SHAPES))
    return found[::step]


def slow_shapes(pattern, *, anchored):
    """Return the shapes on which an expression takes more than linear time."""

    def taken(shape, length):
        return seconds(pattern, shape[0], shape[1] * (length // len(shape[1])), anchored=anchored)

    slow = []
    for shape in shapes(pattern):
        length = SHORTEST
        while taken(shape, length) < MEASURABLE and length < LONGEST:
            length *= 2
        for _ in range(3):  # twice is chance, three times is not
            short, long = taken(shape, length), taken(shape, 4 * length)
            if long < 10 * short + MEASURABLE:
                break
        else:
            slow.append((*shape, length, short, long))
    return slow


def seconds(pattern, before, repeated, *, anchored):
    text = before + repeated + "\x01"
    if isinstance(pattern.pattern, bytes):
        text = text.encode("latin-1", "replace")
    started = time.process_time()
    if anchored:
        pattern.match(text)
        pattern.fullmatch(text)
    else:
        for _ in pattern.finditer(text):
            pass
    return time.process_time() - started


_PARTS = 8


@pytest.mark.parametrize("part", range(_PARTS))
def test_time_of_every_expression_grows_with_the_text(rows, part):
    slow = {}
    for where, is_anchored, source, flags, is_text in rows[part::_PARTS]:
        pattern = re.compile(source if is_text else source.encode("latin-1"), flags)
        assert len(shapes(pattern)) >= 20
        found = slow_shapes(pattern, anchored=is_anchored or where in ANCHORED)
        if found:
            slow[where, source[:80]] = found[:3]
    assert slow == {}, json.dumps([[*k, v] for k, v in slow.items()], indent=1)[:6000]


def test_expressions_are_written_where_they_are_found():
    """The search knows calls of ``re`` by that name, and no other engine."""
    for path in regexes.ROOT.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                names = {alias.name: alias.asname for alias in node.names}
                assert not names.keys() & {"regex", "re2", "sre_compile"}, path
                assert names.get("re") is None, path
            if isinstance(node, ast.ImportFrom):
                assert node.module not in {"re", "regex", "re2"}, path


def test_an_expression_that_is_slow_is_found():
    assert slow_shapes(re.compile(r"(?:a|b|ab)*+c|x\s*y"), anchored=False)
