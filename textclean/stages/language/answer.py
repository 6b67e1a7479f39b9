"""From what a detector found to the tag that a document gets."""

import re

#: Fewer letters say too little; one of a script of syllables or words counts thrice.
MINIMUM_LETTERS = 12
#: Below this the detector itself wavers between languages.
MINIMUM_PROBABILITY = 0.5

LETTER = re.compile(r"[^\W\d_]")
#: Letters of scripts whose words are short.
DENSE = re.compile(r"[\u0900-\u0eff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
HANGUL = re.compile(r"[\u1100-\u11ff\u3130-\u318f\uac00-\ud7af]")
KANA = re.compile(r"[\u3040-\u30ff]")
_PRIMARY = {"zh-cn": "zh", "zh-tw": "zh"}


def has_enough_letters(text: str) -> bool:
    """Return whether a text says enough about its language.

    >>> has_enough_letters("Paris 2024"), has_enough_letters("港は月曜")
    (False, True)
    """
    return len(LETTER.findall(text)) + 2 * len(DENSE.findall(text)) >= MINIMUM_LETTERS


def answer(
    language: str | None, probability: float, *, has_hangul: bool, has_kana: bool
) -> str | None:
    """Return the BCP 47 primary tag for the likeliest language; None when it is not likely.

    Args:
        language: As langdetect names it.
        probability: How likely it is.
        has_hangul: Whether the text holds Hangul: without, it is no Korean.
        has_kana: Whether it holds kana.

    >>> answer("ko", 0.99, has_hangul=False, has_kana=False)  # traditional Chinese, mostly
    'zh'
    """
    if language is None or probability < MINIMUM_PROBABILITY:
        return None
    if language == "ko" and not has_hangul:
        return "ja" if has_kana else "zh"
    return _PRIMARY.get(language, language)
