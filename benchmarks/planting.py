"""Plants stuffing of each kind into clean articles, seeded: the same seed gives the same texts.

What is planted is known, character by character, so that recall and harm can be counted.
"""

import random
import re
import tomllib
from collections.abc import Callable, Container, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

#: Kinds of stuffing, by the name of the level that should collapse them.
KINDS = (
    "sentence",
    "paragraph",
    "call",
    "variant",
    "run",
    "cases",
    "bullets",
    "hashtags",
    "misspelling",
    "phrase",
    "clause",
)

_SENTENCE_GAP = re.compile(r"(?<=[.!?।؟])(?=\s+[^\W\d_a-zа-яà-ÿ])|(?<=[。！？])(?=\S)")
_SENTENCE_END = re.compile(r"[.!?।؟。！？]+$")
_MINIMUM_WORDS = 8
#: The same in characters, of a sentence without blanks.
_MINIMUM_CHARACTERS = 16
_MINIMUM_SENTENCES = 10
#: First words that may begin with a small letter behind a planted clause.
_SMALL = (
    "The A An It He She They This That These But In On At O Os As Ele Ela Em No Na Это Он Она В На"
)
_SMALL_WORDS = frozenset(_SMALL.split())
#: Tables of templates: those that rules were fitted to, and those that none was.
FITTED, HELD_OUT = "planting_templates.toml", "planting_heldout.toml"

# A piece of the planted text: the string, and 0 for the article or the number of the insertion.
Piece = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Planted:
    """An article with stuffing in it.

    Attributes:
        text: The article with the insertions.
        origins: For each character 0 (the article) or the number of its insertion, from 1.
    """

    text: str
    origins: bytes

    def recall(self, gone: bytearray) -> tuple[int, int]:
        """Return how many redundant characters are gone, and how many there are.

        Redundant is every insertion but its first standing, white space aside. Which of equal
        ones stays is free.
        """
        solid = [place for place, character in enumerate(self.text) if not character.isspace()]
        inserted = [place for place in solid if self.origins[place]]
        first = sum(self.origins[place] == 1 for place in inserted)
        redundant = len(inserted) - first
        return min(redundant, sum(gone[place] for place in inserted)), redundant

    def lowered(self) -> str:
        """Return the text with what was inserted in small letters."""
        pairs = zip(self.text, self.origins, strict=True)
        return "".join(character.lower() if origin else character for character, origin in pairs)

    def harm(self, gone: bytearray) -> tuple[int, int]:
        """Return how many characters of the article are gone, and how many there are."""
        own = [
            place
            for place, character in enumerate(self.text)
            if not self.origins[place] and not character.isspace()
        ]
        return sum(gone[place] for place in own), len(own)


def plant(
    text: str, kind: str, language: str, choose: random.Random, table: str = FITTED
) -> Planted | None:
    """Return the article with stuffing of one kind.

    Args:
        text: The article.
        kind: One of ``KINDS``.
        language: BCP 47 primary tag.
        choose: Draws what is planted, and where.
        table: The file of the templates.

    Returns:
        None when the article is too short, or the table has no such stuffing in the language.
    """
    templates = _templates(table)[language]
    article = _Article(text, choose, templates.get("small", _SMALL_WORDS))
    if len(article.hosts) < _MINIMUM_SENTENCES or not has_templates(table, language, kind):
        return None
    _PLANTERS[kind](article, templates)
    return article.planted()


def has_templates(table: str, language: str, kind: str) -> bool:
    """Tell whether a table has stuffing of a kind in a language."""
    templates = _templates(table)[language]
    if kind == "misspelling":
        return "misspellings" in templates
    wanted = {"phrase": "sentences", "clause": "clauses"}.get(kind)
    return wanted is None or bool(templates.get("verbal", {}).get(wanted))


class _Article:
    """The sentences of an article, each with what is planted before and behind it."""

    def __init__(self, text: str, choose: random.Random, small: Container[str]) -> None:
        self.choose = choose
        self.small = small
        self.pieces: list[list[Piece]] = []
        self.hosts: list[int] = []
        self.inserted = 0
        self.gap = "\n\n" if "\n\n" in text.strip() else "\n"
        for number, line in enumerate(text.split("\n")):
            start = "\n" if number else ""
            reached = ""
            for sentence in _SENTENCE_GAP.split(line) or [""]:
                self.pieces.append([(start + sentence, 0)])
                start = ""
                reached += sentence
                if _quotation_is_open(reached):
                    continue  # nobody may take anything out of what somebody said
                if is_host(sentence):
                    self.hosts.append(len(self.pieces) - 1)

    @property
    def words(self) -> int:
        return sum(len(string.split()) for pieces in self.pieces for string, _ in pieces)

    def spots(self, count: int) -> list[int]:
        """Draw sentences to plant at, in their order."""
        return sorted(self.choose.sample(self.hosts, min(count, len(self.hosts))))

    def behind(self, spot: int, string: str) -> None:
        """Plant a sentence behind another, in the same paragraph."""
        blank = "" if _SENTENCE_END.search(string) and " " not in string else " "
        self._add(spot, (blank, 0), (string, self._next()))

    def line(self, spot: int, string: str) -> int:
        """Plant a line of its own behind the line of a sentence; return where it stands."""
        while spot + 1 < len(self.pieces) and not self.pieces[spot + 1][0][0].startswith("\n"):
            spot += 1
        self._add(spot, (self.gap, 0), (string, self._next()))
        return spot

    def extend(self, spot: int, string: str) -> None:
        """Plant more behind what was planted last."""
        self._add(spot, (string, self._next()))

    def clause(self, spot: int, string: str) -> None:
        """Plant a clause before the end of a sentence."""
        sentence = self.pieces[spot][0][0]
        end = _SENTENCE_END.search(sentence)
        at = end.start() if end else len(sentence)
        self.pieces[spot][:1] = [(sentence[:at], 0), (string, self._next()), (sentence[at:], 0)]

    def front(self, spot: int, string: str) -> None:
        """Plant a clause before a sentence, whose first letter becomes small."""
        sentence = self.pieces[spot][0][0]
        at = len(sentence) - len(sentence.lstrip())
        own = sentence[at].lower() + sentence[at + 1 :]
        self.pieces[spot][:1] = [(sentence[:at], 0), (string, self._next()), (own, 0)]

    def takes_front(self, spot: int) -> bool:
        """Tell whether a sentence begins with a word that is no name."""
        words = self.pieces[spot][0][0].split(maxsplit=1)
        return words[0] in self.small

    def planted(self) -> Planted:
        flat = [piece for pieces in self.pieces for piece in pieces]
        origins = b"".join(bytes([origin]) * len(string) for string, origin in flat)
        return Planted("".join(string for string, _ in flat), origins)

    def _add(self, spot: int, *pieces: Piece) -> None:
        self.pieces[spot] += pieces

    def _next(self) -> int:
        self.inserted += 1
        return self.inserted


def is_host(sentence: str) -> bool:
    """Tell whether stuffing may be planted beside a sentence: it is long enough, and ends."""
    if not _SENTENCE_END.search(sentence):
        return False
    if " " in sentence.strip():
        return len(sentence.split()) >= _MINIMUM_WORDS
    return len(sentence) >= _MINIMUM_CHARACTERS


def _quotation_is_open(line: str) -> bool:
    """Tell whether a quotation that begins in a line does not end in it."""
    pairs = (("“", "”"), ("«", "»"), ("„", "“"))
    return line.count('"') % 2 == 1 or any(line.count(a) > line.count(b) for a, b in pairs)


def _sentences(article: _Article, templates: dict[str, Any]) -> None:
    filler = article.choose.choice(templates["fillers"])
    for spot in article.spots(article.choose.randint(3, 8)):
        article.behind(spot, filler)


def _paragraphs(article: _Article, templates: dict[str, Any]) -> None:
    paragraph = " ".join(article.choose.sample(templates["fillers"], 3))
    for spot in article.spots(article.choose.randint(2, 4)):
        article.line(spot, paragraph)


def _calls(article: _Article, templates: dict[str, Any]) -> None:
    call = article.choose.choice(templates["calls"])
    for spot in article.spots(article.choose.randint(4, 12)):
        article.line(spot, call)


def _variants(article: _Article, templates: dict[str, Any]) -> None:
    variants = article.choose.choice(templates["variants"])
    chosen = article.choose.sample(variants, article.choose.randint(3, len(variants)))
    for spot, variant in zip(article.spots(len(chosen)), chosen, strict=False):
        article.behind(spot, variant)


def _run(article: _Article, templates: dict[str, Any]) -> None:
    """A line of keyword forms; the first is the first standing, the others are redundant."""
    head, *forms = _forms(article, templates)
    separator = article.choose.choice([", ", ", ", "; ", " | "])
    at = article.line(article.spots(1)[0], head)
    article.extend(at, separator + separator.join(forms))


def _cases(article: _Article, templates: dict[str, Any]) -> None:
    """The same, with capitals here and there."""
    head, *forms = (
        article.choose.choice([str.title, str.title, str.upper, str])(form)
        for form in _forms(article, templates)
    )
    separator = article.choose.choice([", ", " | "])
    at = article.line(article.spots(1)[0], head)
    article.extend(at, separator + separator.join(forms))


def _bullets(article: _Article, templates: dict[str, Any]) -> None:
    """Each form on a line of its own."""
    head, *forms = _forms(article, templates)
    bullet = article.choose.choice(["- ", "* ", "• ", ""])
    at = article.line(article.spots(1)[0], bullet + head)
    article.extend(at, "".join(f"\n{bullet}{form}" for form in forms))


def _hashtags(article: _Article, templates: dict[str, Any]) -> None:
    """Each form as one word behind a hash sign."""
    head, *forms = ("#" + form.replace(" ", "") for form in _forms(article, templates))
    at = article.line(article.spots(1)[0], head)
    article.extend(at, " " + " ".join(forms))


def _forms(article: _Article, templates: dict[str, Any]) -> list[str]:
    """Draw a keyword, and forms of it."""
    row = article.choose.choice(templates["runs"])
    head, before, behind = row["head"], row["before"], row["behind"]
    forms = [
        *(f"{word} {head}" for word in before),
        *(f"{head} {word}" for word in behind),
        *(f"{a} {head} {b}" for a, b in zip(before, behind, strict=False)),
    ]
    return [head, *article.choose.sample(forms, article.choose.randint(5, min(10, len(forms))))]


def _misspellings(article: _Article, templates: dict[str, Any]) -> None:
    """A line of spellings of a keyword, for those who type it so."""
    head, *others = article.choose.choice(templates["misspellings"])
    at = article.line(article.spots(1)[0], head)
    article.extend(at, ", " + ", ".join(article.choose.sample(others, len(others))))


def _phrase(article: _Article, templates: dict[str, Any]) -> None:
    table, phrase, count = _stuffing(article, templates)
    for spot, template in zip(
        article.spots(count), _cycle(article, table["sentences"]), strict=False
    ):
        article.behind(spot, _filled(template, phrase))


def _clause(article: _Article, templates: dict[str, Any]) -> None:
    table, phrase, count = _stuffing(article, templates)
    fronts, clauses = _cycle(article, table["fronts"]), _cycle(article, table["clauses"])
    for spot in article.spots(count):
        if table["fronts"] and article.takes_front(spot) and article.choose.random() < 0.5:
            article.front(spot, _filled(next(fronts), phrase))
        else:
            article.clause(spot, _filled(next(clauses), phrase))


def _stuffing(article: _Article, templates: dict[str, Any]) -> tuple[dict[str, Any], str, int]:
    """Draw a key phrase, and how often it comes: about the density of real stuffing."""
    table = templates[article.choose.choice(["verbal", "nominal"])]
    count = int(article.words * article.choose.uniform(0.014, 0.022))
    return table, article.choose.choice(table["phrases"]), max(6, min(17, count))


def _cycle(article: _Article, templates: list[str]) -> Iterator[str]:
    """Draw templates without end, none again before all have come."""
    while True:
        yield from article.choose.sample(templates, len(templates))


def _filled(template: str, phrase: str) -> str:
    return template.replace("{p}", phrase).replace("{P}", phrase[0].upper() + phrase[1:])


@cache
def _templates(table: str) -> dict[str, Any]:
    path = Path(__file__).with_name(table)
    return tomllib.loads(path.read_text(encoding="utf-8"))


_PLANTERS: dict[str, Callable[[_Article, dict[str, Any]], None]] = {
    "sentence": _sentences,
    "paragraph": _paragraphs,
    "call": _calls,
    "variant": _variants,
    "run": _run,
    "cases": _cases,
    "bullets": _bullets,
    "hashtags": _hashtags,
    "misspelling": _misspellings,
    "phrase": _phrase,
    "clause": _clause,
}
