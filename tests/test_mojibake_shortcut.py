"""The compiled shortcuts of the mojibake stage find what the careful path finds."""

import re
from functools import partial
from itertools import compress

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from misread import CHAINS, SENTENCES, misread_texts, repair, sloppily

from textclean.edits import apply_edits
from textclean.stages.mojibake import RepairMojibake, clear, segments
from textclean.stages.mojibake.code_pages import code_pages
from textclean.stages.mojibake.judge import CONTEXT, _best, _read_run, _shape, judge_under
from textclean.stages.mojibake.preference import _explaining_anew
from textclean.stages.mojibake.reading import Verdict
from textclean.stages.mojibake.rounds import MAXIMUM_ROUNDS
from textclean.stages.mojibake.triage import (
    Flag,
    Scan,
    Scanned,
    scan_by_patterns,
    scan_compiled,
)

STAGE = RepairMojibake()

RUNS = st.text("Ã©Ââ€™œ\x9d\xa0ÐŸÑ€√ƒ├ГђВ«“éĂĹ─ç≈àÄ…", min_size=1, max_size=5)
CONTEXTS = st.text("abzABZ059 .,'?-é\n", max_size=CONTEXT)


def judge_run(key, pages):
    """Return the segments of a run in its context under its best code page, anew."""
    return _best(key, [partial(_read_run, page=page) for page in pages])


@settings(deadline=None, max_examples=300)
@given(CONTEXTS, RUNS, CONTEXTS)
def test_verdicts_rest_on_the_shape_of_the_neighbors(before: str, run: str, after: str) -> None:
    """What is remembered of a run is remembered under the shape of its neighbors."""
    before = before.rjust(CONTEXT)
    shape = _shape(before + run + after)
    key = before + run + after
    assert judge_run(key, code_pages()) == judge_run(shape, code_pages())
    for pages in (code_pages(), code_pages()[:1], code_pages()[:1:-1]):
        assert judge_under(pages)[key] == judge_run(key, pages)


@settings(deadline=None, max_examples=400)
@given(misread_texts())
@example("".join(sloppily(sentence, "cp1252") for sentence in SENTENCES.values()))
def test_what_is_clear_is_judged_the_same_with_care(text: str) -> None:
    seen = scan_by_patterns(text)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clear, "_is_worthwhile", lambda runs: runs > 0)
        patch.setattr(clear, "_may_be_deeper", lambda *_: False)
        decoded = clear.decode_runs(text, seen)
    found, rest = clear.split(seen, decoded)
    is_sound = [bits == clear.SOUND for bits in decoded.explaining.tolist()] if decoded else []
    sound = list(compress(zip(seen.starts, seen.ends, strict=True), is_sound))
    assert sorted([*found.starts, *rest.starts, *(run[0] for run in sound)]) == list(seen.starts)
    padded = " " * CONTEXT + text
    for start, end in sound:
        assert judge_run(padded[start : end + 2 * CONTEXT], code_pages()) == ()
    for start, end, bits, repaired in zip(*found, strict=True):
        page = clear.page_of(bits)
        run = text[start:end]
        [segment] = judge_run(padded[start : end + 2 * CONTEXT], code_pages())
        assert segment == (0, end - start, run, repaired, page.name, Verdict.CERTAIN)
        assert page.bytes_from_text(run).encode("latin-1").decode() == repaired
        assert clear.pages_of(bits) in {None, _explaining_anew(run)}


@pytest.mark.parametrize("text", ["itÃ¢â‚¬â„¢s dÃƒÂ©clarÃƒÂ©", "doesnÃ¢â‚¬â„¢t"])
def test_what_is_clear_twice_is_read_back_at_once(text: str) -> None:
    seen = scan_by_patterns(text)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clear, "_is_worthwhile", lambda runs: runs > 0)
        at_once = clear.split(seen, clear.decode_runs(text, seen))[0]
        beside = f"{text}, “cafÃ©”"  # misread once: nothing is read twice then
        seen = scan_by_patterns(beside)
        once = clear.split(seen, clear.decode_runs(beside, seen))[0]
    assert "".join(at_once.repaired).translate(dict.fromkeys(map(ord, "“”’é"))) == ""
    assert once.repaired[0] not in at_once.repaired


@pytest.mark.parametrize("language", SENTENCES)
def test_something_of_a_damaged_sentence_is_clear(language: str) -> None:
    text = sloppily(SENTENCES[language], "cp1252")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clear, "_is_worthwhile", lambda runs: runs > 0)
        seen = scan_by_patterns(text)
        found, rest = clear.split(seen, clear.decode_runs(text, seen))
    assert found.starts
    if not re.search("[a-z]", SENTENCES[language]):
        assert len(found.starts) > len(rest.starts)


@settings(deadline=None)
@given(st.lists(misread_texts(), min_size=1, max_size=4).map("\n".join), st.booleans())
def test_the_compiled_shortcut_changes_no_edit(text: str, keep_nbsp: bool) -> None:  # noqa: FBT001
    stage = RepairMojibake(keep_nbsp=keep_nbsp)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clear, "_is_worthwhile", lambda runs: runs > 0)
        compiled = stage.find_edits(text, None)
        patch.setattr(clear, "_is_worthwhile", lambda _: False)
        assert stage.find_edits(text, None) == compiled


@settings(deadline=None, max_examples=40)
@given(
    st.lists(st.sampled_from(sorted(SENTENCES)), min_size=1, max_size=3),
    st.sampled_from(CHAINS),
    st.integers(1, 2),
    st.one_of(st.just(""), misread_texts()),
)
def test_whole_texts_are_read_back_line_by_line(
    languages: list[str], codec: str, times: int, stray: str
) -> None:
    sound = "\n".join(SENTENCES[language] for language in languages for _ in range(30))
    damaged = sound
    for _ in range(times):
        damaged = sloppily(damaged, codec)
    text = f"{damaged}\n{stray}"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clear, "_is_worthwhile", lambda _: True)
        compiled = STAGE.find_edits(text, None)
        patch.setattr(clear, "_is_worthwhile", lambda _: False)
        assert STAGE.find_edits(text, None) == compiled
    if not stray:
        assert apply_edits(text, compiled) == sound + "\n"
        if codec == "cp1252":  # another page may share what it explains with this one
            assert len(compiled) <= text.count("\n")


@pytest.mark.parametrize(
    ("text", "is_sound"),
    [
        ("«нельзя»", True),
        ("результат –", True),
        ("правда”", True),
        ("тоñó ", False),  # F3 A0: the plane of tags, which the kernel does not read
        ("выше�", False),
        ("Ã©”", False),
    ],
)
def test_runs_that_no_page_explains_are_not_judged(text: str, is_sound: bool) -> None:  # noqa: FBT001
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clear, "_is_worthwhile", lambda runs: runs > 0)
        decoded = clear.decode_runs(text, Scan(Flag.CANDIDATE, [0], [len(text)]))
    assert decoded is not None
    assert (decoded.explaining.tolist() == [clear.SOUND]) == is_sound


@settings(deadline=None)
@given(st.lists(misread_texts(), min_size=1, max_size=4))
def test_several_texts_are_decoded_as_one_by_one(texts: list[str]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clear, "_is_worthwhile", lambda runs: runs > 0)
        for scanned in (scan_compiled(texts), Scanned([scan_by_patterns(one) for one in texts])):
            together = clear.decode_all(texts, scanned)
            for text, seen, decoded in zip(texts, scanned.scans, together, strict=True):
                alone = clear.decode_runs(text, seen)
                assert clear.split(seen, decoded) == clear.split(seen, alone)
                assert (decoded and decoded.levels) == (alone and alone.levels)


def test_the_bits_beside_the_code_pages_are_the_kernel_s() -> None:
    from textclean.kernels import misread, misread_runs  # no stage loads the compiler for a number

    assert (clear.SOUND, clear.UNKNOWN) == (misread_runs.SOUND, misread.UNKNOWN)
    assert len(code_pages()) < misread_runs.SOUND.bit_length()


@pytest.mark.parametrize("codec", CHAINS)
def test_words_of_one_letter_are_read_with_their_line(codec: str) -> None:
    sound = "Он был в порту и ждал с утра: мост закрыт.\n" * 12
    text = sloppily(sound, codec)
    edits = STAGE.find_edits(text, None)
    assert apply_edits(text, edits) == sound
    assert len(edits) == sound.count("\n")


def test_a_word_of_one_letter_that_the_text_writes_itself_stays() -> None:
    damaged = sloppily("Паром ждал утра, мост закрыт.\n" * 20, "cp1251")
    text = damaged + "Odd. РІ je jako Р, І zvlášť.\n"
    assert "Odd. РІ je jako" in repair(text)


def test_only_what_is_beyond_doubt_is_repaired_of_a_text_made_to_be_hostile(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(clear, "_is_worthwhile", lambda _: True)
    doubtful = "Til kajen – pÃ¥ land, Ä’ Ä” Å– Å’.\n"
    text = doubtful + "FÃ¦rgen kommer.\n"
    assert "på land" in repair(text)
    monkeypatch.setattr(segments, "MOST_IN_DOUBT", 3)
    assert repair(text) == doubtful + "Færgen kommer.\n"
    assert STAGE.find_edits(repair(text), None) == []


@pytest.mark.parametrize("kernels_are_known", [True, False])
def test_a_text_of_ever_new_runs_in_doubt_is_hostile_in_any_process(
    monkeypatch: pytest.MonkeyPatch,
    kernels_are_known: bool,  # noqa: FBT001
) -> None:
    doubtful = "Til kajen – pÃ¥ land, Ä’ Ä” Å– Å’.\n"
    hostile, honest = doubtful + "FÃ¦rgen kommer.\n", doubtful + "FÃ¦rgen kommer.\n" * 20
    repaired = repair(honest)
    assert "på land" in repair(hostile)
    monkeypatch.setattr(clear, "_is_worthwhile", lambda _: kernels_are_known)
    monkeypatch.setattr(clear, "MANY_RUNS", 4)
    monkeypatch.setattr(segments, "MANY_RUNS", 4)
    assert repair(hostile) == hostile.replace("Ã¦", "æ")
    assert repair(honest) == repaired


@pytest.mark.parametrize("levels", [15, 16, 18])
def test_no_text_is_read_deeper_for_being_read_twice_at_once(
    monkeypatch: pytest.MonkeyPatch, levels: int
) -> None:
    text = "é"
    for _ in range(levels):
        text = text.encode().decode("latin-1")
    found = []
    for is_worthwhile in (True, False):
        monkeypatch.setattr(clear, "_is_worthwhile", lambda _, known=is_worthwhile: known)
        found.append(repair(text))
    assert found[0] == found[1] == ("é" if levels < MAXIMUM_ROUNDS else text)
