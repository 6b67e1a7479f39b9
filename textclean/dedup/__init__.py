"""Near-duplicates: signatures, bands, and the index that proposes, verifies and remembers.

Two texts are compared like this, and nothing else decides:

- The text is brought to NFC, then folded: ``unicodedata.normalize("NFC", text).casefold()``.
- Tokens are runs of letters, marks, digits (Unicode categories L, M, N) and ``_``. Each character
  of Han, Hiragana, Katakana, Thai, Lao, Khmer and Myanmar is a token of its own.
- Shingles are ``shingle_size`` (5) consecutive tokens joined by one space. A text with fewer
  tokens is one shingle: all of it. A text without tokens has none, and is never a duplicate.
- Similarity is the Jaccard of the two shingle sets, ``|A & B| / |A | B|``, exact up to collisions
  of 64-bit hashes; or, when asked for, containment: the share of the new text's set that the kept
  one holds, ``|A & B| / |A|``.

A text is a duplicate if and only if its similarity to a *kept* earlier text is at or above the
threshold; it is said to repeat the most similar of these, of equals the earliest.
Locality-sensitive hashing finds the texts worth comparing; it may miss one with the probability
``Bands.probability`` states, and can never drop one by itself.
"""
