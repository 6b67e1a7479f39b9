"""Two rounds of edits as one."""

from collections.abc import Sequence

from textclean.edits import Edit, apply_edits


def compose_edits(text: str, first: Sequence[Edit], second: Sequence[Edit]) -> list[Edit]:
    """Return the edits of ``text`` that do what ``first`` and then ``second`` do.

    Linear in the number of edits. A merged edit takes the reason of its first member.

    >>> compose_edits("a cat", [Edit(2, 5, "dog", "r")], [Edit(4, 5, "t", "s")])
    [Edit(start=2, end=5, replacement='dot', reason='r')]
    """
    merged: list[Edit] = []
    shift = 0  # from text to the output of the first round, at the edits reached
    rest = 0
    number = 0
    while number < len(first) or rest < len(second):
        group_first, group_second = number, rest
        if rest == len(second):
            end = first[number].start + shift
        elif number == len(first):
            end = second[rest].start
        else:
            end = min(first[number].start + shift, second[rest].start)
        start, inner = end, shift
        grown = True
        while grown:  # take in whatever touches what is taken in already
            grown = False
            while number < len(first) and (first[number].start + inner) <= end:
                edit = first[number]
                end = max(end, edit.start + inner + len(edit.replacement))
                inner += len(edit.replacement) - (edit.end - edit.start)
                number += 1
                grown = True
            while rest < len(second) and second[rest].start <= end:
                end = max(end, second[rest].end)
                rest += 1
                grown = True
        merged += _merge(
            text, first[group_first:number], second[group_second:rest], (start, end, shift, inner)
        )
        shift = inner
    return merged


def _merge(
    text: str, first: Sequence[Edit], second: Sequence[Edit], place: tuple[int, int, int, int]
) -> list[Edit]:
    """One edit for a group that touches; ``place`` is its span between the rounds, and shifts."""
    start, end, before, after = place
    begin, stop = start - before, end - after
    middle = apply_edits(text[begin:stop], [_moved(edit, begin) for edit in first])
    final = apply_edits(middle, [_moved(edit, start) for edit in second])
    if final == text[begin:stop]:
        return []
    return [Edit(begin, stop, final, (first or second)[0].reason)]


def _moved(edit: Edit, distance: int) -> Edit:
    return edit._replace(start=edit.start - distance, end=edit.end - distance)
