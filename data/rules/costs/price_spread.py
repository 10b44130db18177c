"""Spread of the price of residential placements, from how many cost £10,000 a week or more."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.stats import norm

from data.rules.costs.items import Line
from data.rules.sources.published import LAIT, figure, line, per_week
from data.rules.sources.write import csv_text

_COLUMNS = ("items", "sd", "unit", "source", "source_year", "quality", "note")
DEAR = 10_000.0
_PRICE, _LINE = "Residential (gross s251 / 903 care days K1,K2,R1,S1)", "3.1.1 Residential care"
_WEEKS = 365 / 7
#: Years of the survey, and the years whose residential lines and stocks are published about it.
SURVEYED = {"2018-19": ((2018, 2020), (2018, 2019)), "2022-23": ((2023,), (2022, 2023))}


def residents(years: Sequence[int]) -> float:
    """Children in residential care on average: spending over the price of a week, mean over some years."""
    return float(np.mean([line(year, _LINE) / per_week(year, _PRICE) / _WEEKS for year in years]))


def surveyed(year: str) -> tuple[float, float, float]:
    """Give dear placements, residential placements as the survey counts placements, and the mean price of a week."""
    priced, stocks = SURVEYED[year]
    children = np.mean([figure("time_series", "stock", year=str(y)) for y in stocks])
    dear, every = (
        figure("service_unit_costs", "value", year=year, item=item)
        for item in (
            "Placements costing GBP10,000 a week or more",
            "All placements of the survey of high-cost placements",
        )
    )
    week = per_week(2000 + int(year[-2:]), _PRICE)
    return dear, float(residents(priced) * every / children), week


def expected(sd: float, placements: float, week: float) -> float:
    """How many of some lognormal prices with a mean are dear."""
    return float(placements * norm.sf((np.log(DEAR / week) + sd**2 / 2) / sd))


def fitted() -> float:
    """Fit one spread to both years: least squares of the logarithms of the numbers."""
    seen = [surveyed(year) for year in SURVEYED]

    def misfit(sd: float) -> float:
        return float(sum(np.log(expected(sd, n, week) / dear) ** 2 for dear, n, week in seen))

    return float(minimize_scalar(misfit, bounds=(0.1, 1.0), method="bounded", options={"xatol": 1e-6}).x)


def text(lines: Sequence[Line]) -> str:
    """Write the table."""
    sd = fitted()
    told = [(dear, round(expected(sd, n, week), -1), year) for year in SURVEYED for dear, n, week in [surveyed(year)]]
    gives = " and ".join(f"{mine:,.0f} in {year} (published: {dear:,.0f})" for dear, mine, year in told)
    row = {
        "items": [x.name for x in lines if x.group == "residential"],
        "sd": round(sd, 3),
        "unit": "log",
        "source": f"service_unit_costs.csv: Local Government Association, 2023 (secondary); {LAIT}",
        "source_year": "2018-19; 2022-23",
        "quality": "E",
        "note": f"one lognormal for both years' placements of £10,000 a week or more: it gives {gives}. The price "
        "is the mean over the placements of a year, as many as there are children; luck of a year is its own",
    }
    return csv_text(_COLUMNS, [row])
