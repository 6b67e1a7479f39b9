"""Which way a text goes, page or plain, and rounds until nothing is left to do.

Every text that comes out is one in which nothing more is found: what would be found again (an
entity that spells a tag, a tag that a page shows as text) keeps the form in which it is safe.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from textclean.edits import Edit, apply_edits, compose_edits, settle_edits, settled
from textclean.stages.markup._codes import find_codes
from textclean.stages.markup._entities import find_references
from textclean.stages.markup._local import find_tags
from textclean.stages.markup._skeleton import IMPLIED_END, UNWRITTEN
from textclean.stages.markup._spans import Span, edits_of_spans
from textclean.stages.markup._tables import elements
from textclean.stages.markup._tree import outline_of_html, text_of_outline
from textclean.stages.shown import brackets_of_code, with_stand_ins

#: Tags that removal puts together (`<<b>b>`) need another round; hostile ones need any number.
MAXIMUM_ROUNDS = 7

_PAGE = re.compile(r"\s*+(?:<!doctype\s++html|<\?xml\b|<html[\s>]|<!--|<body[\s>])", re.IGNORECASE)
_PAGE_ELEMENT = re.compile(r"<(?:html|body)(?:\s[^<>]*+)?>", re.IGNORECASE)
_BLOCK_KINDS = frozenset({"block", "item", "row", "cell", "pre"})
_CELL_KINDS = frozenset({"row", "cell", "inline"})
_BLOCK_END = re.compile(r"</([A-Za-z][A-Za-z0-9]*+)[^<>]*+>")
_BLOCK_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9]*+)")
#: A parser makes these itself, or nothing but cells may stand in them.
_NEVER_LOST = UNWRITTEN | IMPLIED_END | {"table", "colgroup", "pre"}
_MAXIMUM_LOST = 100
#: Signs that stand at or in a word.
_WORD_SIGNS = frozenset("'\"&’‘“”«»–—…")
_ESCAPES = {"<": "&lt;", ">": "&gt;", "&": "&amp;", "[": "&#91;", "{": "&#123;"}
_ANY_TAG = re.compile(r"</?[A-Za-z][^<>]*+>")


def markup_edits(text: str) -> tuple[Edit, ...]:
    """Return the edits that take the markup out of a text."""
    brackets = {} if _is_page(text) else brackets_of_code(text)
    source = with_stand_ins(text, brackets, references=False)
    if source == text or _is_fragment(text, find_tags(text)):
        return settle_edits(text, _one_round, MAXIMUM_ROUNDS)
    output, edits = settled(source, _one_round, MAXIMUM_ROUNDS)
    shown = {stand_in: chr(bracket) for bracket, stand_in in brackets.items()}
    composed = compose_edits(text, edits, _restored(output, shown))
    return tuple(edit for edit in composed if edit.replacement != text[edit.start : edit.end])


def _restored(text: str, shown: Mapping[str, str]) -> list[Edit]:
    """Return the edits that put the brackets of code back; escaped where they would be read."""
    escaped: set[int] = set()
    for _ in range(MAXIMUM_ROUNDS):
        # (Of the same length: what is escaped already keeps its stand-in, and is read no more.)
        plain = "".join(
            sign if at in escaped else shown.get(sign, sign) for at, sign in enumerate(text)
        )
        found = {span.start for span in (*find_codes(plain), *_post_codes(plain))}
        # A declaration, "<![if x]>", has its bracket behind its sign.
        found |= {
            span.start + 2 for span in find_tags(plain) if plain.startswith("<![", span.start)
        }
        new = {at for at in found - escaped if text[at] in shown}
        if not new:
            break
        escaped |= new
    return [
        Edit(at, at + 1, _ESCAPES[shown[sign]] if at in escaped else shown[sign], "markup.html")
        for at, sign in enumerate(text)
        if sign in shown
    ]


def settle(text: str, brackets: Mapping[int, str] = MappingProxyType({})) -> str:
    r"""Take shortcodes out of a page's text; make safe what a plain text would lose.

    Args:
        text: The text of a page.
        brackets: Characters that stand in it for the brackets that the page's code shows.

    >>> settle("use <b>bold</b> and &nbsp;\n[gallery ids='1']")
    'use &lt;b&gt;bold&lt;/b&gt; and &amp;nbsp;'
    """
    shown = {ord(stand_in): chr(bracket) for bracket, stand_in in brackets.items()}
    if not any(sign in text for sign in ("<", "&", "[", *brackets.values())):
        return text
    for _ in range(MAXIMUM_ROUNDS):
        codes = find_codes(text)
        if not codes:
            break
        text = apply_edits(text, list(edits_of_spans(text, codes))).rstrip(" \t\n")
    return make_safe(_with_safe_posts(text, shown))


def make_safe(text: str) -> str:
    """Escape in a text that is decoded already what would be read as markup once more.

    >>> make_safe("use <b>bold</b>")
    'use &lt;b&gt;bold&lt;/b&gt;'
    """
    for _ in range(MAXIMUM_ROUNDS):
        spans, references = _plain_plan(text, find_tags(text))
        if not spans and not references:
            break
        twice = [edit for edit in references if _is_inside_word(text, edit)]
        if twice:
            text = apply_edits(text, twice)
            continue
        shown = [*spans, *(Span(e.start, e.end, "", e.reason) for e in references)]
        text = apply_edits(text, _escape(text, sorted(shown)))
    return text


def _with_safe_posts(text: str, shown: Mapping[int, str]) -> str:
    """Put the brackets of code back; escape those that would be read as an embedded post."""
    restored = text
    for stand_in, bracket in shown.items():  # few, and ``translate`` looks at every character
        restored = restored.replace(chr(stand_in), bracket)
    if restored == text:
        return text
    spans = [span for span in _post_codes(restored) if ord(text[span.start]) in shown]
    return apply_edits(restored, _escape(restored, spans))


def _post_codes(text: str) -> list[Span]:
    """The shortcodes that the stage for posts would take from a text."""
    if "[" not in text and "{" not in text:
        return []
    from textclean.stages.embeds.shortcodes import shortcode_spans

    return [Span(start, end, "", "markup.shortcode") for start, end in shortcode_spans(text)]


def _is_inside_word(text: str, reference: Edit) -> bool:
    """Whether a page shows a reference in a word, "Anna&#039;s": its source was escaped twice.

    Who writes about references lets them stand alone.
    """
    if reference.replacement not in _WORD_SIGNS and not reference.replacement.isalpha():
        return False
    before, after = (
        text[max(0, reference.start - 1) : reference.start],
        text[reference.end : reference.end + 1],
    )
    return before.isalnum() or after.isalnum()


def _is_page(text: str) -> bool:
    return _PAGE.match(text) is not None and _PAGE_ELEMENT.search(text) is not None


def _one_round(text: str) -> list[Edit]:
    whole = _is_page(text)
    spans = [] if whole else find_tags(text)
    if whole or _is_fragment(text, spans):
        output = _text_of_page("" if whole else _lost_start_tags(text, spans), text)
        if text.endswith("\n") and output:
            output += "\n"
        return [] if output == text else [Edit(0, len(text), output, "markup.html")]
    return _plain_round(text, spans)


def _text_of_page(lost: str, html: str) -> str:
    """Return the settled text of a page, or of a piece of one and the start tags that it lost."""
    outline = outline_of_html(lost + html)
    brackets = brackets_of_code(html) if outline.skeleton.has_code else {}
    if brackets:
        outline = outline_of_html(lost + with_stand_ins(html, brackets))
    return settle(text_of_outline(outline), brackets)


def _lost_start_tags(text: str, spans: Sequence[Span]) -> str:
    """Return the start tags that a piece of a page lacks for the end tags in it.

    Without them a parser drops the end tags, and the words beside them grow together.
    """
    depths: Counter[str] = Counter()
    lost: list[str] = []
    for span in spans:
        match = _BLOCK_TAG.match(text, span.start)
        if match is None or span.effect != "block":
            continue
        name = match[2].lower()
        if name in _NEVER_LOST:
            continue
        if not match[1]:
            depths[name] += 1
        elif depths[name]:
            depths[name] -= 1
        else:
            lost.append(f"<{name}>")
    return "".join(reversed(lost[:_MAXIMUM_LOST]))


def _is_fragment(text: str, spans: Sequence[Span]) -> bool:
    """Whether a text is HTML source rather than prose with a few tags left in it."""
    if not spans:
        return False
    blocks = {m[1].lower() for m in _BLOCK_END.finditer(text)}
    kinds = {elements()[name].kind for name in blocks if name in elements()}
    if not kinds & _BLOCK_KINDS or (kinds <= _CELL_KINDS and "table" not in blocks):
        return False  # cells without their table: the parser would glue them together
    marked, unmarked, outside = _count_lines(text, spans)
    return not outside and marked >= unmarked


def _count_lines(text: str, spans: Sequence[Span]) -> tuple[int, int, int]:
    """Count the lines with a tag, those without, and of these the ones in no block at all."""
    marked = unmarked = outside = 0
    position = depth = number = 0
    for line in text.splitlines(keepends=True):
        position += len(line)
        first, before = number, depth
        while number < len(spans) and spans[number].start < position:
            span = spans[number]
            if span.effect in _BLOCK_KINDS:
                depth = max(0, depth - 1) if span.is_end else depth + 1
            number += 1
        if number > first:
            marked += 1
        elif line.strip():
            inside_span = number > 0 and spans[number - 1].end > position - len(line)
            unmarked += not inside_span
            outside += not inside_span and not before
    return marked, unmarked, outside


def _plain_round(text: str, tags: Sequence[Span]) -> list[Edit]:
    spans, references = _plain_plan(text, tags)
    edits = list(edits_of_spans(text, spans))
    return sorted([*edits, *_outside(edits, references)])


def _plain_plan(text: str, tags: Sequence[Span]) -> tuple[list[Span], list[Edit]]:
    """The spans to take out of a plain text, and the references to decode in it."""
    spans = _disjoint([*tags, *find_codes(text)])
    edits = list(edits_of_spans(text, spans))
    references = _outside(edits, list(find_references(text)))
    for _ in range(MAXIMUM_ROUNDS):
        spelled = _spelled(text, sorted([*edits, *references])) if references else set()
        if not spelled:
            return spans, references
        references = [edit for edit in references if edit not in spelled]
    return spans, []


def _spelled(text: str, edits: Sequence[Edit]) -> set[Edit]:
    """The references whose characters would be read as markup in what comes out."""
    output = apply_edits(text, edits)
    found = _found(output)
    spelled: set[Edit] = set()
    shift, number = 0, 0
    for edit in edits:
        start = edit.start + shift
        end = start + len(edit.replacement)
        shift += len(edit.replacement) - (edit.end - edit.start)
        while number < len(found) and found[number].end <= start:
            number += 1
        if edit.reason != "markup.entity" or number == len(found):
            continue
        if found[number].start < end:
            spelled.add(edit)
    return spelled


def _found(text: str) -> list[Span]:
    """Everything in a plain text that the next round or the stage for posts would take."""
    references = [Span(e.start, e.end, "", e.reason) for e in find_references(text)]
    return _disjoint([*find_tags(text), *find_codes(text), *_post_codes(text), *references])


def _disjoint(spans: list[Span]) -> list[Span]:
    spans.sort()
    kept: list[Span] = []
    for span in spans:
        if not kept or span.start >= kept[-1].end:
            kept.append(span)
    return kept


def _outside(edits: Sequence[Edit], references: Sequence[Edit]) -> list[Edit]:
    """Leave out references that lie inside what goes anyway."""
    free: list[Edit] = []
    number = 0
    for reference in references:
        while number < len(edits) and edits[number].end <= reference.start:
            number += 1
        if number == len(edits) or reference.end <= edits[number].start:
            free.append(reference)
    return free


def _escape(text: str, spans: Sequence[Span]) -> list[Edit]:
    """Write as references the signs that make markup of each span: those of every tag in it.

    A script or a hidden element is one span, but shown as two tags and what stands between.
    """
    edits: list[Edit] = []
    for span in spans:
        sign = text[span.start]
        if sign in "&[{":
            escaped = {span.start: _ESCAPES[sign]}
        else:  # a tag, a comment, a mark of a CDATA section
            last = span.end - 1
            escaped = {span.start: sign, last: text[last]}
            for tag in _ANY_TAG.finditer(text, span.start, span.end):
                escaped |= {tag.start(): "<", tag.end() - 1: ">"}
            escaped = {at: _ESCAPES[sign] for at, sign in escaped.items() if sign in "<>"}
        edits += (
            Edit(at, at + 1, reference, "markup.html") for at, reference in sorted(escaped.items())
        )
    return edits
