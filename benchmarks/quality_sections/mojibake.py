"""Mojibake: what is restored exactly, and what sound text is changed."""

import random
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator

from quality_sections.common import Figure, Folder, cleaner, share, spaced

#: Traces of damage that a repaired line should not show any more.
_RESIDUE = re.compile(
    r"â€|Ã[\x80-\xbf ©¨¡³±¼¶¤]|Â[\xa0 £©®°·»«]|ï»¿|ï¿½|ďż˝|Ă˝|[\x80-\x9f]|Ð[\x80-\xbf]|Å[\x80-\xbf]"
)
_LINES_OF_A_TEXT = 6
_TEXTS_OF_A_LANGUAGE = 4


def restored(folder: Folder) -> Iterator[Figure]:
    """Real sentences damaged through a known chain."""
    clean = cleaner("mojibake")
    right: Counter[str] = Counter()
    total: Counter[str] = Counter()
    for row in folder.rows("mojibake_damaged_real"):
        total[row["chain"]] += 1
        right[row["chain"]] += spaced(clean(row["text"])) == spaced(row["expected"])
    yield Figure("all", share(right.total(), total.total()), total.total())
    for chain in sorted(total):
        yield Figure(chain, share(right[chain], total[chain]), total[chain])


def sound(folder: Folder) -> Iterator[Figure]:
    """Sound lines that look risky: none may change but for a NO-BREAK SPACE."""
    clean = cleaner("mojibake")
    changed: Counter[str] = Counter()
    total: Counter[str] = Counter()
    for row in folder.rows("mojibake_legit_nochange"):
        total[row["kind"]] += 1
        changed[row["kind"]] += spaced(clean(row["text"])) != spaced(row["text"])
    yield Figure("changed", share(changed.total(), total.total()), total.total(), "lower")
    for kind in sorted(total):
        yield Figure(f"changed.{kind}", share(changed[kind], total[kind]), total[kind], "lower")


def ftfy_cases(folder: Folder) -> Iterator[Figure]:
    """The own cases of ftfy, its negatives and its known failures; repair of encoding suffices."""
    clean = cleaner("mojibake")
    right: Counter[str] = Counter()
    total: Counter[str] = Counter()
    for row in folder.rows("mojibake_ftfy"):
        output = spaced(clean(row["text"]))
        accepted = {spaced(row["expected"]), spaced(row["expected_encoding_only"])}
        total[row["kind"]] += 1
        right[row["kind"]] += output in accepted
    for kind in sorted(total):
        goal = "none" if kind == "known-failures" else "higher"
        yield Figure(kind, share(right[kind], total[kind]), total[kind], goal)


def web_wild(folder: Folder) -> Iterator[Figure]:
    """Damaged lines of crawled pages, beside ftfy's answer (sometimes wrong itself)."""
    clean = cleaner("mojibake")
    rows = [row for row in folder.rows("mojibake_web_wild") if not row["kind"].startswith("lossy")]
    outputs = [clean(row["text"]) for row in rows]
    left = sum(_RESIDUE.search(output) is not None for output in outputs)
    same = sum(
        spaced(output) == spaced(row["expected_silver"])
        for row, output in zip(rows, outputs, strict=True)
    )
    yield Figure("residue_left", share(left, len(rows)), len(rows), "lower")
    yield Figure("as_ftfy", share(same, len(rows)), len(rows), "none")


#: Sets whose lines triage is held to; sound ones and damaged ones.
TRIAGED = ("language_sentences", "mojibake_damaged_real", "mojibake_legit_nochange", "web_crawl")


def triage(folder: Folder) -> Iterator[Figure]:
    """Lines beyond ASCII that triage passes as clean: ftfy leaves them alone as well."""
    import ftfy

    from textclean.stages.mojibake import RepairMojibake

    stage = RepairMojibake()
    passed = changed = 0
    for name in TRIAGED:
        for row in folder.rows(name):
            for line in row["text"].split("\n"):
                if line.isascii() or stage.might_change(line):
                    continue
                passed += 1
                changed += ftfy.fix_encoding(line) != line
    yield Figure("ftfy_would_change", share(changed, passed), passed, "lower")


def planted(folder: Folder) -> Iterator[Figure]:
    """One damaged segment in a clean text of several lines, any language."""
    clean = cleaner("mojibake")
    choose = random.Random(7)  # noqa: S311 - no secret
    right: Counter[str] = Counter()
    kept: Counter[str] = Counter()
    total: Counter[str] = Counter()
    for lines in _clean_texts(folder, choose):
        for chain, damage in CHAINS.items():
            number, damaged = _damage_one(lines, damage, choose)
            if damaged is None:
                continue
            output = clean("\n".join([*lines[:number], damaged, *lines[number + 1 :]]))
            others = spaced(output).split("\n")
            total[chain] += 1
            right[chain] += spaced(output) == "\n".join(lines)
            kept[chain] += len(others) == len(lines) and all(
                line == others[at] for at, line in enumerate(lines) if at != number
            )
    yield Figure("outside_unchanged", share(kept.total(), total.total()), total.total())
    yield Figure("restored", share(right.total(), total.total()), total.total())
    mean = share(sum(right[chain] / total[chain] for chain in total), len(total))
    yield Figure("restored_mean_of_chains", mean, len(total))
    for chain in sorted(total):
        yield Figure(f"restored.{chain}", share(right[chain], total[chain]), total[chain])


def _mistaken(encoding: str, times: int = 1) -> Callable[[str], str | None]:
    """Return what reads UTF-8 as another encoding; None where that cannot be written down."""

    def damage(text: str) -> str | None:
        import ftfy.bad_codecs  # noqa: F401 - registers the sloppy code pages of browsers

        for _ in range(times):
            try:
                text = text.encode("utf-8").decode(encoding)
            except UnicodeError:
                return None
        return text

    return damage


def _lost_space(text: str) -> str | None:
    """Put a mistaken NO-BREAK SPACE, whose second byte became a space, for one space."""
    at = text.find(" ", len(text) // 2)
    return f"{text[:at]}Â{text[at:]}" if at > 0 else None


CHAINS: dict[str, Callable[[str], str | None]] = {
    "cp1252": _mistaken("sloppy-windows-1252"),
    "latin1": _mistaken("latin-1"),
    "cp1250": _mistaken("sloppy-windows-1250"),
    "cp1251": _mistaken("sloppy-windows-1251"),
    "cp437": _mistaken("cp437"),
    "macroman": _mistaken("mac-roman"),
    "cp1252_twice": _mistaken("sloppy-windows-1252", 2),
    "lost_nbsp": _lost_space,
}


def _clean_texts(folder: Folder, choose: random.Random) -> Iterator[list[str]]:
    """Return texts of six sentences of one language, none with a character of doubt.

    Some sentences of the set were damaged before they came into it: ftfy says which.
    """
    import ftfy

    by_language: dict[str, list[str]] = defaultdict(list)
    for row in folder.rows("language_sentences"):
        text = row["text"]
        doubtful = re.search(r"[\xa0\xad\ufeff\ufffd\x80-\x9f\n]", text) or _RESIDUE.search(text)
        if not doubtful and ftfy.fix_encoding(text) == text:
            by_language[row["lang"]].append(text)
    for language in sorted(by_language):
        sentences = by_language[language]
        if len(sentences) < _LINES_OF_A_TEXT:
            continue
        for _ in range(_TEXTS_OF_A_LANGUAGE):
            yield choose.sample(sentences, _LINES_OF_A_TEXT)


def _damage_one(
    lines: list[str], damage: Callable[[str], str | None], choose: random.Random
) -> tuple[int, str | None]:
    """Damage one line, or every other time the second half of one; None when nothing shows."""
    candidates = [number for number, line in enumerate(lines) if not line.isascii()]
    if not candidates or damage is _lost_space:
        candidates = list(range(len(lines)))
    number = choose.choice(candidates)
    line = lines[number]
    middle = line.find(" ", len(line) // 2) + 1
    start = middle if choose.random() < 0.5 and not line[middle:].isascii() else 0
    damaged = damage(line[start:])
    if damaged is None or damaged == line[start:]:
        return number, None
    return number, line[:start] + damaged
