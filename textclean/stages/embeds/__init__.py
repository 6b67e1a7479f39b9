"""Removes embedded social posts: as HTML elements, and as extractors flatten them into text."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, ClassVar, Literal, get_args

from textclean.edits import Edit
from textclean.errors import RecipeError
from textclean.stage import TextStage

if TYPE_CHECKING:
    from textclean.kernels.arrays import Flags
    from textclean.kernels.columns import Columns

__all__ = ["MODES", "Mode", "StripEmbeds"]

#: ``remove``: the whole post goes. ``attribution``: its words stay, what the network printed
#: around them goes. ``tag``: a line that says whose post it was stands in its place.
Mode = Literal["remove", "attribution", "tag"]
MODES: tuple[Mode, ...] = get_args(Mode)

_REASONS: Mapping[str, str] = MappingProxyType(
    {
        "embeds.element": "An HTML element by which a network or a site embeds a post.",
        "embeds.loader": "A script that draws embedded posts.",
        "embeds.shortcode": "A shortcode that stands for an embedded post.",
        "embeds.url": "The address of one post, alone on its line.",
        "embeds.attribution": "The line that names a post's author, and its date.",
        "embeds.body": "The text of a flattened post.",
        "embeds.link": "The shortened link or picture address a flattened post ends with.",
        "embeds.caption": "The caption of a flattened Instagram post.",
        "embeds.notice": "The network's own sentence around a post, such as 'View this post'.",
        "embeds.control": "A button or counter of the network beside a post.",
    }
)


@dataclass(frozen=True, slots=True)
class StripEmbeds(TextStage):
    r"""Remove embedded social posts.

    Args:
        form: ``"elements"`` for HTML, before markup is stripped; ``"flattened"`` for the plain
            text that an extractor left.
        mode: ``"remove"`` takes whole posts; ``"attribution"`` only what the network printed
            around the words; ``"tag"`` puts ``[embedded post: x.com @handle May 1, 2020]`` in
            their place.

    >>> stage = StripEmbeds()
    >>> text = "One.\nOpen now!\n— Harbour Authority (@harbourboard) May 1, 2020\nTwo."
    >>> from textclean.edits import apply_edits
    >>> apply_edits(text, stage.find_edits(text, None))
    'One.\nTwo.'
    """

    name: ClassVar[str] = "embeds"
    reasons: ClassVar[Mapping[str, str]] = _REASONS

    form: Literal["elements", "flattened"] = "flattened"
    mode: Mode = "remove"

    def __post_init__(self) -> None:
        """Refuse a form or a mode that does not exist."""
        if self.form not in {"elements", "flattened"}:
            message = f"form must be 'elements' or 'flattened', not {self.form!r}"
            raise RecipeError(message)
        if self.mode not in MODES:
            message = f"embeds must be one of {', '.join(MODES)}, not {self.mode!r}"
            raise RecipeError(message)

    def might_change(self, text: str) -> bool:
        """Triage: whether a marker of a post stands in the text at all."""
        return _triage(self.form)(text)

    def triage(self, columns: "Columns", /) -> "Flags":
        """Tell which texts of a column hold what every marker of a post has in it."""
        from textclean.kernels.markers import ELEMENT, POST

        flag = ELEMENT if self.form == "elements" else POST
        found: Flags = columns.markers & flag != 0
        return found

    def find_edits(self, text: str, language: str | None) -> Iterable[Edit]:  # noqa: ARG002
        """Return the edits of all posts; languages are told by the tables, not by the tag."""
        from textclean.stages.embeds.modes import settle

        if self.form == "elements":
            from textclean.stages.embeds.elements import PageFinder

            return settle(text, PageFinder().find, self.mode)
        from textclean.stages.embeds.flattened import find_cuts

        return settle(text, lambda now, _: find_cuts(now), self.mode)


@cache
def _triage(form: str) -> Callable[[str], bool]:
    """Return the triage of a form; to import it anew for each text would cost more than it does."""
    if form == "elements":
        from textclean.stages.embeds.elements import might_hold
    else:
        from textclean.stages.embeds.flattened import might_hold
    return might_hold
