"""Does a set of a council's own return hold what was counted, and run as the packaged ones do?"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy import stats

import carecost as cc
from carecost.cli import main
from carecost.files.own_rates import earlier, worth_of_levels
from carecost.simulation.checks import checked, remarks

TINY = Path(__file__).resolve().parents[1] / "data" / "sets" / "tiny"


@pytest.fixture(scope="module")
def england() -> cc.Assumptions:
    return cc.load_assumptions("england-2025")


@pytest.fixture(scope="module")
def made(england: cc.Assumptions) -> cc.SyntheticReturn:
    return cc.synthetic_return(3_000, years=5, seed=11, like=england)


@pytest.fixture(scope="module")
def own(made: cc.SyntheticReturn, tmp_path_factory: pytest.TempPathFactory) -> cc.SSDA903:
    return cc.read_ssda903(made.save(tmp_path_factory.mktemp("own")))


@pytest.fixture(scope="module")
def rates(own: cc.SSDA903, made: cc.SyntheticReturn, england: cc.Assumptions) -> cc.OwnRates:
    return own.estimate(template=england, population=made.population, draws=20)


def deviations(own: cc.SSDA903, made: cc.SyntheticReturn, england: cc.Assumptions) -> dict[str, tuple[float, float]]:
    """Counted and expected of the truth, by stream and kind."""
    names = [p.name for p in england.placements]
    at = [names.index(name) for name in own.placements]
    out = {}
    for i, (stream, p) in enumerate(made.truth.items()):
        lived = own.counts.child_years[i].sum(0)  # (age, placement)
        leave = np.asarray(p.exit_rate)[0, 0].sum(-1)[:, at]
        move = np.asarray(p.move_rate)[0, 0].sum(-1)[:, at]
        enter = np.asarray(p.entry_rate)[0, 0] * made.population * sum(earlier(england, y) for y in own.years)
        out[f"{stream}, exits"] = float(own.counts.exits[i].sum()), float((lived * leave).sum())
        out[f"{stream}, moves"] = float(own.counts.moves[i].sum()), float((lived * move).sum())
        out[f"{stream}, entries"] = float(own.counts.entries[i].sum()), float(enter.sum())
        if stream == "other":
            for a, b in ((0, 0), (1, 4), (5, 9), (10, 15), (16, 17)):
                band = slice(a, b + 1)
                expected = float((lived * leave)[band].sum())
                out[f"exits, {a} to {b}"] = float(own.counts.exits[i].sum(0)[band].sum()), expected
    return out


def test_known_hazards_come_back_within_their_luck(
    own: cc.SSDA903, made: cc.SyntheticReturn, england: cc.Assumptions
) -> None:
    for what, (counted, expected) in deviations(own, made, england).items():
        assert abs(counted - expected) < 4 * np.sqrt(expected), what


@pytest.mark.slow
def test_known_hazards_come_back_within_one_per_cent(tmp_path: Path, england: cc.Assumptions) -> None:
    """Of 100,000 children: rates of all entries and exits but those of unaccompanied children; parts within their luck.

    37,000 exits have a standard error of 0.5%, 27,000 moves of 0.6%; of moves up to 0.8% are lost, because a step that
    begins and ends on one day is none in a return, whose dates are days.
    """
    made = cc.synthetic_return(100_000, years=5, seed=3, like=england)
    own = cc.read_ssda903(made.save(tmp_path))
    found = deviations(own, made, england)
    for what, within in (("entries", 0.01), ("exits", 0.01), ("moves", 0.02)):
        counted, expected = found[f"other, {what}"]
        assert counted == pytest.approx(expected, rel=within), what
    for what, (counted, expected) in found.items():
        assert abs(counted - expected) < 4 * np.sqrt(expected), what
    a = own.to_assumptions(template=england, population=made.population, draws=0)
    for parameter in ("entry_rate", "exit_rate"):
        was, now = (_whole(s, parameter, made, own) for s in (england, a))
        assert now == pytest.approx(was, rel=0.01), parameter


def _whole(a: cc.Assumptions, parameter: str, made: cc.SyntheticReturn, own: cc.SSDA903) -> float:
    """Events a year that a set's rates give at the return's exposure."""
    p = cc.run(a, years=1, draws=0).parameters("inaction", stream="other")
    if parameter == "entry_rate":
        return float((np.asarray(p.entry_rate)[0, 0] * made.population).sum())
    names = [q.name for q in a.placements]
    lived = own.counts.child_years[0].mean(0)
    return float((np.asarray(p.exit_rate)[0, 0].sum(-1)[:, [names.index(n) for n in own.placements]] * lived).sum())


@pytest.mark.slow
def test_intervals_of_100_children_cover(tmp_path: Path, england: cc.Assumptions) -> None:
    """Levels differ as authorities' do; 90% intervals, from files to joint draws, of all entries and all exits."""
    rng = np.random.default_rng(4)
    worth, inside, n = worth_of_levels(), {"entry_rate": 0, "exit_rate": 0}, 150
    for i in range(n):
        entries, exits = (rng.gamma(worth[f"other, {k}"], 1 / worth[f"other, {k}"]) for k in ("entries", "exits"))
        there = england.scale("entry_rate", entries, stream="other").scale("exit_rate", exits, stream="other")
        made = cc.synthetic_return(100, years=3, seed=1_000 + i, like=there)
        own = cc.read_ssda903(made.save(tmp_path / str(i)))
        a = own.to_assumptions(template=england, population=made.population, draws=200, seed=i)
        names = [p.name for p in england.placements]
        lived = own.counts.child_years[0].sum(0)
        at = {(age, p): lived[age, j] for age in range(18) for j, p in enumerate(own.placements)}
        leave = np.asarray(made.truth["other"].exit_rate)[0, 0].sum(-1)
        enter = np.asarray(made.truth["other"].entry_rate)[0, 0]
        truth = {
            "entry_rate": float(enter @ made.population),
            "exit_rate": sum(t * leave[age, names.index(p)] for (age, p), t in at.items()),
        }
        for parameter, true in truth.items():
            rows = {r.quantity: r.where for r in a.select(parameter, stream="other")}
            table = next(t for t in a.ties.joints if set(t.quantities) <= set(rows))
            weight = [
                sum(
                    made.population[x] if parameter == "entry_rate" else at[x, p]
                    for x in w.ages
                    for p in w.placements or ("",)
                )
                for w in (rows[q] for q in table.quantities)
            ]
            low, high = np.quantile(np.array(table.rows) @ np.array(weight), [0.05, 0.95])
            inside[parameter] += bool(low <= true <= high)
    for parameter, k in inside.items():
        # As often as a share of 0.90 gives; levels alone are held to 0.88 to 0.92 in tests/estimation/test_pooled.py.
        assert min(stats.binom.cdf(k, n, 0.9), stats.binom.sf(k - 1, n, 0.9)) > 5e-4, parameter


def test_the_set_begins_with_the_children_who_are_there(own: cc.SSDA903, rates: cc.OwnRates) -> None:
    a = rates.assumptions
    assert (a.base_year, a.programme_start, a.price_year) == (2025, 2028, 2025)
    stock = sum(row.belief.value for row in a.select("initial_stock"))
    assert stock == own.counts.stock[:, -1].sum()
    results = cc.run(a, "care-review", years=4, draws=10)
    children = results.projection("inaction").stock.sum((0, 2, 3))
    assert children[0] == pytest.approx(stock) and 0.8 < children[-1] / stock < 1.2
    drawn = results.run.drawn["inaction"].in_care(results.run.grid)[0][:, -1]
    assert drawn.std() > 0 and drawn.mean() == pytest.approx(children[-1], rel=0.05)


def test_it_is_read_back_equal_and_has_a_source_in_every_row(rates: cc.OwnRates, tmp_path: Path) -> None:
    a = rates.assumptions
    assert cc.load_assumptions(cc.save_assumptions(a, tmp_path / "mine")) == a
    assert {row.belief.source for row in a.select("exit_rate", placement="secure")} == {"own return (SSDA903)"}
    assert {row.belief.quality for row in a.select("initial_stock")} == {"A"}


def test_joint_draws_move_about_their_means(rates: cc.OwnRates) -> None:
    values = {row.quantity: row.belief.value for row in rates.assumptions.rows}
    for table in rates.assumptions.ties.joints:
        drawn = np.array(table.rows)
        means = np.array([values[name] for name in table.quantities])
        assert drawn.mean(0).sum() == pytest.approx(means.sum(), rel=0.2), table.name  # rare cells are skewed
        assert (drawn.std(0) > 0).any() and (drawn >= 0).all()
        if "entry" in table.name:
            ages = np.array([name.split("ages=")[1].split(",")[0] for name in table.quantities])
            for age in np.unique(ages):
                np.testing.assert_allclose(drawn[:, ages == age].sum(1), 1.0, atol=1e-9)


def test_how_much_own_numbers_bear_is_told(rates: cc.OwnRates, own: cc.SSDA903, england: cc.Assumptions) -> None:
    by = {(b.stream, b.kind): b for b in rates.bearings}
    assert by["other", "entries"].own_level > 0.98 > by["uasc", "exits"].own_level > 0.3
    assert 0.9 < by["other", "entries"].ratio < 1.1
    told = [note.says[1] for note in rates.assumptions.notes if note.what == "entries, other"]
    assert len(told) == 1 and "% own" in told[0] and "trend" in told[0]
    assert len(rates.bearing()) == len(rates.bearings)


def test_without_an_authority_it_is_said_and_population_is_in_proportion(
    own: cc.SSDA903, england: cc.Assumptions
) -> None:
    a = own.to_assumptions(template=england, draws=0)
    note = next(note for note in a.notes if note.what == "whose return it is")
    assert "no authority was named" in note.says[0] and "population and yearly amounts" in note.says[1]
    share = own.counts.stock[:, -1].sum() / sum(r.belief.value for r in england.select("initial_stock"))
    assert a.portion == pytest.approx(share)
    people, all_people = (sum(r.belief.value for r in s.select("population", year=2026)) for s in (a, england))
    assert people == pytest.approx(share * all_people)


@pytest.mark.parametrize("area", ["North East", "Kent"])
def test_an_area_gives_its_population_and_prices(own: cc.SSDA903, area: str) -> None:
    a = own.to_assumptions(area, draws=0)
    region = cc.load_assumptions(f"england-2025/{area}")
    assert a.area == area and a.portion == region.portion
    checked(a)
    for parameter in ("population", "unit_cost"):
        mine, theirs = (sum(r.belief.value for r in s.select(parameter)) for s in (a, region))
        assert mine == pytest.approx(theirs)
    with pytest.raises(cc.CareCostError, match=area):
        own.to_assumptions(f"{area}s", draws=0)


def test_children_of_ages_that_the_public_stream_lacks_leave_too(england: cc.Assumptions, tmp_path: Path) -> None:
    """Young unaccompanied children: none in the public set; they leave as those of the next ages do."""
    made = cc.synthetic_return(100, years=1, seed=3, like=england)
    made.tables["2025/uasc"]["CHILD"] = made.tables["2025/header"]["CHILD"].head(len(made.tables["2025/uasc"]))
    a = cc.read_ssda903(made.save(tmp_path)).to_assumptions(template=england, draws=0)
    checked(a)
    assert not [said for said in remarks(a) if "'uasc'" in said]


@pytest.mark.parametrize("last", [2019, 2027])
def test_a_return_of_another_year_begins_there_at_the_prices_of_the_public_set(
    last: int, england: cc.Assumptions, tmp_path: Path
) -> None:
    own = cc.read_ssda903(cc.synthetic_return(200, years=2, last=last, seed=2, like=england).save(tmp_path))
    a = own.to_assumptions(template=england, draws=0)
    assert (a.base_year, a.price_year, a.programme_start) == (last, 2025, max(2028, last + 2))
    checked(a)
    results = cc.run(a, "care-review", years=1, draws=0)
    assert "no part acts before" in repr(results)
    assert any("moved back" in note.says[1] for note in a.notes if note.kind == "gap") == (last < 2025)


def test_a_population_that_was_given_is_taken(own: cc.SSDA903, england: cc.Assumptions) -> None:
    a = own.to_assumptions(template=england, population=50_000, draws=0)
    assert sum(r.belief.value for r in a.select("population", year=2026)) == pytest.approx(50_000)
    with pytest.raises(cc.CareCostError, match="one for each of the 18 ages"):
        own.to_assumptions(template=england, population=[1.0, 2.0], draws=0)
    for wrong in (0, "many", [0.0] * 18, True):
        with pytest.raises(cc.CareCostError, match="population"):
            own.to_assumptions(template=england, population=wrong, draws=0)  # type: ignore[arg-type]
    with pytest.raises(cc.CareCostError, match="Give at least 2, or 0"):
        own.to_assumptions(template=england, draws=1)


def test_another_public_set_serves_too(own: cc.SSDA903) -> None:
    a = own.to_assumptions(template="care-review-2022", draws=0)
    checked(a)
    care = {p.name for p in a.placements if p.in_care}
    stock = sum(r.belief.value for r in a.select("initial_stock", placement=sorted(care)))
    assert stock == own.counts.stock[:, -1].sum()


def test_places_of_a_public_set_are_in_proportion(own: cc.SSDA903) -> None:
    public = cc.load_assumptions("england-2025-capacity")
    a = own.to_assumptions(template=public, draws=0)
    places = [sum(r.belief.value for r in s.select("capacity") if r.kind == "value") for s in (a, public)]
    assert places[0] == pytest.approx(a.portion * places[1])


def test_a_public_set_in_which_children_come_back_is_refused(own: cc.SSDA903) -> None:
    with pytest.raises(cc.CareCostError, match="children come back to care in it"):
        own.to_assumptions(template="england-2025-after-care", draws=0)


def test_a_public_set_with_other_placements_is_refused_by_name(own: cc.SSDA903) -> None:
    with pytest.raises(cc.CareCostError, match=r"(?s)ages 15 to 17.*has no placement 'kinship foster'"):
        own.to_assumptions(template=str(TINY), draws=0)


def test_suppressed_nothing_is_of_fewer_than_five(own: cc.SSDA903, england: cc.Assumptions) -> None:
    a = own.to_assumptions(template=england, draws=0, suppress=True)
    checked(a)
    plain = own.to_assumptions(template=england, draws=0)
    stocks = [np.array([r.belief.value for r in s.select("initial_stock")]) for s in (a, plain)]
    assert ((stocks[1] > 0) & (stocks[1] < 5)).any()  # there was something to hide
    # What is left below five is a share of a sum of five or more, and no whole child.
    small = stocks[0][(stocks[0] > 0) & (stocks[0] < 5)]
    assert abs(stocks[0].sum() - stocks[1].sum()) < 10 and len(small)
    assert any(note.what == "counts from 1 to 4" for note in a.notes)
    assert {row.belief.quality for row in a.select("initial_stock")} == {"D"}


def test_the_command_makes_a_set_that_compare_runs(
    made: cc.SyntheticReturn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    small = cc.synthetic_return(300, years=2, seed=2)
    small.save_zip("return.zip")
    words = ["from-903", "return.zip", "--authority", "North East", "--out", "mine", "--draws", "2", "--suppress"]
    assert main(words) == 0
    said = capsys.readouterr().out
    for part in (
        "What was found, and what was done",
        "How much the return's own numbers bear",
        "Programme year 1 is 2028",
    ):
        assert part in said
    assert main(["check", "mine"]) == 0
    compare = "compare mine family-networks --draws 0 --years 4 --no-charts --format json --out o"
    assert main(compare.split()) == 0
    assert "North East" in capsys.readouterr().out
    assert main(["from-903", "mine", "--out", "x"]) == 2
    assert "columns that are of no table of a return" in capsys.readouterr().err
