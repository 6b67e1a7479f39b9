"""Hypothesis strategies: texts of every script, damaged, marked up, repeated, and broken."""

import numpy as np
from hypothesis import strategies as st

SCRIPTS = (
    "The harbour opens on Monday.",
    "Der Hafen öffnet am Montag, größer als je.",
    "Le port ouvre lundi : « enfin » !",
    "AÇÃO PARA A POPULAÇÃO, À NOITE",
    "Cảng mở cửa vào thứ Hai.",
    "Порт откроется в понедельник.",
    "Το λιμάνι ανοίγει τη Δευτέρα.",
    "港は月曜日に開きます。",
    "港口星期一开放。",
    "항구는 월요일에 문을 엽니다.",
    "ท่าเรือเปิดวันจันทร์",
    "يفتح الميناء يوم الاثنين.",
    "הנמל נפתח ביום שני.",
    "बंदरगाह सोमवार को खुलेगा।",
    "ནངས་ནུབ་གྲུ་ཁ་ཕྱེ།",
)
CODE_PAGES = ("cp1252", "latin-1", "cp1250", "cp1251", "cp437", "mac_roman")
MARKUP = (
    "<p>", "</p>", "<br>", "<b>", "</b>", "<div class='x'>", "</div>", "<!--", "-->",
    "<script>", "</script>", "&amp;", "&lt;b&gt;", "&nbsp;", "&#8217;", "<3", "a < b",
    "List<String>", "[gallery ids=1]", "[b]", "[/b]", "<li>", "<td>", "<pre>", "<", "&", ">",
    '<blockquote class="twitter-tweet">', "</blockquote>", "<![CDATA[", "]]>", "<?php", "&#xD800;",
)  # fmt: skip
POSTS = (
    "pic.twitter.com/AbC123dEf4",
    "— Harbour Board (@harbourboard) September 2, 2025",
    "A post shared by Harbour Board (@harbourboard)",
    "View this post on Instagram",
    "https://t.co/AbC123dEf4",
    "#harbour",
    "https://www.youtube.com/watch?v=dQw4w9WgXcQ",
)
ODD = (
    "\ud800", "\udfff", "\x00", "\x07", "\x1b[31m", "\u200b", "\ufeff", "\u00a0", "\u0085", "\x93",
    "\u202e", "e\u0301\u0323", "👩\u200d🚀", "🇩🇪", "\ufffd", "Â", "Ã", "â€", "Â ", "Ã ", "ï»¿",
    "\r\n", "\r", "\n\n", "\t", "  ", "ﬁ", "Ａ", "“", "”", "’", "''",
)  # fmt: skip


def damaged(text: str, code_page: str) -> str:
    """Return text as reading its UTF-8 in another code page gives it."""
    return text.encode().decode(code_page, errors="replace")


PHRASES = st.sampled_from(SCRIPTS)
DAMAGED = st.builds(damaged, PHRASES, st.sampled_from(CODE_PAGES))
PIECES = st.one_of(
    PHRASES,
    DAMAGED,
    st.sampled_from(MARKUP),
    st.sampled_from(POSTS),
    st.sampled_from(ODD),
    st.text(max_size=8),
)

#: Texts that hold anything, joined by nothing, spaces or line breaks.
ANY_TEXT = st.builds(
    lambda pieces, glue: glue.join(pieces),
    st.lists(PIECES, max_size=12),
    st.sampled_from(["", " ", "\n", "\n\n", ", "]),
)

#: Texts that say things again and again.
REPEATED_TEXT = st.builds(
    lambda pieces, picks, glue: glue.join(pieces[pick % len(pieces)] for pick in picks),
    st.lists(PIECES, min_size=1, max_size=4),
    st.lists(st.integers(0, 9), min_size=2, max_size=20),
    st.sampled_from([" ", "\n", "\n\n", ", "]),
)

TEXTS = st.one_of(ANY_TEXT, REPEATED_TEXT)
#: Few words, so that shingles repeat; every kind of token, and characters that fold to several.
WORDS = st.sampled_from(
    ["a", "the", "Straße", "ﬁn", "İ", "ŉ", "ΐ", "_", "x1", "中", "か", "ကို", "e\u0301", "\u0301"]
)
ANY_CHARACTERS = st.text(st.characters(), max_size=30)
ALL_TEXTS = st.one_of(
    TEXTS,
    ANY_CHARACTERS,
    st.lists(WORDS, max_size=40).map(" ".join),
    st.lists(WORDS, max_size=20).map("".join),
)


def array(values, dtype=np.uint64):
    return np.array(values, dtype)
