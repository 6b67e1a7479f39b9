"""The pages in a real Chromium: safe, for keyboard and screen reader, legible in both themes."""

import json
import shutil
import time
from itertools import pairwise

import pytest
from articles import corpus

from textclean.engines.surveyor import SHOWN_DROPS, SHOWN_SAME

BROWSER, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")


@pytest.fixture
def browser():
    """A real Chromium without a window."""
    if BROWSER is None or DRIVER is None:
        pytest.skip("no chromium and chromedriver here (Debian: chromium, chromium-driver)")
    selenium = pytest.importorskip("selenium.webdriver")
    options = selenium.ChromeOptions()
    options.binary_location = BROWSER
    for word in ("headless=new", "no-sandbox", "disable-gpu", "window-size=1200,900"):
        options.add_argument(f"--{word}")
    options.set_capability("goog:loggingPrefs", {"performance": "ALL", "browser": "ALL"})
    driver = selenium.Chrome(options=options, service=selenium.ChromeService(DRIVER))
    yield driver
    driver.quit()


@pytest.fixture(params=["report", "explain"])
def page(request, run, tmp_path):
    """A page of each kind, of hostile records."""
    source, path = tmp_path / "in.jsonl", tmp_path / "page.html"
    source.write_bytes(corpus(1_500 if request.param == "report" else 40))
    if request.param == "report":
        assert run("--quiet", source, "--detect-language", "--report", path).code == 0
    else:
        path.write_bytes(run("explain", "--html", source).out)
    return path


def test_no_script_of_data_runs_nothing_is_asked_for_and_it_fits_every_width(browser, page):
    browser.get(page.as_uri())
    assert not browser.get_log("browser")
    asked = [
        json.loads(entry["message"])["message"]["params"]["request"]["url"]
        for entry in browser.get_log("performance")
        if json.loads(entry["message"])["message"]["method"] == "Network.requestWillBeSent"
    ]
    assert {url.partition(":")[0] for url in asked} <= {"file", "data", "chrome-extension"}
    assert [url for url in asked if url.startswith("file")] == [page.as_uri()]
    for width in (360, 1200):
        resize(browser, width)
        assert browser.execute_script("return document.documentElement.scrollWidth") <= width
        hidden = browser.execute_script(SCROLLED_SIDEWAYS)
        assert hidden == [], f"at {width} px only a finger that swipes finds these"


#: Elements whose content is wider than they are.
SCROLLED_SIDEWAYS = """
return [...document.querySelectorAll('.wide')].filter(e => e.scrollWidth > e.clientWidth)
  .map(e => e.textContent.slice(0, 60));
"""


def test_a_reader_without_color_sight_or_with_little_light_can_read_it(browser, page):
    grounds = set()
    for theme in ("light", "dark"):
        feature = {"name": "prefers-color-scheme", "value": theme}
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [feature]})
        browser.get(page.as_uri())
        grounds.add(browser.execute_script("return getComputedStyle(document.body).color"))
        for width in (360, 1200):
            resize(browser, width)
            found = browser.execute_script(CONTRASTS)
            assert len(found) >= 6
            weak = [row for row in found if row["ratio"] < row["wanted"]]
            assert weak == [], theme
    assert len(grounds) == 2


#: Each pair of a color and what is behind it, with its contrast by WCAG 2.2: 4.5 for text (SC
#: 1.4.3), 3 for bars and the borders of fields (SC 1.4.11).
CONTRASTS = r"""
const parse = (color) => (color.match(/[\d.]+/g) || []).map(Number);
const over = (top, under) => { const a = top.length > 3 ? top[3] : 1;
  return [0, 1, 2].map(i => a * top[i] + (1 - a) * under[i]); };
const canvas = (() => { const e = document.createElement('div'); document.body.append(e);
  e.style.setProperty('background', 'Canvas'); const c = getComputedStyle(e).backgroundColor;
  e.remove(); return parse(c); })();
const ground = (e) => { const chain = []; for (let n = e; n; n = n.parentElement) chain.unshift(n);
  return chain.reduce((c, n) => { const b = parse(getComputedStyle(n).backgroundColor);
    return b.length === 4 && !b[3] ? c : over(b, c); }, canvas); };
const opacity = (e) => { let o = 1; for (let n = e; n; n = n.parentElement)
  o *= Number(getComputedStyle(n).opacity); return o; };
const light = (c) => { const [r, g, b] = c.map(v => v / 255).map(
  v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
  return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
const ratio = (c, d) => { const [x, y] = [light(c), light(d)].sort((m, n) => n - m);
  return (x + 0.05) / (y + 0.05); };
const found = new Map();
const add = (e, color, behind, wanted, what) => {
  const c = parse(color); if (c.length < 3) return;
  const seen = over([...c.slice(0, 3), (c.length > 3 ? c[3] : 1) * opacity(e)], behind);
  const key = what + seen.map(Math.round) + '/' + behind.map(Math.round);
  if (!found.has(key)) found.set(key, {ratio: ratio(seen, behind), wanted, key,
    where: e.className.baseVal ?? e.className, tag: e.tagName}); };
for (const e of document.body.querySelectorAll('*')) {
  if (e.closest('[hidden], script, style')) continue;
  const style = getComputedStyle(e);
  if ([...e.childNodes].some(n => n.nodeType === 3 && n.data.trim()))
    add(e, e.closest('svg') ? style.fill : style.color, ground(e), 4.5, 'text ');
  if (e.tagName === 'rect') add(e, style.fill, ground(e), 3, 'bar ');
  if (/^(INPUT|SELECT|BUTTON)$/.test(e.tagName))
    add(e, style.borderTopColor, ground(e.parentElement), 3, 'field ');
}
return [...found.values()];
"""


def test_the_filter_by_keyboard_and_as_a_screen_reader_hears_it(browser, run, tmp_path):
    keys = pytest.importorskip("selenium.webdriver").Keys
    source, path = tmp_path / "in.jsonl", tmp_path / "report.html"
    source.write_bytes(corpus(1_500))
    run("--quiet", source, "--report", path)
    browser.get(path.as_uri())
    assert browser.find_element("css selector", "h1").text.endswith("dropped as duplicates")
    everything = shown_in(browser)
    press(browser, keys.TAB)
    assert browser.switch_to.active_element.text == "Skip to the samples"
    press(browser, keys.ENTER)
    names = [press(browser, keys.TAB).accessible_name for _ in range(4)]
    assert names == ["Stage", "Reason", "Text or id", "Show all"]
    form = browser.find_element("css selector", "form")
    assert (form.aria_role, form.accessible_name) == ("search", "Filter the samples")
    field = browser.find_element("css selector", "input")
    field.send_keys("with two more")
    wait_until(lambda: shown_in(browser) == SHOWN_DROPS)
    told = browser.find_element("css selector", "output")
    assert told.text == f"{SHOWN_DROPS} of {everything} samples shown"
    assert (told.aria_role, told.get_attribute("aria-live")) == ("status", "polite")
    field.send_keys(keys.ESCAPE)
    wait_until(lambda: shown_in(browser) == everything)
    browser.find_element("css selector", "select[name=stage]").send_keys("dup")
    wait_until(lambda: shown_in(browser) == SHOWN_DROPS + SHOWN_SAME)
    browser.find_element("css selector", "a[href^='#reason-mojibake']").send_keys(keys.ENTER)
    wait_until(lambda: shown_in(browser) == everything)  # what it leads to was hidden
    browser.find_element("css selector", "select[name=stage]").send_keys("dup")
    browser.find_element("css selector", "button[type=reset]").send_keys(keys.ENTER)
    wait_until(lambda: shown_in(browser) == everything)


def test_what_a_screen_reader_is_told_of_tables_pictures_and_headings(browser, page):
    browser.get(page.as_uri())
    has_tables = "By stage and reason" in browser.page_source  # explain shows none
    for width in (360, 1200):
        resize(browser, width)
        cells = browser.find_elements("css selector", "td")[:40]
        roles = {cell.aria_role for cell in cells if cell.is_displayed()}
        assert roles == ({"cell"} if has_tables else set())
    pictures = browser.find_elements("css selector", "svg[role=img]")
    assert all(picture.accessible_name for picture in pictures)
    levels = browser.execute_script(
        "return [...document.querySelectorAll('h1,h2,h3,h4,h5,h6')].map(h => Number(h.tagName[1]))"
    )
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert browser.execute_script("return document.querySelectorAll('th:empty').length") == 0


def resize(browser, width):
    browser.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride",
        {"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": width < 500},
    )


def press(browser, key):
    """Press a key wherever the focus is, and return what then has it."""
    browser.switch_to.active_element.send_keys(key)
    return browser.switch_to.active_element


def shown_in(browser) -> int:
    return browser.execute_script(
        "return [...document.querySelectorAll('.sample')].filter(s => s.offsetHeight > 0).length"
    )


def wait_until(holds):
    for _ in range(100):
        if holds():
            return
        time.sleep(0.05)
    assert holds()
