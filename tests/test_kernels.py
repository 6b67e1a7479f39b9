"""The kernels against their slow twins: equality, never tolerance."""

import itertools
import random
import subprocess
import sys
import unicodedata
from collections import Counter

import numpy as np
import pytest
import reference
from hypothesis import example, given, settings
from hypothesis import strategies as st
from strategies import ALL_TEXTS, TEXTS, array

from textclean.dedup import measures, signatures, tables
from textclean.kernels import (
    buckets,
    characters,
    minhash,
    mojibake,
    normal,
    overlap,
    plain,
)
from textclean.kernels import shingles as kernels
from textclean.kernels import text as text_module
from textclean.kernels.text import flatten
from textclean.kernels.tokens import PIECE
from textclean.stages.markup import _compiled, _skeleton, _tree
from textclean.stages.mojibake import triage

#: All of the first plane but the two great blocks; samples of the others.
SAMPLED_POINTS = [
    *range(0x3400),
    *(0x4E00, 0x9FFF, 0xAC00, 0xD7A3, 0x20000, 0x2FA1D, 0x30000, 0xE0100, 0x10FFFF),
    *range(0xA000, 0xAC00),
    *range(0xD7A4, 0x17010),
    *range(0x1AFF0, 0x1F000, 7),
]
HTML_SOURCES = [
    "<!doctype html><title>A &lt; b</title><p class='x>y'>One<br>two &am<b>p;</b> é\u00a0港<hr>",
    "<ul><li>a<li hidden>b</ul><table><tr><td>1<td>2<tr><th>3</table><pre>\n\nx\n\n\ny\n</pre>",
    "<script>1</p></script><div style='color:red; display : none'>no<br></div><a>x</a><a>y</a>",
    "<svg><title/></svg><!-- c --!>List<String> a <b <x-y hidden>z</x-y><?php 1 ?><button>k",
    "<listing>q</listing><xmp><b></xmp><style>"
    + "<div>" * 600
    + "deep</div><p>&nbsp;<![CDATA[end]]>",
]
HASHES = st.lists(st.integers(0, 2**64 - 1), max_size=60)


@pytest.fixture(autouse=True)
def _wrapping_is_meant():
    with np.errstate(over="ignore"):
        yield


@pytest.mark.parametrize("source", HTML_SOURCES)
def test_outline_and_layout_of_html(source):
    plain = _skeleton.build_skeleton(source)
    assert _compiled.build_skeleton(source.encode()) == plain
    assert _compiled.text_of_skeleton(plain.html) == _tree.text_of_tree(plain.html)


def test_kind_of_every_character_that_has_a_category():
    table = characters.character_table()
    for point in SAMPLED_POINTS:
        folded = chr(point).casefold()
        entry = int(table.entries[point])
        if entry & int(characters.EXPANDS):
            row = table.expansions[entry & 0x1FFFFF]
            entries = [int(each) for each in row if each]
        else:
            entries = [entry]
        kinds = [each >> 21 & 3 for each in entries]
        assert kinds == [reference.kind_of(each) for each in folded]
        for each, kind, character in zip(entries, kinds, folded, strict=True):
            if kind:
                assert each & 0x1FFFFF == ord(character)


def test_no_character_beyond_the_table_has_case():
    assert all(chr(point).casefold() == chr(point) for point in range(0x20000, 0x110000, 3))


def test_no_letter_stands_outside_the_assigned_ranges():
    assigned = {point for points in characters.ASSIGNED for point in points}
    for point in range(0x40000, 0x110000):
        if point not in assigned:
            assert unicodedata.category(chr(point))[0] not in "LMN"


@settings(deadline=None)
@given(texts=st.lists(ALL_TEXTS, max_size=4))
def test_flatten(texts):
    flat = flatten(texts)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(text_module, "_LARGE", 2)  # large ones go part by part
        for one, other in zip(flat, flatten(texts), strict=True):
            assert np.array_equal(one, other)
    data = flat.data.tobytes()
    for number, text in enumerate(texts):
        start, end = flat.offsets[number], flat.offsets[number + 1]
        assert data[start:end].decode("utf-8", "surrogatepass") == text


@settings(deadline=None, max_examples=300)
@given(texts=st.lists(ALL_TEXTS, max_size=3), size=st.integers(1, 7))
@example(texts=["\ud800a\udfff b", "a" * 40, "中" * 9, "a中b", "İİİ", "\u0345", "\x00"], size=2)
@example(texts=["", " ", "one two three four five", "one two three four"], size=5)
@example(texts=["\u1100\u1161\u11a8 e\u0301", "K\u00c5\u212b ſt ΣΑΣ"], size=1)
def test_shingle_sets(texts, size):
    sets, ends = measures.shingle_sets(texts, size)
    assert len(sets) == ends[-1]
    for number, text in enumerate(texts):
        assert sets[ends[number] : ends[number + 1]].tolist() == reference.shingle_set(text, size)


#: Mostly ASCII and long enough to be read in halves; where the halves meet, anything may stand.
LONG_TEXTS = st.builds(
    lambda before, middle, after: "".join([*before, middle, *after]),
    st.lists(st.sampled_from(["Ab_1 ", "word", ", ", "\n"]), min_size=24, max_size=120),
    st.one_of(ALL_TEXTS, st.sampled_from(["x" * 600, "\u0130", "中 ", "-" * 90 + "é"])),
    st.lists(st.sampled_from(["Ab_1 ", "word", ", ", "\n"]), min_size=24, max_size=120),
)


@settings(deadline=None, max_examples=300)
@given(texts=st.lists(LONG_TEXTS, min_size=1, max_size=2), size=st.integers(1, 5))
def test_shingle_sets_of_texts_read_in_halves(texts, size):
    sets, ends = measures.shingle_sets(texts, size)
    for number, text in enumerate(texts):
        assert sets[ends[number] : ends[number + 1]].tolist() == reference.shingle_set(text, size)


#: Where one piece ends and the next begins, anything may stand; so may what has no separators, or
#: nothing else.
PIECES = st.builds(
    lambda filler, less, middle, after: (filler * PIECE)[: PIECE - less] + middle + filler * after,
    st.sampled_from(["word and ", "x", ". ", "a,", "Ab\u00e9 "]),
    st.integers(-4, 24),
    ALL_TEXTS,
    st.integers(0, PIECE),
)


@settings(deadline=None, max_examples=60)
@given(text=PIECES, size=st.integers(1, 5))
@example(text="\u4e2d" * PIECE, size=2)
@example(text=". " * PIECE + "a" + "." * 3 * PIECE + "b", size=1)
@example(text=("." * 40 + "a" * 300) * 90, size=1)
def test_shingle_sets_of_texts_read_in_pieces(text, size):
    sets, _ = measures.shingle_sets([text], size)
    assert sets.tolist() == reference.shingle_set(text, size)


@settings(deadline=None, max_examples=300)
@given(text=ALL_TEXTS, size=st.integers(1, 7))
def test_shingles_in_plain_python(text, size):
    found = signatures.shingles(text, size)
    assert found == reference.shingles(text, size)
    hashes = [signatures.shingle_hash64(shingle) for shingle in found]
    assert hashes == [reference.shingle_hash64(shingle) for shingle in found]
    assert [signatures.shingle_hash(s) for s in found] == [value >> 32 for value in hashes]


@settings(deadline=None, max_examples=200)
@given(hashes=HASHES, repeats=st.integers(1, 3))
@example(hashes=[5] * 60, repeats=1)
@example(hashes=list(range(60)), repeats=2)
@example(hashes=[2**64 - 1, 0, 2**63], repeats=1)
def test_sort_distinct(hashes, repeats):
    values = array(hashes * repeats)
    count = len(values)
    scratch = np.zeros(count, np.uint64)
    starts = np.zeros(257, np.int32)
    kept = kernels.sort_distinct(values, count, scratch, starts)
    assert values[:kept].tolist() == sorted(set(hashes))


@settings(deadline=None, max_examples=60)
@given(sets=st.lists(st.lists(st.integers(0, 2**64 - 1), max_size=8), min_size=1, max_size=3))
def test_signatures(sets):
    ends = array(np.cumsum([0, *map(len, sets)]), np.int64)
    size = 20
    found = measures.signatures(array([h for each in sets for h in each]), ends, size)
    multipliers, increments = measures.permutations(size)
    for row, hashes in zip(found, sets, strict=True):
        upper = [value >> 32 for value in hashes]
        assert row.tolist() == reference.signature(upper, multipliers.tolist(), increments.tolist())


def test_longer_signatures_begin_with_shorter_ones():
    short, long = measures.permutations(100), measures.permutations(300)
    for few, many in zip(short, long, strict=True):
        assert many[:100].tolist() == few.tolist()
    assert (long[0] % 2 == 1).all()


def test_band_tags_differ_with_any_slot_and_are_never_free():
    slots = np.arange(24, dtype=np.uint32).reshape(2, 12)
    slots[1] = slots[0]
    slots[1, 7] += np.uint32(1)
    tags = np.zeros((2, 4), np.uint32)
    minhash.band_tags(slots, 3, tags)
    assert (tags[0] == tags[1]).tolist() == [True, True, False, True]
    assert tags.all()


@given(texts=st.lists(TEXTS, max_size=6))
def test_texts_that_nfc_may_change_are_flagged(texts):
    flat = flatten(texts)
    flags = np.empty(len(texts), np.uint8)
    normal.may_change(*flat, normal.inert_characters(), flags)
    for text, flag in zip(texts, flags.tolist(), strict=True):
        assert flag or unicodedata.is_normalized("NFC", text)
        assert not (flag and all(character < "\u0300" for character in text))


def test_inert_characters_are_in_nfc_whatever_stands_around_them():
    bits = np.unpackbits(normal.inert_characters().view(np.uint8), bitorder="little")
    inert = {chr(point) for point in np.flatnonzero(bits).tolist()}
    inert |= set(map(chr, range(0x300))) | set(map(chr, range(0x1F000, 0x20000)))
    assert {"й", "“", "漢", "가", "か", "א", "ع"} <= inert
    assert not any(map(unicodedata.combining, inert))
    assert all(unicodedata.is_normalized("NFC", one) for one in inert)
    every = [chr(point) for point in range(0x110000) if not 0xD800 <= point < 0xE000]
    seconds = {two for one in every for two in unicodedata.normalize("NFD", one)[1:]}
    assert not seconds & inert


SMALL_SETS = st.sets(st.integers(0, 40), min_size=1, max_size=30)


@settings(deadline=None, max_examples=300)
@given(left=SMALL_SETS, right=SMALL_SETS, bound=st.floats(0.01, 1.0))
def test_jaccard_and_containment_at_least(left, right, bound):
    exact = reference.jaccard(left, right)
    arrays = array(sorted(left)), array(sorted(right))
    assert overlap.overlap(*arrays, 0) == len(left & right)
    assert overlap.jaccard_at_least(*arrays, bound) == (exact if exact >= bound else 0.0)
    if exact:
        assert overlap.jaccard_at_least(*arrays, exact) == exact
    needed = overlap.least_overlap(len(left), len(right), bound)
    assert (exact < bound) or len(left & right) >= needed
    share = len(left & right) / len(left)
    for least in (bound, share or 1.0):
        expected = share if share >= least else 0.0
        assert overlap.containment_at_least(*arrays, least) == expected


@given(rows=st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), max_size=50))
def test_agreement(rows):
    left, right = (array([row[side] for row in rows], np.uint8) for side in (0, 1))
    assert overlap.agreement(left, right) == sum(a == b for a, b in rows)


def test_format_is_what_it_was():
    """Guards stored signatures: another value here is a change of format."""
    text = "The harbour office opens its new pier; Straße, İstanbul, 東京 and ဆိပ်ကမ်း follow."
    slots = signatures.signature(text)
    assert [int(slot) for slot in slots[:4]] == [23047076, 45960757, 117857995, 320290201]
    assert reference.shingle_hash64(b"the harbour office") == 0xF44A2E21BD9E6736
    assert reference.token_hash("harbour") == 0x4E5E916D8ED85CA3


@pytest.mark.parametrize("writable", [True, False])
def test_kernels_run_where_no_cache_can_be_written(tmp_path, writable):
    place = tmp_path / "cache"
    if not writable:
        place.write_text("a file where the folder should be")
    code = (
        "import textclean.kernels.jit as jit\n"
        f"assert (jit.cache_folder() is not None) == {writable}\n"
        "from textclean.kernels.minhash import fmix32\n"
        "import numpy\n"
        "numpy.seterr(over='ignore')\n"
        "assert fmix32(numpy.uint32(1)) == 0x514e28b7\n"
    )
    environment = {"NUMBA_CACHE_DIR": str(place), "XDG_CACHE_HOME": str(place), "PATH": ""}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


DENSE = st.text(
    "Ã©Ââ€™œ\x9d\xa0\x92ÐŸÑ€√ƒ├ГђВ«вЂΓÇšŠÅáºðĂĹea .nt?\n\x00\x7f\ufffd\ufeff\ud800😀中", max_size=12
)


@settings(deadline=None, max_examples=400)
@given(texts=st.lists(st.one_of(DENSE, DENSE, TEXTS), max_size=3))
@example(texts=["Â", "", "Â ", "ð", "á", "áº", "áº ", "ð\xa0\xa0", "\x1f\x20\x7e\x7f\x80"])
@example(texts=["don?t", "x" * 100 + "é", "y" * 70 + "\x1bn?", "t", "n?", "an?t" * 40])
def test_mojibake_triage(texts):
    data, offsets = flatten(texts)
    flags = np.zeros(len(texts), np.int64)
    mojibake.scan_batch(data, plain.words_of(data), offsets, triage.classes(), flags)
    scanned = triage.scan_compiled(texts)
    for number, text in enumerate(texts):
        expected, runs = reference.mojibake_scan(text)
        assert flags[number] == expected
        for found in (scanned.scans[number], triage.scan_by_patterns(text)):
            assert found.flags == expected
            assert list(zip(found.starts, found.ends, strict=True)) == runs
    runs = [run for seen in scanned.scans for run in zip(seen.starts, seen.ends, strict=True)]
    assert list(zip(*scanned.spans.tolist(), strict=True)) == runs


@settings(deadline=None)
@given(st.binary(max_size=40), st.integers(0, 40), st.integers(0, 40))
@example(b"plain text, no mark" * 3 + b"\x1b", 3, 58)
@example(b"12345678\t\r\n\x0c90 \x7e\x7f", 0, 17)
def test_first_odd(content, start, length):
    data = np.frombuffer(content, np.uint8)
    start = min(start, len(content))
    end = min(start + length, len(content))
    places = [at for at in range(start, end) if not 0x20 <= content[at] < 0x7F]
    places = [at for at in places if content[at] not in b"\t\n\x0c\r"]
    places += [at for at in range(start, end) if content[at] == ord("?")]
    assert plain.first_odd(data, plain.words_of(data), start, end) == min(places, default=end)


@settings(deadline=None, max_examples=60)
@given(
    seed=st.integers(0, 2**32),
    count=st.integers(1, 300),
    bands=st.integers(1, 4),
    bits=st.integers(1, 4),
)
def test_buckets_keep_their_members_as_their_table_grows(seed, count, bands, bits):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tables, "_SIZES", (8, 16))  # larger ones grow by a quarter
        check_buckets(seed, count, bands, bits)


def test_tables_grow_some_parts_at_a_time_and_are_done_in_time():
    draw = random.Random(4)
    table, bands = tables.BucketTables(9, 3), 9
    places, waiting, sizes = np.empty((2, bands), np.uint64), [], []
    for start in range(0, 30_000, 20):
        table.grow_on(20, 2 * bands * 20)
        waiting.append(int(table.view.layout[0]))
        for member in range(start, start + 20):
            if not table.fits(2 * bands):
                sizes.append(int(table.view.layout[2]))
                table.make_room(2 * bands)
            tags = array([draw.randrange(1, 2**32) for _ in range(bands)], np.uint32)
            insert(table, tags, places, member)
    assert len(sizes) < 6  # else they had grown in time
    moved = [before - after for before, after in itertools.pairwise(waiting) if before > after]
    assert max(moved) <= 36  # of 72 parts
    assert len(moved) > 30
    assert 1 - np.count_nonzero(table.view.slots) / (9 * 30_000) < 0.001  # equal tags are one


def insert(table, tags, places, member):
    view = table.view
    buckets.find_all(view.slots, view.layout, tags, places)
    buckets.insert_all(view, tags, places, np.uint32(member), 3)


def check_buckets(seed, count, bands, bits):
    draw = random.Random(seed)
    some = [draw.randrange(1, 2**32) for _ in range(count // 2)] + [1, 2**32 - 1]
    table = tables.BucketTables(bands, bits)
    expected = [{} for _ in range(bands)]
    places = np.empty((2, bands), np.uint64)
    for member in range(count):
        tags = array(
            [draw.choice([*some, draw.randrange(1, 2**32)]) for _ in range(bands)], np.uint32
        )
        table.grow_on(draw.randrange(3))
        if not table.fits(2 * bands):
            table.make_room(2 * bands)
        insert(table, tags, places, member)
        for band, tag in enumerate(tags.tolist()):
            known = expected[band].setdefault(tag, [])
            assert buckets.size_of(places[1, band], table.view.lengths) == len(known)
            expected[band][tag] = [member, *known] if len(known) < 3 else known
    table.make_room(0, 40 * count)
    view = table.view
    assert buckets.can_hold(buckets.least_capacity(view.layout), 40 * count)
    fills = [Counter((tag << bits) >> 32 for tag in known) for known in expected]
    parts = [fill[part] for fill in fills for part in range(1 << bits)]
    assert view.fills.tolist() == parts
    assert view.used[1] == max(parts)
    members = np.empty(3, np.uint32)
    for band in range(bands):
        for tag, known in expected[band].items():
            size, value = buckets.look_up(view, band, np.uint32(tag))
            buckets.collect(view, value, members)
            assert members[:size].tolist() == known
