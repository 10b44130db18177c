"""Published figures that stand beside ours in a summary, each worked out from what was transcribed."""

from __future__ import annotations

from data.rules.sources import published
from data.rules.sources.write import csv_text

_COLUMNS = ("name", "measure", "value", "unit", "price_year", "source", "quality", "note")

FAMILY_HELP = "Care Review May 2022 (Family Help component)"
#: The Review's money is taken to be in prices of 2021-22, as in care-review-2022.
REVIEW_PRICES = 2022


def files() -> dict[str, str]:
    """Write the table."""
    return {"comparators.csv": csv_text(_COLUMNS, [_review_saving(), _review_year(), _proceedings()])}


def _review_saving() -> dict[str, object]:
    saved, children = (
        published.figure("published_projections", "value", publication=FAMILY_HELP, measure=measure)
        for measure in ("LA care cost saving GBPm", "children not in care by 2031/32")
    )
    value = saved * 1e6 / children
    return {
        "name": "review saving",
        "measure": f"the Review's £{round(value, -2):,.0f}",
        "value": value,
        "unit": "GBP per child-year",
        "price_year": REVIEW_PRICES,
        "source": "Independent Review of Children's Social Care, final report, May 2022; both as quoted by CYP Now",
        "quality": "E",
        "note": f"£{saved:.0f}m / {children:,.0f} children",
    }


def _review_year() -> dict[str, object]:
    week = published.figure("unit_costs_lait", "value", financial_year="2021-22", item="CLA all")
    return {
        "name": "review year of care",
        "measure": "a year of care in 2021-22",
        "value": week * 365 / 7,
        "unit": "GBP per child-year",
        "price_year": REVIEW_PRICES,
        "source": "DfE, Local Authority Interactive Tool, April 2026",
        "quality": "A",
        "note": f"£{week:,.0f} a week",
    }


def _proceedings() -> dict[str, object]:
    """Spread the public cost of all proceedings of a year over all children who started to be looked after in it."""
    what, year = "Care proceedings, all central and local public cost", 2021
    millions = published.figure("service_unit_costs", "value", item=what)
    started = published.figure("time_series", "started", year=year)
    return {
        "name": "care proceedings",
        "measure": "Care proceedings averted, if as many entries averted as others had led to them",
        "value": millions * 1e6 / started,
        "unit": "GBP per entry",
        "price_year": year,
        "source": "Independent Review of Children's Social Care, press notice, 26 November 2021; DfE",
        "quality": "E",
        "note": f"£{millions / 1e3:.1f}bn a year / {started:,.0f} starts of 2020-21; year and prices assumed",
    }
