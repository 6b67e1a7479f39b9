"""The report of a run as one page: self-contained, offline, escaped throughout.

It loads nothing, runs no script but its own, and shows a bounded sample, whatever the run's size.
"""

from collections.abc import Iterator
from importlib.resources import files
from itertools import groupby

from textclean.diff.page import (
    DIFF_STYLE,
    html_from_comparison,
    html_from_hunk,
    page,
)
from textclean.diff.terminal import drop_phrase
from textclean.diff.visible import visible, visible_name
from textclean.elements import Html, element, join
from textclean.pages.charts import meter, table, unseen
from textclean.pages.distributions import charts
from textclean.report import Report
from textclean.survey import Sample, Survey
from textclean.version import __version__


def report_page(report: Report) -> Html:
    """Return the page of a report with its survey.

    Raises:
        ValueError: The run was not surveyed.
    """
    survey = report.survey
    if survey is None:
        message = "this report has no survey: the run was made for another kind of report"
        raise ValueError(message)
    body = join(
        element("a", "Skip to the samples", href="#samples", class_="skip"),
        element("header", _head(report)),
        element(
            "main",
            _section("From in to out", _funnel(report, survey)),
            _section("By stage and reason", _reasons(report, survey)),
            _section(
                "Distributions", element("div", list(charts(survey.distributions)), class_="charts")
            ),
            _samples(report, survey),
        ),
        element("footer", _foot(report)),
    )
    folder = files("textclean.pages")
    style = (folder / "report.css").read_text(encoding="utf-8") + DIFF_STYLE
    script = (folder / "report.js").read_text(encoding="utf-8")
    return page("textclean report", style, body, script)


def _section(title: str, *children: Html) -> Html:
    return element("section", element("h2", title), children)


def _head(report: Report) -> Html:
    figures = [
        ("in", report.records_in),
        ("out", report.records_out),
        ("dropped", report.dropped),
        ("set aside", report.set_aside),
        ("changed", report.changed),
        ("emptied", report.emptied),
    ]
    cells = [
        element("li", element("strong", f"{number:,}"), name, _share(name, number, report))
        for name, number in figures
    ]
    return join(
        element("h1", report.headline()),
        element(
            "p",
            "Records in = out + dropped + set aside; changed and emptied ones are among those out.",
            class_="soft",
        ),
        element("ul", cells, class_="figures"),
    )


def _share(name: str, number: int, report: Report) -> Html | None:
    whole = report.records_out if name in {"changed", "emptied"} else report.records_in
    if name == "in" or not whole:
        return None
    return element("span", f" {100 * number / whole:.1f}\u00a0%", class_="soft")


def _funnel(report: Report, survey: Survey) -> Html:
    """Return what became of records, and of characters, step by step."""
    highest = report.records_in
    rows = [["in", f"{report.records_in:,}", meter(report.records_in, highest)]]
    if report.set_aside:
        aside = report.set_aside
        rows.append(["set aside: broken", f"−{aside:,}", meter(aside, highest, "gone")])
    for name, gone in survey.distributions.drops.items():
        rows.append([f"dropped: {name}", f"−{gone:,}", meter(gone, highest, "gone")])
    rows.append(["out", f"{report.records_out:,}", meter(report.records_out, highest)])
    return element(
        "div",
        element(
            "div", table(["records", unseen("number"), unseen("as a bar")], rows), class_="card"
        ),
        element("div", _characters(report, survey), class_="card"),
        class_="charts",
    )


def _characters(report: Report, survey: Survey) -> Html:
    found = survey.distributions
    highest = found.characters_in
    rows = [["in", f"{highest:,}", meter(highest, highest)]]
    if found.characters_dropped:
        gone = found.characters_dropped
        rows.append(["in dropped records", f"−{gone:,}", meter(gone, highest, "gone")])
    for name, counts in report.stages.items():
        if counts.characters_removed:
            gone = counts.characters_removed
            rows.append([f"removed: {name}", f"−{gone:,}", meter(gone, highest, "gone")])
        if counts.characters_added:
            come = counts.characters_added
            rows.append([f"added: {name}", f"+{come:,}", meter(come, highest, "second")])
    rows.append(["out", f"{found.characters_out:,}", meter(found.characters_out, highest)])
    return table(["characters", unseen("number"), unseen("as a bar")], rows)


def _reasons(report: Report, survey: Survey) -> Html:
    found = survey.distributions
    sampled = {sample.reason for sample in survey.samples}
    rows = []
    for name, counts in report.stages.items():
        shown: str = name
        for reason, number in sorted(counts.reasons.items(), key=lambda pair: (-pair[1], pair[0])):
            removed, added = found.removed[reason], found.added[reason]
            rows.append(
                [
                    shown,
                    _link(reason) if reason in sampled else element("code", reason),
                    f"{found.documents[reason] or number:,}",
                    f"{number:,}",
                    f"−{removed:,}" if removed else "",
                    f"+{added:,}" if added else "",
                    survey.explanations.get(reason, ""),
                ]
            )
            shown = unseen(name)  # seen once, at the first of its reasons
    if not rows:
        return element("p", "No stage changed or dropped anything.")
    headings = [
        "stage",
        "reason",
        "documents",
        "edits or drops",
        "removed",
        "added",
        "what it means",
    ]
    note = "Characters are counted as removed and added. A reason leads to its samples."
    return join(
        element("p", note, class_="soft"),
        element("div", table(headings, rows), class_="card reasons"),
    )


def _link(reason: str) -> Html:
    return element("a", element("code", reason), href=f"#reason-{reason}")


def _samples(report: Report, survey: Survey) -> Html:
    if not survey.samples:
        return _section("Samples", element("p", "There is nothing to show."))
    groups = [
        _group(reason, list(samples), report, survey)
        for reason, samples in groupby(survey.samples, key=lambda sample: sample.reason)
    ]
    note = (
        f"{len(survey.samples):,} samples: for each reason some records, chosen by their place in"
        " the input alone, so that the same input shows the same ones. A run with "
    )
    return element(
        "section",
        element("h2", "Samples", id="samples", tabindex="-1"),
        element(
            "p",
            note,
            element("code", "--edits"),
            " and ",
            element("code", "--dropped"),
            " writes all of them. Lines are those of the text that the stage was given.",
            class_="soft",
        ),
        _filter(survey),
        groups,
    )


def _filter(survey: Survey) -> Html:
    stages = dict.fromkeys(sample.stage for sample in survey.samples)
    reasons = dict.fromkeys(sample.reason for sample in survey.samples)
    return element(
        "form",
        _choice("Stage", "stage", stages),
        _choice("Reason", "reason", reasons),
        element(
            "label",
            "Text or id",
            element("input", type="search", name="text", autocomplete="off"),
            class_="text",
        ),
        element("button", "Show all", type="reset"),
        element("output", name="count", aria_live="polite"),
        id="filter",
        class_="filter",
        role="search",
        aria_label="Filter the samples",
        hidden=True,
    )


def _choice(title: str, name: str, values: dict[str, None]) -> Html:
    options = [element("option", "all", value="")]
    options += [element("option", value, value=value) for value in values]
    return element("label", title, element("select", options, name=name))


def _group(reason: str, samples: list[Sample], report: Report, survey: Survey) -> Html:
    total = sum(counts.reasons[reason] for counts in report.stages.values())
    shown = f"{len(samples):,} of its records shown" if samples[0].drop is None else ""
    what = "edits" if samples[0].drop is None else "drops"
    if not shown:
        shown = f"{len(samples):,} shown"
    return element(
        "div",
        element("h3", element("code", reason), f" · {total:,} {what}, {shown}"),
        element("p", survey.explanations.get(reason, "")),
        [_sample(sample, survey) for sample in samples],
        class_="group",
        id=f"reason-{reason}",
    )


def _sample(sample: Sample, survey: Survey) -> Html:
    return element(
        "article",
        element("h4", f"{visible_name(sample.id)} · record {sample.record:,}"),
        element("div", list(_shown(sample, survey)), class_="tc-diff"),
        class_="sample",
        data_stage=sample.stage,
        data_reason=sample.reason,
    )


def _shown(sample: Sample, survey: Survey) -> Iterator[Html]:
    if sample.drop is not None:
        yield element("p", "dropped: ", element("strong", drop_phrase(sample.drop)))
        if sample.comparison is not None:
            yield html_from_comparison(sample.comparison)
        elif sample.text:
            yield element("div", visible(sample.text).replace("⏎", "⏎\n"), class_="tc-text")
        return
    for hunk in sample.hunks:
        yield html_from_hunk(hunk, survey.explanations)
    if sample.more:
        yield element("p", f"and {sample.more:,} more of this reason in this record", class_="soft")


def _foot(report: Report) -> Html:
    settings = [
        [element("code", key), visible(", ".join(value) if isinstance(value, list) else str(value))]
        for key, value in report.recipe.items()
    ]
    return join(
        element("details", element("summary", "The recipe"), table(["setting", "value"], settings)),
        element("p", f"textclean {__version__}. This page loads nothing and knows no clock."),
    )
