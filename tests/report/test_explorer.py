"""The explorer: are its numbers, worked out in the page, those of runs made afresh at the same settings?"""

from __future__ import annotations

import base64
import html
import json
import random
import re
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import carecost as cc
from carecost.analysis.sustained import sustained
from carecost.cli import main
from carecost.errors import FileError, InputError, UnknownNameError
from carecost.inputs.assumptions import Assumptions
from carecost.maths.monte_carlo import ends
from carecost.money.discounting import growth_path
from carecost.report.explorer import page
from carecost.report.explorer_data import payload
from carecost.text import numbers
from tests.report import browser
from tests.report.browser import Browser

Setting = dict[str, Any]

#: Exact settings are held to this share of the net present cost of the programme, which single precision keeps.
EXACT = 1e-6
#: What is interpolated from runs at 0, a half and the whole of a claim, as a share of what the whole claim changes:
#: 1.3e-5 is the largest measured over twelve years, at a quarter of the claim on foster carers.
BETWEEN = 5e-5
#: Claims and entries under another start or baseline, as a share of what the whole claims change.
NEAR = 0.02
#: Ends of a range that was moved, as a share of its width: draws are kept in 16 bits.
RANGE = 1e-3
YEARS, DRAWS = 7, 3


def published(data: Mapping[str, Any], **changed: Any) -> Setting:
    chosen = {"scenario": data["cases"][0]["scenario"], "start": data["own"], "delay": 0, "background": ""}
    return {**chosen, "claims": {}, "entries": 1.0, "prices": {}, "growth": {}, "cash": 1.0, "sustained": 0.0} | changed


def array(stated: Mapping[str, Any], weights: Mapping[str, np.ndarray]) -> np.ndarray:
    values = np.frombuffer(base64.b64decode(stated["f32"]), "<f4").astype(float)
    values = values.reshape(*(len(weights[name]) for name in stated["axes"]), -1)
    for name in stated["axes"]:
        values = np.tensordot(weights[name], values, axes=(0, 0))
    return values


def case_of(data: Mapping[str, Any], setting: Setting) -> dict[str, Any]:
    later = setting["start"] - data["own"] + setting["delay"]
    wanted = setting["scenario"], later, setting["background"]
    return next(one for one in data["cases"] if (one["scenario"], one["later"], one["background"]) == wanted)


def worked_out(data: Mapping[str, Any], setting: Setting) -> tuple[float, np.ndarray]:
    """Work out the net present saving and children in care as the page does, from what is put into it.

    What a claim on children or the level of entries does under another start or baseline is left to the browser.
    """
    case = case_of(data, setting)
    weights = {}
    for axis in case["axes"]:
        at = setting["entries"] if axis["name"] == "entries" else setting["claims"].get(axis["name"], 1.0)
        nodes = axis["nodes"]
        others = [[b for b in nodes if b != a] for a in nodes]
        weights[axis["name"]] = np.array(
            [np.prod([(at - b) / (a - b) for b in rest]) for a, rest in zip(nodes, others, strict=True)]
        )
    begun = min(y for name, y in case["first"].items() if y is not None and setting["claims"].get(name, 1.0) != 0)
    rows = {row["name"]: row for row in case["growths"] or data["growths"]}
    npv, factors = 0.0, np.array(data["factors"])
    for item, stated in zip(data["items"], case["items"], strict=True):
        row = rows[data["growths"][item["growth"]]["name"]] if item["growth"] >= 0 else None
        chosen = row is not None and row["name"] in setting["growth"]
        made = stated["known" if chosen else "drawn"]
        times = setting["prices"].get(item["name"], 1.0) * np.ones(len(factors))
        if row is not None and chosen:
            rate = setting["growth"][row["name"]]
            path = growth_path(rate, row["long_run"], row["fade"], np.array(row["elapsed"]), row["hold"])[0]
            times = times * path / np.array(row["path"])
        volume, price = (0.0 if made[k] is None else array(made[k], weights) * times for k in ("more", "dearer"))
        if stated["carried"]:
            price = price + array(stated["carried"], weights) * setting["sustained"]
        paid, level = cc.Cashable(**item["cashable"]), setting["cash"]
        shares = np.array([paid.share(year - begun) for year in data["years"]])
        if level > 1:
            shares = shares + (level - 1) * (1 - shares)
        elif paid.long < 1:
            shares = shares * level
        npv -= float(np.sum((price + volume * (1.0 if item["reform"] else shares)) * factors))
    inside = array(data["inaction"][case["inaction"]]["children"], weights)
    return npv, inside + (array(case["children"], weights) if case["children"] else 0.0)


def fresh(data: Mapping[str, Any], setting: Setting) -> cc.Saving:
    """Run the setting afresh, on a set of its own."""

    def paid(one: cc.Cashable) -> cc.Cashable:
        level = setting["cash"]
        if level <= 1:
            return replace(one, short=one.short * level, long=one.long * level) if one.long < 1 else one
        return replace(
            one, short=one.short + (level - 1) * (1 - one.short), long=one.long + (level - 1) * (1 - one.long)
        )

    made: Assumptions = cc.load_assumptions(data["set"])
    if setting["background"]:
        made = cc.under(made, setting["background"])
    made = made.scale("entry_rate", setting["entries"])
    for name, rate in setting["growth"].items():
        made = made.replace(name, rate)
    for name, factor in setting["prices"].items():
        made = made.scale("unit_cost", factor, item=name)
    made = replace(made, items=tuple(replace(item, cashable=paid(item.cashable)) for item in made.items))
    plan = cc.load_scenario(setting["scenario"])
    if setting["delay"]:
        plan = replace(plan.delayed(setting["delay"]), name=plan.name)
    claims = setting["claims"]
    levers = [
        replace(
            lever,
            changes=tuple(
                c if c.programme_spend else replace(c, share=c.share * claims.get(lever.name, 1.0))
                for c in lever.changes
            ),
        )
        for lever in plan.levers
    ]
    plan = replace(plan, levers=tuple(levers))
    draws = cc.Draws(data["draws"], seed=data["seed"])
    run = partial(cc.run, made, years=len(data["years"]), draws=draws, start=setting["start"])
    if setting["sustained"]:
        own = {lever.name for lever in plan.levers}
        carried = sustained(run(plan).run, plan.name).levers
        more = [
            replace(one, changes=tuple(replace(c, share=setting["sustained"]) for c in one.changes)) for one in carried
        ]
        plan = replace(plan, levers=(*plan.levers, *(one for one in more if one.name not in own)))
    return run(plan).compare(plan.name)


def at_random(data: Mapping[str, Any], luck: random.Random, scenario: str, **chosen: Any) -> Setting:
    """Draw a setting that is exact: claims on children and entries move only where nothing else is chosen."""
    setting = published(data, scenario=scenario, **chosen)
    case = case_of(data, setting)
    exact = [axis["name"] for axis in case["axes"][1:] if not axis["why"] and len(axis["nodes"]) > 1]
    free = len(case["axes"][0]["nodes"]) > 1
    return setting | {
        "claims": {name: round(luck.random(), 2) for name in exact},
        "entries": round(luck.uniform(0.8, 1.2), 3) if free else 1.0,
        "prices": {
            "children's home": round(luck.uniform(0.5, 1.5), 2),
            "foster agency": round(luck.uniform(0.5, 1.5), 2),
        },
        "growth": {
            row["name"]: round(luck.uniform(row["least"], row["most"]), 3)
            for row in (case["growths"] or data["growths"])[:2]
        },
        "cash": round(luck.uniform(0, 2), 2),
        "sustained": round(luck.random(), 2),
    }


def chosen_at_random(luck: random.Random) -> dict[str, Any]:
    return luck.choice([{"start": 2029}, {"delay": 1}, {"background": "mix-held"}, {"background": "prices-flat"}])


@pytest.fixture(scope="module")
def results() -> cc.Results:
    return cc.run("england-2025", "foster-carers", "care-review-evidenced", years=YEARS, draws=DRAWS)


@pytest.fixture(scope="module")
def data(results: cc.Results) -> dict[str, Any]:
    found: dict[str, Any] = payload(results.run, [2029], ["mix-held", "prices-flat"])
    return json.loads(json.dumps(found))  # type: ignore[no-any-return]


def test_published_case_is_that_of_the_run(results: cc.Results, data: dict[str, Any]) -> None:
    for scenario in data["scenarios"]:
        npv, children = worked_out(data, published(data, scenario=scenario))
        saving = results.compare(scenario)
        assert npv == pytest.approx(saving.npv().mean(), rel=EXACT)
        assert children == pytest.approx(saving.scenario.children.mean(0), rel=2e-7)


@pytest.mark.parametrize("chosen", [{}, {"start": 2029}, {"background": "mix-held"}, {"background": "prices-flat"}])
def test_any_exact_setting_is_that_of_a_run_made_afresh(data: dict[str, Any], chosen: dict[str, Any]) -> None:
    scenario = list(data["scenarios"])[len(chosen)]
    setting = at_random(data, random.Random(len(str(chosen))), scenario, **chosen)
    (npv, children), run = worked_out(data, setting), fresh(data, setting)
    wanted, scale = float(run.npv().mean()), abs(worked_out(data, published(data, scenario=scenario))[0])
    assert npv == pytest.approx(wanted, abs=EXACT * max(scale, abs(wanted)))
    assert children == pytest.approx(run.scenario.children.mean(0), rel=1e-6)


def test_published_case_is_the_mean_of_all_draws_though_few_are_used() -> None:
    data = payload(cc.run("england-2025", "family-help", years=YEARS, draws=DRAWS).run, [], [], few=2)
    prices, growth = {"children's home": 1.2}, {"growth of residential prices": 0.02}
    for setting in (published(data), published(data, prices=prices, growth=growth, cash=1.5, sustained=0.5)):
        npv, children = worked_out(data, setting)
        run = fresh(data, setting)
        assert npv == pytest.approx(run.npv().mean(), rel=EXACT)
        assert children == pytest.approx(run.scenario.children.mean(0), rel=EXACT)
    assert data["few"] == 2


def test_setting_is_that_of_the_response(results: cc.Results, data: dict[str, Any]) -> None:
    scale, prices = {"family help": 0.3}, {"children's home": 1.1}
    setting = published(data, scenario="care-review-evidenced", claims=scale, prices=prices, entries=0.97)
    saving = results.what_if("care-review-evidenced").at(scale=scale, prices=prices, entries=0.97)
    assert worked_out(data, setting)[0] == pytest.approx(saving.npv().mean(), rel=EXACT)


def test_what_is_interpolated_is_said_and_near() -> None:
    results = cc.run("england-2025", "foster-carers", years=12)
    data = payload(results.run, [], [])
    axis = data["cases"][0]["axes"][1]
    assert axis["nodes"] == [0.0, 0.5, 1.0]
    assert "foster carers" in page(data).split("Interpolated")[1].split("</li>")[0]
    whole = results.compare("foster-carers")
    for share in (0.25, 0.75):
        setting = published(data, claims={"foster carers": share})
        saving = results.what_if("foster-carers").at(scale=setting["claims"])
        change = float(abs(whole.npv().mean() - worked_out(data, published(data, claims={"foster carers": 0.0}))[0]))
        assert worked_out(data, setting)[0] == pytest.approx(saving.npv().mean(), abs=BETWEEN * change)


def test_page_fetches_nothing_and_is_under_a_megabyte(results: cc.Results, tmp_path: Path) -> None:
    text = results.explorer(tmp_path / "explorer.html", starts=[], backgrounds=["prices-growing"]).read_text(
        encoding="utf-8"
    )
    assert len(text.encode()) < 1_000_000
    assert not re.search(r"(src|href)=|url\(|import\(|fetch\(|XMLHttp", text)
    assert "default-src 'none'" in html.unescape(text)


def test_page_is_refused_under_another_ending_or_without_a_scenario(results: cc.Results, tmp_path: Path) -> None:
    with pytest.raises(FileError, match=r"does not end in \.html"):
        results.explorer(tmp_path / "explorer.txt")
    with pytest.raises(UnknownNameError, match=r"'mix-hold'.*'mix-held'"):
        results.explorer(tmp_path / "explorer.html", backgrounds=["mix-hold"])
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
    assert opened.run("return document.activeElement.tagName") != "INPUT"
    opened.run(MOVE + "put('start', 2029, 'change')")
    assert opened.run("return explorer.link()") == "start=2029"


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
