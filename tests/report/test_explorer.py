"""The explorer: are its numbers, worked out in the page, those of runs made afresh at the same settings?"""

from __future__ import annotations

import html
import json
import random
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import carecost as cc
from carecost.cli import main
from carecost.errors import FileError, InputError, UnknownNameError
from carecost.maths.monte_carlo import ends
from carecost.report.explorer import page, without_baselines
from carecost.text import numbers
from tests.report import browser
from tests.report.browser import Browser
from tests.report.settings import EXACT, at_random, chosen_at_random, fresh, published, worked_out

#: Claims and entries under another start or baseline, as a share of what the whole claims change.
NEAR = 0.02
#: Ends of a range that was moved, as a share of its width: draws are kept in 16 bits.
RANGE = 1e-3


def test_page_fetches_nothing_and_is_under_a_megabyte(explored: cc.Results, tmp_path: Path) -> None:
    text = explored.explorer(tmp_path / "explorer.html", starts=[], backgrounds=["prices-growing"]).read_text(
        encoding="utf-8"
    )
    assert len(text.encode()) < 1_000_000
    assert not re.search(r"(src|href)=|url\(|import\(|fetch\(|XMLHttp", text)
    assert "default-src 'none'" in html.unescape(text)


def test_page_is_refused_under_another_ending_or_without_a_scenario(explored: cc.Results, tmp_path: Path) -> None:
    with pytest.raises(FileError, match=r"does not end in \.html"):
        explored.explorer(tmp_path / "explorer.txt")
    with pytest.raises(UnknownNameError, match=r"'mix-hold'.*'mix-held'"):
        explored.explorer(tmp_path / "explorer.html", backgrounds=["mix-hold"])
    with pytest.raises(InputError, match="no scenario beside inaction"):
        cc.run("england-2025", years=1).explorer(tmp_path / "explorer.html")


def test_command_writes_it_and_refuses_another_ending_before_it_runs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["compare", "england-2025", "family-help", "--draws", "0", "--years", "4", "--no-charts", "--quiet"]
    words += ["--out", str(tmp_path / "out"), "--explorer"]
    assert main([*words, str(tmp_path / "explorer.pdf")]) == 2
    assert "does not end in .html" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
    assert main([*words, str(tmp_path / "explorer.html")]) == 0
    written = (tmp_path / "explorer.html").read_text(encoding="utf-8")
    found = re.search(r'<script type="application/json" id="data">(.*)</script>', written)
    assert found is not None
    assert json.loads(found[1])["later"] == [0, 1]  # nothing would be done in four years from a later one


def test_page_without_room_for_baselines_is_the_same_without_them(data: dict[str, Any]) -> None:
    fewer = without_baselines(data)
    assert len(page(fewer)) < len(page(data))
    assert "Left out" in page(fewer)
    assert "Left out" not in page(data)
    for chosen in ({}, {"start": 2029}):
        setting = published(data, **chosen)
        (npv, children), (wanted, like) = worked_out(fewer, setting), worked_out(data, setting)
        assert npv == wanted
        assert (children == like).all()


# In a browser


@pytest.fixture(scope="module")
def window(data: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Browser, Path]]:
    if browser.missing():
        pytest.skip(f"not there: {browser.missing()}")
    made: Path = tmp_path_factory.mktemp("explorer") / "explorer.html"
    made.write_text(page(data), encoding="utf-8")
    with Browser(1280) as opened:
        opened.open(made)
        yield opened, made


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(6))
def test_browser_gives_a_run_made_afresh(window: tuple[Browser, Path], data: dict[str, Any], seed: int) -> None:
    luck = random.Random(seed)
    scenario, chosen = luck.choice(list(data["scenarios"])), chosen_at_random(luck) if seed % 2 else {}
    setting = at_random(data, luck, scenario, **chosen)
    shown = window[0].run(f"return explorer.evaluate({json.dumps(setting)})")
    saving = fresh(data, setting)
    scale = abs(worked_out(data, published(data, scenario=scenario))[0])
    npv = float(saving.npv().mean())
    assert shown["npv"] == pytest.approx(npv, abs=EXACT * max(scale, abs(npv)))
    assert shown["after"] == pytest.approx(saving.scenario.children.mean(0), rel=1e-6)


@pytest.mark.slow
@pytest.mark.parametrize("chosen", [{"start": 2029}, {"background": "mix-held"}, {"background": "prices-flat"}])
def test_claims_under_a_choice_are_near_a_run_made_afresh(
    window: tuple[Browser, Path], data: dict[str, Any], chosen: dict[str, Any]
) -> None:
    scenario, claims = "care-review-evidenced", {"family help": 0.4, "family group conferences": 0.8}
    setting = published(data, scenario=scenario, claims=claims, entries=1.07, **chosen)
    shown = window[0].run(f"return explorer.evaluate({json.dumps(setting)})")
    whole, none = (fresh(data, setting | {"claims": dict.fromkeys(claims, share)}).npv().mean() for share in (1.0, 0.0))
    assert shown["npv"] == pytest.approx(fresh(data, setting).npv().mean(), abs=NEAR * abs(whole - none))


@pytest.mark.slow
@pytest.mark.parametrize("chosen", [{}, {"start": 2029}, {"background": "mix-held"}])
def test_interval_of_the_case_as_it_is_is_that_of_a_run(
    window: tuple[Browser, Path], data: dict[str, Any], chosen: dict[str, Any]
) -> None:
    setting = published(data, **chosen)
    shown = window[0].run(f"return explorer.band({json.dumps(setting)})")
    saving = fresh(data, setting)
    assert shown["npv"] == pytest.approx(np.quantile(saving.npv(), ends()), rel=EXACT)
    assert np.array(shown["after"]).T == pytest.approx(np.quantile(saving.scenario.children, ends(), axis=0), rel=EXACT)


@pytest.mark.slow
def test_interval_moves_with_claims_entries_and_prices(window: tuple[Browser, Path], data: dict[str, Any]) -> None:
    claims = {"family help": 0.4, "family group conferences": 0.8}
    prices = {"children's home": 0.8}
    setting = published(data, scenario="care-review-evidenced", claims=claims, entries=1.1, prices=prices)
    shown = window[0].run(f"return explorer.band({json.dumps(setting)})")
    saving = fresh(data, setting)
    wanted = np.quantile(saving.npv(), ends())
    assert shown["npv"] == pytest.approx(wanted, abs=RANGE * (wanted[1] - wanted[0]))
    reached = np.quantile(saving.scenario.children, ends(), axis=0)
    assert np.array(shown["after"]).T == pytest.approx(reached, rel=1e-4)


DOWN, RIGHT, ENTER = "\ue015", "\ue014", "\ue007"


def said(opened: Browser) -> str:
    """Give the sentences, once they are said."""
    opened.run("explorer.sayNow()")
    return str(opened.run("return document.getElementById('sentences').textContent"))


MOVE = """
const put = (id, value, event = 'input') => {
  const input = document.getElementById(id);
  input.value = value;
  input.dispatchEvent(new Event(event));
};
"""


@pytest.mark.slow
def test_sliders_give_a_link_and_back_is_one_click(window: tuple[Browser, Path]) -> None:
    opened, page_made = window
    opened.run("location.hash = ''; document.getElementById('back').click();")
    opened.run(
        MOVE
        + "put('claim-0', 0.5); put('entries', 1.05); put('growth-0', 0.03); put('cash', 1.5); put('sustained', 0.5);"
        'put("price-children\'s home", 0.9); put("delay", 1, "change");'
    )
    link = opened.run("return location.hash")
    assert "entries=1.05" in link
    assert "delay=1" in link
    here = opened.run("return explorer.evaluate(explorer.fromLink(location.hash.slice(1)).setting).npv")
    assert numbers.pounds(here).removeprefix(numbers.MINUS) in opened.run("return document.body.innerText")
    opened.open(page_made)
    opened.run(f"location.hash = {json.dumps(link)}")
    assert opened.run("return explorer.evaluate(explorer.fromLink(explorer.link()).setting).npv") == here
    opened.run("document.getElementById('back').click()")
    assert opened.run("return [location.hash, explorer.link()]") == ["", ""]


@pytest.mark.slow
def test_one_choice_puts_the_other_back(window: tuple[Browser, Path]) -> None:
    opened, _ = window
    opened.run("document.getElementById('back').click();" + MOVE + "put('delay', 1, 'change')")
    opened.run(MOVE + "put('baseline-mix', 'mix-held', 'change')")
    assert opened.run("return explorer.link()") == "background=mix-held"
    opened.run(MOVE + "put('start', 2029, 'change')")
    assert opened.run("return explorer.link()") == "start=2029"


@pytest.mark.slow
def test_keys_alone_answer_what_a_reader_asks(window: tuple[Browser, Path]) -> None:
    """The share at which it breaks even is there; a delay, and prices of homes that stay flat, are an action each."""
    opened, _ = window
    opened.run("document.getElementById('back').click()")
    assert re.search(r"break(s)? even", said(opened))
    opened.press("delay", DOWN)
    assert "delay=1" in opened.run("return location.hash")
    assert opened.run("return document.activeElement.id") == "delay"
    assert "than the published case" in said(opened)
    opened.press("back", ENTER)
    assert opened.run("return location.hash") == ""
    opened.press("growth-0-flat", ENTER)
    assert "growth of residential prices: none" in said(opened)
    opened.press("entries", RIGHT)
    assert "entries=1.005" in opened.run("return location.hash")
    opened.press("back", ENTER)
    assert opened.run("return explorer.link()") == ""


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
def test_copied_python_and_command_give_what_the_page_shows(
    window: tuple[Browser, Path], data: dict[str, Any], capsys: pytest.CaptureFixture[str], seed: int
) -> None:
    luck = random.Random(seed)
    chosen = {} if seed == 0 else chosen_at_random(luck)
    setting = at_random(data, luck, luck.choice(list(data["scenarios"])), **chosen)
    opened, _ = window
    found = opened.run(f"return explorer.textsAt({json.dumps(setting)})")
    assert found["python"].startswith("import carecost as cc\n")
    assert found["python"].count("\n") == 3
    exec(found["python"], {})
    assert float(capsys.readouterr().out) == pytest.approx(found["npv"], rel=EXACT)
    words = shlex.split(found["command"])
    assert words[0] == "carecost"
    assert main([*words[1:], "--format", "json"]) == 0
    rows = {row["what"]: row for row in json.loads(capsys.readouterr().out)}
    assert rows["Net present saving to the public purse (cashable)"]["mean"] * 1e9 == pytest.approx(
        found["npv"], rel=EXACT
    )


@pytest.mark.slow
def test_link_that_cannot_be_is_said_and_not_taken(window: tuple[Browser, Path]) -> None:
    opened, _ = window
    wrong = "entries=9&claims.nobody=0.5"
    said = opened.run(f"location.hash = '{wrong}'; return explorer.fromLink('{wrong}').wrong")
    assert said == ["entries is 9: from 0.8 to 1.2", "claims.nobody=0.5 is not here"]
    shown = opened.run("return [document.getElementById('problem').innerText, explorer.link()]")
    assert said[1] in shown[0]
    assert shown[1] == ""


@pytest.mark.slow
def test_numbers_are_written_as_everywhere_else(window: tuple[Browser, Path]) -> None:
    luck = random.Random(1)
    amounts = [luck.choice([-1, 1]) * 10 ** luck.uniform(0, 11) for _ in range(200)]
    shown = window[0].run(f"return {json.dumps(amounts)}.map(n => [explorer.pounds(n), explorer.children(n)])")
    assert shown == [[numbers.pounds(n), numbers.children(n)] for n in amounts]


@pytest.mark.slow
@pytest.mark.parametrize("width", [1280, 390])
def test_explorer_can_be_used_by_all_and_on_a_phone(window: tuple[Browser, Path], tmp_path: Path, width: int) -> None:
    try:
        axe = browser.axe_source(tmp_path)
    except OSError as error:  # pragma: no cover - without a network
        pytest.skip(f"axe-core could not be fetched: {error}")
    with Browser(width) as opened:
        opened.open(window[1])
        opened.run("document.querySelector('details').open = true")
        assert opened.violations(axe) == []
        assert min(opened.letters()) >= 11.0
        assert opened.run("return document.documentElement.scrollWidth") <= width
