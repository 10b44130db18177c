"""The form of results for other programs: a JSON Schema (draft 2020-12) of what ``to_dict`` gives, and of no more."""

from __future__ import annotations

from typing import Any

#: The draft that it is written in, and its name.
DRAFT, NAME = "https://json-schema.org/draft/2020-12/schema", "urn:carecost:results"

Schema = dict[str, Any]


def results_schema() -> Schema:
    """Write the schema of what :meth:`carecost.Results.to_dict` gives.

    Returns
    -------
    dict
        A JSON Schema: every key and column with its type, unit and meaning; a key that is not there is refused.

    Examples
    --------
    >>> results_schema()["required"]
    ['provenance', 'children', 'costs', 'comparisons']
    """
    named = {
        "provenance": _provenance(),
        "children": _rows(_children(), "Children in care on 31 March of each year"),
        "costs": _rows(_costs(), "Public spending by group of cost items and financial year"),
        "comparisons": {
            "type": "object",
            "description": "Each scenario but inaction, against inaction, by its name",
            "additionalProperties": {"$ref": "#/$defs/comparison"},
        },
        "capacity": _rows(_capacity(), "Places and their use, where a set has places that run out"),
        "outcomes": _rows(_outcomes(), "Numbers of outcomes, where a set counts them"),
    }
    return {
        "$schema": DRAFT,
        "$id": NAME,
        "title": "Results of carecost",
        "description": "What carecost compare --format json prints, and Results.to_dict() gives",
        **_object(named, absent=("capacity", "outcomes")),
        "$defs": {
            "quantile": {
                "description": "mean over the draws; a quantile of them (0.1 and 0.9 hold four chances in five); or "
                "central, the run of central values",
                "anyOf": [
                    {"enum": ["mean", "central"]},
                    {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1},
                ],
            },
            "year": {"type": "integer", "minimum": 1990, "maximum": 2300},
            "scenario": {"type": "string", "minLength": 1, "description": "Name of the scenario"},
            "comparison": _comparison(),
        },
    }


def _object(properties: Schema, absent: tuple[str, ...] = ()) -> Schema:
    """Describe an object with these keys and no other; all but some must be there."""
    return {
        "type": "object",
        "properties": properties,
        "required": [name for name in properties if name not in absent],
        "additionalProperties": False,
    }


def _rows(columns: Schema, about: str) -> Schema:
    """Describe a table: a list of rows with these columns; errors of means are there with draws alone."""
    row = _object(columns, absent=tuple(name for name in columns if name.endswith("_error")))
    if "mean_error" in columns and "quantile" in columns:
        row["if"] = {"properties": {"quantile": {"const": "mean"}}}
        row["else"] = {"properties": {"mean_error": {"type": "null"}}}
    return {"type": "array", "description": about, "items": row}


def _number(about: str, **limits: object) -> Schema:
    return {"type": "number", "description": about, **limits}


def _or_none(about: str) -> Schema:
    return {"type": ["number", "null"], "description": f"{about}; null where it is not defined"}


def _text(about: str) -> Schema:
    return {"type": "string", "description": about}


def _year(about: str) -> Schema:
    return {"$ref": "#/$defs/year", "description": about}


_SCENARIO: Schema = {"scenario": {"$ref": "#/$defs/scenario"}}
_QUANTILE: Schema = {"quantile": {"$ref": "#/$defs/quantile"}}
_YEAR: Schema = {"year": _year("Financial year, by the year in which it ends: 2025 is 2024-25")}
_ERROR: Schema = {"mean_error": _or_none("Monte Carlo error of a mean, in the unit of the value")}
_PRICES: Schema = {
    "price_year": _year("Financial year whose prices the pounds are of"),
    "basis": {"const": "real", "description": "Constant prices"},
    "deflator": _text("Vintage of the deflator"),
}


def _provenance() -> Schema:
    whole = {"type": "integer", "minimum": 0}
    return _object(
        {
            "assumptions": _text("Name of the set"),
            "digest": {"type": "string", "pattern": "^[0-9a-f]{16}$", "description": "Digest of everything in the set"},
            "draws": whole | {"description": "Joint samples; 0 is the run of central values alone"},
            "seed": whole | {"description": "Seed of the draws"},
            "noise": {"type": "boolean", "description": "Whether levels hold the luck of small numbers"},
            "base_year": _year("First date, 31 March of it"),
            "years": {"type": "integer", "minimum": 1, "description": "Projected years"},
            "programme_start": _year("Calendar year of programme year 1"),
            "price_year": _year("Financial year of constant prices"),
            "deflator": _text("Vintage of the deflator"),
            "discount": _text("Vintage and schedule of the discount rates"),
            "version": _text("Version of carecost"),
            "baseline": _text("Baselines of the set, one an axis; empty where it states none"),
            "given": _text("Draws that were made elsewhere; empty where all are by seed"),
        }
    ) | {"description": "What the results were made from, the scenarios apart"}


def _children() -> Schema:
    return {
        **_SCENARIO,
        "date": _year("31 March of this year"),
        **_QUANTILE,
        "value": _number("Children in care [children]", minimum=0),
        **_ERROR,
        "unit": {"const": "children"},
    }


def _costs() -> Schema:
    return {
        **_SCENARIO,
        **_YEAR,
        "group": _text("Group of cost items"),
        **_QUANTILE,
        "value": _number("Spending [GBP]"),
        **_ERROR,
        "unit": {"const": "GBP"},
        **_PRICES,
    }


def _comparison() -> Schema:
    summary = {
        "what": _text("What the row is"),
        "mean": _or_none("Mean over the draws"),
        "low": _or_none("Lower end of the interval that holds 80% of the draws"),
        "high": _or_none("Upper end of it"),
        **_ERROR,
        "central": _or_none("The run of central values, or a single run that the row names"),
        "unit": _text("Unit of the numbers"),
    }
    by_year = {
        "what": _text("reform spend, a saving, or the net saving"),
        **_YEAR,
        **_QUANTILE,
        "value": _number("Amount [GBP]"),
        **_ERROR,
        "unit": {"const": "GBP"},
        **_PRICES,
    }
    return _object(
        {
            "baseline": _text("Name of what it is compared with"),
            "summary": _rows(summary, "What people quote"),
            "by_year": _rows(by_year, "Money in each year"),
        }
    )


def _capacity() -> Schema:
    measures = {
        "places": "Places [children on average over the year]",
        "occupancy": "Children in them [children on average over the year]",
        "share": "Share of the year's arrivals sent on [share]",
        "redirected": "Arrivals sent on to another group [children]",
        "unmet": "Time of those whom no group took [child-years]",
    }
    errors = {f"{name}_error": _or_none("Monte Carlo error of the mean") for name in measures}
    return {
        **_SCENARIO,
        **_YEAR,
        "group": _text("Group of placements whose places run out together"),
        **_QUANTILE,
        **{name: _or_none(about) for name, about in measures.items()},
        **errors,
    }


def _outcomes() -> Schema:
    return {
        **_SCENARIO,
        **_YEAR,
        "outcome": _text("What is counted"),
        **_QUANTILE,
        "value": _number("How many, in the unit"),
        **_ERROR,
        "unit": _text("Unit of the value"),
    }
