"""Write tables of TOML: strings with every sign escaped, numbers with every digit, no key without a value."""

from __future__ import annotations

import json
from collections.abc import Mapping


def toml_table(name: str, fields: Mapping[str, object], array: bool = False) -> str:
    r"""Write a table.

    Parameters
    ----------
    name : str
        Its name.
    fields : mapping of str to object
        Numbers, truth values, text and tuples of these by key; what is None is left out.
    array : bool
        Whether it is one of several of its name.

    Returns
    -------
    str
        Its lines.

    Examples
    --------
    >>> toml_table("scope", {"name": "all", "groups": ("a", "b"), "note": None})
    '[scope]\nname = "all"\ngroups = ["a", "b"]\n'
    """
    lines = [f"[[{name}]]" if array else f"[{name}]"]
    lines += [f"{key} = {_value(value)}" for key, value in fields.items() if value is not None]
    return "\n".join(lines) + "\n"


def _value(value: object) -> str:
    if isinstance(value, int | float):
        return repr(value).lower()
    if isinstance(value, tuple):
        return "[" + ", ".join(_value(v) for v in value) + "]"
    return json.dumps(str(value), ensure_ascii=False).replace("\x7f", "\\u007f")
