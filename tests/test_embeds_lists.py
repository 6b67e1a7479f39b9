"""Entries of lists: how much of a text is looked at for each."""

from textclean.stages.embeds.attributions import find_attributions
from textclean.stages.embeds.lines import split_lines
from textclean.stages.embeds.lists import Lists


class Watched(str):
    """A string that counts the characters that are copied from it."""

    __slots__ = ("copied",)

    def __getitem__(self, key):
        found = super().__getitem__(key)
        self.copied = getattr(self, "copied", 0) + len(found)
        return found


def test_a_line_of_many_attributions_is_not_copied_for_each():
    count = 400
    text = Watched("The pier is open! #pier — Port (@port) May 1, 2020 " * count)
    attributions = list(find_attributions(str(text)))
    assert len(attributions) == count
    Lists(text, split_lines(str(text)), attributions)
    assert text.copied <= 2 * 120 * count
