"""Write every snippet of Python in the pages into one file, tests/project/page_snippets.py, that mypy checks strictly.

``python -m tests.project.snippets`` writes it; a test holds it to the pages.
"""

from __future__ import annotations

import re
import textwrap
from pathlib import Path

from tests.project.test_docs import PAGES, blocks, named

FILE = Path(__file__).with_name("page_snippets.py")
HEAD = '''"""Every snippet of the pages, a function a page.

Written by `python -m tests.project.snippets`; a test keeps it so.
"""
# mypy: allow-redefinition, local-partial-types, no-disallow-untyped-defs, no-disallow-untyped-calls
# ruff: noqa
# fmt: off
'''


def snippets() -> str:
    """The file as text: the blocks of a page follow each other, as they run."""
    parts = [HEAD]
    for path in PAGES:
        code = [text for language, text in blocks(path) if language == "python"]
        if code:
            name = re.sub(r"\W+", "_", named(path).removesuffix(".md")).lower()
            parts.append(f"\n\ndef {name}() -> None:\n" + textwrap.indent("".join(code), "    "))
    return "".join(parts)


if __name__ == "__main__":
    FILE.write_text(snippets(), encoding="utf-8", newline="\n")
