"""Settings of published recipes for near-duplicates, by name, each with its card.

A preset takes what a recipe calls a near-duplicate: tokens in a shingle, threshold, measure. It
does not take what makes the recipe miss pairs or drop others: bands are chosen for recall here, and
every drop is proven. The card says what differs.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from textclean.dedup.bands import Bands, choose_bands


@dataclass(frozen=True, slots=True)
class Preset:
    """A published recipe.

    Attributes:
        threshold: Its nominal threshold.
        shingle_size: Tokens in a shingle.
        published: What its authors say of it.
        source: Where they say so.
        differs: What is not the same here.
        bands: Its bands; None: it has none.
        measure: What texts are compared by.
    """

    threshold: float
    shingle_size: int
    published: str
    source: str
    differs: str
    bands: Bands | None = None
    measure: str = "jaccard"

    @property
    def settings(self) -> dict[str, Any]:
        """The settings of a recipe file that it stands for."""
        return {
            "threshold": self.threshold,
            "shingle_size": self.shingle_size,
            "measure": self.measure,
        }

    def card(self, name: str) -> str:
        """Return what a user should know before choosing it.

        >>> print(PRESETS["bigcode"].card("bigcode").splitlines()[-2])
          its recall  0.287 at 0.65, 0.511 at 0.70, 0.765 at 0.75, 0.942 at 0.80
        """
        ours = choose_bands(self.threshold)
        what = f"threshold {self.threshold}, shingle size {self.shingle_size}"
        rows = [
            ("sets", f"{what}, measure {self.measure}"),
            ("published", self.published),
            ("source", self.source),
            ("differs", self.differs),
        ]
        if self.bands is not None:
            points = [self.threshold + step / 100 for step in (-5, 0, 5, 10)]
            found = (f"{self.bands.probability(point):.3f} at {point:.2f}" for point in points)
            rows.append(("its recall", ", ".join(found)))
        at_threshold = int(ours.probability(self.threshold) * 1000) / 1000
        rows.append(
            ("recall here", f"{at_threshold:.3f} at {self.threshold:.2f}, each drop proven")
        )
        return "\n".join([name, *(f"  {key:<11} {value}" for key, value in rows)])


PRESETS: Mapping[str, Preset] = MappingProxyType(
    {
        "fineweb": Preset(
            0.75,
            5,
            "word 5-grams of a language's tokenizer, lower case, without punctuation and"
            " diacritics, numbers and names of days and months made equal; 14 bands of 8 slots",
            "datatrove, examples/fineweb.py; FineWeb paper, section 3.4",
            "numbers and days stay what they are, so dated articles of one template are kept; no"
            " chains of candidates: each drop names a survivor at or above the threshold",
            Bands(14, 8),
        ),
        "refinedweb": Preset(
            0.8,
            5,
            "5-grams of GPT-2 tokens; 450 bands of 20 slots",
            "RefinedWeb paper, after Lee et al. 2021",
            "words in the place of GPT-2 tokens; this recall does not need 9,000 hashes a text",
            Bands(450, 20),
        ),
        "slimpajama": Preset(
            0.8,
            13,
            "lower-case 13-grams in NFC, without punctuation and space; 128 hashes, for which"
            " datasketch chooses 9 bands of 13 slots (computed, not published)",
            "Cerebras, SlimPajama",
            "13 words in a shingle: one changed word costs 13 shingles, so edited copies are kept",
            Bands(9, 13),
        ),
        "bigcode": Preset(
            0.7,
            5,
            "word 5-grams, split where no letter, digit or _ stands; 256 hashes, for which"
            " datasketch chooses 25 bands of 10 slots (computed, not published)",
            "BigCode, near-deduplication of The Stack",
            "short texts are one shingle, not deleted; case is folded",
            Bands(25, 10),
        ),
        "nemo": Preset(
            0.8,
            5,
            "24-grams of characters; 20 bands of 13 slots; no check of candidates",
            "NeMo Curator, fuzzy deduplication workflow",
            "5 words, about as long as 24 characters of English; the share of changed shingles is"
            " nearly the same, not equal",
            Bands(20, 13),
        ),
        "news": Preset(
            0.5,
            2,
            "word 2-grams at 0.45 to 0.5 find most reprints in noisy news, of which pairs share"
            " only some 30 % of their 3-grams; 50 bands of 4 slots at 0.5",
            "text-dedup, benchmark configurations for CORE and NEWS-COPY",
            "agency copy that was cut or edited goes, too; other reports of the same event may:"
            " look at --dropped first",
            Bands(50, 4),
        ),
    }
)


def cards() -> str:
    """Return the cards of all presets."""
    return "\n\n".join(preset.card(name) for name, preset in PRESETS.items())
