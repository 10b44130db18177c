"""HTML elements whose text is always escaped, tables, and one small style sheet."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from html import escape

STYLE = """
:root { color-scheme: light; }
body { font: 1rem/1.5 system-ui, "Segoe UI", Roboto, Arial, sans-serif; color: #0b0c0c; background: #fff;
  max-width: 62rem; margin: 0 auto; padding: 1rem 1.25rem 3rem; }
h1 { font-size: 1.8rem; line-height: 1.2; margin: 1rem 0 .5rem; }
h2 { font-size: 1.35rem; margin: 2.5rem 0 .5rem; padding-top: .5rem; border-top: 2px solid #12436d; }
h3 { font-size: 1.1rem; margin: 1.5rem 0 .25rem; }
p, li { max-width: 48rem; }
.lede { font-size: 1.15rem; }
.claim { border-left: .5rem solid #801650; background: #f7eef3; padding: .75rem 1rem; margin: 1rem 0;
  font-weight: 600; }
.claim p { margin: 0; }
.small, .note { color: #3d3d3d; font-size: .9rem; }
nav ul { columns: 2; padding-left: 1.2rem; }
a { color: #12436d; }
.one { white-space: nowrap; }
.scroll { overflow-x: auto; }
.scrolls { display: none; font-size: .9rem; color: #3d3d3d; margin: 0; }
@media screen and (max-width: 760px) {
  h1 { font-size: 1.4rem; } nav ul { columns: 1; }
  .scrolls { display: block; } .scroll table { min-width: 34rem; }
  figure .scroll svg { width: 46.5rem; max-width: none; }
}
table { border-collapse: collapse; width: 100%; margin: .75rem 0 1.5rem; font-size: .92rem; }
caption { text-align: left; font-weight: 600; padding: .25rem 0; }
th, td { text-align: left; vertical-align: top; padding: .3rem 1.1rem .3rem 0; border-bottom: 1px solid #d9d9d9; }
thead th { border-bottom: 2px solid #3d3d3d; }
tbody th { font-weight: 400; }
tr.total th, tr.total td { font-weight: 600; border-top: 2px solid #3d3d3d; }
.number { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
td .small { display: block; }
.number.long { white-space: normal; }
.scroll + .note { margin-top: -.75rem; }
figure { margin: 1rem 0 2rem; }
figure svg { width: 100%; height: auto; }
figcaption { font-size: .92rem; color: #3d3d3d; }
dt { font-weight: 600; margin-top: .6rem; }
dd { margin: 0; max-width: 48rem; overflow-wrap: anywhere; }
dl.short { display: grid; grid-template-columns: 14rem 1fr; }
dl.short dt { margin: 0; }
details { border-bottom: 1px solid #d9d9d9; padding: .4rem 0; }
summary { cursor: pointer; font-weight: 600; }
summary .small { font-weight: 400; }
@media print {
  body { max-width: none; padding: 0; font-size: 10pt; }
  nav { display: none; }
  h2, h3, caption { break-after: avoid; }
  figure, tr, .claim { break-inside: avoid; }
  .scroll { overflow: visible; }
  details::details-content { content-visibility: visible; display: block; height: auto; }
}
"""


#: Elements without content, which have no closing tag.
_ALONE = ("meta",)


#: Letters from which a cell of a column of numbers may break into lines.
_LONG = 28


class Html(str):
    """Text that is markup already and is not escaped again."""

    __slots__ = ()


def h(tag: str, *children: str, **attributes: str | int | bool) -> Html:
    """Write an element.

    Parameters
    ----------
    tag : str
        Its name.
    *children : str
        What is in it; all but :class:`Html` is escaped.
    **attributes : str, int or bool
        ``class_`` is class, and other underscores are hyphens; False is left out.

    Returns
    -------
    Html
        Markup.

    Examples
    --------
    >>> h("p", "1 < 2", class_="note")
    '<p class="note">1 &lt; 2</p>'
    """
    written = ""
    for name, value in attributes.items():
        key = name.rstrip("_").replace("_", "-")
        if value is not False:
            written += f" {key}" if value is True else f' {key}="{escape(str(value))}"'
    if tag in _ALONE:
        return Html(f"<{tag}{written}>")
    return Html(f"<{tag}{written}>{joined(children)}</{tag}>")


def joined(parts: Iterable[str], between: str = "") -> Html:
    """Put markup and text one after the other.

    Parameters
    ----------
    parts : iterable of str
        All but :class:`Html` is escaped.
    between : str
        What stands between them.

    Returns
    -------
    Html
        Markup.

    Examples
    --------
    >>> joined(["a & b", h("b", "c")])
    'a &amp; b<b>c</b>'
    """
    return Html(between.join(p if isinstance(p, Html) else escape(p, quote=False) for p in parts))


def table(
    caption: str, heads: Sequence[str], rows: Iterable[Sequence[str]], numbers: Sequence[int] = (), total: bool = False
) -> Html:
    """Write a table whose first column names the rows.

    Parameters
    ----------
    caption : str
        What it shows.
    heads : sequence of str
        Names of the columns.
    rows : iterable of sequence of str
        Cells.
    numbers : sequence of int
        Columns of numbers, which stand to the right.
    total : bool
        Whether the last row is a total.

    Returns
    -------
    Html
        Markup.
    """
    kind = ["number" if i in numbers else False for i in range(len(heads))]

    def cell(tag: str, i: int, text: str, **more: str) -> Html:
        wide = kind[i] and len(text) >= _LONG and not isinstance(text, Html)
        return h(tag, text, class_=f"{kind[i]} long" if wide else kind[i], **more)

    body = [[cell("td", i, text) if i else h("th", text, scope="row") for i, text in enumerate(row)] for row in rows]
    lines = [h("tr", *cells, class_="total" if total and n == len(body) - 1 else False) for n, cells in enumerate(body)]
    # A head without words is no head.
    top = h("tr", *(cell("th", i, text, scope="col") if text else cell("td", i, "") for i, text in enumerate(heads)))
    whole = h("table", h("caption", caption), h("thead", top), h("tbody", joined(lines, "\n")))
    return scrolling(whole, caption, "table")


def scrolling(content: str, name: str, kind: str) -> Html:
    """Let what may be wider than a phone scroll in a place of its own that keys can reach, and say that it does.

    Parameters
    ----------
    content : str
        Markup.
    name : str
        What it is.
    kind : str
        What kind of thing it is, for the words on a phone.

    Returns
    -------
    Html
        Markup.
    """
    words = h("p", f"This {kind} scrolls sideways.", class_="scrolls")
    return joined([words, h("div", content, class_="scroll", tabindex="0", role="group", aria_label=name)])


def section(name: str, title: str, *parts: str) -> Html:
    """Write a section with its heading.

    Parameters
    ----------
    name : str
        Its place on the page, for links.
    title : str
        Heading.
    *parts : str
        What is in it.

    Returns
    -------
    Html
        Markup.
    """
    return h(
        "section", h("h2", title, id=f"{name}-title"), joined(parts, "\n"), id=name, aria_labelledby=f"{name}-title"
    )


def picture(svg: str, label: str, caption: str, scrolls: bool = False) -> Html:
    """Write a figure around a drawing.

    Parameters
    ----------
    svg : str
        An SVG element.
    label : str
        What it shows, for those who do not see it.
    caption : str
        What stands below it.
    scrolls : bool
        Whether it keeps its size on a phone, where it scrolls.

    Returns
    -------
    Html
        Markup.
    """
    marked = svg.replace("<svg ", f'<svg role="img" aria-label="{escape(label)}" ', 1)
    drawing = scrolling(Html(marked), f"Chart: {label}", "chart") if scrolls else Html(marked)
    return h("figure", drawing, h("figcaption", caption))


def document(title: str, body: str, style: str = STYLE) -> str:
    """Write a whole page that needs nothing from elsewhere.

    Parameters
    ----------
    title : str
        Title of the window.
    body : str
        Markup of the body.
    style : str
        Style sheet.

    Returns
    -------
    str
        The page.
    """
    head = h(
        "head",
        h("meta", charset="utf-8"),
        h("meta", name="viewport", content="width=device-width, initial-scale=1"),
        h("title", title),
        h("style", Html(style)),
    )
    return "<!DOCTYPE html>\n" + h("html", head, "\n", h("body", together(body)), lang="en-GB") + "\n"


#: Drawings and tags, whose text is left alone; and what may not be broken at the end of a line: a date, a financial
#: year, an amount with its sign.
_MARKUP = re.compile(r"(<svg.*?</svg>|<[^>]+>)", re.DOTALL)
_ONE = re.compile(r"\d{1,2} March(?: \d{4})?|(?<![\w-])\d{4}-\d{2}(?!\d)|[−+]£?\d[\d,.]*\d?(?:bn|m|%)?")


def together(markup: str) -> Html:
    """Keep dates, financial years and signed amounts in one line each.

    Parameters
    ----------
    markup : str
        Markup of a body.

    Returns
    -------
    Html
        The same with spans around them.

    Examples
    --------
    >>> together("<p>to 2044-45</p>")
    '<p>to <span class="one">2044-45</span></p>'
    """
    parts = _MARKUP.split(markup)
    parts[::2] = [_ONE.sub(lambda found: f'<span class="one">{found.group()}</span>', text) for text in parts[::2]]
    return Html("".join(parts))
