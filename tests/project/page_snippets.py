"""Every snippet of the pages, a function a page.

Written by `python -m tests.project.snippets`; a test keeps it so.
"""
# mypy: allow-redefinition, local-partial-types, no-disallow-untyped-defs, no-disallow-untyped-calls
# ruff: noqa
# fmt: off


def readme() -> None:
    import carecost as cc
    results = cc.run("england-2025", "care-review", years=20, draws=200)
    saving = results.compare("care-review")
    saving.summary(), saving.npv().mean(), results.projection("inaction").stock.shape


def docs_decisions_0018_default_baseline() -> None:
    import carecost as cc
    from carecost.analysis.forecast_rules import Walks, walks, wandering

    england = cc.load_history("england")
    then, now = walks(england.until(2009)), walks(england)
    for seen in (then, now):
        sizes = f"entries {seen.entry_sd:.3f}, hazard {seen.hazard_sd:.3f}, correlation {seen.correlation:.2f}"
        print(f"{seen.changes} changes: {sizes}; lasting drift {seen.drift_sd:.4f}")


    def as_of_2009(drift):
        """Rates that walk as they did up to 2009, with a lasting drift of entries."""
        sizes = Walks(then.entry_sd, then.hazard_sd, then.correlation, drift, then.changes)
        return lambda history, horizons, luck: wandering(history, horizons, luck, sizes)


    models = {"no drift": as_of_2009(0.0), "drift 1%": as_of_2009(0.01), "ours": "ours"}
    found = cc.backtest("england", models, origins=range(2009, 2025), horizons=[1, 2, 3, 5, 8, 10], draws=4000)
    said = found.forecasts()
    said["value"] = 50 * (said["0.9"] - said["0.1"]) / said["central"]
    for words, table, digits in (
        ("Half of the 80% band [%]", said, 1),
        ("Share of what came within it", found.scores("coverage_80"), 2),
        ("Continuous ranked probability score [children]", found.scores("crps"), -1),
    ):
        print(f"\n{words}")
        print(table.pivot_table(index="model", columns="horizon", values="value", sort=False).round(digits).to_string())
    results = cc.run("england-2025", years=10, draws=1000)
    table = results.children(level=0.8).pivot_table(index="date", columns="quantile", values="value")
    half = 50 * (table[0.9] - table[0.1]) / table["mean"]
    print(half.loc[[2026, 2027, 2028, 2030, 2033, 2035]].round(1).to_string())


def docs_explanation_appraisal() -> None:
    import carecost as cc

    england = cc.with_social_ledger(cc.load_assumptions("england-2025"))
    plans = [cc.load_scenario(name) for name in ("care-review", "care-review-evidenced", "do-minimum")]
    results = cc.run(england, *plans, draws=cc.Draws(200, seed=1))
    for value in cc.social_values():
        b = value.belief
        print(f"{value.use}: {value.name}: {b.value:,.0f} {b.unit}, prices of {b.price_year}, grade {b.quality}")
    made = results.appraisal("care-review")
    table = made.table().set_index(["what", "of"])
    rows = ["npv", "npv by payer", "npsv", "npsv, part", "left out of npsv", "equivalent annual value", "peak funding"]
    for row in table.loc[rows].reset_index().to_dict("records"):
        print(f"{row['what']}, {row['of']}: {row['mean'] / 1e9:.2f} ({row['low'] / 1e9:.2f} to {row['high'] / 1e9:.2f})")
    for optimism in (None, "outsourcing", 0.2):
        case = results.appraisal("care-review-evidenced", optimism=optimism).drawn
        npv, bias = case.purse.npv.mean() / 1e9, case.purse.pv_optimism_bias.mean() / 1e9
        print(f"{case.optimism.words}: npv {npv:.2f}, after {bias:.2f} of bias")
    flows = made.by_payer()
    net = flows[(flows["quantile"] == "mean") & (flows["what"] == "net saving")]
    wide = net.pivot_table("value", "year", "payer", sort=False) / 1e6
    for year, row in wide.loc[[2026, 2028, 2032, 2045]].round(0).iterrows():
        print(year, {payer: f"{value:,.0f}" for payer, value in row.items() if value})
    ax = cc.plots.plot_payers(made)
    options = results.options(effect="averted_child_years", comparator="do-minimum")
    table = options.table()
    for row in table[table["run"] == "mean"].to_dict("records"):
        claim = ", claimed" if row["claim"] else ""
        print(f"{row['name']}: {row['cost'] / 1e9:.2f}, {row['effect']:,.0f}, {row['status']}{claim}")


def docs_explanation_attribution() -> None:
    import carecost as cc

    england, review = cc.load_assumptions("england-2025"), cc.load_scenario("care-review")
    results = cc.run(england, review, draws=cc.Draws(200, seed=1))
    table = results.attribution("care-review", draws=0)  # the central run
    npv = table[table["measure"] == "npv"].pivot_table(index="lever", columns="method", values="value", sort=False) / 1e9
    ways = ["alone", "sequence", "last", "shapley"]
    print(npv[ways].round(1).dropna(how="all").to_string(header=True, index_names=False))
    for row in ("interaction", "whole"):
        print(f"{row}: {npv[row].dropna().iloc[0]:.1f}")
    ax = cc.plots.plot_attribution(results, "care-review", measure="npv", method="alone")


def docs_explanation_averted() -> None:
    import carecost as cc

    england = cc.load_assumptions("england-2025")
    fewer = cc.Scenario("fewer", [cc.Lever("fewer", [cc.Change("entry_rate", "scale", -0.1)])])
    results = cc.run(england, fewer, years=5)

    home = results.children(by=["placement"], in_care=False).query("placement == 'supported at home' and date == 2030")
    costs = results.costs(by=["group"]).query("group == 'support at home' and year == 2030")
    for what, rows in (("children supported at home", home), ("spent on them", costs)):
        value = rows.set_index("scenario")["value"]
        print(f"{what}: none under inaction {value['inaction'] == 0}, some with fewer entries {value['fewer'] > 0}")
    put_off = fewer.later(0.5, 2)  # half of them come within two years
    both = cc.run(england, fewer, put_off, years=10, draws=cc.Draws(16, seed=1))
    for name in both.scenarios[1:]:
        saving = both.compare(name)
        print(f"{name}: {saving.averted[:, -1].mean():,.0f} fewer children, {saving.npv().mean() / 1e9:.2f}bn")


def docs_explanation_capacity() -> None:
    import numpy as np

    import carecost as cc

    england = cc.load_assumptions("england-2025-capacity")
    carers, places = cc.load_scenario("foster-carers"), cc.load_scenario("foster-carers-capacity")
    both = carers + cc.Scenario("places", places.levers[1:])  # they share their first lever, recruitment, which is pulled once
    draws = cc.Draws(200, seed=1)
    limited, unlimited = cc.run(england, carers, places, both, draws=draws), cc.run("england-2025", carers, draws=draws)
    for results in (unlimited, limited):
        for name in results.scenarios[1:]:
            npv, in_full = results.compare(name).npv() / 1e9, results.compare(name).central.npv()[0] / 1e9
            low, high = np.quantile(npv, [0.1, 0.9])
            print(f"{results.provenance.assumptions}, {name}: {npv.mean():.1f} ({low:.1f} to {high:.1f}), claims in full {in_full:.2f}")
    full = limited.capacity().query("quantile == 'central' and redirected > 0.5")
    print(full.groupby(["scenario", "group"])["year"].agg(["min", "max"]).to_string())
    cc.plots.plot_capacity(limited)


def docs_explanation_missions() -> None:
    import carecost as cc

    england = cc.load_assumptions("england-2025-after-care")
    names = ("care-leaver-missions", "care-leaver-missions-evidenced")
    plans = [cc.load_scenario(name) for name in names]
    results = cc.run(cc.with_social_ledger(england), *plans, years=10)
    counted = results.outcomes().query("quantile == 'central' and year == 2035")
    for outcome, row in counted.pivot_table("value", "outcome", "scenario", sort=False).iterrows():
        print(f"{outcome}: {', '.join(f'{row[n]:,.0f}' for n in ('inaction', *names))}")
    saving = results.compare("care-leaver-missions")
    print(f"npv {saving.npv()[0]:.0f}, npsv {saving.npsv()[0] / 1e9:.2f}bn")
    mine = england.replace("unit_cost", item="leave care without two loving relationships", value=0.3)
    mine = cc.with_social_ledger(mine)
    mine = mine.replace("unit_cost", item="leaving care without two loving relationships", value=1_000.0)
    plan = cc.load_scenario("care-leaver-missions").given("homelessness", -0.5)
    saving = cc.run(mine, plan, years=10).compare("care-leaver-missions")
    for name, part in saving.social_parts().items():
        if part.any():
            print(f"{name}: {saving.present_value(part)[0] / 1e6:,.0f}m")
    import carecost as cc

    plan = cc.load_scenario("care-leaver-missions").given("education", 9.0)
    try:
        cc.run(cc.load_assumptions("england-2025-after-care"), plan, years=5)
    except cc.CareCostError as error:
        print(str(error).partition(". ")[0])


def docs_explanation_money() -> None:
    import carecost as cc

    spent = cc.prices.restate([3_941_586_826, 8_955_421_269], [2016, 2025], 2025, cc.vintages.deflator("hmt-2026-03"))
    print((spent.values / 1e6).round(1), spent.base.words)
    try:
        spent + cc.Amounts([1.0, 1.0], (2016, 2025), cc.PriceBase("cash"))
    except cc.CareCostError as error:
        print(error)
    england = cc.load_assumptions("england-2025")
    print(cc.money.discount_factors([0, 10, 30, 31], england.discount).round(8))
    programme = [46, 987, 1257, 233]  # £m, the Review's four years
    print(round(float(programme @ cc.money.discount_factors(4, 0.035)), 1))
    print(round(float(programme @ cc.money.discount_factors(4, 0.035, "year-end")), 1))


def docs_explanation_price_volume_mix() -> None:
    import carecost as cc

    results = cc.run(cc.load_assumptions("england-2025"), cc.load_scenario("care-review"), years=10)
    results.price_volume_mix("care-review", year=2035)  # against inaction in 2034-35, by item
    results.price_volume_mix("inaction", since=2026, by=["group"])  # 2034-35 against 2025-26 in one scenario
    def shown(history):
        for row in history.itertuples():
            mix = "" if row.mix != row.mix else f"{row.mix / 1e6:,.0f}"
            spent = f"{row.baseline_spend / 1e6:,.0f} -> {row.spend / 1e6:,.0f}"
            print(f"{row.item:27} {spent:>14} {row.volume / 1e6:8,.0f} {mix:>8} {row.price / 1e6:8,.0f}")
        total = history[["volume", "mix", "price"]].sum() / 1e6
        print(f"{'all':42} {total['volume']:8,.0f} {total['mix']:8,.0f} {total['price']:8,.0f}")


    history = cc.spending_history("placement")
    print(f"GBP m, deflator {history['deflator'].iloc[0]}: spend, volume, mix, price")
    shown(history)
    shown(cc.spending_history("residential"))
    shown(cc.spending_history("provider"))
    ax = cc.plots.plot_price_volume_mix(cc.spending_history("residential"))


def docs_explanation_regions() -> None:
    import carecost as cc

    england = cc.load_assumptions("england-2025")
    found = cc.run_areas(england)
    table = found.regions().set_index("area")
    children = ["children_2025", "children_2035", "children_2045", "per_10000", "share"]
    print(table[children].round({"per_10000": 1, "share": 3, **dict.fromkeys(children[:3], -1)}).to_string())
    places = ["home_places", "estimated_in_homes", "home_places_per_100", "home_places_rank", "secure_places"]
    print(table[places].round(1).astype({"home_places": int, "secure_places": int}).to_string())
    print(table[["foster_filled", "over_20_miles"]].round(2).to_string())
    ax = cc.plots.plot_regions(found)
    ax = cc.plots.plot_region_children(found)


def docs_explanation_required_effects() -> None:
    import carecost as cc

    england = cc.load_assumptions("england-2025")
    results = cc.run(england, *map(cc.load_scenario, ("care-review-four-years", "family-help")))
    table = results.required_effects("care-review-four-years")
    for row in table.to_dict("records"):
        needed = "not within a half" if row["needed"] != row["needed"] else f"{row['needed']:+.0%}"
        print(f"{row['lever']}, {row['effect'].partition(' (')[0]}: {row['step']:+.0%}: "
              f"{row['fewer_children']:,.0f} fewer, npv £{row['npv'] / 1e6:,.0f}m; needed {needed}")
    print(f"their money, present value: £{table['money'].iloc[0] / 1e9:.1f}bn")
    curve = results.effect_curve("family-help", "family help")
    for row in curve.iloc[[0, 4, 8, 12]].to_dict("records"):
        print(f"{abs(row['amount']):.1%} fewer entries: {row['value'] / 1e9:.1f}")
    known = results.required_effects("family-help", ["family help"]).iloc[0]
    print(f"claimed {-known.stated:.1%}, needed {-known.needed:.1%}")
    ax = cc.plots.plot_required_effect(results, "family-help", "family help")


def docs_explanation_the_year() -> None:
    import carecost as cc
    import numpy as np

    one = np.ones((1, 1, 1))
    grid = cc.Grid(base_year=2025, n_years=12, ages=[0], placements=[cc.Placement("care", leave_age=1)], reasons=["any"])
    for at_birth in (0.0, 1.0, 0.76):
        p = cc.Parameters(
            grid,
            initial_stock=0 * one,
            population=one,
            entry_rate=5140 * one,
            entry_share=one[..., None],
            entry_at_birthday=at_birth * one,
            exit_rate=0.48 * one[..., None, None],
        )
        print(f"{at_birth:.0%} at birth: {cc.project(p).children[0, -1]:,.0f} children")
    from tests.reference.oracle import expected, stress_world  # from the root of the repository
    from tests.reference.worlds import parameters_of

    world = stress_world()
    mine, truth = cc.project(parameters_of(world)), expected(world, 400)
    large = truth.stock.sum(-1) > 100
    for what, a, b in (
        ("total stock", mine.stock[0].sum((1, 2)), truth.stock.sum((1, 2))),
        ("ages that hold over 100", mine.stock[0].sum(-1)[large], truth.stock.sum(-1)[large]),
        ("child-years", mine.child_years[0].sum((1, 2)), truth.child_years.sum((1, 2))),
        ("exits", mine.exits[0].sum((1, 2, 3)), truth.exits.sum((1, 2, 3))),
        ("moves", mine.moves[0].sum((1, 2, 3)), truth.moves.sum((1, 2, 3))),
        ("aged_out", mine.aged_out[0].sum((1, 2)), truth.aged_out.sum((1, 2))),
    ):
        print(f"{what:24} within 0.001%: {abs(a / b - 1).max() < 1e-5}")


def docs_explanation_time_in_care() -> None:
    import carecost as cc

    england = cc.load_assumptions("england-2025-phases")
    results = cc.run(england, years=2)
    rows = results.children(by=["phase"])
    print(rows.query("date == 2025")["phase"].tolist())
    print([phase.name for phase in england.phases.rows])


def docs_explanation_uncertainty() -> None:
    import carecost as cc
    import numpy as np

    u = cc.Draws(8, seed=1).uniforms("price of residential care")
    print(np.sort(np.floor(u * 8)).astype(int))
    england = cc.load_assumptions("england-2025")
    few = cc.run(england, "family-help", years=5, draws=8)
    dear = few.inputs()
    dear["adjustment: price of residential care"] *= 1.2
    same = cc.run(england, "family-help", years=5, draws=cc.Draws.given(few.inputs()))
    more = cc.run(england, "family-help", years=5, draws=cc.Draws.given(dear))
    print(bool((same.compare("family-help").npv() == few.compare("family-help").npv()).all()))
    print(bool((more.run.drawn["inaction"].costs.public_spend > few.run.drawn["inaction"].costs.public_spend).all()))
    import carecost as cc
    from dataclasses import replace

    england = cc.load_assumptions("england-2025")
    drift = cc.YearPath(
        "level of entries over years", "entry_rate", cc.Selector(streams=["other"]), "random walk", sd=0.03, from_year=2025,
        source="made up for this page", quality="E",
    )
    wandering = replace(england, paths=(drift,))
    results = cc.run(wandering, years=10, draws=cc.Draws(100, seed=1))
    print(wandering.uncertain()["quantity"].iloc[-1])
    north_east = cc.load_assumptions("england-2025/North East")
    plain = cc.run(north_east, years=2, draws=cc.Draws(60, seed=1)).run.shown["inaction"]
    lucky = cc.run(north_east, years=2, draws=cc.Draws(60, seed=1, noise=True)).run.shown["inaction"]
    luck = (lucky.exits - plain.exits).sum((1, 3))  # all streams and placements: draw, year
    print(luck.shape, bool(luck.std(0).min() > 20))
    from dataclasses import replace

    spread = cc.PriceSpread.fitted("children's home", [4300, 5200, 5900, 6400, 14800], "placements of 31 March 2025")
    own = replace(north_east, spreads=(spread,))
    print(f"{spread.sd:.2f}")
    import carecost as cc

    england, review = cc.load_assumptions("england-2025"), cc.load_scenario("care-review")
    results = cc.run(england, review, draws=cc.Draws(200, seed=1))
    print(f"{results.compare('care-review').common_luck():.2f}")


def docs_explanation_who_pays() -> None:
    import carecost as cc

    england = cc.load_assumptions("england-2025")
    names = ("care-review", "care-review-four-years")
    results = cc.run(england, *map(cc.load_scenario, names), draws=cc.Draws(200, seed=1))
    rows = {
        "as stated": "Net present saving to the public purse (cashable)",
        "spending sustained": "Net present saving with spending sustained for as long as its effects last",
        "half come back": "Net present saving if half of the children averted came into care within two years",
        "every claim in full": "Net present saving if every claim came true in full",
    }
    for name in names:
        table = results.compare(name).summary().set_index("what")
        print(name)
        for words, what in rows.items():
            row = table.loc[what]
            within = f" ({row['low']:.1f} to {row['high']:.1f})" if row["low"] == row["low"] else ""
            print(f"  {words}: {row['mean'] if within else row['central']:.1f}{within}")


def docs_how_to_another_program() -> None:
    import json
    import carecost as cc

    england, reform = cc.load_assumptions("england-2025"), cc.load_scenario("care-review")
    results = cc.run(england, reform, years=5, draws=cc.Draws(16, seed=1))
    text = json.dumps(results.to_dict(), allow_nan=False)
    print(sorted(json.loads(text)))
    try:
        cc.load_scenario("care-reviw")
    except cc.CareCostError as error:
        for problem in error.problems:
            print(problem.what)  # and problem.where, problem.remedy: here the nearest name that is known


def docs_how_to_authority() -> None:
    import carecost as cc

    kent = cc.load_assumptions("england-2025/Kent")
    found = cc.run(kent, years=5)
    print(found.children(by="stream").query("date in (2025, 2030)").round(0).to_string(index=False))
    some = cc.run_authorities("england-2025", "family-help", years=5, authorities=["Kent", "Leeds", "Rutland"])
    columns = ["authority", "scenario", "children", "children_ahead"]
    print(some.summary()[columns].round(0).to_string(index=False))


def docs_how_to_backtest() -> None:
    import carecost as cc

    found = cc.backtest(
        "england",  # children in care on 31 March, starts and population, 1994 to 2025
        ["no change", "drift, whole record", "held flows", "ours"],
        origins=range(2000, 2025),
        horizons=[1, 3, 5],
    )
    shown = ["model", "horizon", "mape", "crps", "coverage_80", "origins", "independent"]
    print(found.summary()[shown].round({"mape": 1, "crps": -1, "coverage_80": 2}).to_string(index=False))
    areas = cc.backtest(
        "authorities", ["no change", "held flows", "ours"], origins=range(2015, 2022), horizons=range(1, 6)
    )
    gain = areas.since(2020).gain(against="no change")  # by how much the crps is lower [%]
    print(gain[gain["horizon"] == "all"].round(1).to_string(index=False))
    import numpy as np


    def half_way(history, horizons, luck):
        """Half of last year's growth, for good."""
        growth = np.log(history.stock[:, -1:] / history.stock[:, -2:-1]) / 2  # area, 1
        return history.stock[:, -1:] * np.exp(growth * np.array(horizons))  # means: area, horizon


    past = cc.load_assumptions("england-2022-backtest")  # what could be said on 31 March 2022
    mine = cc.backtest("england", [half_way, past, "held flows"], origins=2022, horizons=[1, 2, 3])
    said = mine.forecasts()[["model", "date", "central", "came"]]
    print(said.round(0).astype({"central": int, "came": int}).to_string(index=False))


def docs_how_to_baselines() -> None:
    import carecost as cc

    england = cc.load_assumptions("england-2025")
    print(*england.baselines, sep="\n")
    flat = cc.run(england, "care-review", years=10, background="prices-flat+child-poverty")
    both = cc.under(england, "mix-trend+prices-growing")  # the same as a set, to look into
    print(both.name)
    try:
        cc.under(england, "prices-flat+prices-growing")
    except cc.CareCostError as error:
        print(error)
    results = cc.run(england, "care-review", years=10)
    table = results.baselines()
    saved = table[table["what"] == "net present saving"].set_index("baseline")["value"]
    print(len(saved))


def docs_how_to_budget() -> None:
    import carecost as cc

    results = cc.run("england-2025/Rutland", "family-help", years=4)
    budget = results.budget(basis="cash")
    steps = budget.table().pivot(index="step", columns="year", values="value").div(1e6).round(2)
    steps = steps.reindex(["opening", "demand", "mix", "price", "savings", "programme", "closing", "net"])
    print(steps.rename_axis(None, axis=1).reset_index().to_string(index=False, na_rep=""))
    lines = budget.lines().query("year == 2027")
    lines = lines.pivot(index=["placement", "provider"], columns="measure", values="value").dropna().reset_index()
    print(lines[["placement", "provider", "weeks", "price", "spend"]].round(0).to_string(index=False))
    found = cc.run("england-2025/Rutland", years=3, draws=cc.Draws(40, noise=True))
    chance = found.budget(basis="cash", budget={2027: 9.5e6, 2028: 10e6}).chance()
    print(chance[["year", "budget", "chance"]].to_string(index=False))


def docs_how_to_calibrate() -> None:
    import carecost as cc

    england = cc.load_assumptions("england-2025")
    fit = cc.calibrate(england, cc.Target("children", 2030, 95_000), free="entry_rate")
    results = cc.run(fit.assumptions, years=5)
    print(fit.parameters()[["free", "before", "value"]].to_string(index=False))
    print(f"{results.children()['value'].iloc[-1]:,.0f} children")
    targets = [
        cc.Target("children", 2027, 83_000, se=400),
        cc.Target("entries", 2027, 34_500, se=500),
    ]
    free = [cc.Free("entry_rate", low=0.5, high=2), cc.Free("exit_rate", reasons="home", low=0.5, high=2)]
    fit = cc.calibrate(england, targets, free, attempts=2)
    shown = ["free", "value", "low", "high"]
    print(fit.parameters()[shown].round(3).to_string(index=False))
    print(fit.residuals()[["target", "wanted", "given", "z"]].round(2).to_string(index=False))
    print(fit.identifiability())
    print(fit.identifiability().correlation.round(2).to_string())
    one_target = cc.calibrate(england, targets[0], free, attempts=2)
    print(one_target.identifiability().flat[0])


def docs_how_to_cohort_model() -> None:
    import numpy as np

    import carecost as cc
    from carecost.maths import occupancy, probabilities, rates, trace, transitions

    # At home, in care, left for good; chances of a year.
    moves = [[0.90, 0.08, 0.02], [0.15, 0.75, 0.10], [0.0, 0.0, 1.0]]
    rows = trace([1000, 0, 0], moves, n_cycles=4)
    print(rows.round(1))
    print(occupancy(rows, "mid").sum(0).round(1))
    factors = cc.money.discount_factors(5, 0.035)
    cost = occupancy(rows, "mid") @ [0, 70_000, 0] @ factors
    starts = transitions(rows, moves)[:, 0, 1]  # in cycles 1 to 4
    print(round(float(cost)), (starts @ factors[1:] * 5_000).round())
    yearly = rates(moves, 1.0)
    monthly = probabilities(yearly, 1 / 12)
    print(np.allclose(trace([1000, 0, 0], monthly, 48)[::12], rows))
    try:
        rates([[0.5, 0.5, 0.0], [0.0, 0.5, 0.5], [0.0, 0.0, 1.0]], 1.0)
    except cc.CareCostError as error:
        print(error)
    options = [
        ("do minimum", 26_000, 23.104),
        ("visits", 27_000, 23.131),
        ("visits, short", 27_900, 23.133),
        ("visits and respite", 28_020, 23.148),
        ("respite alone", 28_500, 23.140),
    ]
    table = cc.icer_table(options)
    for step in table.steps:  # table.table() has the same in rows
        print(f"{step.name}: {step.status}, against {step.comparator}, {step.icer or 0:,.0f}")
    print(cc.net_benefit(options, [20_000, 50_000, 80_000]).best)
    made = cc.appraise([100, 50, 50, 0, 0, 0, 0, 0, 0, 0], [0, 0, 0, 30, 30, 30, 30, 30, 30, 30], "standard", optimism_bias=0.1)
    print(made.npv.round(2), f"{made.bcr:.3f}", made.payback, made.discounted_payback)
    print(made.pv_optimism_bias.round(2), made.peak_funding.round(), made.peak_year, made.eav.round(2), made.annuity)


def docs_how_to_delay_and_stack() -> None:
    import carecost as cc

    reform = cc.load_scenario("care-review")
    fewer = cc.Change("entry_rate", "scale", cc.Interval(-0.05, -0.09, -0.01), start=1, full=3, ages=range(10, 18))
    edge = cc.Scenario("edge of care", [cc.Lever("edge", [fewer])])

    late = reform.delayed(2)  # every change two years later, spending included
    both = reform + edge  # the levers of one after those of the other
    half = reform.scaled(0.5)  # half of every effect; the programme's spending stays

    results = cc.run(cc.load_assumptions("england-2025"), reform, late, both, half, years=12)
    print(results.scenarios)
    waiting = results.compare("care-review, 2 years later", baseline="care-review")
    print(waiting.summary()["what"].iloc[2])


def docs_how_to_explorer() -> None:
    import carecost as cc

    results = cc.run("england-2025", "family-help", years=4)
    results.explorer("explorer.html", starts=[2028, 2029], backgrounds=["mix-held", "prices-flat"])


def docs_how_to_many_draws() -> None:
    import carecost as cc

    results = cc.run("england-2025", "family-networks", years=4, draws=40, keep="headline")
    print(results.children()["unit"].unique().tolist(), results.compare("family-networks").npv().shape)
    try:
        results.costs(by=["item"])
    except cc.CareCostError as error:
        print(error)


def docs_how_to_one_averted_entry() -> None:
    import carecost as cc

    results = cc.run("england-2025")
    rows = results.lifetime_cost(by=["age"])
    twelve = rows[(rows["age"] == 12) & (rows["gross"] > 0)]
    print(twelve[["years_since_entry", "child_years", "gross", "cashable"]].round({"child_years": 2, "gross": -2, "cashable": -2}).to_string(index=False))
    both = results.lifetime_cost(by=["stream", "age", "placement"])
    mine = both[(both["stream"] == "other") & (both["age"] == 12)]
    present = mine.groupby("placement")["gross_discounted"].sum()
    print(bool((present.drop("supported at home") > present["supported at home"]).all()))


def docs_how_to_own_return() -> None:
    import carecost as cc

    made = cc.synthetic_return(600, years=3, seed=1, flaws=0.02)
    made.save("returns")  # a folder a year: header.csv, episodes.csv, uasc.csv
    own = cc.read_ssda903("returns")
    print(own.report()[["rows", "rule", "done"]].head(8).to_string(index=False))
    flows = own.flows().query("stream == 'other'").drop(columns=["stream", "child_years"])
    print(flows.astype(int).to_string(index=False))
    rates = own.estimate(population=41_000, draws=50)
    shown = rates.bearing().query("kind in ['entries', 'exits']")
    print(shown[["stream", "kind", "counted", "ratio", "own_level", "own_pattern", "p"]].round(2).to_string(index=False))
    cc.save_assumptions(rates.assumptions, "my_authority")
    mine = cc.load_assumptions("my_authority")
    results = cc.run(mine, "care-review", years=8, draws=50)
    children = results.children(by=[]).query("date == 2033")
    children = children[children["quantile"].astype(str).isin(["mean", "0.1", "0.9"])]
    print(children[["scenario", "quantile", "value"]].round(0).to_string(index=False))


def docs_how_to_own_scenario() -> None:
    import carecost as cc

    amount = cc.Interval(-0.05, -0.09, -0.01)
    effect = cc.Change("entry_rate", "scale", amount, 2, full=4, unit="share", ages=range(10, 18), streams=["other"])
    teams = cc.Change("unit_cost", "add", 60e6, 1, unit="GBP per year", price_year=2025, items=["reform programme"])
    assumed = "assumed for this example"
    edge = cc.Scenario(
        "edge of care",
        [
            cc.Lever("edge of care", [effect], source=assumed, quality="E"),
            cc.Lever("edge of care teams", [teams], source=assumed, quality="E"),
        ],
        title="Edge-of-care teams for 10 to 17 year-olds",
        claim=True,
    )
    print(edge == cc.load_scenario("edge-of-care.toml"))

    results = cc.run(cc.load_assumptions("england-2025"), edge, years=10)
    print(results.summary().loc[:2, ["what", "unit"]].to_string(index=False, header=False))


def docs_how_to_own_set() -> None:
    import carecost as cc

    england = cc.load_assumptions("england-2025")
    cc.save_assumptions(england, "my-set")
    mine = cc.load_assumptions("my-set")
    print(mine == england)
    from pathlib import Path

    path = Path("my-set/unit_cost.csv")
    path.write_text(path.read_text().replace("foster agency,", "foster agent,"))
    try:
        cc.load_assumptions("my-set")
    except cc.CareCostError as error:
        print(error.problems[0])
    lower = england.replace(
        "unit_cost", item="children's home", value=6500, low=6000, high=7000, source="our framework contract", quality="C"
    )
    for row in lower.select("unit_cost", item="children's home"):
        print(row.belief.value, row.belief.unit, row.belief.source)


def docs_how_to_rates_from_counts() -> None:
    import numpy as np

    import carecost as cc

    places = ["foster", "home"]
    counted = cc.Grid(2022, 3, range(18), places, reasons=["left"])  # 2022-23 to 2024-25
    older = np.arange(18) >= 10


    def yearly(foster, home):
        """Give a table by year, age and placement: homes from 10 only."""
        return np.stack([np.full((3, 18), foster), np.tile(home * older, (3, 1))], axis=-1)


    entries = yearly(6 + older, 2)
    entries[:, 0, 0], entries[:, 10, 1] = 46, 14  # many in the first year of life, and when homes begin
    moves = np.zeros((3, 18, 2, 2))  # year, age, placement, destination
    moves[:, older, 0, 1] = 1  # foster to home
    counts = cc.Counts(
        counted,
        population=np.full((3, 18), 2_000),
        entries=entries,
        child_years=yearly(40, 12),
        exits=yearly(6, 3)[..., None],
        moves=moves,
        used=np.stack([np.ones(18), older], axis=-1),  # at which ages each placement is used
        name="here",
    )
    rates = cc.estimate(counts)
    drawn = rates.draw(cc.Draws(1_000, seed=1), years=range(2026, 2036))
    left = drawn["exit_rate"][:, 0, 12, 0, 0]  # from foster placements, at 12
    print(f"leaving: {rates.central()['exit_rate'][0, 0, 12, 0, 0]:.3f} a child-year")
    print("80% interval:", np.quantile(left, [0.1, 0.9]).round(3), "; counted, 6 in 40:", 6 / 40)
    ahead = cc.Grid(2025, 10, range(18), places, reasons=["left"])
    stock = np.stack([np.full(18, 40), 12 * older], axis=-1)
    inaction = cc.Parameters(ahead, initial_stock=stock[None], population=np.full((1, 1, 18), 2_000), **drawn)
    children = cc.project(inaction).stock.sum((2, 3))  # draw, date
    last = children[:, -1]
    low, high = np.quantile(last, [0.1, 0.9])
    print(f"{children[0, 0]:.0f} children now; in ten years {last.mean():.0f}, 80% interval {low:.0f} to {high:.0f}")
    own = cc.from_parameters(inaction, "here", source="own counts", quality="B")
    fewer = cc.Scenario("fewer", [cc.Lever("fewer", [cc.Change("entry_rate", "scale", -0.1, ages="10 to 17", start=1)])])
    results = cc.run(own, fewer, years=10, draws=cc.Draws(200, seed=1, noise=True))
    table = results.children()
    last = table[(table["date"] == 2035) & (table["quantile"] == "mean")]
    print(last[["scenario", "value"]].round(-1).to_string(index=False))


def docs_how_to_read_results() -> None:
    import carecost as cc

    england = cc.load_assumptions("england-2025")
    results = cc.run(england, cc.load_scenario("care-review"), years=5, draws=cc.Draws(32, seed=1))
    results.children(by=["placement"])  # children in care on 31 March
    results.children(by=["placement"], in_care=False)  # supported states outside care too
    results.children(by=["age"])  # by age: the central run only
    results.flows("entries", by=["stream"])  # entries, exits, aged_out or child_years of each year
    results.costs(by=["group"], basis="real")  # pounds of the price year; basis="cash" for showing only
    results.price_volume_mix("care-review", year=2030)  # why spend differs, by item; or since= another year
    results.npv_by_rate(["standard", "health", 0.02])  # net present saving at several discount rates
    results.savings()  # reform spend and savings of each year
    results.attribution("care-review")  # what each lever brings
    results.capacity()  # places, children and those sent on, on a set where places may run out; no rows on others
    results.outcomes()  # what is counted in no pounds, on a set that counts outcomes; no rows on others
    results.required_effects("care-review")  # what 1% of an effect is worth that no study found
    results.effect_curve("care-review", "family help")  # net present saving over the amount of one effect
    results.summary()  # the table that people quote
    results.costs(by=["group"], level=0.95)  # with another interval; so do children, flows, capacity and outcomes
    print(results.costs(by=["group"]).columns.tolist())
    saving = results.compare("care-review", baseline="inaction")

    saving.npv()  # net present saving to the public purse [GBP], one value a draw
    saving.npv(gross=True)  # the same if all of the gross saving were cash
    saving.payback_year(discounted=True)  # one a draw; nan where it does not pay back within the horizon
    saving.summary(level=0.95)  # the table that people quote, with other intervals; so do by_year and npvs
    saving.chance_of_saving()  # share of draws with a net present saving above zero: if the stated ranges hold
    saving.npvs(["standard", 0.02], timing="year-end")  # at several discount rates, the timing stated
    saving.bcr()  # ratio of means; None where the programme costs nothing, or nobody stated what its effects cost
    saving.averted, saving.price_effect, saving.volume_effect, saving.cashable_share  # the arrays behind
    print(saving.npv().shape)
    made = results.appraisal("care-review", optimism="outsourcing", mitigated=0.5)  # as a business case; no optimism bias by default
    made.table()  # each account and payer, payback and its chances, peak funding, cost for each child-year averted
    made.by_payer()  # who pays first and who saves later, by year
    made.central.purse.eav, made.drawn.payers["local authority"].npv  # the arrays behind
    options = results.options(effect="averted_child_years", comparator="inaction")  # every scenario of the run as an option
    options.table(), options.values_table()  # dominance and incremental ratios; net benefit and the chance of being best
    print(sorted(made.central.accounts))
    parameters = results.parameters("care-review", stream="other")  # what the engine was given, central
    projection = results.projection("care-review")  # what it gave, by single age; all streams summed
    some = results.projection("care-review", draw=slice(0, 8))  # eight draws, projected again

    grid = projection.grid
    home, age = grid.index("placements", "children's home"), grid.index("ages", 15)
    print(projection.stock.shape == (1, len(grid.dates), len(grid.ages), len(grid.placements)))
    print(projection.exits.shape == (1, len(grid.years), len(grid.ages), len(grid.placements), len(grid.reasons)))
    results.save("out")
    again = cc.Results.load("out")
    print((again.compare("care-review").npv() == saving.npv()).all())
    ax = cc.plots.plot_children(results)
    ax = cc.plots.plot_costs(results, "care-review")
    ax = cc.plots.plot_net_saving(saving)
    ax = cc.plots.plot_payers(results.appraisal("care-review"))
    ax = cc.plots.plot_attribution(results, "care-review")  # or measure="averted", method="alone", draws=100
    ax = cc.plots.plot_price_volume_mix(results.price_volume_mix("care-review", year=2030))
    ax = cc.plots.plot_required_effect(results, "care-review", "family help")  # with what studies found marked on it


def docs_how_to_slides_and_papers() -> None:
    import carecost as cc

    results = cc.run("england-2025", "family-help", years=5)
    for path in results.charts("charts", dated="2026-11-30")[:6]:
        print(path.name)


def docs_how_to_web_service() -> None:
    from typing import Any

    import carecost as cc
    from carecost.errors import UnknownNameError, unknown

    SCENARIOS = list(cc.scenarios()["name"])


    def answer(scenario: str = "care-review", share: float = 1.0, draws: int = 100) -> dict[str, Any]:
        """Compare a scenario, with a share of its effects, with inaction."""
        if scenario not in SCENARIOS:  # names alone: nobody outside opens files of the server
            raise UnknownNameError(unknown("scenario", scenario, SCENARIOS))
        plan = cc.load_scenario(scenario).scaled(share)
        return cc.run("england-2025", plan, years=10, draws=min(draws, 500)).to_dict()


    found = answer("family-help", share=0.5, draws=4)
    print(sorted(found), found["provenance"]["draws"])
    try:
        answer("family-hepl")
    except cc.CareCostError as error:
        for problem in error.problems:
            print(problem.what, problem.remedy.split("?")[0])


def docs_how_to_what_if() -> None:
    import carecost as cc

    results = cc.run("england-2025", "care-review", years=10, draws=100)
    response = results.what_if("care-review")
    half = response.at(scale={"family help": 0.5}, prices={"children's home": 1.1}, entries=1.05)
    print(half.npv().shape, half.children().columns.tolist())
    print(response.exact["family help"], response.exact["foster carers"])
    rows = results.two_way("care-review", scale={"family help": [0, 1]}, prices={"children's home": [0.9, 1.1]})
    print(rows[rows["quantile"] == "mean"][["first_value", "second_value"]].to_numpy().tolist())


def docs_how_to_what_to_find_out() -> None:
    import carecost as cc

    results = cc.run("england-2025", "care-review", "foster-carers", years=14, draws=100)
    curve = results.ceac([0, 20_000, 50_000])
    print(curve[["value", "name", "best", "chance_best"]].to_string(index=False, formatters={"chance_best": "{:.2f}".format}))
    worth = results.evpi(50_000).iloc[0]
    print(worth["best"], 0 < worth["evpi"] < 2e9, 0 < worth["chance_wrong"] < 0.5)
    found = results.evppi(value=50_000)
    first = found.iloc[0]
    print(first["group"], first["evppi"] > 2 * first["error"])
    print((found["chance_of_change"] == 0).sum() > 0, found["says"].iloc[-1][:24])
    print(results.evppi({"prices": ["growth: *prices*"]}, value=50_000)["quantities"].tolist())
    shares = results.sobol(of="children")
    print(shares["group"].iloc[0], 0.3 < shares["first"].iloc[0] < 0.8, set(shares["runs"]))


def docs_how_to_workbooks() -> None:
    import carecost as cc

    england = cc.load_assumptions("england-2025")
    cc.save_assumptions(england, "england.xlsx")
    print(cc.load_assumptions("england.xlsx") == england)

    reform = cc.load_scenario("family-help")
    cc.save_scenario(reform, "help.xlsx")
    print(cc.load_scenario("help.xlsx") == reform)


def docs_quality_assumptions() -> None:
    import carecost as cc

    log = cc.quality.assumptions_log(cc.load_assumptions("england-2022"), cc.load_scenario("family-help"))
    print(len(log.table()), log.table()["quality"].iloc[0])
    cc.plots.plot_sensitivity(log)


def docs_reference_results_json() -> None:
    import carecost as cc

    print(list(cc.Results.json_schema()["properties"]))


def docs_tutorial() -> None:
    import carecost as cc

    england = cc.load_assumptions("england-2025")
    reform = cc.load_scenario("care-review")
    dear = cc.run(england, reform, years=10)

    cheap = cc.run(england.replace("unit_cost", item="children's home", value=6000), reform, years=10)
    print(dear.compare("care-review").npv() > cheap.compare("care-review").npv())
