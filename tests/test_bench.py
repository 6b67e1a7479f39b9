"""``textclean bench``: figures of a corpus, and quality on dirt planted into it."""

import json
import random
from xml.etree import ElementTree as ET

import pytest
from conftest import SAMPLES

from textclean.bench import costs, quality
from textclean.bench.corpus import Corpus, take
from textclean.bench.planting import KINDS, Planted, damage, near_copy, planted
from textclean.bench.table import as_svg, as_text
from textclean.errors import InputError
from textclean.io.sources import Source
from textclean.recipe import Recipe

ARTICLE = "\n".join(
    f"The {name} pier opens at {hour} o'clock, and {count} boats leave from it before noon."
    for hour, (name, count) in enumerate(
        [("northern", 40), ("southern", 17), ("old", 3), ("long", 12), ("wooden", 9)], start=5
    )
)
COST = costs.Cost("mojibake", 0.5, 20.0, 4000.0, 2**27, 0.25, 1.0)
PEER = costs.Cost(costs.PEER, 10.0, 1.0, 200.0, 2**26, None, None)


def plant(kind, text=ARTICLE, seed=1):
    return KINDS[kind](text, random.Random(seed))


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_dirt_is_the_same_for_a_seed_and_not_the_text(kind):
    first, again = (list(planted([ARTICLE, "", ARTICLE], kind)) for _ in range(2))
    assert first == again
    assert [number for number, _ in first] == [0, 2]
    assert all(found.text != found.expected for _, found in first)
    seeds = {next(planted([ARTICLE], kind, seed))[1].text for seed in range(9)}
    assert len(seeds) > 1


def test_damage_loses_no_byte():
    read = damage("“é” – ağ")
    back = b"".join(c.encode("latin-1" if ord(c) < 0x100 else "cp1252") for c in read)
    assert back.decode() == "“é” – ağ"


def test_quality_of_the_stages_on_a_clean_text():
    texts = [ARTICLE.replace("pier", word) for word in ("pier", "quay", "dock")]
    found = {q.stage: q for q in quality.measure(texts, Recipe(), ("mojibake", "embeds", "markup"))}
    assert set(found) == {"mojibake", "embeds"}  # nothing can be planted for markup
    for one in found.values():
        assert (one.planted, one.recall, one.harmed) == (3, 1.0, 0.0)


def test_quality_counts_near_copies_at_or_above_the_threshold_only():
    long = " ".join(f"word{n} stands here" for n in range(400))
    [found] = quality.measure([long, "short"], Recipe(threshold=0.5), ("duplicates",))
    assert (found.planted, found.recall, found.harmed) == (1, 1.0, 0.0)
    assert near_copy("short", random.Random(0)) is None


def test_scores():
    stuffed = Planted("a\nX\nb\nX\nc\nX", "a\nb\nc", ("X",) * 3)
    assert quality.score(stuffed, "a\nX\nb\nX\nc\nX") == (0.0, False)
    assert quality.score(stuffed, "a\nb\nc") == (1.0, False)
    assert quality.score(stuffed, "a\nX\nc") == (1.0, True)  # b is gone
    broken = Planted("Ã©\nb", "é\nb")
    assert quality.score(broken, "Ã©\nb") == (0.0, False)
    assert quality.score(broken, "Ã©\nc") == (0.0, True)
    assert quality.score(broken, "Ã©") == (0.0, True)


def test_a_corpus_is_cut_to_its_first_documents(tmp_path):
    path = tmp_path / "in.jsonl"
    path.write_bytes(b'{"text": "a"}\n{"text": 1}\n{"text": "\xc3\xa9"}\n{"text": "c"}\n')
    corpus = take([Source(str(path), 0)], Recipe(), 2, tmp_path / "out.jsonl")
    assert (list(corpus.texts), corpus.text_bytes) == (["a", "é"], 3)
    assert len(corpus.path.read_bytes().splitlines()) == 2
    path.write_bytes(b'{"text": 1}\n')
    with pytest.raises(InputError, match="no document"):
        take([Source(str(path), 0)], Recipe(), 2, tmp_path / "out.jsonl")


def test_tables_and_pictures(tmp_path):
    corpus = Corpus(tmp_path, ["a"] * 2000, 10_000_000)
    table = as_text(corpus, [COST, PEER], [quality.Quality("embeds", 7, 0.5, 0.25)], [(0.8, 0.999)])
    assert "2,000 documents, 10.0 MB of text" in table
    assert "mojibake           20.0        4,000     0.50       128    25.0%     1.00" in table
    assert "embeds                7    0.500   0.2500" in table
    picture = ET.fromstring(as_svg([COST, PEER]))  # noqa: S314 - our own
    widths = [float(bar.get("width")) for bar in picture.iter() if bar.get("height") == "18"]
    assert widths[0] > widths[1] > 0


def test_the_command(run, tmp_path):
    json_path, plot = tmp_path / "b.json", tmp_path / "b.svg"
    done = run(
        *("bench", SAMPLES / "articles.jsonl", "--stages", "mojibake,duplicates", "--repeats", 1),
        *("--limit", 9, "--no-peer", "--json", json_path, "--plot", plot),
    )
    assert done.code == 0, done.err
    assert done.out.startswith(b"9 documents, ")
    figures = json.loads(json_path.read_bytes())
    assert [cost["name"] for cost in figures["costs"]] == ["all", "mojibake", "duplicates"]
    assert all(cost["peak_bytes"] > 2**20 for cost in figures["costs"])
    assert [one["stage"] for one in figures["quality"]] == ["mojibake", "duplicates"]
    assert dict(map(tuple, figures["compared"]))[0.8] >= 0.999
    assert plot.read_text().startswith("<svg")


def test_wrong_use(run, tmp_path):
    corpus = tmp_path / "a.jsonl"
    corpus.write_bytes(b'{"text": "a"}\n')
    assert run("bench").code == 2
    assert run("bench", corpus, "--json", corpus).code == 2
    assert run("bench", corpus, "--to", "csv").code == 2
    assert run("bench", corpus, "--skip", "mojibake", "--stages", "mojibake").code == 2
    assert corpus.read_bytes() == b'{"text": "a"}\n'
