"""Plain words: what is said in place of a term of the field, and the few terms that are explained at the foot."""

from __future__ import annotations

import re

from carecost.inputs.belief import QUALITIES

#: Terms of tables and sentences, and what stands for them on a page; the first that fits is taken.
_PLAIN = {
    "Net present saving to the public purse (cashable)": "Net saving: money that could really stop being spent",
    "Switching value: share of the effects at which the net present saving is zero": "Breaks even if this much of the "
    "effects comes true",
    "(switching value)": "(where it breaks even)",
    "Net present saving": "Net saving",
    "net present saving": "net saving",
    "Net present cost": "Net cost",
    "the cashable saving": "the money that could really stop being spent",
    "Cashable saving": "Money that could really stop being spent",
    "cashable saving": "money that could really stop being spent",
    "cashable share": "share that could really stop being spent",
    "under inaction": "without reform",
    "against inaction": "against no reform",
    "compared with inaction": "compared with no reform",
    "each lever added to those before it": "each part added to those before it",
    "by the levers that avert": "by the parts that keep children out of care",
    "averted child-year": "child-year out of care",
    "child-year of care averted": "child-year out of care",
    "children averted": "children kept out of care",
    ", inaction": ", no reform",
    "Inaction": "No reform",
}
_ANY = re.compile("|".join(map(re.escape, _PLAIN)))

#: What is explained at the foot of a page.
GLOSSARY = (
    ("As claimed", "the effects their authors claimed, each free to fail."),
    ("As measured", "effects found in trials and evaluations, and none where none was found."),
    ("Net saving", "cash saved less money spent, later years counting for less (Green Book)."),
    ("Four chances in five", "the range holds the result in 80% of runs."),
    ("Other baselines", "another view of entries, people, mix, prices or policy; one run, each effect as stated."),
)
#: What the annex has beside.
MORE = (
    ("No reform", "what happens if nothing is changed; “What no reform means” says what that holds."),
    ("Part of the programme", "one thing that would be done, with its effect and its money."),
    ("Breaks even", "the share of the effects, come true for certain, at which the money saved is the money spent."),
    ("Could really stop being spent", "the share of a saving that becomes cash: staff and buildings stay for a time."),
    ("Mean, draw", "all that is uncertain is drawn together many times; the mean is over these draws."),
    ("Central run", "one run in which every quantity has its stated value."),
    ("Grade", "; ".join(f"{grade} {words}" for grade, words in QUALITIES.items())),
)


def plain(text: str) -> str:
    """Put plain words for terms of the field.

    Parameters
    ----------
    text : str
        A label or sentence of ours: what others wrote is left as they wrote it.

    Returns
    -------
    str
        The same in plain words.

    Examples
    --------
    >>> plain("Net present saving to the public purse (cashable)")
    'Net saving: money that could really stop being spent'
    """
    return _ANY.sub(lambda found: _PLAIN[found.group()], text)
