"""Language: accuracy on sentences and declarations, the same answer twice, and langdetect's."""

from collections.abc import Iterator, Sequence

import textclean
from quality_sections.common import Figure, Folder, Row, share
from textclean.stages.language import original

#: Languages langdetect has profiles for (its documentation), as primary tags.
_PROFILES = (
    "af ar bg bn ca cs cy da de el en es et fa fi fr gu he hi hr hu id it ja kn ko "
    "lt lv mk ml mr ne nl no pa pl pt ro ru sk sl so sq sv sw ta te th tl tr uk ur "
    "vi zh "
)
#: langdetect itself answers some hundred texts a second.
_ASKED_ORIGINAL = 1500
_KNOWN = frozenset(_PROFILES.split())
_SAME = {"nb": "no", "nn": "no", "fil": "tl", "iw": "he", "in": "id"}


def sentences(folder: Folder) -> Iterator[Figure]:
    """Sentences in 75 languages."""
    yield from _accuracy([(row["lang"], row) for row in folder.rows("language_sentences")])


def declarations(folder: Folder) -> Iterator[Figure]:
    """The Universal Declaration of Human Rights; only texts whose language we can name."""
    rows = folder.rows("language_udhr")
    yield from _accuracy([(row["html_lang"].partition("-")[0], row) for row in rows])


def _accuracy(rows: list[tuple[str, Row]]) -> Iterator[Figure]:
    rows = [(_same(language), row) for language, row in rows]
    known = [(language, row) for language, row in rows if language in _KNOWN]
    found = _detect([row["text"] for _, row in known])
    right = sum(
        language == _same(answer) for (language, _), answer in zip(known, found, strict=True)
    )
    yield Figure("known_languages", share(right, len(known)), len(known))
    again = list(reversed([row["text"] for _, row in known[:300]]))
    second = list(reversed(_detect(again)))
    stable = sum(a == b for a, b in zip(found, second, strict=False))
    yield Figure("same_answer_twice", share(stable, len(second)), len(second))
    asked = [row["text"] for _, row in known[:_ASKED_ORIGINAL]]
    as_original = sum(a == b for a, b in zip(found, original.detect(asked), strict=False))
    yield Figure("as_langdetect", share(as_original, len(asked)), len(asked))
    unknown = [row["text"] for language, row in rows if language not in _KNOWN]
    abstained = sum(answer is None for answer in _detect(unknown))
    yield Figure("other_languages_unnamed", share(abstained, len(unknown)), len(unknown), "none")


def _same(language: str | None) -> str:
    primary = (language or "").partition("-")[0]
    return _SAME.get(primary, primary)


def _detect(texts: Sequence[str]) -> list[str | None]:
    recipe = textclean.Recipe(stages=("language",), detect_language=True)
    pipeline = textclean.Pipeline.from_recipe(recipe)
    documents = [textclean.Document(str(number), text) for number, text in enumerate(texts)]
    return [result.document.language for result in pipeline.run(documents)]
