"""Tags that a plain text speaks about: "put a <br> after each verse".

Who writes about a tag lets it stand like a word of the sentence; who uses it sets it at the edge
of a line, or beside the words without a space.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from textclean.stages.markup._tables import elements


class Token(NamedTuple):
    """One piece of source that could be markup.

    Attributes:
        start: Where it begins.
        end: Where it ends.
        name: Lower-case element name; empty for comments and declarations.
        shape: ``start``, ``end``, ``whole`` (goes with all inside), ``mark``.
        loaded: Whether it has an attribute with a value.
        hidden: Whether its element is not shown.
        reason: Registered code.
    """

    start: int
    end: int
    name: str
    shape: str
    loaded: bool = False
    hidden: bool = False
    reason: str = "markup.tag"


_LEFT = re.compile(r"[\w,:;>(\u2026] \Z|[\w,:] \(\Z|\A\(\Z")
#: A line that explains tags begins with one, maybe behind the mark of an item.
_LINE_START = re.compile(r"(?:\A|\n)[ \t]{0,8}(?:[-*•·+][ \t]{1,4})?\Z")
_RIGHT = re.compile(r" (?:[^\W\d_A-ZÀ-Þ]|<|\d)|[.,;:?!)](?!\w)")
_EXPLAINED = re.compile(
    r"\s?[:=]| [-–]\s|\t\S"
    r"| (?:is|are|means|opens|closes|starts|begins|ends|marks|makes|has|needs|breaks|gives)\b"
    r"| (?:can|must|should|will|ist|est|es|é|означает)\b"
)
#: What stands between two tags that are named together: "between <b> and </b>".
BETWEEN = re.compile(
    r"\W{0,24}|\s(?:and|or|to|vs|with|und|oder|bis|et|ou|à|y|e|o|a|и|или|i|en|of|och|og|ja|ve)\s"
)
#: Words beside which a tag is a thing: no verse has them at each of its ends.
_TALK = re.compile(
    r"\b(?:an?|the|use[ds]?|using|write|writes|wrote|type[ds]?|put|puts|with|of|and|or|between|by|like"
    r"|each|every|no|adds?|inserts?|inserted|tags?|elements?|html|does|de|la|le|une?|ein|eine|das|der"
    r"|mit|und|oder|el|una?|con|uma?|com|тег) \Z",
    re.IGNORECASE,
)
_TALK_AFTER = re.compile(r" (?:tags?|elements?|means?)\b")
#: More line breaks that stand like words are the ends of verses, unless a word beside tells.
_FEW_BREAKS = 2
_MARGIN = 24


class _Group(NamedTuple):
    """Tags with nothing between them: what stands left and right of them all."""

    numbers: range
    left: bool
    right: bool
    explained: bool
    talk: bool


def mentioned(text: str, tokens: Sequence[Token], partner: Mapping[int, int]) -> set[int]:
    """Return the numbers of the tokens that the text speaks about.

    Args:
        text: A plain text.
        tokens: What has the form of markup in it, in order.
        partner: The other tag of each that has one, by number.
    """
    groups = {number: group for group in _groups(text, tokens) for number in group.numbers}
    like_words: set[int] = set()
    certain: set[int] = set()
    for number, group in groups.items():
        other = partner.get(number)
        shaped = (group.left and group.right) or group.explained
        if other is None or other in group.numbers:
            if shaped:
                like_words.add(number)
                basic = other is None and tokens[number].name != "br" and not group.explained
                certain |= {number} if basic else set()
        elif other > number and other in groups:
            both = (group, groups[other])
            named = BETWEEN.fullmatch(text, tokens[number].end, tokens[other].start) is not None
            if _is_pair_mentioned(tokens[number], *both, named=named):
                like_words |= {number, other}
    used = {token.name for n, token in enumerate(tokens) if n not in like_words}
    breaks = {n for n in like_words if tokens[n].name == "br"}
    if len(breaks) > _FEW_BREAKS and not any(groups[n].talk for n in breaks):
        used.add("br")
    return {n for n in like_words if n in certain or tokens[n].name not in used}


def _is_pair_mentioned(token: Token, opening: _Group, closing: _Group, *, named: bool) -> bool:
    """Whether two tags that could be an element are two things, with words between them.

    Args:
        token: The first of them.
        opening: Its group.
        closing: That of the other.
        named: Whether nothing but "and" or a mark stands between them.
    """
    begins = opening.left or opening.explained
    if not (begins and closing.right):
        return False
    if named:
        return True
    element = elements().get(token.name)
    inline = element is None or not element.bare
    return not inline and (opening.right or opening.explained) and closing.left


def _groups(text: str, tokens: Sequence[Token]) -> Iterator[_Group]:
    first = 0
    for number in range(1, len(tokens) + 1):
        if number < len(tokens) and tokens[number].start == tokens[number - 1].end:
            continue
        group = tokens[first:number]
        if all(token.shape in {"start", "end"} and not token.loaded for token in group):
            yield _group(text, range(first, number), group[0].start, group[-1].end)
        first = number


def _group(text: str, numbers: range, start: int, end: int) -> _Group:
    before, after = text[max(0, start - _MARGIN) : start], text[end : end + _MARGIN]
    at_line_start = _LINE_START.search(before) is not None and (start <= _MARGIN or "\n" in before)
    return _Group(
        numbers,
        left=_LEFT.search(before) is not None,
        right=_RIGHT.match(after) is not None,
        explained=at_line_start and _EXPLAINED.match(after) is not None,
        talk=_TALK.search(before) is not None or _TALK_AFTER.match(after) is not None,
    )
