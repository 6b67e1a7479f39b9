"""Tell a name of one word from a word that only has a capital."""

from textclean.stages.repetition.languages import (
    LanguageWords,
    all_modifiers,
    shared_words,
)
from textclean.stages.repetition.layout import Layout
from textclean.stages.repetition.units import Unit

#: Small words that Arabic and Hebrew write together with the next one, and Korean with the one
#: before.
LEADS = ("ال", "لل", "بال", "وال", "و", "ب", "ل", "ה", "ב", "ל", "מ", "ו", "ש")
TRAILS = (
    "은",
    "는",
    "이",
    "가",
    "을",
    "를",
    "의",
    "에",
    "에서",
    "로",
    "으로",
    "와",
    "과",
    "도",
    "용",
    "들",
)
#: Letters of Georgian, whose capitals are for headlines.
GEORGIAN = frozenset(map(chr, range(0x10D0, 0x1100)))
#: An adjective with its ending has so many at least: "alte".
ADJECTIVE_LETTERS = 4


def is_named(layout: Layout, number: int) -> bool:
    """Whether a word has a capital that neither a sentence nor its being a noun gives it.

    >>> layout = Layout("Gulls left. The iVane of Oslo went to an Ostrava firm.", "en")
    >>> [layout.all_keys[number] for number in range(layout.size) if is_named(layout, number)]
    ['ivane', 'oslo', 'ostrava']
    """
    words, key = layout.words, layout.all_keys[number]
    if not _has_capital(layout, number) or key in words.function_words or key in words.small:
        return False
    return layout.sentence_at(number).first != number and not is_noun(layout, number)


def may_be_name(layout: Layout, number: int) -> bool:
    """Whether a word may be a name for all its script tells, and is not known for none.

    One of a script without capitals; or of one without spaces, where the text is in another.

    >>> layout = Layout("غادرت السفينة مالفونا 北京 في الصباح", "ar")
    >>> [layout.all_keys[number] for number in range(layout.size) if may_be_name(layout, number)]
    ['غادرت', 'السفينة', 'مالفونا', '北', '京', 'الصباح']
    """
    words, key = layout.words, layout.all_keys[number]
    if layout.unspaced[number]:
        return 2 * layout.unspaced.count(1) < layout.size
    if not has_no_case(key) or key in words.function_words or key in words.small:
        return False
    return key not in words.aside and not _modifies(key)


def _modifies(key: str) -> bool:
    """Whether a word stands beside keywords, alone or with a small word: "bil-", "al-"."""
    listed = all_modifiers()
    if key in listed:
        return True
    if any(key.startswith(lead) and key[len(lead) :] in listed for lead in LEADS):
        return True
    return any(key.endswith(trail) and key[: -len(trail)] in listed for trail in TRAILS)


def is_name_only(layout: Layout, name: Unit) -> bool:
    """Whether a span is words with blanks and hyphens between, no quotation and no address."""
    first, last = layout.starts[name.first], layout.ends[name.last - 1]
    if (first, last) != (name.start, name.end):
        return False
    return all(c.isalnum() or c.isspace() or c in "-'’" for c in layout.slice(name))


def has_no_case(key: str) -> bool:
    """Whether a word is of a script that has no capitals, or uses none for names."""
    first = key[0]
    return first.isalpha() and (first.upper() == first.lower() or first in GEORGIAN)


def is_noun(layout: Layout, number: int) -> bool:
    """Whether the capital of a word marks a noun: an article or adjective leads to it.

    As "die neue Brücke" does. Behind another small word a name may stand ("traf Merkel"), unless
    the word is known for no name or ends as abstract nouns do.
    """
    words = layout.words
    if not words.nouns_capitalized or not number:
        return False
    word = layout.text[layout.starts[number] : layout.ends[number]]
    if word[1:] != word[1:].lower():
        return False
    if layout.all_keys[number - 1] in words.articles or _is_adjective(layout, number - 1):
        return True
    return layout.all_keys[number] in words.starters or word.endswith(words.noun_endings)


def _is_adjective(layout: Layout, number: int) -> bool:
    """Whether a small word is one by its ending, and stands where no verb does.

    "Die neue", "für neue", "Bedeutung neuer"; not "Inseln brachte", "und brachten".
    """
    words = layout.words
    key = layout.all_keys[number]
    if not layout.smalls[number] or not _ends_as_adjective(words, key):
        return False
    before = layout.all_keys[number - 1] if number else ""
    if before in words.function_words:
        return before not in words.coordinators
    is_noun_before = number > 0 and bool(layout.capitals[number - 1])
    return key.endswith(words.genitive_endings) if is_noun_before else False


def _ends_as_adjective(words: LanguageWords, key: str) -> bool:
    # ("see", a lake: an adjective with its ending has more letters)
    listed = key in words.function_words or key in words.said or len(key) < ADJECTIVE_LETTERS
    return not listed and key.endswith(words.adjective_endings)


def begins_with_name(layout: Layout, sentence: Unit) -> bool:
    """Whether the first word of a sentence may be a name.

    >>> layout = Layout("Experts agree. Buying is easy. Talk of gulls ended. Oslo agrees.", "en")
    >>> [begins_with_name(layout, sentence) for sentence in layout.sentences]
    [False, False, False, True]
    """
    first, words = sentence.first, layout.words
    key = layout.all_keys[first]
    if not _has_capital(layout, first) or key in words.begin_no_name:
        return False
    ending = words.participle_ending
    if ending and key.endswith(ending) and len(key) > len(ending) + 1:
        return False
    if _is_elided(layout.text[layout.starts[first] : layout.ends[first]]):
        return False
    return sentence.size > 1 and layout.all_keys[first + 1] not in shared_words("prepositions")


def _has_capital(layout: Layout, number: int) -> bool:
    """Whether any letter of a word is one: "iVane" is a name, too."""
    word = layout.text[layout.starts[number] : layout.ends[number]]
    return word != word.lower()


def _is_elided(word: str) -> bool:
    """Whether a word has its capital from an article before it: "L'idée", not "L'Oréal"."""
    head, mark, rest = word.replace("’", "'").partition("'")
    return bool(mark) and len(head) < len(rest) and rest.islower()
