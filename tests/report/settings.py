"""Settings of the explorer: worked out as the page does, and run afresh."""

from __future__ import annotations

import base64
import random
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

import carecost as cc
from carecost.analysis.sustained import sustained
from carecost.inputs.assumptions import Assumptions
from carecost.money.discounting import growth_path

Setting = dict[str, Any]

#: Exact settings are held to this share of the net present cost of the programme, which single precision keeps.
EXACT = 1e-6
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
            rate, long_run = setting["growth"][row["name"]], row["long_run"]
            rate, long_run = (0.0, 0.0) if rate == "flat" else (rate, rate if long_run is None else long_run)
            path = growth_path(rate, long_run, row["fade"], np.array(row["elapsed"]), row["hold"])[0]
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
        made = made.replace(name, 0, long_run=0) if rate == "flat" else made.replace(name, rate)
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
            row["name"]: luck.choice(["flat", round(luck.uniform(row["least"], row["most"]), 3)])
            for row in (case["growths"] or data["growths"])[:2]
        },
        "cash": round(luck.uniform(0, 2), 2),
        "sustained": round(luck.random(), 2),
    }


def chosen_at_random(luck: random.Random) -> dict[str, Any]:
    return luck.choice([{"start": 2029}, {"delay": 1}, {"background": "mix-held"}, {"background": "prices-flat"}])
