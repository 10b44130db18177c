"""Plain words stand for terms of the field, wholly and once; the glossary explains what the pages say."""

from __future__ import annotations

import pytest

from carecost.report import words
from carecost.report.words import GLOSSARY, MORE, plain


@pytest.mark.parametrize(
    ("term", "said"),
    [
        ("Net present saving to the public purse (cashable)", "Net saving: money that could really stop being spent"),
        ("Children in care under inaction", "Children in care without reform"),
        ("net present saving, inaction", "net saving, no reform"),
        ("Children in care, 31 March 2032", "Children in care, 31 March 2032"),
    ],
)
def test_terms_are_put_plainly_and_all_else_is_left(term: str, said: str) -> None:
    assert plain(term) == said


def test_what_is_plain_is_not_put_plainly_again() -> None:
    for said in words._PLAIN.values():
        assert plain(said) == said


def test_a_longer_term_goes_before_the_shorter_one_in_it() -> None:
    terms = list(words._PLAIN)
    for i, term in enumerate(terms):
        assert not any(term.startswith(before) for before in terms[:i]), term


def test_each_term_is_explained_once_in_a_sentence() -> None:
    terms = [term for term, _ in (*GLOSSARY, *MORE)]
    assert len(set(terms)) == len(terms)
    assert all(text and (text.endswith(".") or term == "Grade") for term, text in (*GLOSSARY, *MORE))
