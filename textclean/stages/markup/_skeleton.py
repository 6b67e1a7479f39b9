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

#: Browsers stop nesting at about this depth too; what lies deeper becomes a line break.
MAXIMUM_DEPTH = 512

_OPEN = re.compile(r"<(?:(/?)([A-Za-z][^\s/<>]*+)|!--|!(?=[A-Za-z\[-])|\?(?=[A-Za-z]))")
#: The rest of a tag: a quote counts only right after ``=``, as in the standard.
_REST = re.compile(r"""[^>=]*+(?:=\s*+(?:"[^"]*+"|'[^']*+')?+[^>=]*+)*+>""")
#: The same for input whose quotes are broken: never past the next ``<``.
_SHORT_REST = re.compile(r"[^<>]*+>")
_TAG_END = re.compile(">")
_COMMENT_END = re.compile(r"--!?>")
_QUOTED = re.compile(r"\"[^\"]*+\"|'[^']*+'")
_HIDDEN = re.compile(r"[\s\"']hidden(?=[\s=/>\"']|$)")
_STYLE = re.compile(r"style\s*=\s*(\"[^\"]*+\"|'[^']*+'|[^\s>]++)")
_NO_DISPLAY = re.compile(r"(?:^|[;\"'\s])display\s*:\s*none")
_END_TAG = re.compile(r"</([A-Za-z][^\s/<>]*+)")
_SVG = re.compile(r"<(/?)svg(?=[\s/>])[^<>]*+>", re.IGNORECASE)
_CDATA = re.compile(r"<!\[CDATA\[|\]\]>")

#: Closed by their own kind or by their parent's end: unclosed ones do not pile up.
_IMPLIED_END = frozenset({"p", "li", "td", "th", "tr", "dd", "dt", "option", "optgroup"})
_IMPLIED_END |= {"tbody", "thead", "tfoot", "caption"}
#: The tree builder makes these itself; text before or behind them is body text all the same.
_UNWRITTEN = frozenset({"html", "head", "body", "frameset"})
#: Their content is text even where it looks like tags.
_TEXT_ONLY = frozenset({"textarea", "title", "xmp"})
#: Unclosed, they run to the end of the text: a page cut off inside a program.
_PROGRAMS = frozenset({"script", "style"})
_FOREIGN = Element("inline", bare=False, void=False)
_UNWRITABLE = Element("inline", bare=False, void=True)
_FOREIGN_NAME = re.compile(r"[a-z][a-z0-9]*+-[a-z0-9-]*+")
_REWRITTEN = {"xmp": "pre", "listing": "pre"}


class Skeleton(NamedTuple):
    """Markup for the tree engine, and whether any element in it is hidden."""

    html: str
    has_hidden: bool


def is_hidden(attributes: str) -> bool:
    """Say whether the attributes of a tag keep its element from being shown.

    >>> is_hidden(' class="hidden"'), is_hidden(" hidden"), is_hidden(' style="display: none"')
    (False, True, True)
    """
    if not attributes:
        return False
    attributes = attributes.lower()
    if "hidden" in attributes and _HIDDEN.search(_QUOTED.sub('""', attributes)):
        return True
    style = _STYLE.search(attributes) if "display" in attributes else None
    return style is not None and _NO_DISPLAY.search(style[1]) is not None


def build_skeleton(text: str) -> Skeleton:
    """Return the block structure and the text of a page.

    >>> build_skeleton('<div id="a">List<String> <b>x</b></div><script>1<2</script>').html
    '<div>List&lt;String> x</div>'
    """
    return _Builder(text).build()


class _Builder:
    """One run of the tokenizer."""

    def __init__(self, text: str) -> None:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
        self._text = _CDATA.sub("", text) if "<![CDATA[" in text else text
        self._out: list[str] = []
        self._depth = 0
        self._open: Counter[str] = Counter()
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
            position = end if match[2] is None else self._add_tag(match, end)
        self._add_text(text[position:])
        return Skeleton("".join(self._out), self._has_hidden)

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
        if match[1] or "-" in name or ":" in name or name in self._ends:
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
        if text.startswith(("php", "PHP"), after):
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
        self._link_ended = False
        self._out.append(text.replace("<", "&lt;") if "<" in text else text)

    def _add_tag(self, match: re.Match[str], end: int) -> int:
        """Write one tag as far as it matters; return where to go on."""
        name, is_end = match[2].lower(), match[1] == "/"
        element = elements().get(name)
        if element is None:
            element = _FOREIGN if _FOREIGN_NAME.fullmatch(name) else _UNWRITABLE
        if element.kind == "raw-gone":
            return end if is_end else self._skip_raw(name, end)
        if name == "svg":
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
        if name in _TEXT_ONLY:
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
            return name in _UNWRITTEN
        if name not in self._written_inline and not is_end and is_hidden(attributes):
            if element.void or not self._ends[name]:
                return True
            self._written_inline.add(name)
        return name not in self._written_inline

    def _separate_links(self, *, is_end: bool) -> None:
        """Two links side by side are two words, whatever style sheet keeps them apart."""
        if is_end:
            self._link_ended = True
        elif self._link_ended and not self._open["pre"]:
            self._out.append(" ")

    def _keep_apart(self) -> None:
        """Keep half a character reference from growing together with what follows."""
        if self._out:
            tail = self._out[-1][-40:]
            if "&" in tail and ";" not in tail[tail.rindex("&") :]:
                self._out.append("<!---->")

    def _skip_raw(self, name: str, end: int) -> int:
        close = self._find(_end_tag(name), end)
        if close >= 0:
            self._keep_apart()
            return close
        return len(self._text) if name in _PROGRAMS else end

    def _write_text_only(self, name: str, end: int, *, hidden: bool) -> int:
        close = self._find(_end_tag(name), end)
        if close < 0:
            return end
        written = _REWRITTEN.get(name, name)
        self._out.append(f"<{written} hidden>" if hidden else f"<{written}>")
        self._add_text(self._text[end : self._text.rindex("</", end, close)])
        self._out.append(f"</{written}>")
        return close

    def _write_start(self, name: str, *, hidden: bool, void: bool) -> None:
        name = _REWRITTEN.get(name, name)
        if not void and name not in _IMPLIED_END:
            self._depth += 1
            self._open[name] += 1
            if self._depth > MAXIMUM_DEPTH:
                self._out.append("<br>")
                return
        self._out.append(f"<{name} hidden>" if hidden else f"<{name}>")

    def _write_end(self, name: str) -> None:
        name = _REWRITTEN.get(name, name)
        if name not in _IMPLIED_END and self._open[name]:
            self._open[name] -= 1
            self._depth -= 1
            if self._depth >= MAXIMUM_DEPTH:
                return
        self._out.append(f"</{name}>")


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
    return re.compile(rf"</{name}(?=[\s/>])[^<>]*+>", re.IGNORECASE)
