"""The packaged baselines: what goes on without reform, one view an axis; and the rows of them that a set states."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from math import sqrt

from data.rules.costs import intervals, line_growth, section_251
from data.rules.costs.items import Line
from data.rules.costs.line_growth import Record
from data.rules.findings import mix_trend
from data.rules.findings.tables import Row, common
from data.rules.rates import stock
from data.rules.rates.exits import REASONS
from data.rules.sources import population
from data.rules.sources.notes import WORDS, note, percent
from data.rules.sources.published import CHILDREN, CLA, ONS, PRICED, deflator, figure, financial, per_week
from data.rules.sources.write import cell, toml_value

YEAR = CHILDREN
#: The baselines that england-2025 and the sets beside it state, one an axis.
DEFAULT = (
    "entries-wandering",
    "population-assumed",
    "mix-fading",
    "prices-fading",
    "unaccompanied-central",
    "policy-2024-25",
)
HOMES = ("children's home", "secure", "other residential", "residential school")
#: Tables of the rows of a baseline, and the columns of each.
GROWTH_KEYS = ("name", "parameter", "streams", "ages", "placements", "reasons", "items", "from_year")
GROWTH_MORE = ("long_run", "fade_years", "hold_years")
ADJUST_KEYS = ("name", "parameter", "streams", "years", "ages", "placements", "to", "reasons", "items")
PATH_COLUMNS = (
    *("name", "parameter", "streams", "reasons", "kind", "sd", "half_life", "shocks", "from_year", "unit", "luck"),
    *("source", "source_year", "quality", "note"),
)
#: Long-run real growth of a unit cost, its interval, years for which the first growth is held and then fades: assumed.
LONG_RUN, LONG_RUN_LOW, LONG_RUN_HIGH, HOLD, FADE = 0.01, 0.0, 0.025, 3, 10
#: Standard deviation of the lasting drift of entries, a year: assumed.
DRIFT = 0.01
#: Growth rows of the prices of care, by the record that each follows.
PRICES = {
    "residential": "growth of residential prices",
    "fostering": "growth of fostering prices",
    "leaving care": "growth of leaving care prices",
    "guardianship": "growth of guardianship prices",
    "unaccompanied children": "growth of prices for unaccompanied children",
    "supported accommodation": "growth of supported accommodation prices",
    "other looked-after": "growth of other looked-after prices",
}
#: Name of the row that scales unaccompanied entries.
ARRIVALS = "level of unaccompanied entries"
#: Columns that say whose word a row is, written last.
ABOUT = ("source", "source_year", "quality", "note")
FLOWS, SERIES = f"flows.csv, time_series.csv: {CLA}", f"time_series.csv: {CLA}"
_TOKEN = re.compile(r"\{(\w+)\}")


def files() -> dict[str, str]:
    """Write every baseline: its words, its levers, and its rows."""
    found, used = _figures(), set[str]()
    made = {}
    for path in sorted((WORDS / "baselines").glob("*.toml")):
        name, text = path.stem, path.read_text(encoding="utf-8")
        used.update(_TOKEN.findall(text))
        own = found | {key.partition(":")[2]: value for key, value in found.items() if key.startswith(f"{name}:")}
        text = _TOKEN.sub(lambda token, own=own: own[token[1]], text)  # type: ignore[misc]
        tables = {"growth": growth(name, section_251.lines()), "adjustments": adjustments(name), "paths": paths(name)}
        made[path.name] = text.rstrip("\n") + "\n" + "".join(_rows(table, rows) for table, rows in tables.items())
    if unused := sorted({key.rpartition(":")[2] for key in found} - used):
        raise ValueError(f"no baseline has a place for {unused}")
    return made


def _rows(table: str, rows: Iterable[Row]) -> str:
    """Write rows as tables of TOML, lists as in a cell."""
    return "".join(f"\n[[{table}]]\n" + "".join(_pairs(row)) for row in rows)


def _pairs(row: Row) -> Iterator[str]:
    for key in sorted(row, key=lambda key: key in ABOUT):
        value = row[key]
        if value is not None and value != "":
            plain = value if isinstance(value, int | float | str) else cell(value)
            yield f"{key} = {toml_value(plain)}\n"


def stated(lines: list[Line], names: Sequence[str] = DEFAULT) -> list[Row]:
    """Give the growth that a set with some items states: that of its baselines."""
    return [row for name in names for row in growth(name, lines)]


def background(names: Sequence[str] = DEFAULT) -> dict[str, str]:
    """Write what goes on behind every scenario of a set, if anything: the levers of its baselines."""
    for name in names:
        text = files()[f"{name}.toml"]
        head = tomllib.loads(text)["baseline"]
        if "[[lever]]" in text:
            levers = text[text.index("[[lever]]") :]
            about = f"[scenario]\nname = {toml_value(name)}\ntitle = {toml_value(head['title'])}\n\n"
            return {"background.toml": about + levers}
    return {}


# Rows


def growth(name: str, lines: list[Line]) -> list[Row]:
    """Give the growth rows of a baseline, for a set with some items."""
    axis = name.partition("-")[0]
    if axis == "prices":
        return list(_prices(name, lines))
    if name in ("population-assumed", "population-flat"):
        return [_people()]
    if name in ("entries-wandering", "entries-rising"):
        return [_drift(name == "entries-rising")]
    return []


def adjustments(name: str, years: str = "") -> list[Row]:
    """Give the rows of a baseline that multiply all years alike, or some."""
    if name == "entries-held":
        low, high = intervals.past_interval()
        past = {"past": percent(intervals.past_entries()), "past_low": f"{low:.2f}", "past_high": f"{high:.2f}"}
        entries, exits = intervals.entries_level(), intervals.exits_level()
        reasons = {"reasons": list(REASONS)}
        return [
            _level("level of entries", "entry_rate", entries, note("wander", **past), years, streams="other"),
            _level("level of exits", "exit_rate", exits, note("exits_wander"), years, **reasons),
        ]
    if name in ("unaccompanied-low", "unaccompanied-high"):
        end = name.rpartition("-")[2]
        about, where = note("arrivals_end", end=end, last=YEAR), {"streams": "uasc"}
        row = _level(ARRIVALS, "entry_rate", intervals.arrivals_ends(), about, years, f"2005 to {YEAR}", **where)
        return [{k: v for k, v in row.items() if k not in ("low", "high", "distribution")} | {"value": row[end]}]
    return []


def arrivals_once(years: str) -> Row:
    """Give the level of unaccompanied entries, drawn once for some years: for the sets of 2022."""
    ends = intervals.arrivals_level()
    return _level(ARRIVALS, "entry_rate", ends, note("arrivals"), years, streams="uasc")


def paths(name: str, last: int = YEAR) -> list[Row]:
    """Give the walks of a baseline from a year, by the record to it: of entries and exits, or of arrivals."""
    shape = {"kind": "random walk", "shocks": "common", "from_year": last, "unit": "multiplier"}
    if name == "unaccompanied-central":
        return [_arrivals(shape, last)]
    if name not in ("entries-wandering", "entries-rising"):
        return []
    starts, hazard, together = intervals.record_changes(last)
    shared, alone = sqrt(together), sqrt(1 - together)
    of = {
        "entries": (starts, "walk_entries", {"parameter": "entry_rate", "streams": "other"}),
        "exits": (hazard, "walk_exits", {"parameter": "exit_rate", "reasons": list(REASONS)}),
    }
    made = []
    for what, (sd, key, where) in of.items():
        about = {"sd": f"{sd:.4f}", "correlation": f"{together:.2f}", "last": str(last)}
        other = "exits" if what == "entries" else "entries"
        for title, part, size, luck in (
            (f"walk of {what} with {other}", f"{what} and {other} share", shared, "entries and exits together"),
            (f"walk of {what} alone", f"is of {what} alone", alone, ""),
        ):
            said = note(key, part=part, **about)
            row = {"name": title, **where, **shape, "sd": sd * size, "luck": luck}
            made.append(common(FLOWS, f"2005 to {last}", "D", said, **row))
    return made


def _arrivals(shape: Row, last: int) -> Row:
    """Give the path of unaccompanied entries about those of the base year."""
    sd, together, half_life = intervals.arrivals_path(last)
    hazard = intervals.unaccompanied_hazard(last)
    about = {"sd": f"{sd:.2f}", "correlation": f"{together:.2f}", "hazard": f"{hazard:.2f}", "rates": financial(last)}
    about["last"] = str(last)
    row = {"name": "arrivals of unaccompanied children", "parameter": "entry_rate", "streams": "uasc", **shape}
    row |= {"kind": "mean reverting", "sd": sd, "half_life": half_life}
    return common(FLOWS, f"2005 to {last}", "D", note("arrivals_path", **about), **row)


def _level(
    name: str,
    of: str,
    ends: tuple[float, float],
    about: str,
    years: str,
    seen: str = f"2021 to {YEAR}",
    **where: object,
) -> Row:
    shape = {"value": 1.0, "low": ends[0], "high": ends[1], "distribution": "lognormal", "unit": "multiplier"}
    return common(FLOWS, seen, "D", about, name=name, parameter=of, years=years, **shape, **where)


def _people() -> Row:
    """Give the uncertainty of the child population after the last mid-year estimate."""
    low, high = population.spread(range(YEAR + 1, YEAR + 21))
    path = {"parameter": "population", "from_year": YEAR + 1, "long_run": 0.0}
    source = f"derived from stated births and migration; {ONS}"
    name = "growth of the child population"
    return common(source, YEAR, "E", note("growth_population"), name=name, **path, **_shape(0.0, (low, high)))


def _drift(rising: bool) -> Row:
    value, width = (intervals.care_growth() if rising else 0.0), intervals.NINETY * DRIFT
    about = note("drift_rising" if rising else "drift")
    path = {"name": "drift of entries", "parameter": "entry_rate", "streams": "other", "from_year": YEAR}
    source = SERIES if rising else "assumed"
    return common(source, YEAR, "E", about, **path, **_shape(value, (value - width, value + width)))


def _shape(value: float, ends: tuple[float, float]) -> Row:
    return {"value": value, "low": ends[0], "high": ends[1], "distribution": "normal", "unit": "per year"}


def _prices(name: str, lines: list[Line]) -> Iterator[Row]:
    """Give the growth of unit costs: of each line by its own record, of the others as assumed."""
    items = items_of(lines)
    for key, record in line_growth.records().items():
        value = 0.0 if name == "prices-flat" else record.recent
        about, source = _said(name, key, record), f"{record.source}; gdp_deflator.csv: HM Treasury"
        row = {"name": PRICES[key], "parameter": "unit_cost", "items": items[key], "from_year": PRICED}
        shape = _shape(value, record.around(value))
        yield common(source, record.seen, "D", about, **row, **shape, **fading(name))
    grown = percent(intervals.wider_growth(PRICED))
    about = note("growth_assumed", years=f"2016-17 to {financial(PRICED)}", wider=grown)
    value, ends = LONG_RUN, (LONG_RUN_LOW, LONG_RUN_HIGH)
    if name == "prices-flat":
        value, ends, about = 0.0, (LONG_RUN_LOW - LONG_RUN, LONG_RUN_HIGH - LONG_RUN), note("growth_none")
    for title, key in (("growth of other prices", "other"), ("growth of services for all children", "all")):
        row = {"name": title, "parameter": "unit_cost", "items": items[key], "from_year": PRICED}
        yield common("assumed", PRICED, "E", about, **row, **_shape(value, ends), **fading(name))


def items_of(lines: list[Line]) -> dict[str, list[str]]:
    """Sort the items of a set by what their price follows; what is paid by the year has no growth."""
    of: dict[str, list[str]] = {key: [] for key in (*PRICES, "other", "all")}
    groups = {"fostering": "fostering", "leaving care": "leaving care", "special guardianship": "guardianship"}
    named = dict.fromkeys(HOMES, "residential") | {
        "supported accommodation": "supported accommodation",
        "asylum seeker services": "unaccompanied children",
        "other looked-after services": "other looked-after",
    }
    for line in lines:
        if line.driver != "year":
            rest = "all" if line.driver == "population" else "other"
            of[named.get(line.name, groups.get(line.group, rest))].append(line.name)
    return of


def fading(name: str) -> Row:
    """Give how the growth of a baseline of prices goes on."""
    if name == "prices-growing":
        return {}
    return {"long_run": 0.0 if name == "prices-flat" else LONG_RUN, "fade_years": FADE, "hold_years": HOLD}


def _said(name: str, key: str, record: Record) -> str:
    """Say where the growth of a line is from."""
    spread = note("growth_spread" if record.lasting else "growth_spread_mean")
    about = {"what": record.what, "years": record.seen, "spread": spread, "fade": FADE}
    if name == "prices-flat":
        return note("growth_line_flat", **about)
    about |= {"recent": percent(record.recent), "mean": percent(record.mean), "long_run": percent(LONG_RUN, 0)}
    said = note("growth_line_growing" if name == "prices-growing" else "growth_line", **about)
    if key == "unaccompanied children":
        return said + note("growth_asylum")
    if not record.lasting:
        said += note("growth_housed", child=percent(line_growth.per_child().recent))
    if key == "supported accommodation":
        asylum, most = (f"£{x:,.0f}" for x in line_growth.bounds())
        said += note("growth_bounds", most=most, asylum=asylum)
    return said


# Words


@cache
def _figures() -> Mapping[str, str]:
    """Give the figures that the words name; with a colon, those of one baseline."""
    starts, hazard, together = intervals.record_changes()
    arrivals_sd, arrivals_together, half_life = intervals.arrivals_path()
    least, most = intervals.arrivals_ends()
    found = {
        "sd_arrivals": f"{arrivals_sd:.2f}",
        "correlation_arrivals": f"{arrivals_together:.2f}",
        "half_life": f"{half_life:.1f}",
        "arrivals_least": f"{least:.2f}",
        "arrivals_most": f"{most:.2f}",
        "sd_starts": percent(starts),
        "sd_hazard": percent(hazard),
        "correlation": f"{together:.2f}",
        "rising": percent(intervals.care_growth()),
        "before": percent(mix_trend.share(mix_trend.BEFORE)),
        "now": percent(mix_trend.share(mix_trend.YEAR)),
        "yearly": f"{100 * mix_trend.yearly():.2f}",
        "short_2021": percent(_short(2021), 0),
        "short_2022": percent(_short(2022), 0),
        "all_care": percent(_all_care()),
    }
    for key, record in line_growth.records().items():
        if key in ("residential", "fostering", "leaving care", "guardianship"):
            found[key.replace(" ", "_")] = percent(record.recent)
    for name, knots in mix_trend.KNOTS.items():
        ramps, wanted = mix_trend.ramps(name), mix_trend.wanted(name)
        dates = [str(mix_trend.YEAR + knot) for knot in knots]
        found[f"{name}:changes"] = _changes(ramps).rstrip("\n")
        found[f"{name}:knots"] = f"{', '.join(dates[:-1])} and {dates[-1]}"
        found |= {f"{name}:year_{n}": percent(float(wanted[n - 1]), 0) for n in (10, 20)}
        if name == "mix-trend":
            found[f"{name}:arrivals_20"] = percent(float(mix_trend.diverted(ramps, mix_trend.YEARS)[-1]), 0)
    return found


def _changes(ramps: Sequence[mix_trend.Ramp]) -> str:
    """Write the changes of a lever: each ramp, on entry and in moves."""
    text = ""
    for ramp in ramps:
        for parameter in ("entry_share", "move_rate"):
            values = {
                "parameter": parameter,
                "operation": "divert",
                "amount": ramp.share,
                "low": 0.0,
                # twice as much, or all there is
                "high": round(min(2 * ramp.share, 1.0), 6),
                "unit": "share",
                "start": ramp.start,
                "full": ramp.full,
                "year_one": mix_trend.YEAR + 1,
                "from_placements": list(mix_trend.FROM),
                "to_placement": mix_trend.INTO,
                "ages": f"{mix_trend.AGES[0]}-{mix_trend.AGES[-1]}",
                "streams": [mix_trend.STREAM],
            }
            text += "  [[lever.change]]\n" + "".join(f"  {k} = {toml_value(v)}\n" for k, v in values.items()) + "\n"
    return text


def _short(year: int) -> float:
    """Give by how much homes fall short three years on if their share is held [share of what came]."""
    later = year + 3
    came = figure("stock_by_placement", "children", year=later, placement=stock.HOMES)
    return 1 - mix_trend.share(year) * figure("time_series", "stock", year=later) / came


def _all_care() -> float:
    """Give the yearly real growth of pounds a week of all care over the last three years."""
    now, before = (per_week(y, "CLA all") / deflator(y) for y in (PRICED, PRICED - line_growth.LAST))
    return float((now / before) ** (1 / line_growth.LAST) - 1)
