"""Explore Education Statistics: the department's files on children looked after and children in need, any release.

Known are the layouts of the releases to 2023-24 and that of 2024-25, which renamed columns; labels are left as
published but for what :func:`plain_label` takes off, so that a renumbered or respelt category is still itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from carecost.files.readers.published_table import Figure, Layout, Table

_COUNT = ("children_count", "number")
_OF = ("population_type", "population_count")
_BASE = (("time_period",), ("geographic_level",))
#: Groups that only one of the tables of characteristics has, and what it counts.
_BY_GROUP = {
    "Age on ceasing": "ceased",
    "Reason episode ceased": "ceased",
    "Age on starting": "started",
    "Placements": "uasc",
    "Motherhood status": "stock",
    "Placement": "stock",
}
#: Words by which a population is known, the most particular first, and what it counts.
_POPULATIONS = {
    "unaccompanied": "uasc",
    "adopted": "adopted",
    "ceasing": "ceased",
    "starting": "started",
    "31 march": "stock",
}


def same_label(label: str, known: Iterable[str]) -> str:
    """Find the label of a category among those that are known, however it is numbered or spelt in a release.

    Brackets are dropped only where no two of the known labels differ by them alone.

    Parameters
    ----------
    label : str
        As published.
    known : iterable of str
        Labels of other releases.

    Returns
    -------
    str
        The known one; empty where it is none of them, or may be several.

    Examples
    --------
    >>> known = ["Foster placements", "Left home (with support)", "Left home (with none)", "Total"]
    >>> [same_label(x, known) for x in ("1. Total foster placements", "Left home (with none)", "Left home (alone)")]
    ['Foster placements', 'Left home (with none)', '']
    """
    labels = list(known)
    for plain in (_spaced, _unnumbered, plain_label):
        found = [one for one in labels if plain(one) == plain(label)]
        if found:
            return found[0] if len(found) == 1 else ""
    return ""


def _spaced(text: str) -> str:
    text = re.sub(r"\s*/\s*", "/", text.strip().replace("’", "'"))
    return re.sub(r"\s+", " ", re.sub(r"^(\d+[a-z]?(\.\d+[ivx]*)?)\.?\s+", r"\1 ", text)).casefold()


def _unnumbered(text: str) -> str:
    text = re.sub(r"^[a-z]?\d+[a-z]?(\.\d+[ivx]*)?(\.\s*|\s+(?=total\b))", "", _spaced(text))
    return re.sub(r"^\d+[a-z]?(\.\d+[ivx]*)? (?=total\b)|^total (?=\S)", "", text)


def plain_label(text: str) -> str:
    """Take off what releases change in a label and its meaning does not hang on: numbering, "Total", brackets, spaces.

    Examples
    --------
    >>> plain_label("5. Total independent living/ supported accommodation"), plain_label("Other provision (e.g., PCT)")
    ('independent living/supported accommodation', 'other provision')
    >>> plain_label("Total children"), plain_label("10 to 15 years"), plain_label("N1. Abuse or neglect")
    ('children', '10 to 15 years', 'abuse or neglect')
    """
    return _unnumbered(re.sub(r"\(.*?\)", "", text)).strip()


def _place(cells: Mapping[str, str]) -> tuple[str, str]:
    """Give level and name of the area of a row."""
    named = next((cells[c] for c in ("la_name", "region_name", "country_name") if cells.get(c)), "")
    return cells.get("geographic_level", ""), named


def _populations(table: Table) -> Iterator[Figure]:
    """Read a row a population: stock, started, ceased, unaccompanied, adopted; and the children aged 0 to 17."""
    of, count = table.named(*_OF), table.named(*_COUNT)
    about = {"table": "rates"} if "population_estimate" in table.columns else {}
    for row, cells in table.rows:
        label = cells[of].casefold()
        what = next((name for word, name in _POPULATIONS.items() if word in label), "")
        if not what:
            table.unread.append(f"row {row}: {of} is {cells[of]!r}")
            continue
        place = _place(cells)
        yield from table.figure(what, row, cells["time_period"], place, cells[count], **about)
        if what == "stock" and "rate_per_10000" in cells:
            yield from table.figure("rate", row, cells["time_period"], place, cells["rate_per_10000"], **about)
        if what == "stock" and "population_estimate" in cells:
            yield from table.figure(
                "population", row, cells["time_period"], place, cells["population_estimate"], **about
            )


def _characteristics(table: Table) -> Iterator[Figure]:
    """Read a row a characteristic; what is counted is told from the groups that the file has."""
    count = table.named(*_COUNT)
    groups = {cells["cla_group"] for _, cells in table.rows}
    what = next((_BY_GROUP[group] for group in _BY_GROUP if group in groups), "")
    if not what:
        table.said.append(f"none of the groups that tell what is counted: {', '.join(sorted(groups)) or 'no rows'}")
        return
    for row, cells in table.rows:
        labels = {"group": cells["cla_group"], "characteristic": cells["characteristic"]}
        yield from table.figure(what, row, cells["time_period"], _place(cells), cells[count], **labels)


def _providers(table: Table) -> Iterator[Figure]:
    count = table.named(*_COUNT)
    for row, cells in table.rows:
        labels = {"placement": cells["placement_type"], "provider": cells["placement_provider"]}
        yield from table.figure("by provider", row, cells["time_period"], _place(cells), cells[count], **labels)


def _durations(table: Table) -> Iterator[Figure]:
    count = table.named(*_COUNT)
    for row, cells in table.rows:
        labels = {"duration": cells["placement_duration"], "placement": cells["placement_group"]}
        yield from table.figure("placements ended", row, cells["time_period"], _place(cells), cells[count], **labels)


def _need(table: Table) -> Iterator[Figure]:
    columns = {"At31_episodes": "in need", "Started_episodes": "need started", "Ended_episodes": "need ended"}
    for row, cells in table.rows:
        for column, what in columns.items():
            yield from table.figure(what, row, cells["time_period"], _place(cells), cells[column])


def _unused(table: Table) -> Iterator[Figure]:
    table.said.append("known, and nothing of it is transcribed")
    yield from ()


#: The layouts that are known, the most particular first.
LAYOUTS = (
    Layout("children looked after: number and rate", (*_BASE, _OF, ("population_estimate",), _COUNT), _populations),
    Layout(
        "children looked after: by characteristics",
        (*_BASE, ("cla_group",), ("characteristic",), _COUNT),
        _characteristics,
    ),
    Layout(
        "children looked after: by provider and placement",
        (*_BASE, ("placement_type",), ("placement_provider",), _COUNT),
        _providers,
    ),
    Layout(
        "children looked after: placements that ended",
        (*_BASE, ("placement_duration",), ("placement_group",), _COUNT),
        _durations,
    ),
    Layout(
        "children looked after: periods of care",
        (*_BASE, ("periods_or_placements",), ("age_on_ceasing",), _COUNT),
        _unused,
    ),
    Layout(
        "care leavers: suitability of accommodation",
        (*_BASE, ("accommodation_suitability",), _COUNT),
        _unused,
    ),
    Layout(
        "children in need: episodes",
        (*_BASE, ("category",), ("At31_episodes",), ("Started_episodes",), ("Ended_episodes",)),
        _need,
    ),
    Layout("children looked after: time series", (*_BASE, _OF, _COUNT), _populations, never=("la_name", "region_name")),
)
