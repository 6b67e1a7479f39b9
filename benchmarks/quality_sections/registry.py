"""All measures, in the order in which they are printed."""

from quality_sections import (
    duplicates,
    embeds_articles,
    embeds_flat,
    embeds_html,
    embeds_own,
    embeds_planted,
    language,
    markup,
    mojibake,
    pipeline,
    repetition,
)
from quality_sections.common import Measure

MEASURES = (
    Measure("embeds.flat", ("embed_flat",), embeds_flat.figures),
    Measure("embeds.planted", ("embed_snippets",), embeds_planted.figures),
    Measure(
        "embeds.articles",
        ("embed_snippets", "bbc_news", "fakebr_news"),
        embeds_articles.figures,
    ),
    Measure("embeds.own", ("embed_snippets",), embeds_own.figures),
    Measure("embeds.html", ("embed_pages_html",), embeds_html.figures),
    Measure("mojibake.restored", ("mojibake_damaged_real",), mojibake.restored),
    Measure("mojibake.sound", ("mojibake_legit_nochange",), mojibake.sound),
    Measure("mojibake.ftfy", ("mojibake_ftfy",), mojibake.ftfy_cases),
    Measure("mojibake.wild", ("mojibake_web_wild",), mojibake.web_wild),
    Measure("mojibake.planted", ("language_sentences",), mojibake.planted),
    Measure("mojibake.triage", mojibake.TRIAGED, mojibake.triage),
    Measure("markup.gold", ("news_html_gold",), markup.gold),
    Measure("markup.pages", ("embed_pages_html",), markup.pages),
    Measure(
        "repetition.planted", ("bbc_news", "fakebr_news", "news_same_event"), repetition.planted
    ),
    Measure(
        "repetition.held_out",
        ("bbc_news", "reuters21578", "fakebr_news", "news_same_event", "language_sentences"),
        repetition.held_out,
    ),
    *(
        Measure(f"repetition.harm.{name}", (name,), repetition.harm(name))
        for name in ("legit_repetition", "bbc_news", "reuters21578", "fakebr_news")
    ),
    *(
        Measure(f"repetition.effect.{name}", (name,), repetition.effect(name))
        for name in ("repeats_web_wild", "seo_spam_pages")
    ),
    *(
        Measure(f"duplicates.{name}", (name,), duplicates.corpus(name))
        for name in duplicates.CORPORA
    ),
    Measure("duplicates.planted", (duplicates.PLANTED_IN,), duplicates.planted),
    Measure("duplicates.same_event", ("news_same_event",), duplicates.same_event),
    Measure("language.sentences", ("language_sentences",), language.sentences),
    Measure("language.udhr", ("language_udhr",), language.declarations),
    *(
        Measure(f"untouched.{name}", (name,), pipeline.untouched(name))
        for name in pipeline.SOUND_SETS
    ),
    *(
        Measure(f"idempotence.{name}", (name,), pipeline.idempotence(name))
        for name in pipeline.IDEMPOTENCE_SETS
    ),
)
