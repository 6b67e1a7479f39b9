"""What the stage knows about single languages, and how it guesses one.

The words stand in ``tables/repetition_languages.toml``; without a row for its language a text
still has every language-neutral level.
"""

import tomllib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
from typing import Any

from textclean.kernels.thresholds import GUESS_LEAD, GUESS_SHARE, GUESS_WORDS, WHOLE

#: Letters of a numeral by which a longer word that ends with it is one.
LONG_NUMERAL = 6

#: Token sequences by a word of theirs, longest first.
Openers = Mapping[str, tuple[tuple[str, ...], ...]]


@dataclass(frozen=True)
class LanguageWords:
    """The words of one language that decide what may be cut.

    Attributes:
        code: BCP 47 primary tag.
        function_words: Carry grammar, not content.
        negations: Turn a sentence into its opposite.
        numerals: Figures in words.
        fillers: Add no statement.
        adverbs: Add no content, but something: "again", "only".
        introductions: Token sequences that lead into a statement and add none, longest first.
        coordinators: Join what is alike.
        clause_starts: May begin, behind a comma, what the main clause can do without.
        openers: Token sequences that open a removable clause, longest first.
        front_openers: The same at the start of a sentence.
        pronouns: A sentence that starts with one leans on the sentence before.
        said: Verbs of reporting.
        determiners: Only look like part of a name at the start of a sentence.
        starters: Begin sentences, and are no names.
        nouns_capitalized: Capitals mark nouns, not names.
        articles: Words of grammar that lead to a noun, where nouns have capitals.
        adjective_endings: Of adjectives that lead to one.
        genitive_endings: Those of them that stand between two nouns.
        noun_endings: Of nouns that are no names.
        instructs_first: Whether instructions begin with what is to be done: "Stir the milk".
        infinitive_endings: Of infinitives, where these end instructions: "ruhen lassen".
        front_inverts: What follows a front clause has its verb first, and cannot stand alone.
        participle_ending: Of participles that open clauses: "making it".
    """

    code: str
    function_words: frozenset[str] = frozenset()
    negations: frozenset[str] = frozenset()
    numerals: frozenset[str] = frozenset()
    fillers: frozenset[str] = frozenset()
    adverbs: frozenset[str] = frozenset()
    introductions: tuple[tuple[str, ...], ...] = ()
    clause_starts: frozenset[str] = frozenset()
    coordinators: frozenset[str] = frozenset()
    openers: tuple[tuple[str, ...], ...] = ()
    front_openers: tuple[tuple[str, ...], ...] = ()
    pronouns: frozenset[str] = frozenset()
    said: frozenset[str] = frozenset()
    determiners: frozenset[str] = frozenset()
    starters: frozenset[str] = frozenset()
    nouns_capitalized: bool = False
    articles: frozenset[str] = frozenset()
    adjective_endings: tuple[str, ...] = ()
    genitive_endings: tuple[str, ...] = ()
    noun_endings: tuple[str, ...] = ()
    instructs_first: bool = False
    infinitive_endings: tuple[str, ...] = ()
    front_inverts: bool = False
    participle_ending: str = ""

    @cached_property
    def light(self) -> frozenset[str]:
        """Fillers that are nothing else: "without" may be one, and a negation."""
        return self.fillers - self.negations - self.numerals

    @cached_property
    def small(self) -> frozenset[str]:
        """Words that are neither content nor names: fillers and adverbs."""
        return self.fillers | self.adverbs

    @cached_property
    def begin_no_name(self) -> frozenset[str]:
        """Words that are no names where they begin a sentence."""
        listed = (self.small, self.determiners, self.negations, self.pronouns, self.starters)
        return self.function_words.union(*listed)

    @cached_property
    def particles(self) -> frozenset[str]:
        """Words of grammar that are no articles."""
        return self.function_words - self.articles

    @cached_property
    def aside(self) -> frozenset[str]:
        """What a sentence may have more of than another one with the same content."""
        return self.light.union(*self.introductions)

    def is_figure_in_words(self, key: str) -> bool:
        """Whether a word is a figure, or ends with one: "siebzehntausend".

        >>> language_table()["de"].is_figure_in_words("siebzehntausend")
        True
        """
        if key in self.numerals or key.endswith(self._long_numerals):
            return True
        # the text may be in another language than it seems
        return key in all_numerals() and key not in self.function_words and key not in self.small

    def denies(self, key: str) -> bool:
        """Whether a word turns a sentence into its opposite or limits it, in whatever language.

        The text may be in another than it seems; but a word that the language has for a filler
        ("nu") or a month ("Mai") is none.

        >>> [language_table()[code].denies("mai") for code in ("it", "de")]
        [True, False]
        """
        if key in self.negations:
            return True
        return key in all_negations() and key not in self._no_negations

    @cached_property
    def _no_negations(self) -> frozenset[str]:
        """Words that are something else in the language, if it is listed."""
        if not self.function_words:
            return frozenset()
        return self.function_words | self.small | shared_words("calendar")

    @cached_property
    def _long_numerals(self) -> tuple[str, ...]:
        """Numerals that are long enough to be known inside another word."""
        return tuple(sorted(word for word in self.numerals if len(word) >= LONG_NUMERAL))

    @cached_property
    def introductions_by_word(self) -> Mapping[str, tuple[tuple[str, ...], ...]]:
        """The introductions by their first word, longest first."""
        found: dict[str, tuple[tuple[str, ...], ...]] = {}
        for sequence in self.introductions:
            found[sequence[0]] = (*found.get(sequence[0], ()), sequence)
        return found

    @cached_property
    def openers_by_end(self) -> Openers:
        """The openers by their last word, longest first."""
        return _by_end(self.openers)

    @cached_property
    def front_openers_by_end(self) -> Openers:
        """The openers at the start of a sentence by their last word, longest first."""
        return _by_end(self.front_openers)

    @cached_property
    def introductions_first(self) -> frozenset[str]:
        """The first words of introductions."""
        return frozenset(self.introductions_by_word)


#: A language without a row: nothing is light, nothing can be cut.
UNKNOWN = LanguageWords("und")


def _by_end(sequences: tuple[tuple[str, ...], ...]) -> Openers:
    found: dict[str, tuple[tuple[str, ...], ...]] = {}
    for sequence in sequences:
        found[sequence[-1]] = (*found.get(sequence[-1], ()), sequence)
    return found


def _openers(listed: str) -> tuple[tuple[str, ...], ...]:
    """Split an opener list at its bars; longest first, so that the longest match wins."""
    split = (tuple(opener.split()) for opener in listed.split("|"))
    return tuple(sorted((o for o in split if o), key=lambda o: (-len(o), o)))


@cache
def _table() -> dict[str, Any]:
    """Load the file once per process."""
    return _read("repetition_languages")


def _read(name: str) -> dict[str, Any]:
    source = files("textclean.stages") / "tables" / f"{name}.toml"
    return tomllib.loads(source.read_text(encoding="utf-8"))


@cache
def shared_words(key: str) -> frozenset[str]:
    """Return a list of words that is kept for all languages together.

    >>> "de" in shared_words("connectors")
    True
    """
    return frozenset(_table()["shared"][key].split())


@cache
def all_modifiers() -> frozenset[str]:
    """Return what stands beside keywords in the languages whose scripts have no capitals.

    >>> "人気" in all_modifiers()
    True
    """
    return frozenset().union(*(row.split() for row in _read("repetition_modifiers").values()))


@cache
def language_table() -> dict[str, LanguageWords]:
    """Return what is known, by language."""
    rows, starters = _table()["language"], _read("repetition_starters")
    return {
        row["code"]: LanguageWords(
            code=row["code"],
            introductions=_openers(row["introductions"]),
            openers=_openers(row["openers"]),
            front_openers=_openers(row["front_openers"]),
            nouns_capitalized=row.get("nouns_capitalized", False),
            articles=frozenset(row.get("articles", "").split()),
            adjective_endings=tuple(row.get("adjective_endings", "").split()),
            genitive_endings=tuple(row.get("genitive_endings", "").split()),
            noun_endings=tuple(row.get("noun_endings", "").split()),
            instructs_first=row.get("instructs_first", False),
            adverbs=frozenset(row.get("adverbs", "").split()),
            infinitive_endings=tuple(row.get("infinitive_endings", "").split()),
            front_inverts=row.get("front_inverts", False),
            participle_ending=row.get("participle_ending", ""),
            starters=frozenset(starters.get(row["code"], "").split()),
            **{
                key: frozenset(row[key].split())
                for key in (
                    "function_words",
                    "negations",
                    "numerals",
                    "fillers",
                    "clause_starts",
                    "coordinators",
                    "pronouns",
                    "said",
                    "determiners",
                )
            },
        )
        for row in rows
    }


@cache
def all_negations() -> frozenset[str]:
    """Negations of every language: a text's may be another than it seems, or have no list."""
    listed = (words.negations for words in language_table().values())
    return shared_words("negations").union(*listed)


@cache
def all_numerals() -> frozenset[str]:
    """Figures in words of all listed languages."""
    return frozenset().union(*(words.numerals for words in language_table().values()))


@cache
def _languages_by_word() -> dict[str, tuple[str, ...]]:
    """Return the languages that have a word among their function words."""
    found: dict[str, tuple[str, ...]] = {}
    for code, row in language_table().items():
        for word in row.function_words:
            found[word] = (*found.get(word, ()), code)
    return found


def guess_language(counts: Counter[str]) -> LanguageWords:
    """Return the listed language whose function words fill these words best, or ``UNKNOWN``.

    >>> guess_language(Counter("it is not the case that this was a gift to the town of the elders "
    ...                        "who had been there".split())).code
    'en'
    >>> guess_language(Counter(["lorem"] * 50)).code
    'und'
    """
    words = counts.total()
    if words < GUESS_WORDS:
        return UNKNOWN
    listed = _languages_by_word()
    by_codes: dict[tuple[str, ...], int] = {}
    for word in counts.keys() & listed.keys():
        by_codes[listed[word]] = by_codes.get(listed[word], 0) + counts[word]
    totals = dict.fromkeys(language_table(), 0)
    for codes, total in by_codes.items():
        for code in codes:
            totals[code] += total
    return best_language(totals, words)


def best_language(totals: Mapping[str, float], words: int) -> LanguageWords:
    """Return the language whose function words clearly lead among so many words, or ``UNKNOWN``.

    Args:
        totals: How many words are function words, by language.
        words: How many words there are.
    """
    code = max(totals, key=totals.__getitem__)
    *_, second, best = (total / words for total in sorted(totals.values()))
    if best < GUESS_SHARE / WHOLE or best < GUESS_LEAD / WHOLE * second:
        return UNKNOWN
    return language_table()[code]
