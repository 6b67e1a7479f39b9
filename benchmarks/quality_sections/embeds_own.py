"""Authors' own sentences about posts, with the names and dates of real ones: nothing may go."""

import re
from collections import Counter
from collections.abc import Iterator

from quality_sections.common import Figure, Folder, cleaner, share
from quality_sections.embeds_planted import NEIGHBORS

#: Registers and languages; {name}, {handle} and {date} are those of a real post.
_SENTENCES = {
    "en": (
        "{handle} wrote that the pier would open in spring.",
        "The board ({handle}) announced on {date} that tickets would cost nothing.",
        "“The pier is open,” {name} ({handle}) wrote on {date}, “and it is free.”",
        "The post, at pic.twitter.com/AbCdEf1234, shows the pier at dawn, as {handle} promised.",
        "In a post of {date}, {name} ({handle}) called the plan a mistake.",
        "Follow {handle} for pictures of the works.",
        "{name} ({handle}) and the ferry line (@ferryline) met on {date}, but agreed on nothing.",
        "Photo: {name}/{handle}, {date}.",
        "ok so {handle} said on {date} it'd be done, it is not lol",
        "Thanks to {handle} and everyone who came, and see you next year!",
        "The tag #newpier has been used 4,000 times since {date}.",
        "Read what {name} — {handle} to most of us — has to say about it.",
        "The minutes of {date} name {handle} as the one who asked first.",
        "According to {name} ({handle}), the ferries have been full since {date}.",
    ),
    "de": (
        "Die Hafenbehörde ({handle}) schrieb am {date} auf X, der Steg sei offen.",
        "Laut {handle} kommen die Fähren seit {date} wieder pünktlich.",
    ),
    "fr": (
        "La capitainerie ({handle}) l'a annoncé sur X le {date}, et personne n'y a cru.",
        "Selon le compte {handle}, le quai ouvrira au printemps.",
    ),
    "es": (
        "El puerto ({handle}) lo anunció en X el {date}, y nadie lo creyó.",
        "Según {handle}, el muelle abre en primavera.",
    ),
    "pt": ("Segundo {name} ({handle}), o cais abriu em {date} sem aviso.",),
    "ja": ("港湾局（{handle}）は{date}に桟橋が開いたと投稿した。",),
    "ru": ("Порт ({handle}) сообщил {date}, что причал открыт.",),
}
_ATTRIBUTION = re.compile(r"— (?P<name>[^@()]{2,50}?) \((?P<handle>@\w+)\) (?P<date>.{6,40})")


def figures(folder: Folder) -> Iterator[Figure]:
    """Share of the sentences, between two others, that come back byte for byte."""
    clean = cleaner("embeds")
    counted: Counter[str] = Counter()
    for number, row in enumerate(folder.rows("embed_snippets")):
        found = _ATTRIBUTION.fullmatch(" ".join((row["attribution"] or "").split()))
        if found is None:
            continue
        language = row["lang"] if row["lang"] in _SENTENCES else "en"
        sentences = _SENTENCES[language]
        sentence = sentences[number % len(sentences)].format(**found.groupdict())
        pairs = NEIGHBORS.get(language, NEIGHBORS["en"])
        before, after = pairs[number % len(pairs)]
        for gap in ("\n", " "):
            text = f"{before}{gap}{sentence}{gap}{after}"
            counted["all"] += 1
            counted["right"] += clean(text) == text
    yield Figure("unchanged", share(counted["right"], counted["all"]), counted["all"])
