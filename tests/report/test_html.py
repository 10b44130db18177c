"""Elements, tables and documents: markup is well formed, and text is always escaped."""

from __future__ import annotations

from carecost.report import html
from tests.report.reading import Page


def test_element_escapes_all_but_markup() -> None:
    assert html.h("p", "<&>", html.h("b", "x"), title='"') == '<p title="&quot;">&lt;&amp;&gt;<b>x</b></p>'


def test_attribute_true_stands_alone_and_false_is_left_out() -> None:
    assert html.h("details", "x", open=True, class_=False) == "<details open>x</details>"
    assert html.h("th", "x", aria_label="a b") == '<th aria-label="a b">x</th>'


def test_element_without_content_is_not_closed() -> None:
    assert html.h("meta", charset="utf-8") == '<meta charset="utf-8">'


def test_joined_puts_what_is_between_parts_only() -> None:
    assert html.joined(["<", html.Html("<br>"), "b"], "|") == "&lt;|<br>|b"
    assert html.joined([]) == ""


def test_table_names_rows_and_columns_and_marks_numbers_and_total() -> None:
    read = Page(html.table("Caption", ("What", "£"), [("a", "1"), ("all", "x" * 40)], numbers=(1,), total=True))
    assert read.open == [] and "Caption What £ a 1 all" in read.words
    assert [th.get("scope") for th in read.all("th")] == ["col", "col", "row", "row"]
    assert [td.get("class") for td in read.all("td")] == ["number", "number long"]
    assert [tr.get("class") for tr in read.all("tr")] == [None, None, "total"]


def test_section_is_named_by_its_heading() -> None:
    read = Page(html.section("levers", "What <it> does", html.h("p", "x")))
    (section,), (heading,) = read.all("section"), read.all("h2")
    assert section["id"] == "levers" and section["aria-labelledby"] == heading["id"]
    assert read.words == "What <it> does x"


def test_picture_is_named_for_those_who_do_not_see_it() -> None:
    read = Page(html.picture('<svg width="1"><path d=""/></svg>', 'a "line"', "A line."))
    assert read.all("svg")[0]["role"] == "img" and read.all("svg")[0]["aria-label"] == 'a "line"'
    assert read.words == "A line."


def test_document_is_whole_and_escapes_its_title() -> None:
    text = html.document("a < b", html.h("main", "x"))
    assert text.startswith("<!DOCTYPE html>\n<html") and text.endswith("</html>\n")
    assert "<title>a &lt; b</title>" in text and Page(text).open == []
