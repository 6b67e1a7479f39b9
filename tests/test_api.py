"""The library as its users write it: public names, and what importing may load."""

import subprocess
import sys

import pytest
from bs4 import BeautifulSoup

import textclean
from textclean import Document, Pipeline, Recipe, replay

HEAVY = ("numba", "scipy", "langdetect", "bs4", "selectolax", "ftfy", "datasketch", "sentencex")


def modules_after(code: str) -> set[str]:
    """Return the top-level modules loaded after running code in a fresh interpreter."""
    script = f"import sys\n{code}\nprint('\\n'.join(sorted(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    return set(done.stdout.split())


@pytest.mark.parametrize(
    "code",
    [
        "import textclean",
        "import textclean.cli",
        "from textclean import Pipeline; Pipeline.default()",
    ],
)
def test_import_loads_nothing_heavy(code):
    assert not modules_after(code) & set(HEAVY)


def test_public_names_are_there():
    for name in textclean.__all__:
        assert getattr(textclean, name) is not None
    assert set(textclean.__all__) <= set(dir(textclean))


def test_a_soup_or_an_element_of_one_is_taken_as_its_html():
    post = '<blockquote class="twitter-tweet"><p>Open!</p></blockquote>'
    page = f"<h1>Pier</h1><p>The pier:\u00c2 a &lt; b &amp; c.</p>{post}<ul><li>x<li hidden>y</ul>"
    soup = BeautifulSoup(page, "html5lib")
    assert textclean.clean(soup) == textclean.clean(page) == "Pier\nThe pier: a < b & c.\n- x"
    assert textclean.clean(soup.ul) == textclean.text_from_soup(soup.ul) == "- x"
    result = textclean.explain(soup)
    assert replay(str(soup), result.trace) == result.text == textclean.clean(page)
    assert textclean.text_from_soup(soup).splitlines()[2:] == ["Open!", "- x"]
    assert str(soup) == str(BeautifulSoup(page, "html5lib"))


def test_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'wash'"):
        textclean.wash  # noqa: B018


def test_clean_wants_text():
    with pytest.raises(TypeError, match="decode bytes first"):
        textclean.clean(b"bytes")


def test_clean_and_explain_agree():
    text = "Ferry times:\u00c2 see below.\n\nTickets &amp; passes cost \u00c2\u00a35."
    result = textclean.explain(text)
    assert result.text == textclean.clean(text)
    assert "Â" not in result.text
    assert result.edits
    assert "mojibake" in str(result)


def test_explain_of_clean_text_says_so():
    assert str(textclean.explain("Nothing wrong here.")) == "nothing to change"


def test_clean_obeys_a_recipe():
    text = "Ferry times:\u00c2 see below."
    assert textclean.clean(text, Recipe(skip=("mojibake",))) == text


def test_run_drops_the_second_copy_and_starts_afresh_each_time():
    text = "The harbour office opens its new pier to ferries, fishing boats and visitors on Monday."
    documents = [Document("a", text), Document("b", text), Document("c", "Something else.")]
    pipeline = Pipeline.default()
    for _ in range(2):
        results = list(pipeline.run(documents))
        assert [result.drop is None for result in results] == [True, False, True]
        assert results[1].drop.duplicate_of == "a"
        assert results[1].drop.similarity == 1.0


def test_run_reads_lazily():
    def documents():
        yield Document("a", "One.")
        pytest.fail("read ahead of its batch")

    stream = Pipeline.default().run(documents(), batch_size=1)
    assert next(stream).text == "One."


@pytest.mark.parametrize("batch_size", [1, 2, 7])
def test_batch_size_does_not_matter(batch_size):
    texts = ["Ferry times:\u00c2 now.", "<p>One</p><p>Two</p>", "Ferry times: now.", "", "x y z"]
    documents = [Document(str(number), text) for number, text in enumerate(texts * 3)]
    whole = list(Pipeline.default().run(documents, batch_size=100))
    assert list(Pipeline.default().run(documents, batch_size=batch_size)) == whole
