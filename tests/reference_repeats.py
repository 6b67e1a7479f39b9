"""Slow twins of the kernels of repetition; as in ``reference.py``."""

import re
import unicodedata
from functools import cache

WORD_BITS = 2**64
SENTENCE, LIST, LINE, STOP, STATEMENT, PROSE, BLOCK, END = 1, 2, 4, 8, 16, 32, 64, 128
WITHOUT_SPACES = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"


def gap_signs(text, start, end):
    """What stands between two tokens may end a sentence, part a list, end a line, be a stop."""
    signs, other_ends = 0, ":;" if re.search("[\u0340-\u03ff\u0530-\u058f]", text) else ""
    for at in range(start, end):
        character, after = text[at], text[at + 1 : at + 2]
        beyond_ascii = ord(character) >= 0x80 and unicodedata.category(character) == "Po"
        line = character in "\n\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029"
        if character == "." and re.match(r"[a-zA-Z0-9]\.[a-z0-9]", text[max(0, at - 1) : at + 2]):
            continue  # inside a word or figure
        if character in ".!?" + other_ends or beyond_ascii:
            signs |= SENTENCE | LIST | PROSE
        if character in ".!?…。！？؟۔।॥։።．｡":
            signs |= STATEMENT
        if line:
            signs |= SENTENCE | (LINE | BLOCK if signs & LINE else LINE)
        if character in ",;:|/·•、،，；-–—>.!?":
            signs |= LIST
        if character in ".!?…" and after and after in " \t\n\x0b\x0c\r":
            signs |= STOP
    return signs


@cache
def stage_token():
    points = map(chr, range(0x300, 0x1F000))
    marks = "".join(re.escape(p) for p in points if unicodedata.category(p) in {"Mn", "Mc"})
    letter = rf"(?:[^\W{WITHOUT_SPACES}]|[{marks}])"
    return re.compile(
        rf"\d+(?!\d|{letter})|[{WITHOUT_SPACES}][{marks}]*|{letter}+(?:['’]{letter}+)*"
    )


def turned_hash(token):
    state = 0
    for character in token:
        state = (state * 2**9 % WORD_BITS + state // 2**55) ^ ord(character)
    product = state * 0x9E3779B97F4A7C15 % WORD_BITS
    return product ^ (product // 2**32)


def scan(text):
    """Hashes of the stage's tokens, the signs before each and at the end, letters, and starts."""
    hashes, signs, letters, starts, reached = [], [], [], [], 0
    for match in stage_token().finditer(text):
        token = match[0]
        signs.append(gap_signs(text, reached, match.start()))
        hashes.append(turned_hash(re.sub("[’ʼ]", "'", token.casefold())))
        letters.append(int(re.fullmatch(r"\d+", token) is None))
        starts.append(match.start())
        reached = match.end()
    edge = SENTENCE | LIST | LINE | PROSE | BLOCK
    signs.append(gap_signs(text, reached, len(text)) | edge | STOP | END)
    signs[0] |= edge
    return hashes, signs, letters, starts


def grams(items, size):
    """How often the n-gram at each place stands; 1 is none, as 0 is, for who asks for repeats."""
    found = [tuple(items[i : i + size]) for i in range(len(items) - size + 1)]
    return [found.count(gram) for gram in found]


def is_line(gap):
    return bool(gap & LINE)


def units(gaps):
    """All spans of tokens from a possible end to another; over lines only between strong ones."""
    size = len(gaps) - 1
    for first in range(size):
        for last in range(first + 1, size + 1):
            over_lines = any(map(is_line, gaps[first + 1 : last]))
            needed = PROSE | BLOCK if over_lines else SENTENCE
            starts = gaps[first] & SENTENCE and (not over_lines or gaps[first] & (PROSE | BLOCK))
            if starts and gaps[last] & needed:
                yield first, last


def has_exact(items, gaps, letters):
    """Whether a unit stands often enough to go; ``gaps`` are before each item, and at the end."""
    statement, call = {3: 4, 4: 3}, {3: 6, 4: 4, 5: 3, 6: 3, 7: 3}
    known = {}
    for first, last in units(gaps):
        words = sum(letters[first:last])
        if words < 3:
            continue
        times, end, ends = known.get(tuple(items[first:last]), (0, 0, False))
        if first >= end:
            times, end = times + 1, last
        ends = ends or bool(gaps[last] & STATEMENT)
        known[tuple(items[first:last])] = (times, end, ends)
        needed = (statement if ends else call).get(words, 2)
        is_refrain = words < 8 and 1000 * times * (last - first) < 8 * sum(letters)
        if times < needed or is_refrain:
            continue
        own_line = gaps[first] & gaps[last] & LINE
        has_figure = not all(letters[first:last])
        is_meant = words < 25 and not own_line and (has_figure or last == len(items))
        if times > 2 or not is_meant:
            return True
    return False


def share_covered(items, letters, others):
    """The share (of 1,000) of the words that lie in 4-grams of others."""
    theirs = {tuple(others[n : n + 4]) for n in range(len(others) - 3)}
    within = set()
    for n in range(len(items) - 3):
        if tuple(items[n : n + 4]) in theirs:
            within |= set(range(n, n + 4))
    return 1000 * sum(letters[n] for n in within) / sum(letters)


def has_alike(items, classes, capitals, gaps, letters):
    """Whether two disjoint sentences may be one statement; 0 is the class of light words."""
    grams = [items[n : n + 4] for n in range(len(items) - 3)]
    recurring = [grams.count(gram) > 1 for gram in grams]
    covered = [any(recurring[max(0, n - 3) : n + 1]) for n in range(len(items))]
    spans = []
    for first, last in units(gaps):
        if sum(letters[first:last]) >= 6:
            spans.append((first, last))
    for one in spans:
        for two in spans:
            if one[1] > two[0] or items[slice(*one)] == items[slice(*two)]:
                continue
            bags = [sorted(c for c in classes[slice(*span)] if c) for span in (one, two)]
            if bags[0] == bags[1] and gaps[two[1]] & STATEMENT:
                return True
            for few, many in ((one, two), (two, one)):
                if not gaps[few[1]] & STATEMENT:
                    continue
                if says_no_more(items, classes, capitals, letters, covered, few, many):
                    return True
    return False


def says_no_more(  # noqa: PLR0913, PLR0917 - all that is known of a text
    items, classes, capitals, letters, covered, few, many
):
    """Whether all words of the first span are in the second, which has few more and no name."""
    left = [classes[n] for n in range(*many) if letters[n] and classes[n]]
    for n in range(*few):
        if letters[n] and classes[n]:
            if classes[n] not in left:
                return False
            left.remove(classes[n])
    figures = [sorted(items[n] for n in range(*s) if not letters[n]) for s in (few, many)]
    if len(left) > 3 or figures[0] != figures[1]:
        return False
    own = [classes[n] for n in range(many[0] + 1, many[1]) if capitals[n] and classes[n]]
    if any(value not in classes[slice(*few)] for value in own):
        return False
    for span, other in ((few, many), (many, few)):
        words = sum(letters[slice(*span)])
        recurs = sum(letters[n] and covered[n] for n in range(*span))
        if 1000 * recurs < 550 * words:
            return False
        if share_covered(items[slice(*span)], letters[slice(*span)], items[slice(*other)]) < 550:
            return False
    return True


ALPHA, GRAMMAR, CONTENT, SAID, LARGE, SMALL, JOINED, APART = 1, 2, 4, 8, 16, 32, 64, 128


def has_phrase(items, is_end, sorts, nouns):
    """Whether an n-gram within stretches is frequent, spread, and a name's, dense or rigid."""
    stretches = [sum(is_end[: number + 1]) for number in range(len(items))]
    for size in range(2, 8):
        places = {}
        for first in range(len(items) - size + 1):
            own = sorts[first : first + size]
            if (
                all(sort & ALPHA for sort in own)
                and all(sort & JOINED for sort in own[1:])
                and stretches[first] == stretches[first + size - 1]
            ):
                places.setdefault(tuple(items[first : first + size]), []).append(first)
        for gram, firsts in places.items():
            whole = gram[: min(size, 4)]
            times = sum(tuple(items[i : i + len(whole)]) == whole for i in range(len(items)))
            if is_phrase(items, sorts, stretches, firsts, size, times, nouns):
                return True
    return False


def is_phrase(items, sorts, stretches, firsts, size, whole, nouns):  # noqa: PLR0913, PLR0917
    """Whether an n-gram of so many words, which begins at these places, may be a phrase."""
    needed, dense = {2: (14, 600), 3: (6, 300)}.get(size, (5, 250))
    own = sorts[firsts[-1] : firsts[-1] + size]
    inside = {first: sorts[first : first + size] for first in firsts}
    small = [f for f in firsts if any(sort & SMALL and not sort & GRAMMAR for sort in inside[f])]
    named = [
        first
        for first, rows in inside.items()
        if rows[-1] & SMALL
        and rows[-1] & APART
        and (rows[0] & LARGE or sum(sort & LARGE != 0 for sort in rows) > 1)
    ]

    def stand(places, times, density):
        """Whether n-grams there are in so many stretches and dense."""
        mentions = len({stretches[first] for first in places})
        return mentions >= times and mentions * size * 10_000 >= density * len(items)

    def reach(places):
        return bool(places) and 100 * (places[-1] - places[0]) >= 45 * len(items)

    if (
        any(sort & SAID for sort in own)
        or (own[0] | own[-1]) & GRAMMAR
        or not stand(firsts, needed, 180)
        or (not nouns and 2 * len({stretches[first] for first in small}) < needed)
    ):
        return False
    if stand(named, needed, dense) and reach(named):
        return True
    content = sum(not sort & GRAMMAR for sort in own)
    is_rigid = all(
        100 * whole >= 85 * items.count(items[firsts[-1] + number])
        for number, sort in enumerate(own)
        if sort & CONTENT
    )
    is_term = is_rigid and (content >= 3 or stand(firsts, 7, 350))
    is_loose = stand(firsts, 14, 600) if size == 2 else stand(firsts, 9, 450) or is_term
    return reach(firsts) and is_loose


def has_core(items, letters, core):
    """Whether two words stand in three short items each, or one in five; ``items`` hold words."""
    standing = {}
    for number, item in enumerate(items):
        if sum(letters[word] for word in item) <= 8:
            for word in item:
                if core[word]:
                    standing.setdefault(word, set()).add(number)
    times = list(map(len, standing.values()))
    return sum(count > 2 for count in times) > 1 or max(times, default=0) > 4


def shares_words(items, letters):
    """Whether three neighboring items or more have nearly half of their words from each other.

    Figures side by side are one where one is new, and as many as stood before.
    """
    needed = {3: 599, 4: 499, 5: 499}
    for first in range(len(items)):
        for last in range(first + 3, len(items) + 1):
            words = [word for item in items[first:last] for word in item]
            again = [word in words[:number] for number, word in enumerate(words)]
            kinds = [
                "a" if known else "n" if letters[word] else "f"
                for word, known in zip(words, again, strict=True)
            ]
            runs = re.sub(
                "[^f]",
                " ",
                "".join(
                    "x" if letters[word] else kind for word, kind in zip(words, kinds, strict=True)
                ).replace("a", ""),
            ).split()
            total = kinds.count("a") + kinds.count("n") + len(runs)
            if (
                kinds.count("a") >= 2
                and 1000 * kinds.count("a") >= needed.get(last - first, 449) * total
            ):
                return True
    return False


def is_covered(stretches, least, permille):
    """Whether a row of stretches (words, covered) is long and covered enough."""
    rows = [
        (first, last)
        for first in range(len(stretches))
        for last in range(first, len(stretches))
        if sum(words for words, _ in stretches[first : last + 1]) >= least
        and sum(1000 * covered - permille * words for words, covered in stretches[first : last + 1])
        >= 0
    ]
    return bool(rows)
