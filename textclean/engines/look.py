"""What is measured and counted of each document, for the report and its page."""

import zlib
from collections import Counter
from collections.abc import Iterable, Iterator

from textclean.edits import Edit, apply_edits
from textclean.pipeline import Result
from textclean.report import StageCounts
from textclean.stage import replay
from textclean.survey import Look

#: Reasons of texts that are stuffed with a key phrase.
_OF_PHRASES = frozenset({"repetition.phrase", "repetition.clause"})
#: The stage that has scores.
_REPETITION = "repetition"
#: Repetition is measured of one document in so many: its score takes longer than many a stage.
_ONE_IN = 8


def look_at(result: Result, raw: bytes) -> Look:
    """Measure a document.

    Args:
        result: What became of it.
        raw: Its record, whose bytes alone decide whether its repetition is measured.
    """
    document = result.document
    repeated, phrase = None, ""
    is_stuffed = any(edit.reason in _OF_PHRASES for edit in result.edits)
    is_stuffed |= result.drop is not None and result.drop.reason == "repetition.stuffed"
    is_measured = zlib.crc32(raw) % _ONE_IN == 0
    if is_stuffed or is_measured:
        from textclean.stages.repetition import repetition_score

        score = repetition_score(result.original.text, document.language)
        phrase = (score.key_phrase or "") if is_stuffed else ""
        repeated = score.repeated_ratio if is_measured else None
    return Look(
        len(result.original.text),
        len(document.text),
        document.language,
        phrase,
        repeated,
        _characters(result.edits),
    )


def stage_counts(result: Result) -> Iterator[tuple[str, StageCounts]]:
    """Yield what each stage did; a stage that ran twice counts its document once."""
    found: dict[str, StageCounts] = {}
    for step in result.trace:
        counts = found.setdefault(step.stage, StageCounts(documents=1))
        for edit in step.edits:
            counts.characters_removed += edit.end - edit.start
            counts.characters_added += len(edit.replacement)
            counts.reasons[edit.reason] += 1
    if _REPETITION in found:
        _count_scores(result, found[_REPETITION])
    yield from found.items()


def drop_counts(result: Result) -> StageCounts:
    """Return what the stage did that dropped a document: it leaves as it came."""
    step = result.trace[-1]
    counts = StageCounts(1, reasons=Counter([step.drop.reason] if step.drop else []))
    if step.stage == _REPETITION:
        from textclean.stages.repetition import repetition_score

        text = replay(result.original.text, result.trace)
        score = repetition_score(text, result.document.language)
        counts.repeated[int(20 * score.repeated_ratio)] += 1
        counts.phrases.update([score.key_phrase] if score.key_phrase else [])
    return counts


def _count_scores(result: Result, counts: StageCounts) -> None:
    """Count how repetitive a document was from which ``repetition`` took a part.

    Args:
        result: What became of it.
        counts: Of the stage: changed.
    """
    text = result.original.text
    for step in result.trace:
        if step.stage == _REPETITION:
            taken = sum(each.end - each.start - len(each.replacement) for each in step.edits)
            counts.repeated[int(20 * max(0, taken) / max(1, len(text)))] += 1
            if any(edit.reason in _OF_PHRASES for edit in step.edits):
                from textclean.stages.repetition import traced_score

                phrase = traced_score(result.original, result.trace).key_phrase
                counts.phrases.update([phrase] if phrase else [])
            return
        text = apply_edits(text, step.edits)


def _characters(edits: Iterable[Edit]) -> dict[str, tuple[int, int]]:
    """Return for each reason how many code points its edits took away and put in."""
    found: dict[str, tuple[int, int]] = {}
    for edit in edits:
        removed, added = found.get(edit.reason, (0, 0))
        found[edit.reason] = removed + edit.end - edit.start, added + len(edit.replacement)
    return found
