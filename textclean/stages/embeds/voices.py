"""What speaks for and against a sentence being of the same post as what follows it in a paragraph.

Each feature is a plain yes or no with a name. The weights, and why each has its sign, stand in
``tables/embeds_glued.toml``; what their sums decide, see ``glued``. A voice (to call out, to speak
of oneself) says something only where the rest of the text does not have it.
"""

# ruff: noqa: PLR2004 - the bounds stand beside the names that say what they mean
import re
from collections.abc import Iterator
from functools import cache, cached_property
from itertools import islice
from typing import NamedTuple

from textclean.stages.embeds.evidence import ANY_WORD, MINIMUM_WORDS, names_author
from textclean.stages.embeds.lines import LINK, SENTENCE_END, has_trait
from textclean.stages.embeds.sentences import sentences
from textclean.stages.embeds.style import style_score
from textclean.stages.embeds.tables import StyleTable, glued_words, reach_words

#: A quotation: whose voice it is nobody can tell.
_QUOTED = re.compile("[\"“”„«»]|(?<!\\w)['‘]|['’](?!\\w)")
#: What is called out, and what is asked with more than one sign.
_CALL = re.compile(r"!(?=[\s)]|\Z)|[!?]{2}")
#: Of himself speaks who posts; "US" is a country.
_FIRST_PERSON = re.compile(
    r"\b(?:I|[Mm]y|me|[Mm]ine|[Ww]e|[Oo]ur|us|[Ii]ch|[Ww]ir|[Jj]e|[Nn]ous|[Ee]u|[Yy]o|[Яя]|[Мм]ы)\b"
    r"|私|僕|俺"
)
_SECOND_PERSON = re.compile(r"\b(?:[Yy]ou|[Yy]our|[Yy]a|[Dd]u|[Vv]ous|[Vv]ocê)\b")
_QUESTION = re.compile(r"[?？](?=\s|\Z)")
#: An article may ask once in a long sentence; posts ask in short ones.
_LONGEST_QUESTION = 60
_CONTRACTION = re.compile(
    r"\b(?:[Ii]t|[Tt]hat|[Hh]ere|[Tt]here|[Ww]ho|[Ww]hat|[Ll]et|[Hh]e|[Ss]he)['’]s\b"
    r"|\w['’](?:re|ve|ll|d|m)\b|n['’]t\b"
)
_ELLIPSIS = re.compile(r"\.{3}|…")
_SIGN_FOR_WORD = re.compile(r"\s(?:&|\+|=|->|→)\s|\bw/")
_PART = re.compile(r"(?<!\S)\(?\d{1,2}/\d{0,2}\)?(?!\S)")
_MARK = re.compile(r"[#＃@＠]\w{1,60}|https?://\S{1,200}")
_EAST_ASIAN = re.compile("[\u3041-\u30ff\u3400-\u9fff]+")
#: Quotation marks and apostrophes that show which kind a text has, and how many times more.
_MANY_QUOTES = 4
#: From what a sentence is an article's to what it is a post's, in log odds of its style.
_STYLES = range(-4, 5)
#: The same beside the sentences of the article below; so they are written when none stand there.
_STYLES_BESIDE = range(-2, 6)
_USUAL_STYLE = -3.0
#: So much of the text behind a post is looked at, and so many sentences of it.
_BELOW_WINDOW, _BELOW_SENTENCES = 1000, 8
#: How much of its network's limit a post fills, in percent.
_FILLED = (10, 20, 30, 40, 60, 80, 90, 100)
_MANY_NAMES = 3
#: No word is so long: a script without spaces.
_UNSPACED = 20
_NAME = re.compile(r"(?<=\s)[^\W\d_a-zß-öø-ÿ][^\W\d_]{3,30}")
_CAPITALIZED = re.compile(r"(?<!\w)[^\W\d_a-zß-öø-ÿ][^\W\d_]{3,30}")


class Sentence(NamedTuple):
    """One question: is ``string`` of the same post as ``body``, all that follows it?

    Attributes:
        string: The sentence in question.
        body: What the post has already, its attribution aside.
        parted: Whether white space stands before the sentence.
        above: The sentence before it.
        author: Name and handle of who posts, as the attribution has them.
        start: Where the part of the text begins that could be the post's.
        end: Where the post ends, its attribution included.
    """

    string: str
    body: str
    parted: bool
    above: str
    author: str
    start: int
    end: int


class Below(NamedTuple):
    """What the article goes on with behind a post.

    Attributes:
        style: How its sentences are written, in log odds of a post's.
        words: The long words of the first of them, folded.
    """

    style: float
    words: frozenset[str]


def below_post(text: str, end: int, table: StyleTable) -> Below:
    """Return what the article goes on with behind a post that ends at an offset.

    What is no finished sentence, as a button, is none of the article.
    """
    every = sentences(text[end : end + _BELOW_WINDOW])
    finished = (string for string in every if string[-1] in SENTENCE_END)
    found = list(islice(finished, _BELOW_SENTENCES))
    if not found:
        return Below(_USUAL_STYLE, frozenset())
    style = sum(style_score(string, table) for string in found) / len(found)
    return Below(style, frozenset(_long_words(found[0])))


@cache
def _voices() -> dict[str, re.Pattern[str]]:
    """Return the voices by which whoever posts may differ from an article."""
    kinds = ("shouting", "slang", "now", "courtesy", "colloquial")
    return {
        "call": _CALL,
        "first_person": _FIRST_PERSON,
        "second_person": _SECOND_PERSON,
        "question": _QUESTION,
        "contraction": _CONTRACTION,
        "ellipsis": _ELLIPSIS,
        "sign_for_word": _SIGN_FOR_WORD,
        "part": _PART,
        **{kind: glued_words(kind) for kind in kinds},
    }


class Surroundings:
    """Which voices and words a text has outside of one post.

    Attributes:
        curls: Whether nearly all its quotation marks and apostrophes are curly ones.
        is_straight: Whether nearly all are straight ones.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self._first: dict[str, int] = {}
        self._behind: dict[tuple[str, int], bool] = {}
        straight, curly = text.count("'") + text.count('"'), text.count("’") + text.count("“")
        self.curls = curly >= _MANY_QUOTES and curly > _MANY_QUOTES * straight
        self.is_straight = straight >= _MANY_QUOTES and straight > _MANY_QUOTES * curly

    def has_voice(self, name: str, start: int, end: int) -> bool:
        """Whether a voice stands outside of two offsets.

        >>> rests = ("Wow!", "It is.")
        >>> [Surroundings(f"Open now! {rest}").has_voice("call", 0, 9) for rest in rests]
        [True, False]
        """
        return self._stands(name, _voices()[name], start, end)

    def is_east_asian(self, start: int, end: int) -> bool:
        """Whether Chinese or Japanese letters stand outside of two offsets."""
        return self._stands("", _EAST_ASIAN, start, end)

    def _stands(self, name: str, pattern: re.Pattern[str], start: int, end: int) -> bool:
        """Whether a pattern matches before the first offset or from the second one on."""
        if name not in self._first:
            found = pattern.search(self._text)
            self._first[name] = len(self._text) if found is None else found.start()
        if self._first[name] < start:
            return True
        if self._first[name] >= end:
            return self._first[name] < len(self._text)
        if (name, end) not in self._behind:
            self._behind[name, end] = pattern.search(self._text, end) is not None
        return self._behind[name, end]

    def knows(self, word: str, start: int, end: int) -> bool:
        """Whether a word, folded, stands outside of two offsets."""
        first, last = self._words.get(word, (end, start))
        return first < start or last >= end

    @cached_property
    def _words(self) -> dict[str, tuple[int, int]]:
        """The words, folded, and where the first and the last of each stand."""
        words: dict[str, tuple[int, int]] = {}
        for match in ANY_WORD.finditer(self._text):
            word, at = match[0].casefold(), match.start()
            words[word] = words.get(word, (at,))[0], at
        return words

    @property
    def is_brief(self) -> bool:
        """Whether the text has too few words to tell which are usual."""
        return len(self._words) < MINIMUM_WORDS


def opening_features(*, parted: bool, filled: float) -> Iterator[str]:
    """Yield the names of what shows whether a post begins at a place.

    Args:
        parted: Whether white space stands before it.
        filled: How much of its network's limit it would fill, in percent; 0 for a caption.

    >>> list(opening_features(parted=False, filled=25))
    ['opening.not_parted', 'opening.fills_10', 'opening.fills_20']
    """
    if not parted:
        yield "opening.not_parted"
    for bound in _FILLED:
        if filled > bound:
            yield f"opening.fills_{bound}"


def sentence_features(
    sentence: Sentence, around: Surroundings, below: Below, style: StyleTable
) -> Iterator[str]:
    """Yield the names of the features that hold, of a sentence that is taken along."""
    yield "always"
    yield from _of_style(sentence, below, style)
    yield from _of_string(sentence.string)
    yield from _of_body(sentence.body)
    yield from _of_both(sentence, below)
    yield from _of_names(sentence)
    yield from _of_script(sentence, around)
    if _QUOTED.search(sentence.string) is None:
        yield from _of_voice(sentence, around)
    if around.is_brief:
        yield "text.brief"
    else:
        yield from _of_words(sentence, around)


def is_saying(string: str) -> bool:
    """Whether a sentence says who said what."""
    return reach_words("saying").search(string) is not None


def _named(pairs: tuple[tuple[str, object], ...]) -> Iterator[str]:
    return (name for name, holds in pairs if holds)


def _of_string(string: str) -> Iterator[str]:
    """What the sentence itself shows."""
    size = len(string)
    says = is_saying(string)
    return _named(
        (
            ("tiny", size <= 15),
            ("short", 15 < size <= 25),
            ("brief", 25 < size <= 40),
            ("longer", 100 < size <= 140),
            ("long", size > 140),
            ("handle", has_trait(string) and not says),
            ("unspaced", size > _UNSPACED and " " not in string),
            ("says", says),
            ("reports", glued_words("reports").search(string)),
            ("quoted", _QUOTED.search(string)),
            ("unfinished", string[-1:].isalnum()),
            ("small_letter", string[:1].islower()),
            ("past", glued_words("past").search(string)),
            ("third_person", glued_words("third person").search(string)),
            ("no_article", size > 25 and not glued_words("article").search(string)),
            ("refers_back", glued_words("refers back").match(string)),
            ("colon", ":" in string or "：" in string),
            ("dash", " - " in string or "--" in string),
        )
    )


def _of_body(body: str) -> Iterator[str]:
    """What the post has already: how much, and whether it goes on from something."""
    bare = _MARK.sub("", LINK.sub("", body)).strip()
    words = max(len(bare.split()), sum(map(_is_wide, bare)) // 2)
    wordless = not any(map(str.isalpha, bare))
    return _named(
        (
            ("body.marks_only", wordless and ("#" in body or "@" in body)),
            ("body.link_only", wordless and not ("#" in body or "@" in body)),
            ("body.two_words", not wordless and words <= 2),
            ("body.few_words", 2 < words <= 5),
            ("body.some_words", 5 < words <= 9),
            ("body.many_words", 20 <= words < 30),
            ("body.most_words", words >= 30),
            ("body.refers_back", glued_words("refers back").match(bare)),
            ("body.continues", bare[:1].islower()),
        )
    )


def _is_wide(character: str) -> bool:
    """Whether a character is Chinese, Japanese or Korean: about two make a word."""
    return "\u2e80" <= character <= "\uffef"


def _of_both(sentence: Sentence, below: Below) -> Iterator[str]:
    """Which words the two share, with each other and with what stands around them."""
    string, body = sentence.string, sentence.body
    words = _long_words(LINK.sub("", string))
    if not words.isdisjoint(_long_words(LINK.sub("", body))):
        yield "shares_word"
    if not words.isdisjoint(_long_words(sentence.above)):
        yield "above.shares_word"
    if not words.isdisjoint(below.words):
        yield "below.shares_word"
    if names_author(sentence.author, string):
        yield "names_author"


def _of_names(sentence: Sentence) -> Iterator[str]:
    """How many words have capitals inside the sentence, and whether the post has one of them."""
    names = _NAME.findall(LINK.sub("", sentence.string))
    if not names:
        yield "names.none"
    elif len(names) >= _MANY_NAMES:
        yield "names.many"
    if not set(names).isdisjoint(_CAPITALIZED.findall(LINK.sub("", sentence.body))):
        yield "names.in_body"


def _of_script(sentence: Sentence, around: Surroundings) -> Iterator[str]:
    """Whether the sentence has Chinese or Japanese letters where others have none, or reversed."""
    east_asian = _EAST_ASIAN.search(sentence.string) is not None
    if east_asian != around.is_east_asian(sentence.start, sentence.end):
        yield "script.unlike_text"
    body = _MARK.sub("", LINK.sub("", sentence.body))
    if any(map(str.isalpha, body)) and east_asian != (_EAST_ASIAN.search(body) is not None):
        yield "script.unlike_body"


def _of_style(sentence: Sentence, below: Below, table: StyleTable) -> Iterator[str]:
    """How the sentence is written: by itself, beside the text below, beside the post's body."""
    score = style_score(sentence.string, table)
    for bound in _STYLES:
        if score > bound:
            yield f"style.above_{bound}"
    for bound in _STYLES_BESIDE:
        if score - below.style > bound:
            yield f"style.over_text_{bound}"
    if sentence.body.strip():
        body = style_score(sentence.body, table)
        if score < -1:
            if body < -1:
                yield "style.both_sober"
            elif body > 1:
                yield "style.sober_beside_body"


def _long_words(string: str) -> set[str]:
    return {match[0].casefold() for match in ANY_WORD.finditer(string) if len(match[0]) > 3}


def _of_voice(sentence: Sentence, around: Surroundings) -> Iterator[str]:
    """Which voices the sentence has and the rest of the text has not."""
    for name, pattern in _voices().items():
        if pattern.search(sentence.string) is None:
            continue
        if name == "question" and len(sentence.string) > _LONGEST_QUESTION:
            continue
        shared = around.has_voice(name, sentence.start, sentence.end)
        yield f"voice.{name}.shared" if shared else f"voice.{name}"


def _of_words(sentence: Sentence, around: Surroundings) -> Iterator[str]:
    """How many words and names of the sentence stand elsewhere in the text."""
    span = sentence.start, sentence.end
    string = LINK.sub("", sentence.string)
    words = [match[0].casefold() for match in ANY_WORD.finditer(string)]
    if len(words) >= 4:
        known = sum(around.knows(word, *span) for word in words) / len(words)
        if known > 0.8:
            yield "words.most_known"
        elif known > 0.6:
            yield "words.many_known"
        elif known < 0.4:
            yield "words.few_known"
    if around.curls and ("'" in string or '"' in string):
        yield "quotes.unlike_text"
    if around.is_straight and ("’" in string or "“" in string):
        yield "quotes.unlike_text"
    if any(around.knows(match[0].casefold(), *span) for match in _NAME.finditer(string)):
        yield "names.known"
