"""A cost item with its driver, spend and source; support at home and the items that only a scenario fills."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from data.rules.rates.base_case import AT_HOME
from data.rules.sources.notes import note
from data.rules.sources.published import LAIT, S251, figure, financial

UNITS = {
    "child_weeks": "GBP per child-week",
    "child_years": "GBP per child-year",
    "exits": "GBP per exit",
    "aged_out": "GBP per leaver",
    "population": "GBP per child",
    "year": "GBP per year",
}
#: Unit of the level of an outcome of the kind share.
SHARE_UNITS = {"aged_out": "share of leavers", "child_years": "share of child-years"}


@dataclass(frozen=True)
class Line:
    """An item with what was spent on it and the volume of its driver.

    Attributes
    ----------
    name, driver, group : str
        As in items.csv.
    spend, volume : float
        Of the year [GBP, cash; units of the driver].
    source, quality, note : str
        Whose word.
    select : dict
        Selectors of the driver: placements, ages, reasons, streams.
    cash : tuple of float
        Share that becomes cash in the first year, later, and after how many years.
    low, high : float, optional
        Interval, as ratios to the value.
    shape : dict
        Level and distribution of the interval, where they are not the usual ones.
    """

    name: str
    driver: str
    group: str
    spend: float
    volume: float
    source: str
    quality: str
    note: str
    select: Mapping[str, str] = field(default_factory=dict)
    cash: tuple[float, float, int] = (0.0, 0.0, 0)
    account: str = "local authority"
    payer: str = "local authority"
    source_year: str = "2024-25"
    kind: str = "resource"
    low: float | None = None
    high: float | None = None
    shape: Mapping[str, object] = field(default_factory=dict)

    @property
    def unit_cost(self) -> float:
        """Spend a unit of the driver."""
        return self.spend / self.volume

    @property
    def unit(self) -> str:
        """Unit of the unit cost; what is counted and not paid for is in outcomes, or a share."""
        if self.kind == "share":
            return SHARE_UNITS[self.driver]
        return UNITS[self.driver].replace("GBP", "outcomes" if self.account == "outcomes" else "GBP")


def over(found: list[Line], volume: Mapping[str, float], about: str) -> list[Line]:
    """Put the same spend over the drivers of a run; no such unit cost is a published figure."""
    return [
        x if x.group in ("support at home", "reform", "levies")
        else replace(x, volume=volume[x.name], quality=max(x.quality, "D"), note=f"{x.note}; {about}")
        for x in found
    ]  # fmt: skip


def at_home(year: int) -> Line:
    """Give the price of a child supported at home: social work and family support of a child in need."""
    work, support = (
        figure("service_unit_costs", "value", year=financial(year), item=item)
        for item in (
            "Social work, safeguarding and commissioning per child in need at 31 March",
            "Family support services gross, per child in need at 31 March",
        )
    )
    return Line(
        AT_HOME,
        "child_weeks",
        "support at home",
        work + support * 7 / 365,
        1.0,
        f"service_unit_costs.csv: {LAIT}; {S251}",
        "D",
        note("at_home", work=f"{work:.0f}", support=f"{support:,.0f}"),
        {"placements": AT_HOME},
        (1.0, 1.0, 0),
        source_year=financial(year),
        low=0.6,
        high=1.8,
    )


def at_will(year: int) -> list[Line]:
    """Give the items that are zero unless a scenario adds to them: programme spending, and a levy as income."""

    def line(name: str, group: str, payer: str, kind: str) -> Line:
        source, about = "nothing unless a scenario says so", "zero without a scenario, by definition"
        cash, account = (1.0, 1.0, 0), "central government"
        return Line(name, "year", group, 0.0, 1.0, source, "E", about, {}, cash, account, payer, financial(year), kind)

    return [
        line("reform programme", "reform", "central government (DfE)", "resource"),
        line("windfall levy", "levies", "central government (HM Treasury)", "transfer"),
    ]
