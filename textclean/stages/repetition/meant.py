r"""Tell repeats that are meant by who or what stands around them.

A speaker's turn ("BEN: I never saw it."), a step of instructions told in prose, and what somebody
in a tale says again.
"""

import re
from bisect import bisect_right
from collections import Counter

from textclean.stages.repetition.languages import shared_words
from textclean.stages.repetition.layout import Layout
from textclean.stages.repetition.spans import ends_statement
from textclean.stages.repetition.units import Unit

#: Who speaks in a line.
TURN = re.compile(r"\s{0,40}([^\W\d_][^\n:.!?]{0,30}):\s")

#: Instructions in prose have so many different sentences, of so many words at least, and this share
#: of them begins with what is to be done. Of news 0.5 have at most, of pages that sell 0.7.
INSTRUCTIONS, STEP_WORDS, INSTRUCTING_RATIO = 4, 2, 0.75

#: Words at the end of a sentence among which it says who speaks: "nobody shall catch me, he cried".
SPEAKER_WORDS = 3


def is_turn(layout: Layout, unit: Unit) -> bool:
    r"""Whether a line is what somebody says right before or after somebody else, who says more.

    >>> layout = Layout("ANN: Where is it?\nBEN: Not here.\nANN: Why?\nBEN: No.\nPrice: low.\n")
    >>> [is_turn(layout, line) for line in layout.full_lines]
    [True, True, True, True, False]
    """
    number = bisect_right(layout.line_starts, unit.start) - 1
    own = _speaker(layout, number)
    if own is None or unit.end > layout.lines[number].end:
        return False
    turns = _turns(layout)
    others = {_speaker(layout, each) for each in (number - 1, number + 1)} - {None, own}
    return turns[own] > 1 and any(turns[other] > 1 for other in others)


def _turns(layout: Layout) -> Counter[str | None]:
    """Return how many lines each speaker has; found once."""
    if layout.turns is None:
        layout.turns = Counter(_speaker(layout, number) for number in range(len(layout.lines)))
    return layout.turns


def _speaker(layout: Layout, number: int) -> str | None:
    if not 0 <= number < len(layout.lines):
        return None
    line = layout.lines[number]
    match = TURN.match(layout.text, line.start, line.end)
    if match is None or any(word[0].islower() for word in match.group(1).split()):
        return None  # "No comments: Links to this post"
    return match.group(1).casefold()


def is_step(layout: Layout, unit: Unit) -> bool:
    """Whether a sentence is one of instructions that are told in prose: "rest the dough again".

    >>> layout = Layout("Heat the pan. Rest the dough. Knead it. Rest the dough. Bake it.", "en")
    >>> is_step(layout, layout.sentences[1])
    True
    """
    words, keys = layout.words, layout.keys(unit)
    if not _is_deed(layout, unit):
        return False
    # "Many homeowners ask" begins so, too, and names do.
    if not words.infinitive_endings and words.function_words.isdisjoint(keys[1:2]):
        return False
    return shared_words("addresses").isdisjoint(keys) and _instructs(layout)


def _instructs(layout: Layout) -> bool:
    """Whether most sentences of a text in a listed language tell what to do; found out once."""
    if layout.instructing is None:
        steps = {layout.keys(unit): unit for unit in layout.sentences if unit.size >= STEP_WORDS}
        deeds = sum(_is_deed(layout, unit) for unit in steps.values())
        is_enough = len(steps) >= INSTRUCTIONS
        layout.instructing = is_enough and deeds >= INSTRUCTING_RATIO * len(steps)
    return layout.instructing


def _is_deed(layout: Layout, unit: Unit) -> bool:
    """Whether a sentence begins with no word of grammar, and ends as a statement.

    In German with what ends as infinitives do, at its end: "Den Teig ruhen lassen."
    """
    words = layout.words
    if not ends_statement(layout.slice(unit)):
        return False
    if words.infinitive_endings:
        return layout.all_keys[unit.last - 1].endswith(words.infinitive_endings)
    key = layout.all_keys[unit.first]
    if key in words.begin_no_name and key not in words.starters:
        return False
    if not words.instructs_first or key in words.numerals:
        return False
    ending = words.participle_ending
    return key.isalpha() and not (ending and key.endswith(ending))


def is_spoken(layout: Layout, unit: Unit) -> bool:
    """Whether a sentence without quotation marks ends with who says it: a refrain of a tale.

    >>> layout = Layout("Nobody, nobody shall catch me, he cried. The cow ran.", "en")
    >>> [is_spoken(layout, unit) for unit in layout.sentences]
    [True, False]
    """
    first = max(unit.first + 1, unit.last - SPEAKER_WORDS)
    end = layout.all_keys[first : unit.last]
    if (layout.words.said | shared_words("cries")).isdisjoint(end):
        return False
    if shared_words("addresses").isdisjoint(layout.keys(unit)):
        return False
    return "," in layout.text[layout.ends[first - 1] : unit.end]
