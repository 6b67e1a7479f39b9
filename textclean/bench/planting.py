"""Dirt of each kind, planted into texts, seeded: the same texts and seed give the same dirt."""

import random
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

#: Written for this purpose; none of it stands in anybody's corpus.
_POSTS = (
    (
        "Ferries leave on time after the storm, see you on board! pic.twitter.com/Kx7Qw2mNp9",
        "— Harbour Authority (@harbourboard) May 1, 2020",
    ),
    (
        "Our new lighthouse lamp shines 38 km far ✨ #lighthouse #night",
        "— Island Museum (@islandmuseum) November 12, 2023",
    ),
    (
        "Tickets for the night of the boats are on sale https://t.co/Zp4Rt8sLq1",
        "— Night of Boats (@nightofboats) July 30, 2024",
    ),
)
_STUFFING = (
    "Book your cheap ferry tickets online today and save on every single crossing.",
    "Find the best harbour hotel deals of the season with our free price comparison.",
)
_TIMES = 6
_LEAST_SPOTS = 4
_SHARE_OF_WORDS = 0.01
_FILLING = ("lantern", "harbour", "quarter", "meadow", "violet")
_WORD = re.compile(r"[A-Za-z]{4,}")


@dataclass(frozen=True, slots=True)
class Planted:
    """A text with dirt in it.

    Attributes:
        text: The text with the dirt.
        expected: The text without it.
        dirt: The strings that were put in, each as often as it stands there.
    """

    text: str
    expected: str
    dirt: tuple[str, ...] = ()


def plant_mojibake(text: str, draw: random.Random) -> Planted | None:
    """Put a word of one line in curly quotes, and damage that line as Windows-1252 does."""
    lines = text.split("\n")
    spots = [number for number, line in enumerate(lines) if _WORD.search(line)]
    if not spots:
        return None
    spot = draw.choice(spots)
    word = draw.choice(list(_WORD.finditer(lines[spot])))
    line = lines[spot]
    sound = f"{line[: word.start()]}“{word[0]}”{line[word.end() :]}"
    before, after = lines[:spot], lines[spot + 1 :]
    damaged = "\n".join([*before, damage(sound), *after])
    return Planted(damaged, "\n".join([*before, sound, *after]))


def damage(text: str) -> str:
    r"""Read UTF-8 as Windows-1252, as browsers do: unassigned bytes are control characters.

    >>> damage("“café”")
    'â€œcafÃ©â€\x9d'
    """
    return "".join(
        chr(byte) if byte in _UNASSIGNED else bytes([byte]).decode("cp1252")
        for byte in text.encode("utf-8", "replace")
    )


_UNASSIGNED = frozenset({0x81, 0x8D, 0x8F, 0x90, 0x9D})


def plant_post(text: str, draw: random.Random) -> Planted | None:
    """Put a flattened post between two paragraphs, set off as the text sets off its own.

    An extractor writes one separator everywhere: blank lines around paragraphs and none around
    the post would join it to the paragraph above.
    """
    gap = "\n\n" if "\n\n" in text.strip("\n") else "\n"
    paragraphs = text.split(gap)
    if len(paragraphs) < 2:  # noqa: PLR2004 - it stands between two
        return None
    post = "\n".join(draw.choice(_POSTS))
    spot = draw.randrange(1, len(paragraphs))
    return Planted(gap.join([*paragraphs[:spot], post, *paragraphs[spot:]]), text, (post,))


def plant_stuffing(text: str, draw: random.Random) -> Planted | None:
    """Put one sentence behind several lines."""
    lines = text.split("\n")
    spots = [number for number, line in enumerate(lines) if line.strip()]
    if len(spots) < _LEAST_SPOTS:
        return None
    sentence = draw.choice(_STUFFING)
    chosen = set(draw.sample(spots, min(_TIMES, len(spots))))
    stuffed = [f"{one}\n{sentence}" if n in chosen else one for n, one in enumerate(lines)]
    return Planted("\n".join(stuffed), text, (sentence,) * len(chosen))


def near_copy(text: str, draw: random.Random) -> str | None:
    """Return the text with one word in a hundred replaced; None where it has too few."""
    words = text.split(" ")
    count = round(len(words) * _SHARE_OF_WORDS)
    if not count:
        return None
    for place in draw.sample(range(len(words)), count):
        words[place] = draw.choice(_FILLING)
    return " ".join(words)


#: By the stage that should take it away again.
KINDS: dict[str, Callable[[str, random.Random], Planted | None]] = {
    "mojibake": plant_mojibake,
    "embeds": plant_post,
    "repetition": plant_stuffing,
}


def planted(texts: Sequence[str], kind: str, seed: int = 1) -> Iterator[tuple[int, Planted]]:
    """Yield the places of the texts that can take dirt of a kind, and the texts with it."""
    for number, text in enumerate(texts):
        found = KINDS[kind](text, random.Random(f"{seed} {number}"))  # noqa: S311 - no secret
        if found is not None:
            yield number, found
