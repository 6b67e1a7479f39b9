"""What of a text its language is told by."""

import re

#: Longer texts are judged by pieces of this total length from beginning, middle and end.
SAMPLE_LENGTH = 4000
_PIECES = 4
#: An address is in no language, and langdetect's own pattern for it is slow on long ones.
_ADDRESS = re.compile(r"https?://\S{1,2000}|\S{1,64}@\S{1,255}")


def sample(text: str) -> str:
    """Return a bounded part of a text, cut at fixed places; addresses left out.

    >>> sample("Write to harbour@example.org by noon.")
    'Write to   by noon.'
    """
    if len(text) > SAMPLE_LENGTH:
        size = SAMPLE_LENGTH // _PIECES
        step = (len(text) - size) // (_PIECES - 1)
        text = "\n".join(text[start : start + size] for start in range(0, step * _PIECES, step))
    return _ADDRESS.sub(" ", text) if "@" in text or "://" in text else text
