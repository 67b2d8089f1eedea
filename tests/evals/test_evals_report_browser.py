"""The page of a run, in a real browser: it loads nothing, runs nothing of others, and can be searched and read."""

import re

import programs
import pytest
from playwright.sync_api import expect, sync_playwright
from report_run import COMMENT, IMAGE, SCRIPT, run

from newsqa.evals.report.write import write_reports
from newsqa.evals.summary import summarise

WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 375, "height": 800}
CONTRAST = 4.5  # WCAG 2.2, 1.4.3, of text


@pytest.fixture(scope="module")
def browser():
    found = programs.browser()
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    folder = tmp_path_factory.mktemp("run")
    lines = run()
    write_reports(folder, summarise(lines))
    return (folder / "report.html").as_uri()


class Seen:
    """What a page asked for, and what it complained of."""

    def __init__(self, page):
        self.requests, self.complaints = [], []
        page.on("request", lambda request: self.requests.append(request.url))
        page.on("console", lambda message: self.complaints.append(message.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))


@pytest.fixture
def opened(browser, file):
    """Return a function that opens the page, with what is given of its address and of the browser's ways."""
    contexts, seen = [], []

    def open_page(where="", **ways):
        contexts.append(browser.new_context(**{"viewport": WIDE, **ways}))
        page = contexts[-1].new_page()
        page.set_default_timeout(10_000)
        seen.append(Seen(page))
        page.goto(file + where)
        return page

    yield open_page
    for one, context in zip(seen, contexts, strict=True):
        context.close()
        assert one.complaints == []
        assert {request.split("#")[0] for request in one.requests} == {file}


@pytest.fixture
def page(opened):
    return opened()


def row(page, name):
    return page.locator(".question").filter(has=page.locator("summary code", has_text=re.compile(f"^{name}$")))


def shown(page):
    """Return the ids of the questions in the list, but for the hostile one."""
    names = page.locator(".question:not([hidden]) > summary code").all_text_contents()
    return [name for name in names if "window.owned" not in name]


def choose(page, label, choice):
    field = page.get_by_label(label, exact=True)
    field.select_option(label=re.search(rf"{choice} \(\d+\)", field.inner_text())[0])


def test_the_page_asks_for_nothing_but_itself(browser, file):
    context = browser.new_context()
    page = context.new_page()
    seen = Seen(page)
    page.goto(file)
    for question in page.locator(".question").all():
        question.locator("summary").first.click()
    page.wait_for_timeout(200)
    assert seen.requests == [file]
    assert seen.complaints == []
    context.close()


TRIES = """() => new Promise((resolve) => {
    const refused = [];
    const add = (name, fields) => document.body.append(Object.assign(document.createElement(name), fields));
    document.addEventListener("securitypolicyviolation", (event) => refused.push(event.effectiveDirective));
    add("img", { src: "https://tarn.example/x.png" });
    add("script", { textContent: "window.owned = 1" });
    add("style", { textContent: "body { color: red }" });
    fetch("https://tarn.example/").catch(() => {});
    setTimeout(() => resolve(refused), 300);
})"""


def test_the_page_could_load_nothing_if_it_tried(browser, file):
    page = browser.new_page()
    page.goto(file)
    assert {"img-src", "connect-src", "script-src-elem", "style-src-elem"} <= set(page.evaluate(TRIES))
    assert page.evaluate("window.owned") is None
    page.close()


def test_hostile_words_are_shown_and_run_nothing(page):
    hostile = page.locator(".question").filter(has_text="window.owned")
    hostile.locator("summary").first.click()
    hostile.locator(".passage").evaluate_all("all => all.forEach((one) => (one.open = true))")
    text = hostile.inner_text()
    for words in (SCRIPT, IMAGE, COMMENT, "javascript:window.owned=1", "␛[2J", "not in the index", "word for word"):
        assert words in text, words
    assert "\u202e" not in text
    assert page.evaluate("window.owned") is None
    assert page.locator("main img, main script, main b").count() == 0


def test_links_go_to_web_addresses_only_and_give_nothing_away(page):
    links = page.locator("a[href]:not([href^='#'])")
    assert links.count() > 5
    for link in links.all():
        assert re.match(r"https?://[a-z.-]+/", link.get_attribute("href"))
        assert set(link.get_attribute("rel").split()) >= {"noopener", "noreferrer"}
    assert page.locator("[onmouseover]").count() == 0


def test_all_questions_are_listed_with_their_count(page):
    assert len(shown(page)) == 8
    expect(page.locator("output")).to_have_text("9 questions")


@pytest.mark.parametrize(
    ("label", "choice", "names"),
    [
        ("Outcome", "right", {"ferry-time", "rocket"}),
        ("Outcome", "failed", {"broken"}),
        ("Outcome", "not judged", {"open"}),
        ("Went wrong", "wrongly refused", {"aboard"}),
        ("Tag", "person", {"captain", "moon"}),
        ("Reply", "refused", {"aboard", "mill", "moon", "rocket"}),
    ],
)
def test_filters_show_the_questions_that_fit(page, label, choice, names):
    choose(page, label, choice)
    assert set(shown(page)) == names
    expect(page.locator("output")).to_have_text(f"{len(names)} of 9 questions")
    page.get_by_role("button", name="Clear").click()
    expect(page.locator("output")).to_have_text("9 questions")


def test_filters_and_search_count_together(page):
    choose(page, "Tag", "time")
    page.get_by_label("Search", exact=True).fill("CAPTAIN 41 million")
    assert shown(page) == ["captain"], "it searches questions and answers, whatever case"
    page.get_by_label("Search", exact=True).fill("zeppelin")
    expect(page.get_by_text("No question is like that.")).to_be_visible()
    expect(page.locator("output")).to_have_text("0 of 9 questions")


def test_a_bucket_leads_to_its_questions(page):
    page.locator(".buckets").get_by_role("button", name="not retrieved").click()
    assert shown(page) == ["mill"]
    expect(page.get_by_label("Went wrong", exact=True)).to_be_focused()


def test_what_is_filtered_stands_in_the_address(opened):
    page = opened()
    choose(page, "Outcome", "failed")
    kept = page.evaluate("location.hash")
    assert shown(opened(kept)) == ["broken"]


def test_an_address_opens_a_question(opened):
    page = opened("#q2")
    assert row(page, "captain").get_attribute("open") is not None
    expect(row(page, "captain").locator(".reply")).to_be_in_viewport()


def test_questions_are_sorted_both_ways_and_the_unknown_comes_last(page):
    button = page.locator(".columns").get_by_role("button", name="F1")
    button.click()
    up = _scores(page)
    button.click()
    down = _scores(page)
    known = [float(score) for score in up if score]
    assert len(known) > 3
    assert [score for score in up if score] == up[: len(known)], "the unknown is last"
    assert [float(score) for score in down[: len(known)]] == sorted(known, reverse=True)
    assert known == sorted(known)
    expect(button).to_have_attribute("aria-pressed", "true")


def _scores(page):
    return page.locator(".question").evaluate_all("rows => rows.map((row) => row.dataset.f1)")


def test_a_question_shows_what_was_said_beside_what_was_to_be_found(page):
    question = row(page, "ferry-time")
    question.locator("summary").first.click()
    said, sought = question.locator(".said"), question.locator(".sought")
    expect(said.locator(".reply")).to_contain_text("left Tolver at 7.25 a.m. with 312 people aboard. [1]")
    expect(said.locator(".citations")).to_contain_text("About the ferry")
    expect(said.locator(".citations")).to_contain_text("Tarn Herald · 2025-04-21")
    expect(said.locator(".citations a")).to_have_attribute("href", "https://tarn-herald.example/ferry")
    expect(sought.locator(".accepted")).to_have_text("“7.25 a.m.”")
    expect(sought.locator(".gold").first).to_contain_text("retrieved, no. 2")
    left, right = said.bounding_box(), sought.bounding_box()
    assert left["x"] + left["width"] <= right["x"]
    assert left["y"] == pytest.approx(right["y"], abs=2)


def test_the_passage_that_bears_the_answer_is_open_and_its_words_are_marked(page):
    question = row(page, "ferry-time")
    question.locator("summary").first.click()
    expect(question.locator(".passage[open]")).to_have_count(1)
    passage = question.locator(".passage[open]")
    expect(passage.locator(".badge")).to_have_text(["gold", "evidence", "cited"])
    expect(passage.locator("mark.answer")).to_have_text("7.25 a.m")
    assert "with 312 people aboard." in "".join(passage.locator("mark.cited").all_text_contents())


def test_a_question_shows_what_was_dropped_and_what_was_said_before(page):
    captain, talk, broken = row(page, "captain"), row(page, "open"), row(page, "broken")
    for question in (captain, talk, broken):
        question.locator("summary").first.click()
    expect(captain.locator(".dropped")).to_contain_text("She is 90. number 90 is in no quote")
    expect(talk.locator(".history")).to_contain_text("It opens on Friday.")
    expect(talk).to_contain_text("Understood as: What is the tram line like?")
    expect(captain.locator(".facts").last).to_contain_text("hostile </script> judge")
    expect(captain.locator(".facts").last).to_contain_text("It spoke <b>in riddles</b>.")
    expect(broken).to_contain_text("No answer could be made: The model did not answer.")


def test_it_can_be_used_without_a_mouse(page):
    page.keyboard.press("/")
    expect(page.get_by_label("Search", exact=True)).to_be_focused()
    page.keyboard.type("captain")
    for _ in range(30):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.matches('.question > summary')"):
            break
    page.keyboard.press("Enter")
    expect(row(page, "captain").locator(".reply")).to_be_visible()
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline != "none", "one sees where one is"


def test_plots_have_titles_and_say_what_they_show(page):
    plots = page.locator("figure svg")
    assert plots.count() >= 4
    for plot in plots.all():
        assert plot.get_attribute("role") == "img"
        named, told = (plot.get_attribute(name) for name in ("aria-labelledby", "aria-describedby"))
        assert page.locator(f"#{named}").text_content()
        assert re.search(r"\d", page.locator(f"#{told}").text_content())
        assert plot.locator("path, line, circle").count() > 3
    titles = page.locator("figure h3").all_inner_texts()
    assert {"Risk by coverage", "Calibration", "Latency by stage"} <= set(titles)
    assert any("by tag" in title for title in titles)


def test_ids_are_used_once(page):
    ids = page.evaluate("[...document.querySelectorAll('[id]')].map((one) => one.id)")
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_stands_out_from_its_ground(opened, scheme):
    page = opened(color_scheme=scheme)
    row(page, "captain").locator("summary").first.click()
    ground = _light(page, "body", "backgroundColor")
    assert (ground < 0.2) == (scheme == "dark")
    for part in ("body", ".aside", ".outcome[data-is=missed]", ".source a", ".reply sup", ".under", "figure text"):
        colour = "fill" if part == "figure text" else "color"
        light, dark = sorted((_light(page, part, colour), ground), reverse=True)
        assert (light + 0.05) / (dark + 0.05) >= CONTRAST, part


def _light(page, part, what):
    """Return the relative luminance (WCAG 2.2) of a colour of the first such part."""
    told = page.locator(part).first.evaluate("(one, what) => getComputedStyle(one)[what]", what)
    shares = [int(number) / 255 for number in re.findall(r"\d+", told)[:3]]
    linear = [share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_it_fits_a_telephone(opened):
    page = opened(viewport=NARROW)
    for question in page.locator(".question > summary").all():
        question.click()
    assert page.evaluate("document.documentElement.scrollWidth") == NARROW["width"]
    cut = page.locator("summary").evaluate_all("all => all.filter((one) => one.scrollWidth > one.clientWidth).length")
    assert cut == 0, "nothing is cut off"
    question = row(page, "ferry-time")
    said, sought = question.locator(".said").bounding_box(), question.locator(".sought").bounding_box()
    assert said["y"] + said["height"] <= sought["y"], "one below the other"


def test_it_reads_well_where_a_server_allows_no_script(opened):
    page = opened(java_script_enabled=False)
    expect(page.locator(".filters")).to_be_hidden()
    row(page, "captain").locator("summary").first.click()
    expect(row(page, "captain").locator(".reply")).to_be_visible()


def test_paper_shows_the_questions_and_no_controls(page):
    page.emulate_media(media="print", color_scheme="dark")
    expect(page.locator(".filters")).to_be_hidden()
    expect(page.locator(".question").first).to_be_visible()
    assert _light(page, "body", "color") < 0.1, "dark on white, whatever the screen likes"
