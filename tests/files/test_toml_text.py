"""Is what is written as TOML read back as it was?"""

from __future__ import annotations

import tomllib
from typing import Any

import hypothesis.strategies as st
from hypothesis import given

from carecost.files.toml_text import toml_table

TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
VALUES = TEXTS | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False, allow_infinity=False)


@given(st.dictionaries(st.from_regex(r"[a-z_]+", fullmatch=True), VALUES | st.lists(VALUES).map(tuple) | st.none()))
def test_table_reads_back_as_it_was(fields: dict[str, Any]) -> None:
    read = tomllib.loads(toml_table("a", fields) + toml_table("b", fields, array=True))
    kept = {
        key: list(value) if isinstance(value, tuple) else value for key, value in fields.items() if value is not None
    }
    assert read == {"a": kept, "b": [kept]}
