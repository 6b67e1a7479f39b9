"""Facts of a text: what a cleaner may never lose.

A fact is a number with its unit, a date, a quoted span, an address, or a capitalised name of two
words or more. It is lost when it stands in the input and nowhere in the output.
"""

import re
from collections.abc import Iterator

_UNITS = (
    r"%|percent|per cent|por cento|thousand|million|billion|trillion|mn|bn|mil|milhões|milhão|"
    r"bilhões|euros?|dollars?|dlrs|pounds?|reais|cts|kg|g|km|cm|mm|m|miles?|feet|ft|tonnes?|tons?|"
    r"litres?|hours?|minutes?|seconds?|days?|weeks?|months?|years?|horas?|minutos?|dias?|semanas?|"
    r"meses|anos?"
)
_NUMBER = re.compile(
    rf"(?<![\d.,:/])[$€£¥]?\d(?:[\d.,:/]*\d)?(?:\s?(?:{_UNITS})(?!\w))?", re.IGNORECASE
)
_MONTHS = (
    r"January|February|March|April|May|June|July|August|September|October|November|December|"
    r"janeiro|fevereiro|março|abril|maio|junho|julho|agosto|setembro|outubro|novembro|dezembro"
)
_DATE = re.compile(
    rf"(?<!\d)\d{{1,2}}\.?(?: de)? (?:{_MONTHS})\b(?:(?: de)?,? \d{{4}})?"
    rf"|\b(?:{_MONTHS}) \d{{1,2}}(?!\d)(?:, \d{{4}})?|\d{{4}}-\d{{2}}-\d{{2}}",
    re.IGNORECASE,
)
#: A straight quote opens only where none could close.
_QUOTE = re.compile(
    r"“[^“”\n]{3,300}”|«[^«»\n]{3,300}»|„[^„“\n]{3,300}“|「[^「」\n]{3,300}」"
    r"|(?<![^\s(\[—–-])\"(?=\S)[^\"\n]{3,300}(?<=\S)\"(?!\w)"
)
_ADDRESS = re.compile(r"(?:https?://|www\.)[^\s<>\"“”]+[^\s<>\"“”.,;:!?)\]]")
_WORD = re.compile(r"[^\W\d_][\w’'-]*")
#: German words that lead to a noun: no name begins with one, where it stands behind a full stop.
_LEADS = frozenset(
    ["Ohne", "Mit", "Bei", "Nach", "Seit", "Aus", "Für", "Durch", "Gegen", "Wegen", "Trotz", "Laut"]
)
_SENTENCE_ENDS = '.!?:;…\n"“”‘’«»()[]-–—•|/'


def facts(text: str) -> set[str]:
    """Return the facts of a text, white space folded.

    >>> sorted(facts("It cost 5 km. Then New Harbour said “not now” on 3 May 2021."))
    ['2021', '3', '3 May 2021', '5 km', 'New Harbour', '“not now”']
    """
    text = folded(text)
    found = {
        fact for pattern in (_NUMBER, _DATE, _QUOTE, _ADDRESS) for fact in pattern.findall(text)
    }
    return found.union(_names(text))


def lost_facts(text: str, output: str) -> list[str]:
    """Return the facts of the text that stand nowhere in the output."""
    if text == output:
        return []
    left = facts(output)
    output = folded(output)
    return sorted(fact for fact in facts(text) - left if not _stands(fact, output))


def folded(text: str) -> str:
    """Return the text with each run of spaces as one, lines kept apart."""
    return re.sub(r"[ \t\xa0\u202f]+", " ", text)


def _stands(fact: str, output: str) -> bool:
    """Tell whether a fact stands in a folded text: a number not as a part of another."""
    if fact[0].isdigit() or fact[-1].isdigit():
        return re.search(rf"(?<![\d.,]){re.escape(fact)}(?![.,]?\d)", output) is not None
    return fact in output


def _names(text: str) -> Iterator[str]:
    """Return the runs of two capitalised words or more.

    The capital that only begins a sentence makes no name: "When Anna Smith" states "Anna Smith",
    and "The Harbour" states none when the text also writes "the"; nor does "Ohne Zweifel".
    """
    small = {word for word in _WORD.findall(text) if word[0].islower()}
    run: list[re.Match[str]] = []
    for match in [*_WORD.finditer(text), None]:
        if match and match.group()[0].isupper() and (not run or _is_next(text, run[-1], match)):
            run.append(match)
            continue
        words = [word.group() for word in run]
        if run and _begins_sentence(text, run[0]):
            is_led = words[0] in _LEADS or words[0].lower() in small
            del words[: len(run) > 2 or is_led]
        if len(words) > 1:
            yield " ".join(words)
        run = [match] if match and match.group()[0].isupper() else []


def _is_next(text: str, first: re.Match[str], second: re.Match[str]) -> bool:
    return text[first.end() : second.start()] == " "


def _begins_sentence(text: str, word: re.Match[str]) -> bool:
    before = text[max(0, word.start() - 3) : word.start()].rstrip(" ")
    return not before or before[-1] in _SENTENCE_ENDS
