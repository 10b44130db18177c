"""A page about one local authority: beside its neighbours, ahead, reform, and what all of it rests on."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from carecost._labels import INACTION, financial_year
from carecost.files.authorities import Authorities, Authority, authorities_of
from carecost.report.html import Html, document, h, joined, picture, section, table
from carecost.results import tables
from carecost.results.authority_tables import NEAR, WHOLE, beside, difference
from carecost.simulation.run import run as simulate
from carecost.text import numbers

if TYPE_CHECKING:
    from carecost._typing import Array
    from carecost.inputs.assumptions import Assumptions
    from carecost.results.results import Results

#: The page in the folder of a run.
PAGE = "authority.html"
#: Letters of a line on the screen, and of the name of a column.
WIDTH, NARROW = 110, 22
#: Inches of the chart.
SIZE = (9.0, 4.2)
#: Years ahead of the rows of the projection, as far as the run goes; and those that forecasts are scored over.
AHEAD, SCORED_YEARS = (1, 3, 5, 10, 15, 20), 5


BESIDE = (
    "In care and started: per 10,000 children aged 0 to 17, started in the year; who went on to another "
    "authority is counted there. Shares: of children in care; homes with secure ones. £ a week as published, "
    "means over children where there are several authorities (England's too, near the one that is published for it); "
    "£ a child: spend on children looked after for each child aged 0 to 17, {year}. A dash: not published."
)
SPENT = (
    "Spend on children looked after, {year}, section 251, gross. Rate: more or fewer children in care per "
    "child aged 0 to 17; mix: dearer or cheaper placements, at England's prices; price: all the rest, what a "
    "placement costs, and care leavers and guardians. The three sum to the difference exactly."
)
PATH = (
    "The path without reform is that of the forecaster of authorities, scaled to England's set; five years "
    "ahead are scored, later ones are not. Spend: all children's services, {prices}."
)
REFORM = (
    "Over {years} years; the authority's part of amounts for England is its share of children looked after, "
    "{portion}. Effects are those of England: nothing says that they are the same here. Ranges are without the"
    " luck of small numbers, which cancels in a difference."
)
SCORED = (
    "The forecaster was chosen on outturns to 2020. On 2021 and 2022 its score (CRPS) was {gain:.0f}% better "
    "than that of no change over one to five years, {gain_one:.0f}% at one year; its 80% bands held "
    "{least:.0f} to {most:.0f}% of what came."
)


@dataclass(frozen=True)
class Part:
    """A part of the page: a heading, and either a table or sentences.

    Parameters
    ----------
    name, title : str
        Its place for links; its heading.
    caption : str
        What the table shows.
    lead : str
        What to see in it.
    heads : tuple of str
        Names of the columns.
    rows : tuple of tuple of str
        Cells.
    notes : tuple of str
        What to know.
    """

    name: str
    title: str
    caption: str = ""
    lead: str = ""
    heads: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    notes: tuple[str, ...] = ()


class AuthorityStory:
    """What there is to say of one authority, for screen and page alike.

    Parameters
    ----------
    results : Results
        A run of its set.
    england : Assumptions
        England's set.
    """

    def __init__(self, results: Results, england: Assumptions) -> None:
        self.results, self.run, self.england = results, results.run, england
        self.known: Authorities = authorities_of(england)
        self.one: Authority = self.known.find(self.run.assumptions.area)

    @property
    def title(self) -> str:
        """The finding: where it is, and where it goes without reform."""
        children = self._shown(INACTION, lambda o: o.in_care(self.run.grid)[0][:, -1])
        now = numbers.children(self.one.figures["children"])
        return (
            f"{self.one.name}: {now} children in care; {children} on 31 March {self.run.grid.dates[-1]} without reform"
        )

    def parts(self) -> tuple[Part, ...]:
        """Give the parts in order."""
        return (self._beside(), self._spend(), self._ahead(), *self._reform(), self._rests(), self._rules())

    def _shown(
        self, scenario: str, pick: Callable[..., Array], scale: Callable[[float], str] = numbers.children
    ) -> str:
        """Write a level with its interval, luck and all; the central run where there are no draws."""
        values = np.asarray(pick(self.run.shown[scenario]))
        if len(values) == 1:
            return scale(float(values[0]))
        low, high = tables.interval(values)
        span = numbers.span(scale(low), scale(high))
        return f"{scale(float(values.mean()))} ({span})" if span else scale(float(values.mean()))

    # Parts

    def _beside(self) -> Part:
        frame = beside(self.one, self.known.all)
        rows = tuple(_beside_row(row) for row in frame.to_dict("records"))
        own, near, whole = (frame.iloc[i] for i in range(3))
        at_home = [numbers.percent(row["homes"]) for row in (own, near, whole)]
        lead = (
            f"{own['rate']:.0f} in care per 10,000 children, against {near['rate']:.0f} in its ten statistical "
            f"neighbours and {whole['rate']:.0f} in England; {at_home[0]} of them in children's homes, against "
            f"{at_home[1]} and {at_home[2]}."
        )
        heads = (
            f"31 March {self.england.base_year}",
            "in care",
            "started",
            "unacc.",
            "foster",
            "homes",
            "supported",
            "£/wk foster",
            "£/wk home",
            "£ a child",
        )
        notes = (BESIDE.format(year=financial_year(self.england.price_year)),)
        return Part(
            "beside", "Beside its statistical neighbours and England", "Rate, mix and price", lead, heads, rows, notes
        )

    def _spend(self) -> Part:
        near = [x for x in self.known.all if x.name in self.one.neighbours]
        rows, leads = [], []
        for name, others in ((NEAR, near), (WHOLE, self.known.all)):
            parts = difference(self.one, others, self.england)
            scale = numbers.money_scale(*(abs(v) for v in parts.values() if np.isfinite(v)))
            rows.append((name, *(_money(parts[k], scale) for k in ("spend", "expected", "rate", "mix", "price"))))
            if np.isfinite(parts["spend"]):
                more = parts["spend"] - parts["expected"]
                leads.append(f"{numbers.pounds(abs(more))} {'more' if more > 0 else 'less'} than {name} would")
        lead = (
            f"It spends {'; '.join(leads)}, for as many children aged 0 to 17."
            if leads
            else "It has published no spend of that year."
        )
        heads = ("Against", "it spends", "they would", "of it rate", "mix", "price")
        notes = (SPENT.format(year=financial_year(self.england.price_year)),)
        return Part(
            "spend",
            "Why it spends what it spends",
            "Rate, mix and price of the difference",
            lead,
            heads,
            tuple(rows),
            notes,
        )

    def _ahead(self) -> Part:
        grid = self.run.grid
        at = [n for n in AHEAD if n <= grid.n_years]
        if grid.n_years not in at:
            at.append(grid.n_years)
        rows = []
        for n in at:
            cells = [f"31 March {grid.base_year + n}"]
            for name in self.results.scenarios:
                cells.append(self._shown(name, lambda o, n=n: o.in_care(grid)[0][:, n]))
            spend = self._shown(INACTION, lambda o, n=n: o.costs.public_spend[:, n - 1], _millions)
            rows.append((*cells, spend))
        heads = ("In care", *self._names(), "spend a year without reform")
        p = self.run.provenance
        what = f"{numbers.interval(p.noise)}." if p.draws > 1 else numbers.sentence(numbers.no_interval(p.draws))
        notes = (f"{what} {PATH.format(prices=p.price_base.words)}",)
        return Part(
            "ahead",
            "Children in care, and what is spent, ahead",
            "Means, and four chances in five",
            "",
            heads,
            tuple(rows),
            notes,
        )

    def _names(self) -> Iterator[str]:
        return (self.run.scenarios[name].heading for name in self.results.scenarios)

    def _reform(self) -> Iterator[Part]:
        rows, claims = [], []
        for name in self.results.scenarios[1:]:
            compared = self.run.compare(name)
            npv = compared.npv()
            low, high = tables.interval(npv) if len(npv) > 1 else (np.nan, np.nan)
            span = f" ({_millions(low)} to {_millions(high)})" if len(npv) > 1 else ""
            chance = numbers.chance(float((npv > 0).mean())) if len(npv) > 1 else "–"
            rows.append(
                (
                    self.run.scenarios[name].heading,
                    f"{compared.averted[:, -1].mean():,.0f}",
                    _millions(float(compared.reform_spend().sum(1).mean())),
                    _millions(float(compared.cashable_saving().sum(1).mean())),
                    _millions(float(npv.mean())) + span,
                    chance,
                )
            )
            if self.run.scenarios[name].claim:
                claims.append(self.run.scenarios[name].heading)
        if rows:
            heads = ("Reform", "fewer children", "it costs", "cash saved", "net present saving", "chance above nil")
            warning = f"{', '.join(claims)}: {numbers.CLAIM}. " if claims else ""
            portion = f"{100 * self.run.assumptions.portion:.2g}%"
            note = f"{warning}What it costs and the cash saved are not discounted. " + REFORM.format(
                years=self.run.grid.n_years, portion=portion
            )
            yield Part(
                "reform", "Reform as claimed and as measured", "Against no reform", "", heads, tuple(rows), (note,)
            )

    def _rests(self) -> Part:
        f, x = self.one.figures, self.one.factors
        first, last = self.england.base_year + 1, self.england.base_year + 10
        rows = (
            (
                "weight of its own starts, the rest its neighbours', region's and England's",
                numbers.percent(f["weight of own starts"]),
            ),
            ("weight of its own exits", numbers.percent(f["weight of own exits"])),
            ("started in the year, as published", f"{f['started']:,.0f}"),
            (
                "  of them came from another authority (shared by rule, grade D)",
                f"{f['came from another authority']:,.0f}",
            ),
            ("ceased in the year, as published", f"{f['ceased']:,.0f}"),
            ("  of them went to another authority", f"{f['went to another authority']:,.0f}"),
            (
                f"entries times this for the path of {first} and of {last}, unaccompanied children left out",
                f"{x[f'path: other {first}']:.2f}, {x[f'path: other {last}']:.2f}",
            ),
            ("  unaccompanied children", f"{x[f'path: uasc {first}']:.2f}, {x[f'path: uasc {last}']:.2f}"),
            (
                "its prices over England's: residential, fostering, level of all",
                f"{x['price: residential']:.2f}, {x['price: fostering']:.2f}, {x['price: level']:.2f}",
            ),
            self._gap(),
        )
        head = self.known.head
        least, most = (100 * head[end] for end in ("held_least", "held_most"))
        lead = SCORED.format(gain=head["gain"], gain_one=head["gain_one"], least=least, most=most)
        return Part("rests", "What it rests on", "Own numbers and prices", lead, ("", "here"), rows)

    def _gap(self) -> tuple[str, str]:
        """Say what the forecasts of all authorities sum to beyond England's own set, central."""
        base = self.england.base_year
        year = base + min(self.run.grid.n_years, SCORED_YEARS)
        found = simulate(self.england, years=year - base)
        whole = float(found.side(INACTION, found.central[INACTION]).children[0, -1])
        each = np.nansum([one.factors[f"forecast: {year}"] for one in self.known.all])
        more = f"{abs(each - whole):,.0f} {'fewer' if each < whole else 'more'}"
        return f"gap: all authorities sum to that many children than England's set on 31 March {year}", more

    def _rules(self) -> Part:
        rows = tuple((n.what, *n.says) for n in self.known.notes if n.kind == "gap")
        return Part(
            "rules",
            "What is not published, and the rule used",
            "Gaps and rules",
            "",
            ("asked", "published", "rule"),
            rows,
        )

    # Screen and page

    def screen(self) -> str:
        """Write it for a terminal."""
        lines = [*textwrap.wrap(self.title, WIDTH), ""]
        for part in self.parts():
            if part.name == "rules":
                continue  # on the page
            lines += [part.title, *textwrap.wrap(part.lead, WIDTH)]
            lines += _laid(part)
            for note in part.notes:
                lines += textwrap.wrap(note, WIDTH)
            lines.append("")
        return "\n".join(lines).rstrip()

    def page(self) -> str:
        """Write it as one HTML page that needs no other file."""
        sections: list[Html] = []
        for part in self.parts():
            body: list[str] = [h("p", part.lead, class_="lede")] if part.lead else []
            if part.name == "ahead":
                body.append(self._chart())
            wide = range(1, len(part.heads)) if part.name != "rules" else ()
            body.append(table(part.caption, part.heads, part.rows, list(wide)))
            body += [h("p", note, class_="note") for note in part.notes]
            sections.append(section(part.name, part.title, *body))
        p = self.run.provenance
        foot = h(
            "p",
            f"carecost {p.version}, {p.assumptions} ({p.digest}), {p.draws:,} draws, seed {p.seed}. "
            "Figures: Department for Education, ONS, Open Government Licence v3.0.",
            class_="small",
        )
        return document(self.title, h("main", h("h1", self.title), joined(sections, "\n"), foot))

    def _chart(self) -> Html:
        from carecost.plots._figure import svg
        from carecost.plots.children import plot_children

        words = (
            f"Children in care in {self.one.name} on 31 March, {self.run.grid.dates[0]} to {self.run.grid.dates[-1]}"
        )
        return picture(svg(partial(plot_children, self.results), "children", SIZE), words, f"{words}.")


def _beside_row(row: Mapping[Hashable, Any]) -> tuple[str, ...]:
    shares = (numbers.percent(row[k]) for k in ("unaccompanied", "fostering", "homes", "supported"))
    prices = (_week(row[k]) for k in ("fostering_price", "residential_price"))
    return (str(row["area"]), f"{row['rate']:.0f}", f"{row['started']:.0f}", *shares, *prices, _pounds(row["spend"]))


def _week(value: float) -> str:
    return f"{value:,.0f}" if np.isfinite(value) else "–"


def _pounds(value: float) -> str:
    return f"£{value:,.0f}" if np.isfinite(value) else "–"


def _money(value: float, scale: numbers.Scale) -> str:
    return numbers.pounds(value, scale) if np.isfinite(value) else "–"


def _millions(value: float) -> str:
    """Write pounds in millions, as fine as an authority needs."""
    sign = numbers.MINUS if value < 0 else ""
    digits = 1 if abs(value) < 1e8 else 0
    return f"{sign}£{abs(value) / 1e6:,.{digits}f}m"


def _laid(part: Part) -> Iterator[str]:
    """Lay a table out in columns; names of columns that are long take several lines."""
    if not part.rows:
        return
    heads = [textwrap.wrap(head, NARROW) or [""] for head in part.heads]
    deep = max(map(len, heads))
    top = [[head[n - deep + len(head)] if n >= deep - len(head) else "" for head in heads] for n in range(deep)]
    every: list[Sequence[str]] = [*top, *part.rows]
    widths = [max(len(row[i]) for row in every) for i in range(len(heads))]
    widths[0] = max(min(widths[0], NARROW), min(widths[0], WIDTH - sum(widths[1:]) - 2 * len(widths[1:])))
    for row in every:
        # A name that is too long goes on below its numbers.
        first, *more = textwrap.wrap(row[0], widths[0], drop_whitespace=False, subsequent_indent="  ") or [""]
        cells = (text.rjust(w) for text, w in zip(row[1:], widths[1:], strict=True))
        yield "  ".join([first.ljust(widths[0]), *cells]).rstrip()
        yield from map(str.rstrip, more)
