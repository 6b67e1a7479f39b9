"""langdetect's profiles under compiled draws: its answers, some eighty times as fast."""

import json
import random
import threading
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from textclean.stages.language.answer import DENSE, HANGUL, KANA, LETTER, MINIMUM_LETTERS, answer
from textclean.stages.language.sample import sample

#: All detectors draw from this seed; langdetect's own is global to the process.
SEED = 0
#: Words drawn from the generator: no text needs so many, and if one did they would begin again.
_DRAWN_WORDS = 1 << 16
#: An n-gram that so many languages have gets a share for each: few, and drawn most often.
_FREQUENT = 7
#: Texts of one call of the kernel.
_BATCH = 256
#: Code points that take as long without kernels as loading the compiler.
_WORTH_LOADING = 100_000
#: Where ``NGram.normalize`` changes characters: Latin, Arabic, punctuation, kana, bopomofo, hangul.
_NORMALIZED = (
    (0x0000, 0x0250), (0x0600, 0x0700), (0x1E00, 0x1F00), (0x2000, 0x2070),
    (0x3040, 0x3130), (0x31A0, 0x31C0), (0xAC00, 0xD7B0),
)  # fmt: skip
_SURROGATES = (0xD800, 0xE000)  # as good as a space
_FIRST_MARK = 0x300

_lock = threading.Lock()
_loaded: list["_Profiles"] = []


class _Profiles(NamedTuple):
    """What the kernel needs, and the names of the languages by number."""

    table: Any
    words: Any
    languages: tuple[str, ...]


def detect(texts: Sequence[str]) -> list[str | None]:
    """Return the language of each text, as langdetect gives it from seed 0; None if unknown.

    >>> detect(["El puerto estará cerrado hasta el lunes.", "12.5"])
    ['es', None]
    """
    answers: list[str | None] = []
    for first in range(0, len(texts), _BATCH):
        answers += _detect_batch([_prepared(text) for text in texts[first : first + _BATCH]])
    return answers


def _detect_batch(texts: Sequence[str]) -> list[str | None]:
    import numpy as np

    from textclean.kernels import ngrams
    from textclean.kernels.jit import is_worth

    # to make the tables without kernels takes longer than loading the compiler
    is_worth(max(_WORTH_LOADING, sum(map(len, texts))), _WORTH_LOADING)
    profiles = _profiles()
    joined = "".join(texts).encode("utf-32-le", "surrogatepass")
    offsets = np.zeros(len(texts) + 1, np.int64)
    np.cumsum([len(text) for text in texts], out=offsets[1:])
    best, met = np.empty((2, len(texts)), np.int32)
    chance = np.empty(len(texts))
    points = np.frombuffer(joined, np.uint32)
    with np.errstate(over="ignore"):  # wrapping is meant; NumPy sees it when the JIT is off
        ngrams.detect(
            points, offsets, profiles.words, profiles.table, MINIMUM_LETTERS, best, chance, met
        )
    return [
        answer(
            profiles.languages[number] if number >= 0 else None,
            probability,
            has_hangul=bool(traits & ngrams.HANGUL),
            has_kana=bool(traits & ngrams.KANA),
        )
        for number, probability, traits in zip(
            best.tolist(), chance.tolist(), met.tolist(), strict=True
        )
    ]


def _prepared(text: str) -> str:
    """A sample of a text, cleaned as langdetect cleans what is appended to a detector."""
    text = sample(text)
    if "@" in text or "http" in text:
        from langdetect.detector import Detector

        text = Detector.MAIL_RE.sub(" ", Detector.URL_RE.sub(" ", text))
    if not text.isascii():
        from langdetect.utils.ngram import NGram

        if any(mark in text for mark in NGram.DMARK_CLASS):
            text = NGram.normalize_vi(text)
    return text


def _profiles() -> _Profiles:
    """The tables, made at the first call."""
    with _lock:
        if not _loaded:
            _loaded.append(_load())
        return _loaded[0]


def profile_texts() -> list[str]:
    """Return langdetect's profiles, as JSON, in one order on every file system: it breaks ties."""
    import langdetect

    folder = Path(langdetect.__file__).parent / "profiles"
    return [file.read_text("utf-8") for file in sorted(folder.iterdir())]


def _load() -> _Profiles:
    import numpy as np

    from textclean.kernels import ngrams

    profiles = [json.loads(text) for text in profile_texts()]
    shares: dict[str, list[float]] = {}
    for language, profile in enumerate(profiles):
        totals = profile["n_words"]
        for gram, count in profile["freq"].items():
            row = shares.get(gram)
            if row is None:
                shares[gram] = [language, count / totals[len(gram) - 1]]
            else:
                row += (language, count / totals[len(gram) - 1])
    characters = dict.fromkeys("".join(shares))
    numbers = {" ": ngrams.SPACE}
    for character in characters:
        numbers.setdefault(character, len(numbers) + 1)
    keys = np.array([_key(gram, numbers) for gram in shares], np.int64)
    places, rows = _rows(list(shares.values()), len(profiles))
    slots = np.zeros(1 << (2 * len(keys)).bit_length(), np.uint64)
    pairs, singles = np.zeros((ngrams.NEAR, ngrams.NEAR), np.int32), np.zeros(1 << 12, np.int32)
    with np.errstate(over="ignore"):  # wrapping is meant; NumPy sees it when the JIT is off
        ngrams.fill(keys, places, slots, pairs, singles)
    table = ngrams.ProfileTable(*_characters(numbers), slots, pairs, singles, rows, len(profiles))
    generator = random.Random(SEED)  # noqa: S311 - langdetect's, no secret
    drawn = generator.getrandbits(32 * _DRAWN_WORDS).to_bytes(4 * _DRAWN_WORDS, "little")
    words = np.frombuffer(drawn, "<u4").astype(np.uint32)
    return _Profiles(table, words, tuple(profile["name"] for profile in profiles))


def _rows(shares: Sequence[list[float]], languages: int) -> tuple[Any, Any]:
    """Return where the row of each n-gram begins, and all rows, as the kernel reads them.

    Args:
        shares: For each n-gram the numbers of the languages that have it, each with its share.
        languages: How many languages there are.
    """
    import numpy as np

    from textclean.kernels.ngrams import DENSE_ROW

    places: list[int] = []
    rows = [0.0]
    for row in shares:
        places.append(len(rows))
        if len(row) < 2 * _FREQUENT:
            rows.append(len(row) // 2)
            rows += row
        else:
            dense = [0.0] * languages
            for language, share in zip(row[::2], row[1::2], strict=True):
                dense[int(language)] = share
            rows.append(DENSE_ROW)
            rows += dense
    return np.array(places), np.array(rows)


def _key(gram: str, numbers: dict[str, int]) -> int:
    """Return what the kernel knows an n-gram by."""
    key = 0
    for character in gram:
        key = key << 12 | numbers[character]
    return key


def _characters(numbers: dict[str, int]) -> tuple[Any, Any]:
    """Return the number of each code point in n-grams, and its traits."""
    import numpy as np

    from textclean.kernels import ngrams

    every = [chr(point) for point in range(ngrams.TABLE_SIZE)]
    normal = _normalized(every)
    characters = np.array([numbers.get(one, ngrams.UNKNOWN) for one in normal], np.uint16)
    traits = np.zeros(ngrams.TABLE_SIZE, np.uint8)
    _add(traits, ngrams.CAPITAL, (point for point, one in enumerate(normal) if one.isupper()))
    traits[ord("A") : ord("z") + 1] |= ngrams.LATIN
    traits[_FIRST_MARK:] |= ngrams.NON_LATIN
    traits[slice(*_SURROGATES)] &= ~np.uint8(ngrams.NON_LATIN)
    text = "".join(every)
    for bit, pattern in (
        (ngrams.LETTER, LETTER),
        (ngrams.DENSE, DENSE),
        (ngrams.HANGUL, HANGUL),
        (ngrams.KANA, KANA),
    ):
        _add(traits, bit, map(ord, pattern.findall(text)))
    return characters, traits


def _normalized(every: Sequence[str]) -> list[str]:
    """Return each character as n-grams hold it."""
    from langdetect.utils.ngram import NGram

    normal = list(every)
    for first, last in _NORMALIZED:
        normal[first:last] = map(NGram.normalize, every[first:last])
    for one, representative in NGram.CJK_MAP.items():
        normal[ord(one)] = representative
    normal[slice(*_SURROGATES)] = " " * (_SURROGATES[1] - _SURROGATES[0])
    return normal


def _add(traits: Any, bit: int, points: Iterable[int]) -> None:
    traits[list(points)] |= bit
