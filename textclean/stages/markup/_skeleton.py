"""What is left of a page for the tree engine: block structure and text.

One pass of a tokenizer over the source, by the rules of the HTML standard. Inline tags,
attributes, comments, scripts and styles have no effect on the text; leaving them out makes
the tree small, and takes from hostile input what makes tree builders slow: towers of
formatting elements, thousands of attributes, unlimited depth.

Where a browser would drop text that no author meant as markup (`List<String>`, an unclosed
comment), the text stays.
"""

import re
from collections import Counter
from typing import NamedTuple

from textclean.stages.markup._tables import Element, elements
from textclean.stages.shown import CODE_ELEMENTS

#: Browsers stop nesting at about this depth too; what lies deeper becomes a line break.
MAXIMUM_DEPTH = 512

_OPEN = re.compile(r"<(?:(/?)([A-Za-z][^\s/<>]*+)|!--|!(?=[A-Za-z\[-])|\?(?=[A-Za-z]))", re.ASCII)
#: The rest of a tag: a quote counts only right after ``=``, as in the standard.
_REST = re.compile(r"""[^>=]*+(?:=\s*+(?:"[^"]*+"|'[^']*+')?+[^>=]*+)*+>""", re.ASCII)
#: The same for input whose quotes are broken: never past the next ``<``.
_SHORT_REST = re.compile(r"[^<>]*+>")
_TAG_END = re.compile(">")
_COMMENT_END = re.compile(r"--!?>")
_ATTRIBUTE = re.compile(
    r"""([^\s/][^\s/=]*+)(?:\s*+=\s*+("[^"]*+"?|'[^']*+'?|[^\s]*+))?+""", re.ASCII
)
_NO_DISPLAY = re.compile(r"(?:^|[;\"'\s])display\s*:\s*none", re.ASCII)
_END_TAG = re.compile(r"</([A-Za-z][^\s/<>]*+)", re.ASCII)
_SVG = re.compile(r"<(/?)svg(?=[\s/>])[^<>]*+>", re.IGNORECASE | re.ASCII)
_HALF_REFERENCE = re.compile(r"&[#A-Za-z0-9]{0,39}\Z")

#: Closed by their own kind or by their parent's end: unclosed ones do not pile up.
IMPLIED_END = frozenset({"p", "li", "td", "th", "tr", "dd", "dt", "option", "optgroup"})
IMPLIED_END |= {"tbody", "thead", "tfoot", "caption"}
#: The tree builder makes these itself; text before or behind them is body text all the same.
UNWRITTEN = frozenset({"html", "head", "body", "frameset"})
#: Their content is text even where it looks like tags.
TEXT_ONLY = frozenset({"textarea", "title", "xmp"})
#: Unclosed, they run to the end of the text: a page cut off inside a program.
PROGRAMS = frozenset({"script", "style"})
_FOREIGN = Element("inline", bare=False, void=False)
_UNWRITABLE = Element("inline", bare=False, void=True)
#: Not ``<https://…>``, ``<post-office@harbour.example>`` or ``<b-12@news.example>``.
_XML_NAME = re.compile(r"[a-z][a-z0-9_.]*+(?:[-:]++[a-z0-9_.]++)++")
_FOREIGN_NAME = re.compile(r"[a-z][a-z0-9]*+-[a-z0-9-]*+")
REWRITTEN = {"xmp": "pre", "listing": "pre"}


class Skeleton(NamedTuple):
    """Markup for the tree engine; whether any element is hidden, and whether one may show code."""

    html: str
    has_hidden: bool
    has_code: bool


def is_hidden(attributes: str) -> bool:
    """Say whether the attributes of a tag keep its element from being shown.

    >>> is_hidden(' class="hidden"'), is_hidden(" hidden"), is_hidden(' style="display: none"')
    (False, True, True)
    """
    if not attributes:
        return False
    attributes = attributes.lower()
    if "hidden" not in attributes and "display" not in attributes:
        return False
    return any(
        match[1] == "hidden" or (match[1] == "style" and _NO_DISPLAY.search(match[2] or ""))
        for match in _ATTRIBUTE.finditer(attributes)
    )


def build_skeleton(text: str) -> Skeleton:
    """Return the block structure and the text of a page.

    >>> build_skeleton('<div id="a">List<String> <b>x</b></div><script>1<2</script>').html
    '<div>List&lt;String> x</div>'
    """
    return _Builder(text).build()


#: Returns that end lines by themselves, and what ends a CDATA section. (To cut at them and join
#: takes half the time of ``replace``, which looks for each twice.)
_LONE_RETURN, _CDATA_END = re.compile(rb"\r(?!\n)"), re.compile(rb"\]\]>")
_CDATA_START = b"<![CDATA["


def with_line_feeds(source: bytes) -> bytes:
    """Return a source as the tokenizer reads it: line ends as one, CDATA marks gone."""
    if b"\r" in source:
        source = b"\n".join(_LONE_RETURN.split(source)).translate(None, b"\r")
    pieces = source.split(_CDATA_START)
    return source if len(pieces) == 1 else b"".join(_CDATA_END.split(b"".join(pieces)))


class _Builder:
    """One run of the tokenizer."""

    def __init__(self, text: str) -> None:
        self._text = with_line_feeds(text.encode()).decode()
        self._out: list[str] = []
        self._depth = 0
        self._open: Counter[str] = Counter()
        self._pre_depth = 0
        self._written_inline: set[str] = set()  # inline names of which one was hidden
        self._has_hidden = False
        self._link_ended = False  # and no text since
        self._rest = _REST
        self._absent: set[str] = set()  # ends that do not occur any more
        self._drawings = _drawings(self._text)
        self._ends = Counter(name.lower() for name in _END_TAG.findall(self._text))

    def build(self) -> Skeleton:
        text, position = self._text, 0
        while (match := _OPEN.search(text, position)) is not None:
            start = match.start()
            end = self._end_of(match)
            if end < 0:  # no markup after all
                self._add_text(text[position : start + 1])
                position = start + 1
                continue
            if start > position:
                self._add_text(text[position:start])
            if match[2] is None:
                self._keep_apart()
                position = end
            else:
                position = self._add_tag(match, end)
        self._add_text(text[position:])
        has_code = not CODE_ELEMENTS.isdisjoint(self._ends)
        return Skeleton("".join(self._out), self._has_hidden, has_code)

    def _end_of(self, match: re.Match[str]) -> int:
        """Where the markup that begins here ends; -1 when it is text."""
        if match[2] is None:
            return self._end_of_declaration(match)
        name = match[2].lower()
        if name not in elements() and not self._is_foreign(name, match):
            return -1
        rest = self._rest.match(self._text, match.end())
        if rest is None and self._rest is _REST:
            self._rest = _SHORT_REST
            rest = _SHORT_REST.match(self._text, match.end())
        return rest.end() if rest is not None else -1

    def _is_foreign(self, name: str, match: re.Match[str]) -> bool:
        """Whether an unlisted name is an element all the same: a custom or XML one."""
        if match[1] or name in self._ends or _XML_NAME.fullmatch(name):
            return True
        rest = _SHORT_REST.match(self._text, match.end())
        return rest is not None and "=" in rest[0]

    def _end_of_declaration(self, match: re.Match[str]) -> int:
        text, after = self._text, match.end()
        if text.startswith("<!--", match.start()):
            for short in (">", "->"):
                if text.startswith(short, after):
                    return after + len(short)
            end = self._find(_COMMENT_END, after)
            return after if end < 0 else end  # unclosed: only the mark itself goes
        if text[after : after + 3].lower() == "php":
            end = text.find("?>", after) if "?>" not in self._absent else -1
            if end >= 0:
                return end + 2
            self._absent.add("?>")
        return self._find(_TAG_END, after)

    def _find(self, pattern: re.Pattern[str], position: int) -> int:
        """Return the end of the next match; an absent one is looked for only once."""
        if pattern.pattern in self._absent:
            return -1
        found = pattern.search(self._text, position)
        if found is None:
            self._absent.add(pattern.pattern)
            return -1
        return found.end()

    def _add_text(self, text: str) -> None:
        if text:
            self._link_ended = False
            self._out.append(text.replace("<", "&lt;") if "<" in text else text)

    def _add_tag(self, match: re.Match[str], end: int) -> int:
        """Write one tag as far as it matters; return where to go on."""
        name, is_end = match[2].lower(), match[1] == "/"
        element = elements().get(name)
        if element is None:
            element = _FOREIGN if _FOREIGN_NAME.fullmatch(name) else _UNWRITABLE
        if element.kind == "raw-gone":
            self._keep_apart()
            return end if is_end else self._skip_raw(name, end)
        if name == "svg":
            self._keep_apart()
            return end if is_end else self._drawings.get(match.start(), end)
        attributes = self._text[match.end() : end - 1]
        if name == "a":
            self._separate_links(is_end=is_end)
        if self._is_transparent(name, element, attributes, is_end=is_end):
            self._keep_apart()
        elif is_end:
            self._write_end(name)
        else:
            return self._add_start(name, element, attributes, end)
        return end

    def _add_start(self, name: str, element: Element, attributes: str, end: int) -> int:
        hidden = not element.void and is_hidden(attributes)
        self._has_hidden |= hidden
        if name in TEXT_ONLY:
            return self._write_text_only(name, end, hidden=hidden)
        self._write_start(name, hidden=hidden, void=element.void)
        return end

    def _is_transparent(
        self, name: str, element: Element, attributes: str, *, is_end: bool
    ) -> bool:
        """Whether a tag may be left out: the tree's text is the same without it."""
        if element.kind == "gone":
            # empty, or never closed: hiding the rest of the page would lose it
            return not is_end and (attributes.endswith("/") or not self._ends[name])
        if element.kind != "inline":
            return name in UNWRITTEN
        if name not in self._written_inline and not is_end and is_hidden(attributes):
            if element.void or not self._ends[name]:
                return True
            self._written_inline.add(name)
        return name not in self._written_inline

    def _separate_links(self, *, is_end: bool) -> None:
        """Two links side by side are two words, whatever style sheet keeps them apart."""
        if is_end:
            self._link_ended = True
        elif self._link_ended and not self._pre_depth:
            self._out.append(" ")

    def _keep_apart(self) -> None:
        """Keep half a character reference from growing together with what follows."""
        if self._out and _HALF_REFERENCE.search(self._out[-1], max(0, len(self._out[-1]) - 40)):
            self._out.append("<!---->")

    def _skip_raw(self, name: str, end: int) -> int:
        close = self._find(_end_tag(name), end)
        if close >= 0:
            return close
        return len(self._text) if name in PROGRAMS else end

    def _write_text_only(self, name: str, end: int, *, hidden: bool) -> int:
        close = self._find(_end_tag(name), end)
        if close < 0:
            self._keep_apart()
            return end
        written = REWRITTEN.get(name, name)
        self._out.append(f"<{written} hidden>" if hidden else f"<{written}>")
        self._add_text(self._text[end : self._text.rindex("</", end, close)])
        self._out.append(f"</{written}>")
        return close

    def _write_start(self, name: str, *, hidden: bool, void: bool) -> None:
        written = REWRITTEN.get(name, name)
        if not void and name not in IMPLIED_END:
            self._depth += 1
            self._open[name] += 1
            self._pre_depth += written == "pre"
            if self._depth > MAXIMUM_DEPTH:
                self._out.append("<br>")
                return
        self._out.append(f"<{written} hidden>" if hidden else f"<{written}>")

    def _write_end(self, name: str) -> None:
        written = REWRITTEN.get(name, name)
        if name not in IMPLIED_END and self._open[name]:
            self._open[name] -= 1
            self._depth -= 1
            self._pre_depth -= written == "pre"
            if self._depth >= MAXIMUM_DEPTH:
                self._keep_apart()
                return
        self._out.append(f"</{written}>")


def _drawings(text: str) -> dict[int, int]:
    """Map the start of each SVG drawing that is closed to its end.

    Inside, other rules hold (`<title/>` is closed), so the tokenizer does not look there.
    """
    ends: dict[int, int] = {}
    waiting: list[int] = []
    for match in _SVG.finditer(text):
        if not match[1]:
            if not match[0].endswith("/>"):
                waiting.append(match.start())
        elif waiting:
            ends[waiting.pop()] = match.end()
    return ends


def _end_tag(name: str) -> re.Pattern[str]:
    return re.compile(rf"</{re.escape(name)}(?=[\s/>])[^<>]*+>", re.IGNORECASE | re.ASCII)
