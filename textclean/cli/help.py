"""Help as its readers use it: what a command does, examples, then options in groups."""

from collections.abc import Mapping, Sequence

import click

#: Headings, in order, and the parameters that stand under each; the rest come last.
GROUPS: Mapping[str, tuple[str, ...]] = {
    "What is cleaned": (
        "stages", "skip", "embeds", "extract", "keep_nbsp", "characters", "repetition",
        "drop_stuffed_above", "repetition_score", "language", "detect_language", "detector",
    ),
    "Near-duplicates": (
        "preset", "threshold", "shingle_size", "keep", "measure", "clusters", "index",
        "index_read_only", "survivors",
    ),
    "Which records, and how": (
        "ids", "chosen_stages", "limit", "sample", "repeats", "peer", "pairs", "form", "json",
        "plot", "color",
    ),
    "Input": ("source", "encoding", "text_field", "id_field", "max_record_bytes"),
    "Output": (
        "output", "target", "edits", "dropped", "bad_records", "report",
        "fail_if_dropped_above",
    ),
    "Recipes": ("recipe", "print_recipe"),
    "The run": ("workers", "triage", "engine", "ray_address", "resume", "quiet", "no_progress"),
}  # fmt: skip

EXAMPLES: Mapping[str, Sequence[str]] = {
    "clean": (
        "zcat crawl.jsonl.gz | textclean | gzip > clean.jsonl.gz",
        "textclean crawl/*.gz -o clean/ --report report.html --dropped dropped.jsonl",
        "textclean article.txt --skip repetition",
    ),
    "explain": (
        "textclean explain crawl.jsonl | less",
        "textclean explain crawl.jsonl --id a17 --stage embeds",
        "textclean explain crawl.jsonl --html --limit 200 > changes.html",
    ),
    "dedup": (
        "textclean dedup --keep longest --clusters clusters.jsonl a.jsonl b.jsonl -o unique.jsonl",
    ),
    "undo": (
        "textclean undo clean.jsonl --edits edits.jsonl --dropped dropped.jsonl > input.jsonl",
    ),
    "tune": (
        "textclean tune crawl.jsonl",
        "textclean tune crawl.jsonl --sample 5000 --threshold 0.7",
    ),
    "bench": (
        "textclean bench crawl.jsonl",
        "textclean bench crawl.jsonl --limit 5000 --plot speed.svg",
    ),
    "completion": ('eval "$(textclean completion bash)"',),
}


class GroupedCommand(click.Command):
    """A command whose help shows examples and groups its options."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the examples and the groups."""
        examples = EXAMPLES.get(self.name or "", ())
        if examples:
            with formatter.section("Examples"):
                for example in examples:
                    formatter.write(f"{'':{formatter.current_indent}}{example}\n")
        rows = {
            parameter.name: parameter.get_help_record(ctx)
            for parameter in self.get_params(ctx)
            if isinstance(parameter, click.Option) and not parameter.hidden
        }
        for heading, names in GROUPS.items():
            self._write_group(formatter, heading, [rows.pop(name, None) for name in names])
        self._write_group(formatter, "Other", list(rows.values()))

    @staticmethod
    def _write_group(
        formatter: click.HelpFormatter, heading: str, rows: Sequence[tuple[str, str] | None]
    ) -> None:
        found = [row for row in rows if row is not None]
        if found:
            with formatter.section(heading):
                formatter.write_dl(found)
