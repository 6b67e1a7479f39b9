"""Plants near-duplicates of many kinds among articles, seeded: the same articles, the same corpus.

What was planted is not what is true: an edit may leave a copy above or below any threshold, and
two templates may be nearer than meant. The truth is the exact Jaccard of all pairs.
"""

import random
import re
from collections.abc import Callable, Sequence

_SYLLABLES = ("ka", "ren", "to", "mil", "os", "va", "lin", "der", "pu", "sha", "neu", "bri")
_SEED = 20261125
#: Han characters that the texts without spaces are made of.
_FIRST_CHARACTER, _CHARACTERS = 0x4E00, 1500
_FAMILIES = 4
_FAMILY_SIZE = 60

Edit = Callable[[str, random.Random], str]


def plant(articles: Sequence[str], seed: int = _SEED) -> list[str]:
    """Return the articles with copies of each, texts without spaces, and families of templates.

    Args:
        articles: Texts that need not be distinct.
        seed: Of all draws.
    """
    draw = random.Random(seed)  # noqa: S311 - a corpus, no secret
    originals = [*articles, *(_characters(draw) for _ in range(len(articles) // 10))]
    texts = []
    for original in originals:
        texts.append(original)
        for _ in range(draw.randrange(4)):
            copy = original
            for name in draw.sample(sorted(EDITS), draw.choice((1, 1, 2))):
                copy = EDITS[name](copy, draw)
            texts.append(copy)
    for _ in range(_FAMILIES):
        texts += _family(draw.choice(articles), draw)
    draw.shuffle(texts)
    return texts


def change_words(text: str, draw: random.Random) -> str:
    """Replace, remove or double from 0.5 to 40 % of the words, or of the characters without any."""
    words, joint = (text.split(" "), " ") if " " in text else (list(text), "")
    changed = max(
        1, round(len(words) * draw.choice((0.005, 0.01, 0.02, 0.03, 0.05, 0.1, 0.2, 0.4)))
    )
    for place in draw.choices(range(len(words)), k=changed):
        words[place] = draw.choice(
            ("", _word(draw), draw.choice(words), words[place] + joint + words[place])
        )
    return joint.join(words)


def add_frame(text: str, draw: random.Random) -> str:
    """Put a header above and a footer below, each of 3 to 40 words."""
    header, footer = (
        " ".join(_word(draw) for _ in range(draw.choice((3, 8, 15, 40)))) for _ in range(2)
    )
    return f"{header}\n\n{text}\n\n{footer}"


def truncate(text: str, draw: random.Random) -> str:
    """Keep a beginning."""
    return text[: int(len(text) * draw.choice((0.5, 0.7, 0.8, 0.85, 0.9, 0.95, 0.99)))]


def move_paragraphs(text: str, draw: random.Random) -> str:
    """Put the paragraphs in another order; of a single one, the halves."""
    paragraphs = [part for part in text.split("\n") if part.strip()]
    if len(paragraphs) < 2:
        return text[len(text) // 2 :] + "\n" + text[: len(text) // 2]
    draw.shuffle(paragraphs)
    return "\n".join(paragraphs)


def change_case(text: str, draw: random.Random) -> str:
    """Change case, punctuation and white space, none of which counts."""
    marks = {",": " –", ".": " ;", "\n": " \n\n ", " ": "  "}
    changed = "".join(
        marks.get(character, character) if draw.random() < 0.3 else character for character in text
    )
    return draw.choice((changed.upper(), changed.title(), changed))


def misread(text: str, draw: random.Random) -> str:
    """Read the UTF-8 bytes of some sentences as Latin-1, after their quotes were curled."""
    parts = re.split(r"(?<=\. )", text.replace("'", "’").replace('"', "”").replace("£", "€"))
    return "".join(
        part.encode(errors="replace").decode("latin-1") if draw.random() < 0.5 else part
        for part in parts
    )


def mark_up(text: str, draw: random.Random) -> str:
    """Wrap paragraphs and single words into tags, and escape."""
    tag = draw.choice(("p", "div", 'p class="body"'))
    lines = [f"<{tag}>{line}</{tag.split()[0]}>" for line in text.replace("&", "&amp;").split("\n")]
    words = "\n".join(lines).split(" ")
    for place in draw.choices(range(len(words)), k=1 + len(words) // draw.choice((20, 100, 400))):
        words[place] = f"<b>{words[place]}</b>"
    return " ".join(words)


#: The kinds of edits, by name.
EDITS: dict[str, Edit] = {
    "words": change_words,
    "frame": add_frame,
    "truncation": truncate,
    "paragraphs": move_paragraphs,
    "case": change_case,
    "mojibake": misread,
    "markup": mark_up,
}


def _family(template: str, draw: random.Random) -> list[str]:
    """Fill other facts into one template: repeats of one another, near ones, or neither."""
    words = template.split(" ")
    places = draw.sample(range(len(words)), max(1, len(words) // draw.choice((20, 40, 80))))
    values = draw.choice((2, 10, 10**6))
    texts = []
    for _ in range(_FAMILY_SIZE):
        for place in places:
            words[place] = f"{place}x{draw.randrange(values)}"
        texts.append(" ".join(words))
    return texts


def _characters(draw: random.Random) -> str:
    """Write a text of Han characters, some far more frequent than others."""
    points = (
        _FIRST_CHARACTER + int(_CHARACTERS * draw.random() ** 3) for _ in range(draw.randrange(900))
    )
    return "".join(chr(point) + ("。" if draw.random() < 0.05 else "") for point in points)


def _word(draw: random.Random) -> str:
    return "".join(draw.choices(_SYLLABLES, k=draw.randrange(1, 4)))
