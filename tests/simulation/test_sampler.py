"""Does what is uncertain move as stated, together and over the years, and nothing else with it?"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy.special import ndtri

import carecost as cc
from carecost.inputs.change import replace_change
from carecost.maths.distributions import quantiles
from carecost.simulation.layout import Layouts
from carecost.simulation.sampler import Columns, Sampler
from carecost.text.describe import assumptions_text

SETS = Path(__file__).parents[1] / "data" / "sets"
N = 2_000
DRAWS = cc.Draws(N, seed=3)
#: Four standard errors of a correlation of nothing.
FOUR = 4 / np.sqrt(N)

ENTRY = "entry_rate: streams=other"
EXIT = "exit_rate: placements=foster; home, reasons=returned"
MOVE = "move_rate: ages=16-17, placements=foster, to=home"
UASC = "entry_rate: streams=uasc, ages=16-17"
LEVEL, GROWTH = "adjustment: entry level", "growth: homes growth"
FOSTER, HOME = "unit_cost: items=foster", "unit_cost: items=home"

LOADINGS = f"""group,quantity,loading,source,quality,note
levels,{LEVEL},0.8,made up for tests,E,
levels,"{EXIT}",-0.6,made up for tests,E,a note
"""
MATRIX = f"""{FOSTER},{HOME},{GROWTH}
1,0.5,0.2
0.5,1,-0.3
0.2,-0.3,1
"""
JOINT = f"""\"{UASC}\",\"{MOVE}\"
0.0001,0.04
0.0002,0.05
0.0003,0.08
"""
#: The columns of paths.csv that are used here, in the order of the rows.
COLUMNS = "name,parameter,streams,years,ages,placements,to,reasons,items,kind,sd,half_life"
PATHS = f"""{COLUMNS},shocks,from_year,unit,source,source_year,quality,note
price drift,unit_cost,,,,,,,home; foster,random walk,0.03,,line,2025,multiplier,made up for tests,2025,E,
entries drift,entry_rate,other,,,,,,,mean reverting,0.05,2,,2025,multiplier,made up for tests,2025,E,
"""
TIED = {
    "correlations.csv": LOADINGS,
    "correlations/prices.csv": MATRIX,
    "joint/estimate.csv": JOINT,
    "paths.csv": PATHS,
}


def shared(text: str) -> str:
    """The shares of the tiny set, drawn together."""
    return text.replace("0.75,,,,,", "0.75,0.68,0.82,,dirichlet,").replace("0.25,,,,,", "0.25,0.18,0.32,,dirichlet,")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the tiny set in which much is tied."""
    path = Path(shutil.copytree(SETS / "tiny", tmp_path / "tied"))
    for name, text in TIED.items():
        (path / name).parent.mkdir(exist_ok=True)
        (path / name).write_text(text)
    shares = path / "entry_share.csv"
    shares.write_text(shared(shares.read_text()))
    return path


@pytest.fixture
def tied(folder: Path) -> cc.Assumptions:
    return cc.load_assumptions(folder)


@pytest.fixture(scope="module")
def tiny() -> cc.Assumptions:
    return cc.load_assumptions(SETS / "tiny")


def arrays(assumptions: cc.Assumptions, block: slice | None = None, years: int | None = None) -> dict[str, np.ndarray]:
    """Parameters of all streams, by stream and name."""
    layouts = Layouts(assumptions, assumptions.grid(years))
    sampler = Sampler(DRAWS, slice(0, N) if block is None else block)
    return {
        f"{stream} {name}": array
        for stream in assumptions.streams
        for name, array in layouts.parameters(stream, sampler).arrays().items()
    }


def spend(assumptions: cc.Assumptions, n: int = 60) -> np.ndarray:
    """Spend of every draw under inaction."""
    return cc.run(assumptions, draws=cc.Draws(n, seed=3)).run.drawn["inaction"].costs.spend


# What moves together


def test_margins_stay_exactly_as_stated(tied: cc.Assumptions) -> None:
    columns = Columns(DRAWS, tied.ties)
    for name in (LEVEL, EXIT, FOSTER, HOME, GROWTH):
        u = columns.uniforms(name)
        assert not np.array_equal(u, DRAWS.uniforms(name)) or name == FOSTER
        # One in each slice, as for a quantity that is tied to nothing; and evenly within the slices.
        np.testing.assert_array_equal(np.sort(np.floor(u * N)), np.arange(N))
        within = u * N % 1.0
        assert abs(within.mean() - 0.5) < 4 * np.sqrt(1 / 12 / N)
    row = next(r for r in tied.rows if r.quantity == HOME)
    x = columns.value(HOME, row.belief, -np.inf, np.inf)
    np.testing.assert_allclose(np.quantile(x, [0.05, 0.5, 0.95]), [6000, 7000, 8200], rtol=2e-3)


def scores(tied: cc.Assumptions, *names: str) -> np.ndarray:
    columns = Columns(DRAWS, tied.ties)
    return np.corrcoef([ndtri(columns.uniforms(name)) for name in names])


def test_correlations_are_those_stated(tied: cc.Assumptions) -> None:
    assert scores(tied, LEVEL, EXIT)[0, 1] == pytest.approx(0.8 * -0.6, abs=FOUR)
    np.testing.assert_allclose(
        scores(tied, FOSTER, HOME, GROWTH), [[1, 0.5, 0.2], [0.5, 1, -0.3], [0.2, -0.3, 1]], atol=FOUR
    )
    others = scores(tied, LEVEL, HOME, ENTRY, "path: entries drift, 2027", "joint: estimate")
    assert np.abs(others - np.eye(5)).max() < FOUR


def test_a_loading_of_one_moves_with_the_group_fully() -> None:
    ties = cc.Ties((cc.Loading("g", "a", 1.0), cc.Loading("g", "b", -1.0), cc.Loading("g", "c", 1.0)))
    columns = Columns(DRAWS, ties)
    a, b, c = (columns.uniforms(name) for name in "abc")
    np.testing.assert_array_equal(a, c)
    np.testing.assert_allclose(a, 1 - b, atol=1e-9)
    np.testing.assert_allclose(a, DRAWS.uniforms("correlation: g"), atol=1e-9)


def names_that_differ(a: dict[str, np.ndarray], b: dict[str, np.ndarray]) -> set[str]:
    return {name.split()[-1] for name in a if a[name].shape != b[name].shape or (a[name] != b[name]).any()}


def test_a_tie_changes_no_draw_but_those_of_its_members(tiny: cc.Assumptions, tied: cc.Assumptions) -> None:
    before = arrays(tiny)
    for parts, moved in (
        ({"loadings": tied.ties.loadings}, {"entry_rate", "exit_rate"}),
        ({"matrices": tied.ties.matrices}, {"unit_cost"}),
        ({"joints": tied.ties.joints}, {"entry_rate", "move_rate"}),
    ):
        after = arrays(replace(tiny, ties=cc.Ties(**parts)))
        assert names_that_differ(before, after) == moved
    with_path = arrays(replace(tiny, paths=tied.paths[1:]))
    assert names_that_differ(before, with_path) == {"entry_rate"}
    np.testing.assert_array_equal(before["uasc entry_rate"], with_path["uasc entry_rate"])
    # A third member of a group changes neither of the others; nor does a second path the first.
    more = replace(tied.ties, loadings=(*tied.ties.loadings, cc.Loading("levels", ENTRY, 0.5)))
    for name in (LEVEL, EXIT, FOSTER, HOME, GROWTH):
        a, b = (Columns(DRAWS, ties).uniforms(name) for ties in (tied.ties, more))
        np.testing.assert_array_equal(a, b)
    both, first = arrays(tied), arrays(replace(tied, paths=tied.paths[:1]))
    assert names_that_differ(both, first) == {"entry_rate"}


@pytest.mark.parametrize("size", [1, 7, 1999])
def test_blocks_do_not_matter(tied: cc.Assumptions, size: int) -> None:
    whole = arrays(tied)
    for start in (0, 640, 1990):
        block = slice(start, min(start + size, N))
        part = arrays(tied, block)
        for name, array in whole.items():
            np.testing.assert_array_equal(part[name], array if len(array) == 1 else array[block])


def test_the_central_run_is_the_same_whatever_is_tied(tiny: cc.Assumptions, tied: cc.Assumptions) -> None:
    a, b = (cc.run(s).run.central["inaction"] for s in (tiny, tied))
    np.testing.assert_array_equal(a.stock, b.stock)
    np.testing.assert_array_equal(a.costs.spend, b.costs.spend)


# Joint draws


def test_joint_draws_take_whole_rows_equally_often(tied: cc.Assumptions) -> None:
    found = arrays(tied)
    entry, move = found["uasc entry_rate"][:, 0, 1], found["uasc move_rate"][:, 0, 1, 0, 1]
    pairs, counts = np.unique(np.stack([entry, move]), axis=1, return_counts=True)
    np.testing.assert_array_equal(pairs, [[0.0001, 0.0002, 0.0003], [0.04, 0.05, 0.08]])
    assert np.ptp(counts) <= 1


def test_a_value_of_your_own_takes_the_place_of_joint_draws(tied: cc.Assumptions) -> None:
    new = tied.replace("move_rate", 0.06)
    assert new.ties.joints[0].quantities == (UASC,)
    assert np.all(arrays(new)["uasc move_rate"][:, :, 1, 0, 1] == 0.06)
    assert tied.replace("move_rate", note="looked at again").ties == tied.ties
    known = tied.replace("unit_cost", item="home", value=7500)
    assert known.ties.matrices[0].quantities == (FOSTER, GROWTH)
    assert not tied.replace("entry level", 1.0).ties.loadings


# Shares


def test_shares_drawn_together_sum_to_one_and_keep_their_means(tied: cc.Assumptions) -> None:
    share = arrays(tied)["other entry_share"]
    np.testing.assert_allclose(share.sum(-1), 1, atol=1e-12)
    foster = share[:, 0, 0, 0]
    assert foster.mean() == pytest.approx(0.75, abs=2e-3)
    assert np.mean((0.68 <= foster) & (foster <= 0.82)) == pytest.approx(0.9, abs=0.01)


# Paths


def path(n_years: int = 40, **fields: object) -> np.ndarray:
    stated = {"kind": "random walk", "sd": 0.1, "from_year": 2025} | fields
    made = cc.YearPath("p", "entry_rate", cc.Selector(), **stated)  # type: ignore[arg-type]
    return Columns(DRAWS).path(made, range(2024, 2026 + n_years))


def test_the_variance_of_a_random_walk_grows_with_the_years() -> None:
    x = path()
    assert not x[:, :2].any()  # up to from_year
    years = np.arange(1, 41)
    np.testing.assert_allclose(x[:, 2:].var(0), 0.01 * years, rtol=4 * np.sqrt(2 / N))
    steps = np.corrcoef(np.diff(x[:, 1:20], axis=1).T)
    assert np.abs(steps - np.eye(len(steps))).max() < 4.5 / np.sqrt(N)


@pytest.mark.parametrize("half_life", [0.5, 3.0])
def test_a_path_that_reverts_settles_at_its_standard_deviation(half_life: float) -> None:
    x = path(kind="mean reverting", half_life=half_life)
    years = np.arange(1, 41)
    np.testing.assert_allclose(x[:, 2:].var(0), 0.01 * (1 - 0.25 ** (years / half_life)), rtol=4 * np.sqrt(2 / N))
    kept = np.corrcoef(x[:, -2], x[:, -1])[0, 1]
    assert kept == pytest.approx(0.5 ** (1 / half_life), abs=FOUR)


def test_the_multiplier_is_one_in_the_middle(tiny: cc.Assumptions, tied: cc.Assumptions) -> None:
    known = replace(tiny, rows=tuple(replace(r, belief=replace(r.belief, low=None, high=None)) for r in tiny.rows))
    x = arrays(replace(known, paths=tied.paths))["other unit_cost"]
    central = np.asarray(cc.run(known).parameters("inaction", "other").unit_cost)
    np.testing.assert_allclose(np.median(x, axis=0), central[0] * np.ones_like(x[0]), rtol=0.01)


def test_a_line_has_shocks_of_its_own_and_common_ones_are_common(tied: cc.Assumptions) -> None:
    prices = replace(tied, ties=cc.Ties())
    base = arrays(replace(prices, paths=()))["other unit_cost"]
    by_line, common = (
        arrays(replace(prices, paths=(replace(tied.paths[0], shocks=shocks),)))["other unit_cost"]
        for shocks in ("line", "common")
    )
    lines, same = by_line[..., :2] / base[..., :2], common[..., :2] / base[..., :2]
    assert abs(np.corrcoef(np.log(lines[:, 0]).T)[0, 1]) < FOUR
    np.testing.assert_allclose(same[..., 0], same[..., 1], rtol=1e-12)
    np.testing.assert_array_equal(common[:, :, 2:], np.broadcast_to(base, common.shape)[:, :, 2:])


def test_a_longer_horizon_changes_no_earlier_year(tied: cc.Assumptions) -> None:
    short, long = arrays(tied, years=3), arrays(tied, years=6)
    for name in ("other entry_rate", "other unit_cost"):
        np.testing.assert_array_equal(short[name], long[name][:, :3])


# Files and words


def test_what_is_tied_comes_back_the_same(tied: cc.Assumptions, tmp_path: Path) -> None:
    out = cc.save_assumptions(tied, tmp_path / "a")
    assert cc.load_assumptions(out) == tied
    assert cc.load_assumptions(cc.save_assumptions(replace(tied, ties=cc.Ties(), paths=()), out)).ties == cc.Ties()
    results = cc.run(tied, draws=cc.Draws(30, seed=5))
    again = cc.Results.load(results.save(tmp_path / "r"))
    for name in ("stock", "costs"):
        a, b = (getattr(r.run.drawn["inaction"], name) for r in (results, again))
        np.testing.assert_array_equal(getattr(a, "spend", a), getattr(b, "spend", b))


def test_describe_says_what_is_tied(tied: cc.Assumptions, tiny: cc.Assumptions) -> None:
    text = " ".join(assumptions_text(tied).split())
    for word in (
        f"Correlation group levels: loadings on what is common to them: {LEVEL} (0.8); {EXIT} (-0.6); E; made up",
        f"{HOME} with {GROWTH} (-0.3)",
        f"Joint draws estimate: 3 equally likely rows of {UASC}; {MOVE}",
        "Path price drift: unit costs (items home, foster) times exp(path), 1 in the middle; random walk, standard "
        "deviation 3% after one year",
        "one path for each of items",
        "mean reverting, standard deviation 5% in the long run, half-life 2 years",
        "90%, dirichlet",
    ):
        assert word in text
    assert "moves together" not in assumptions_text(tiny)


def test_a_scope_leaves_out_what_is_tied_to_other_money(tied: cc.Assumptions, tmp_path: Path) -> None:
    scopes = (replace(cc.load_assumptions("england-2025").scopes[0], name="homes", groups=("residential", "reform")),)
    free = (cc.Placement("foster", group="foster"), cc.Placement("home", group="residential"), *tied.placements[2:])
    homes = replace(tied, scopes=scopes, placements=free).scoped("homes")
    assert homes.ties.matrices[0].quantities == (HOME, GROWTH)
    assert homes.paths[0].lines()[0].name == "price drift, home"
    np.testing.assert_array_equal(
        cc.run(homes).run.central["inaction"].stock, cc.run(tied).run.central["inaction"].stock
    )


Change = Callable[[str], str]


def put(text: str) -> Change:
    return lambda _: text


def edit(old: str, new: str) -> Change:
    def change(text: str) -> str:
        assert old in text, old
        return text.replace(old, new, 1)

    return change


BROKEN: dict[str, tuple[str, Change, list[str]]] = {
    "loading above one": (
        "correlations.csv",
        edit("0.8", "1.8"),
        ["correlations.csv, row 2", "loading is 1.8", "from -1 to 1"],
    ),
    "loading of zero": ("correlations.csv", edit("0.8", "0"), ["correlations.csv, row 2", "loading is 0"]),
    "loading left blank": ("correlations.csv", edit("0.8", ""), ["correlations.csv, row 2, column loading", "blank"]),
    "unknown quantity": (
        "correlations.csv",
        edit("entry level", "entri level"),
        ["correlations.csv, row 2", "'adjustment: entri level'", f"Did you mean '{LEVEL}'?"],
    ),
    "quantity without an interval": (
        "correlations.csv",
        edit(LEVEL, "unit_cost: items=support"),
        ["correlations.csv, row 2", "has no interval", "leave it out"],
    ),
    "quantity twice": (
        "correlations/prices.csv",
        lambda text: text.replace(GROWTH, LEVEL),
        ["correlations/prices.csv", f"'{LEVEL}' is in a group already: 'levels'", "one group only"],
    ),
    "group of one": (
        "correlations.csv",
        edit('levels,"exit', 'level,"exit'),
        ["correlations.csv, row 3", "group 'level' has one quantity"],
    ),
    "group with loadings and a matrix": (
        "correlations.csv",
        lambda text: text.replace("levels,", "prices,"),
        ["correlations/prices.csv", "loadings in correlations.csv too"],
    ),
    "two shares of one whole": (
        "correlations.csv",
        put(LOADINGS + "".join(f"shares,entry_share: placements={p},0.5,x,E,\n" for p in ("foster", "home"))),
        ["correlations.csv, row 5", "shares of one whole"],
    ),
    "matrix that is not positive definite": (
        "correlations/prices.csv",
        lambda text: text.replace("0.5", "0.9").replace("0.2", "0.9").replace("-0.3", "-0.9"),
        ["correlations/prices.csv", "not positive definite", "smallest eigenvalue is -0.8", "nearer to zero"],
    ),
    "matrix that is not symmetric": (
        "correlations/prices.csv",
        edit("0.5,1,", "0.4,1,"),
        ["correlations/prices.csv", "is 0.5, the other way 0.4", "same number both ways"],
    ),
    "matrix with another diagonal": (
        "correlations/prices.csv",
        edit("1,0.5", "2,0.5"),
        ["correlations/prices.csv", "with itself is 2", "diagonal is 1"],
    ),
    "matrix that is not square": (
        "correlations/prices.csv",
        edit("0.2,-0.3,1\n", ""),
        ["correlations/prices.csv", "3 columns and 2 rows", "one row for each column"],
    ),
    "matrix with a blank cell": (
        "correlations/prices.csv",
        edit("0.5,1", ",1"),
        ["correlations/prices.csv, row 3, column 1", "is blank"],
    ),
    "matrix of words": (
        "correlations/prices.csv",
        edit("0.5,1", "half,1"),
        ["correlations/prices.csv, row 3, column 1", "'half'", "plain number"],
    ),
    "matrix with a column twice": (
        "correlations/prices.csv",
        lambda text: text.replace(GROWTH, HOME),
        ["correlations/prices.csv, header", f"column '{HOME}' is there twice"],
    ),
    "unknown column of joint draws": (
        "joint/estimate.csv",
        edit("move_rate", "mov_rate"),
        ["joint/estimate.csv", "unknown quantity", f"Did you mean '{MOVE}'?"],
    ),
    "joint draws without the quotes": (
        "joint/estimate.csv",
        edit(f'"{UASC}"', UASC),
        ["joint/estimate.csv, rows 2-4, column 3", "is blank", "quote the names of columns that hold commas"],
    ),
    "joint draws of what has an interval": (
        "joint/estimate.csv",
        edit(f'"{UASC}"', HOME),
        ["joint/estimate.csv", f"'{HOME}' has an interval of its own", "one or the other"],
    ),
    "joint draws twice": (
        "joint/second.csv",
        put(JOINT),
        ["joint/second.csv", "is in joint/estimate.csv too", "Keep one"],
    ),
    "joint draws with a blank cell": (
        "joint/estimate.csv",
        edit("0.0002,0.05", "0.0002,"),
        ["joint/estimate.csv, row 3, column 2", "is blank"],
    ),
    "joint draws below zero": (
        "joint/estimate.csv",
        edit("0.05", "-0.05"),
        ["joint/estimate.csv, column 'move_rate", "has -0.05", "0 or more"],
    ),
    "joint draws of one row": (
        "joint/estimate.csv",
        lambda text: "\n".join(text.splitlines()[:2]),
        ["joint/estimate.csv", "has 1 rows", "two or more"],
    ),
    "joint shares that do not sum to one": (
        "joint/shares.csv",
        put("entry_share: placements=foster,entry_share: placements=home\n0.7,0.3\n0.6,0.3\n"),
        ["joint/shares.csv", "has an interval of its own"],
    ),
    "folder misspelt": ("joints/estimate.csv", put(JOINT), ["unknown folder 'joints'", "Did you mean 'joint'?"]),
    "path of shares": (
        "paths.csv",
        edit("entries drift,entry_rate", "entries drift,entry_share"),
        ["paths.csv, row 3", "'entry_share' cannot wander", "entry_rate"],
    ),
    "path of an unknown parameter": (
        "paths.csv",
        edit("entries drift,entry_rate", "entries drift,entri_rate"),
        ["paths.csv, row 3", "unknown parameter", "Did you mean 'entry_rate'?"],
    ),
    "path of an unknown kind": (
        "paths.csv",
        edit("random walk", "random wolk"),
        ["paths.csv, row 2, column kind", "'random wolk'", "Did you mean 'random walk'?"],
    ),
    "path without a standard deviation": ("paths.csv", edit("0.03", ""), ["paths.csv, row 2, column sd", "blank"]),
    "path with a standard deviation of zero": ("paths.csv", edit("0.03", "0"), ["paths.csv, row 2", "sd is 0.0"]),
    "walk with a half-life": (
        "paths.csv",
        edit("0.03,,", "0.03,2,"),
        ["paths.csv, row 2", "half_life is 2.0 in a random walk"],
    ),
    "reverting without a half-life": (
        "paths.csv",
        edit("0.05,2,", "0.05,,"),
        ["paths.csv, row 3", "half_life is None in a mean reverting"],
    ),
    "path by line without a line": (
        "paths.csv",
        edit("home; foster", ""),
        ["paths.csv, row 2", "without a line", "List some of"],
    ),
    "path of an unknown item": (
        "paths.csv",
        edit("home; foster", "home; fostr"),
        ["paths.csv, row 2", "unknown item 'fostr'", "Did you mean 'foster'?"],
    ),
    "path with a column that its parameter lacks": (
        "paths.csv",
        edit("entry_rate,other,,,,", "entry_rate,other,,,foster,"),
        ["paths.csv, row 3", "no selector 'placements'"],
    ),
    "path of the same shocks": (
        "paths.csv",
        edit("entries drift", '"price drift, foster"'),
        ["paths.csv, row 3", "its shocks are those of 'price drift, foster' in paths.csv, row 2 too"],
    ),
    "path after the horizon": (
        "paths.csv",
        edit("0.05,2,,2025", "0.05,2,,2031"),
        ["paths.csv, row 3", "multiplies nothing", "2026 to 2031 after 2031"],
    ),
    "path of another unit": ("paths.csv", edit("multiplier", "share"), ["paths.csv, row 2, column unit", "'share'"]),
    "shares of which one is known": (
        "entry_share.csv",
        edit("0.18,0.32,,dirichlet", ",,,"),
        ["entry_share.csv, row 3", "entry_share.csv, row 2 is of the same whole"],
    ),
    "shares that disagree": (
        "entry_share.csv",
        edit("0.18,0.32", "0.1,0.45"),
        ["entry_share.csv, row 2", "equally sure", "factor of 4"],
    ),
    "shares of one whole with other ages": (
        "entry_share.csv",
        edit(",,,foster", ",,15-17,foster"),
        ["entry_share.csv, row 2", "its shares sum to 0.75", "same streams, years and ages"],
    ),
    "dirichlet of a rate": (
        "entry_rate.csv",
        edit("0.002,0.0015,0.003,,", "0.002,0.0015,0.003,,dirichlet"),
        ["entry_rate.csv, row 2", "'dirichlet'", "entry_share alone"],
    ),
}


@pytest.mark.parametrize("case", BROKEN)
def test_what_cannot_be_tied_is_refused_with_place_and_remedy(folder: Path, case: str) -> None:
    name, change, words = BROKEN[case]
    file = folder / name
    file.parent.mkdir(exist_ok=True)
    file.write_text(change(file.read_text() if file.exists() else ""))
    with pytest.raises(cc.CareCostError) as error:
        cc.load_assumptions(folder)
    for word in words:
        assert word in str(error.value)


def test_a_tie_to_nothing_is_refused_in_python_too(tiny: cc.Assumptions) -> None:
    ties = cc.Ties((cc.Loading("g", LEVEL, 1.0), cc.Loading("g", "exit_rate", 1.0)))
    with pytest.raises(cc.CareCostError, match="unknown quantity 'exit_rate'"):
        cc.run(replace(tiny, ties=ties))


def test_joint_shares_must_sum_to_one(folder: Path) -> None:
    shutil.copy(SETS / "tiny" / "entry_share.csv", folder)
    table = folder / "joint" / "shares.csv"
    table.write_text("entry_share: placements=foster,entry_share: placements=home\n0.7,0.3\n0.6,0.4\n")
    found = arrays(cc.load_assumptions(folder))["other entry_share"][:, 0, 0]
    np.testing.assert_array_equal(np.unique(found, axis=0), [[0.6, 0.4, 0], [0.7, 0.3, 0]])
    drawn = cc.run(cc.load_assumptions(folder), years=2, draws=6)
    again = cc.run(cc.load_assumptions(folder), years=2, draws=cc.Draws.given(drawn.inputs()))
    np.testing.assert_array_equal(again.run.drawn["inaction"].stock, drawn.run.drawn["inaction"].stock)
    table.write_text(table.read_text().replace("0.4", "0.5"))
    with pytest.raises(cc.CareCostError, match=r"joint/shares.csv, row 3: shares sum to 1.1"):
        cc.load_assumptions(folder)


# Nothing is drawn in vain

UNREAD: dict[str, tuple[str, Change, str]] = {
    "adjustment of rates that no row gives": (
        "adjustments.csv",
        lambda text: text + "vain,exit_rate,,,,home,,support ends,,1,0.9,1.1,,,multiplier,x,2025,E,\n",
        "adjustments.csv, row 3: multiplies nothing",
    ),
    "adjustment of years that never come": (
        "adjustments.csv",
        edit("entry level,entry_rate,other,,", "entry level,entry_rate,other,2040-2045,"),
        "multiplies nothing",
    ),
    "growth that starts too late": ("growth.csv", edit("home,2025", "home,2031"), "row 2: multiplies nothing"),
    "growth whose first rate is never used": ("growth.csv", edit("0.01,4", "0.01,0"), "drawn and never read"),
    "uncertain rate on a way from a placement to itself": (
        "move_rate.csv",
        lambda text: text + ",,,home,home,0.1,0.05,0.2,,,per child-year,x,2025,E,\n",
        "move_rate.csv, row 3: would be drawn and never read",
    ),
    "uncertain share of births where nobody enters": (
        "entry_at_birthday.csv",
        put(
            "streams,years,ages,value,low,high,level,distribution,unit,source,source_year,quality,note\n"
            "uasc,,15,0.2,0.1,0.3,,beta,share,x,2025,E,\n"
        ),
        "entry_at_birthday.csv, row 2: would be drawn and never read",
    ),
}


@pytest.mark.parametrize("case", UNREAD)
def test_a_quantity_that_is_drawn_and_never_read_is_refused(folder: Path, case: str) -> None:
    name, change, words = UNREAD[case]
    file = folder / name
    file.write_text(change(file.read_text() if file.exists() else ""))
    for tie in ("correlations.csv", "correlations/prices.csv"):
        (folder / tie).unlink()
    with pytest.raises(cc.CareCostError) as error:
        cc.load_assumptions(folder)
    assert words in str(error.value)


def differs(a: cc.Results, b: cc.Results) -> bool:
    pairs = [(a.run.central[name], b.run.central[name]) for name in a.scenarios]
    return any((x.stock != y.stock).any() or (x.costs.spend != y.costs.spend).any() for x, y in pairs)


def at_its_high_end(row: cc.Assumption) -> cc.Assumption:
    return replace(row, belief=replace(row.belief, value=row.belief.high, low=None, high=None))


@pytest.mark.parametrize("name", ["england-2025", "care-review-2022"])
def test_every_drawn_quantity_moves_some_output(name: str) -> None:
    packaged, review = cc.load_assumptions(name), cc.load_scenario("care-review")
    before = cc.run(packaged, review, years=6)
    walked = []
    for i, row in enumerate(packaged.rows):
        if not row.belief.certain:
            rows = (*packaged.rows[:i], at_its_high_end(row), *packaged.rows[i + 1 :])
            assert differs(before, cc.run(replace(packaged, rows=rows), review, years=6)), row.quantity
            walked.append(row.quantity)
    for i, path in enumerate(packaged.paths):
        paths = (*packaged.paths[:i], *packaged.paths[i + 1 :])
        drawn = [cc.run(replace(packaged, paths=one), years=3, draws=4) for one in (packaged.paths, paths)]
        stocks = [one.run.drawn["inaction"].stock for one in drawn]
        assert (stocks[0] != stocks[1]).any(), path.quantity
        walked.append(path.quantity)
    assert tuple(dict.fromkeys(walked)) == packaged.drawn_quantities


def test_every_uncertain_amount_of_a_lever_moves_some_output() -> None:
    england, review = cc.load_assumptions("england-2025"), cc.load_scenario("care-review")
    before = cc.run(england, review, years=7)  # money from programme year 5 on is spent in the last
    uncertain = {name: change.amount for name, change in review.changes if not change.amount.certain}
    assert len(uncertain) == 4
    for name, amount in uncertain.items():
        moved = [replace_amount(lever, name, amount.low) for lever in review.levers]
        assert differs(before, cc.run(england, replace(review, levers=tuple(moved)), years=7)), name


def replace_amount(lever: cc.Lever, name: str, value: float | None) -> cc.Lever:
    """Replace the amount of every change that is drawn under a name."""
    assert value is not None
    changes = [
        replace_change(change, amount=cc.Interval(value)) if drawn == name else change
        for drawn, change in zip(lever.quantities, lever.changes, strict=True)
    ]
    return replace(lever, changes=tuple(changes))


def test_every_tied_quantity_and_path_moves_the_draws(tied: cc.Assumptions) -> None:
    whole = spend(tied)
    for name in tied.drawn_quantities:
        rows = tuple(
            replace(r, belief=replace(r.belief, low=None, high=None, distribution="")) if r.quantity == name else r
            for r in tied.rows
        )
        if name.startswith("entry_share"):  # both of the whole at once
            rows = tuple(
                replace(r, belief=replace(r.belief, low=None, high=None)) if r.parameter == "entry_share" else r
                for r in tied.rows
            )
        ties = tied.ties.without({row.quantity for row in rows if row.belief.certain} - set(tied.ties.joint))
        ties = replace(ties, joints=tuple(t.only(set(t.quantities) - {name}) for t in tied.ties.joints))
        paths = tuple(p for p in tied.paths if p.quantity != name)
        assert (spend(replace(tied, rows=rows, ties=ties, paths=paths)) != whole).any(), name


def test_draws_of_a_set_and_of_its_distributions_agree(tied: cc.Assumptions) -> None:
    row = next(r for r in tied.rows if r.quantity == ENTRY)
    b = row.belief
    alone = quantiles(DRAWS.uniforms(ENTRY), b.value, b.low, b.high, b.level, b.shape, 0.0)
    np.testing.assert_array_equal(Columns(DRAWS, tied.ties).value(ENTRY, b, 0.0, np.inf), alone)
