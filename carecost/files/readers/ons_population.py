"""Population projections of the Office for National Statistics: table Z1, by single year of age, area and mid-year.

Of the subnational projections for England, "population persons": columns ``AREA_CODE``, ``AREA_NAME``, ``COMPONENT``,
``SEX``, ``AGE_GROUP`` and a column a mid-year; ages 0 to 89, 90 and over, and all ages. Males and females are added
where there are no persons.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path

from carecost.errors import FileError, Problem, unknown
from carecost.files.readers.published_table import Figure, Layout, Table, read_table

_AGE = re.compile(r"(\d{1,3})(\s*(years?|and over|\+))?")
PERSONS, HALVES = "persons", ("males", "females")


#: Beginnings of the codes of England and its regions.
COUNTRY = ("E92", "E12")


def _ages(table: Table, area: str = "") -> Iterator[Figure]:
    """Read a figure an area, sex, age and mid-year, of one area or of the country and its regions; say what is not."""
    years = [column for column in table.columns if re.fullmatch(r"(19|20)\d{2}", column)]
    if not years:
        table.said.append("no column is a mid-year, such as 2025")
    component, totals, others = table.named("COMPONENT"), 0, set[str]()
    for row, cells in table.rows:
        if component and cells[component].casefold() != "population":
            table.unread.append(f"row {row}: {component} is {cells[component]!r}")
            continue
        name = cells["AREA_NAME"]
        if name.casefold() != area.casefold() if area else not cells["AREA_CODE"].startswith(COUNTRY):
            others.add(name)
            continue
        age = _AGE.fullmatch(cells["AGE_GROUP"].casefold())
        if age is None:
            totals += 1
            continue
        for year in years:
            labels = {"age": age[1], "sex": cells["SEX"].casefold(), "code": cells["AREA_CODE"]}
            yield from table.figure("population", row, year, ("", name), cells[year], **labels)
    if totals:
        table.said.append(f"{totals} rows of other ages than single ones are left out")
    if others:
        table.said.append(f"areas left out: {len(others)}")
    if area and len(others) == len({cells["AREA_NAME"] for _, cells in table.rows}):
        raise FileError(unknown("area", area, sorted(others), table.file))


def _layout(area: str = "") -> Layout:
    needs = (("AREA_CODE",), ("AREA_NAME",), ("SEX",), ("AGE_GROUP",))
    name = "ONS population projections by single year of age (table Z1)"
    return Layout(name, needs, partial(_ages, area=area))


#: The layouts that are known.
LAYOUTS = (_layout(),)


def projected_population(
    path: str | Path, area: str = "England", ages: Sequence[int] = range(18)
) -> Mapping[int, Mapping[int, float]]:
    r"""Read the projected children of an area by mid-year and single age.

    Parameters
    ----------
    path : str or Path
        The file of persons, or of both sexes, as published.
    area : str
        Name of the area as published, in any capitals.
    ages : sequence of int
        Single ages.

    Returns
    -------
    dict of int to dict of int to float
        By mid-year and age [children].

    Raises
    ------
    FileError
        If the file is of another layout, has no such area, an age or a year twice, or lacks one.

    Examples
    --------
    >>> import tempfile
    >>> head = "AREA_CODE,AREA_NAME,COMPONENT,SEX,AGE_GROUP,2025,2026"
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder, "persons.csv")
    ...     _ = file.write_text(f"{head}\nE92000001,England,Population,persons,0,577000.5,575000\n")
    ...     projected_population(file, ages=[0])
    {2025: {0: 577000.5}, 2026: {0: 575000.0}}
    """
    path = Path(path)
    of_area = read_table(path, [_layout(area)]).figures
    sexes = {figure.labels["sex"] for figure in of_area}
    chosen = (PERSONS,) if PERSONS in sexes else HALVES
    wanted = set(ages)
    found: dict[int, dict[int, float]] = {}
    seen: set[tuple[str, int, int]] = set()
    problems: list[Problem] = []
    for figure in of_area:
        age, sex = int(figure.labels["age"]), figure.labels["sex"]
        if age not in wanted or sex not in chosen:
            continue
        place, key = f"{path.name}, row {figure.row}", (sex, figure.year, age)
        if figure.value is None or figure.value < 0:
            problems.append(
                Problem(f"age {age} in {figure.year} is {figure.mark or figure.value!r}", place, "Give a count")
            )
            continue
        if key in seen:
            problems.append(Problem(f"age {age} in {figure.year} is there twice", place, "Keep one"))
        seen.add(key)
        by_age = found.setdefault(figure.year, {})
        by_age[age] = by_age.get(age, 0.0) + figure.value
    every = {(sex, year, age) for sex in chosen for year in found for age in wanted}
    lacking = sorted(every - seen)
    if not found or (lacking and not problems):
        what = f"{area} has no age {lacking[0][2]} of {lacking[0][0]} in {lacking[0][1]}" if lacking else "has no ages"
        problems.append(Problem(what, path.name, "Take the file of persons as published, with every single age"))
    if problems:
        raise FileError(problems)
    return {year: dict(sorted(found[year].items())) for year in sorted(found)}
