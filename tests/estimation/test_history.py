"""A history of stock and flows: what it takes, what it gives up to a year, and the rates that it implies."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.integrate import solve_ivp

import carecost as cc
from carecost.errors import InputError, UnknownNameError
from carecost.estimation.history import implied_hazard, next_stock

GIVEN: dict[str, Any] = {
    "years": [2022, 2023, 2024],
    "areas": ["here", "there"],
    "stock": [[100, 104, 103], [50, 49, 55]],
    "started": [[np.nan, 42, 38], [20, 21, 25]],
    "population": [[1000, 1000, 1010], [500, 500, 505]],
    "regions": ["north", "south"],
}


def test_until_gives_a_copy_that_ends_there_and_cannot_be_written_into() -> None:
    history = cc.History(**GIVEN)
    past = history.until(2023)
    assert past.years == (2022, 2023) and past.areas == ("here", "there") and past.regions == ("north", "south")
    assert np.asarray(past.stock).tolist() == [[100, 104], [50, 49]]
    assert all(np.shape(getattr(past, name)) == (2, 2) for name in ("started", "uasc", "population"))
    assert np.asarray(past.stock).base is None, "a view of the whole would hold what came later"
    with pytest.raises(ValueError, match="read-only"):
        np.asarray(past.stock)[0, 0] = 1


def test_total_and_only_add_up_and_choose() -> None:
    history = cc.History(**GIVEN)
    assert np.asarray(history.total().stock).tolist() == [[150, 153, 158]]
    assert np.isnan(np.asarray(history.total().started)[0]).tolist() == [True, False, False]
    assert np.asarray(history.only("there").started).tolist() == [[20, 21, 25]]
    with pytest.raises(UnknownNameError, match="Did you mean 'there'"):
        history.only("thare")


def test_known_counts_years_back_to_the_last_gap_of_any_area() -> None:
    history = cc.History(**GIVEN)
    assert [history.known(name) for name in ("stock", "started", "uasc", "population")] == [3, 2, 0, 3]


@pytest.mark.parametrize(("stock", "entries", "hazard"), [(100, 40, 0.4), (100, 0, 0.7), (30, 90, 1e-9), (10, 5, -0.1)])
def test_next_stock_is_the_solution_of_its_equation(stock: float, entries: float, hazard: float) -> None:
    solved = solve_ivp(lambda t, s: entries - hazard * s, (0, 1), [stock], rtol=1e-11, atol=1e-11).y[0, -1]
    assert next_stock(stock, entries, hazard) == pytest.approx(solved, rel=1e-9)


def test_implied_hazard_gives_the_stock_back() -> None:
    before, after, entries = (np.array(x, dtype=float) for x in ([100, 30, 5000], [90, 45, 5100], [40, 20, 2000]))
    np.testing.assert_allclose(next_stock(before, entries, implied_hazard(before, after, entries)), after, rtol=1e-12)


def test_rates_of_the_country_give_its_record_back() -> None:
    england = cc.load_history("england")
    stock, started = np.asarray(england.stock), np.asarray(england.started)
    _, hazard = england.rates()
    np.testing.assert_allclose(next_stock(stock[:, :-1], started[:, 1:], hazard[:, 1:]), stock[:, 1:], rtol=1e-12)
    assert np.isnan(hazard[:, 0]).all()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"years": [2022, 2024, 2025]}, "years are 2022, 2024, 2025. Give consecutive years"),
        ({"areas": ["here", "here"]}, "areas twice: here"),
        ({"regions": ["north"]}, "1 regions for 2 areas"),
        ({"stock": [[1, 2], [3, 4]]}, r"history, stock: has shape \(2, 2\)"),
        ({"stock": [[100, 0, 1], [1, 1, 1]]}, "stock is 0 or is not known: 1 cells, the first here, 2023"),
        ({"started": [[1, 2, -3], [1, 1, 1]]}, "started is -3: 1 cells, the first here, 2024"),
        ({"population": [[1, 2, 0], [1, 1, 1]]}, "population is 0"),
        ({"uasc": "many"}, "uasc: is not an array of numbers"),
    ],
)
def test_history_that_cannot_be_is_refused_in_words(change: dict[str, Any], said: str) -> None:
    with pytest.raises(InputError, match=said):
        cc.History(**GIVEN | change)


def test_every_fault_of_a_history_is_said_at_once() -> None:
    with pytest.raises(InputError) as caught:
        cc.History([2022, 2024], ["a", "a"], [[1, 2, 3]], started=[[-1, 2], [3, 4]])
    assert len(caught.value.problems) == 4


def test_year_that_is_not_in_it_is_refused() -> None:
    with pytest.raises(InputError, match="year 2030 is not in it"):
        cc.History(**GIVEN).until(2030)
