"""Findings on forecasts of children in care: what rules and others said, what came, and how often bands held."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import numpy as np

import carecost as cc
from carecost.analysis.forecast_rules import MODELS, ONE, Luck
from data.rules.sources.published import table
from data.rules.sources.write import csv_text

#: Rules that are shown, origins and years ahead; a release more is a row more.
RULES = ("no change", "drift, whole record", "held flows", "held flows and drift", "ours")
FIRST, HORIZONS, DRAWS = 2000, (1, 2, 3, 5, 8, 10), 4000
SAID = ("model", "origin", "date", "said", "low_80", "high_80", "came", "error_percent")
SCORED = (
    "model",
    "years_ahead",
    "windows",
    "independent",
    "bias_percent",
    "error_percent",
    "spread",
    "crps",
    "within_80",
)
OTHERS = ("publication", "known", "date", "said", "came", "error_percent", "rule", "rule_said", "low_80", "high_80")
#: The last 31 March that had been published when others projected children in care.
KNOWN = {
    "CCN/Newton Nov 2021": 2021,
    "Care Review May 2022": 2021,
    "Guardian editorial 2022": 2021,
    "CCN/IMPOWER Nov 2024": 2024,
}
CHILDREN = ("children in care", "children in care in a decade at 2% pa")


def tables() -> dict[str, str]:
    """Write what rules would have said, their scores, and what others said."""
    return {
        "forecasts.csv": csv_text(SAID, _said()),
        "forecast_scores.csv": csv_text(SCORED, _scores()),
        "others_forecasts.csv": csv_text(OTHERS, _others()),
    }


@cache
def found() -> cc.Backtest:
    """Score the rules from every origin."""
    history = cc.load_history("england")
    origins = range(FIRST, history.years[-1])
    return cc.backtest(history, list(RULES), origins=origins, horizons=HORIZONS, draws=DRAWS)


def _said() -> Iterator[dict[str, object]]:
    for row in found().forecasts().to_dict("records"):
        yield {
            "model": row["model"],
            "origin": row["origin"],
            "date": row["date"],
            "said": _ten(row["central"]),
            "low_80": _ten(row["0.1"]),
            "high_80": _ten(row["0.9"]),
            "came": round(row["came"]),
            "error_percent": f"{100 * (row['central'] / row['came'] - 1):+.1f}",
        }


def _scores() -> Iterator[dict[str, object]]:
    rows = found().scores()
    values = rows.set_index(["model", "horizon", "score"])
    for (model, horizon), some in rows.groupby(["model", "horizon"], sort=False):
        score = {name: values.loc[(model, horizon, name)] for name in ("bias", "mape", "crps", "coverage_80")}
        yield {
            "model": model,
            "years_ahead": horizon,
            "windows": int(some["origins"].iloc[0]),
            "independent": int(some["independent"].iloc[0]),
            "bias_percent": f"{score['bias']['value']:+.1f}",
            "error_percent": f"{score['mape']['value']:.1f}",
            "spread": f"{score['mape']['spread']:.1f}",
            "crps": _ten(score["crps"]["value"]),
            "within_80": f"{score['coverage_80']['value']:.2f}",
        }


def _others() -> Iterator[dict[str, object]]:
    """Put others' projections of children in care beside what two rules say from what was known then."""
    history = cc.load_history("england")
    came = dict(zip(history.years, np.asarray(history.stock)[0].tolist(), strict=True))
    for row in table("published_projections"):
        known, date = KNOWN.get(row["publication"]), int(row["year"] or 0)
        if known is None or row["measure"] not in CHILDREN or date <= known:
            continue
        for name in ("held flows", "ours"):
            forecast = MODELS[ONE][name].forecast(history.until(known), (date - known,), Luck(f"{name}/{known}", DRAWS))
            low, middle, high = np.quantile(np.asarray(forecast)[0, 0], [0.1, 0.5, 0.9]).tolist()
            said, seen = float(row["value"]), came.get(date)
            yield {
                "publication": row["publication"],
                "known": known,
                "date": date,
                "said": round(said),
                "came": "" if seen is None else round(seen),
                "error_percent": "" if seen is None else f"{100 * (said / seen - 1):+.1f}",
                "rule": name,
                "rule_said": _ten(middle),
                "low_80": _ten(low),
                "high_80": _ten(high),
            }


def _ten(children: float) -> int:
    return round(children / 10) * 10
