"""The one record type: a text on its way through the pipeline."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Document:
    """One text on its way through the pipeline.

    Attributes:
        id: What the user calls it; equal ids do no harm.
        text: The text; may hold lone surrogates when its JSON did.
        language: BCP 47 primary tag (``"en"``, ``"de"``); None when unknown.
        fields: The rest of the input record, passed through untouched.

    >>> Document("a1", "Some text.").language is None
    True
    """

    id: str
    text: str
    language: str | None = None
    fields: Mapping[str, Any] = field(default_factory=dict)
