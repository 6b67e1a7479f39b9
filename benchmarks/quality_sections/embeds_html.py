"""Posts embedded in the HTML of real pages."""

import re
from collections import Counter
from collections.abc import Iterator

from quality_sections.common import Figure, Folder, Row, cleaner, share, without_space

_SENTENCE_GAP = re.compile(r"(?<=[.!?。])\s+|\n")
_MINIMUM_WORDS = 6
#: What a page hides, and elements whose content is no text.
_HIDDEN = (
    ',[hidden],[style*="display:none" i],[style*="display: none" i],iframe,svg,video,audio,canvas'
)


def figures(folder: Folder) -> Iterator[Figure]:
    """Posts gone and other sentences kept: by ``embeds`` alone, and together with ``markup``."""
    alone, together = cleaner("embeds"), cleaner("embeds", "markup")
    counted: Counter[str] = Counter()
    for row in folder.rows("embed_pages_html"):
        html = row["text"]
        before = visible_text(html)
        shown = visible_text(html, hidden=False)
        outputs = {
            "embeds": without_space(visible_text(alone(html))),
            "embeds_markup": without_space(together(html)),
        }
        posts, sentences = labels(row, before)
        unhidden = {sentence for sentence in sentences if sentence in without_space(shown)}
        counted["posts"] += len(posts)
        counted["sentences"] += len(sentences)
        counted["unhidden"] += len(unhidden)
        together_kept = sum(sentence in outputs["embeds_markup"] for sentence in unhidden)
        counted["unhidden_kept"] += together_kept
        for name, output in outputs.items():
            counted[f"{name}.gone"] += sum(post not in output for post in posts)
            counted[f"{name}.kept"] += sum(sentence in output for sentence in sentences)
    for name in ("embeds", "embeds_markup"):
        gone, kept = counted[f"{name}.gone"], counted[f"{name}.kept"]
        yield Figure(f"{name}.posts_gone", share(gone, counted["posts"]), counted["posts"])
        # markup takes out hidden elements too: its figure informs only, the next is the floor
        goal = "higher" if name == "embeds" else "none"
        value = share(kept, counted["sentences"])
        yield Figure(f"{name}.sentences_kept", value, counted["sentences"], goal)
    value = share(counted["unhidden_kept"], counted["unhidden"])
    yield Figure("embeds_markup.shown_sentences_kept", value, counted["unhidden"])


def visible_text(html: str, *, hidden: bool = True) -> str:
    """Return the text of a page less what no browser shows, one text node a line.

    Args:
        html: The page.
        hidden: Whether elements count that the page itself hides.
    """
    from selectolax.lexbor import LexborHTMLParser

    tree = LexborHTMLParser(html)
    gone = "script,style,noscript,template"
    for node in tree.css(gone if hidden else gone + _HIDDEN):
        node.decompose()
    return tree.body.text(separator="\n") if tree.body else ""


def labels(row: Row, text: str) -> tuple[list[str], set[str]]:
    """Return the posts that stand in the page's text, and the sentences outside of posts."""
    solid = without_space(text)
    posts: list[str] = []
    outside = solid
    for embed in row["embeds"]:
        post = without_space(embed["text"])
        if not post or post not in solid:
            continue
        outside = outside.replace(post, "\0")
        if not embed["weak"]:
            posts.append(post)
    sentences = {
        without_space(sentence)
        for sentence in _SENTENCE_GAP.split(text)
        if len(sentence.split()) >= _MINIMUM_WORDS
    }
    return posts, {sentence for sentence in sentences if sentence in outside}
