"""A real Chromium, driven by its own driver over HTTP: what it measures, prints and finds on a page."""

from __future__ import annotations

import base64
import json
import re
import shutil
import socket
import subprocess
import time
import urllib.request
from contextlib import ExitStack
from pathlib import Path
from typing import Any

#: Commands that have to be there: the browser's driver, and what fetches axe.
NEEDED = ("chromedriver", "npm")

AXE = """
const done = arguments[arguments.length - 1];
axe.run().then(found => done(found.violations.map(v => `${v.id}: ${v.nodes.map(n => n.target).join(', ')}`)));
"""
#: Sizes of the words of charts that are seen [pixels].
LETTERS = """
return [...document.querySelectorAll('svg text')].filter(t => t.getClientRects().length && t.textContent.trim())
  .map(t => parseFloat(getComputedStyle(t).fontSize) * t.ownerSVGElement.getScreenCTM().a);
"""


def missing() -> str:
    """Say what is not there; empty where all is."""
    return ", ".join(name for name in NEEDED if shutil.which(name) is None)


def axe_source(folder: Path) -> str:
    """Fetch axe-core with npm."""
    words = ["npm", "install", "--prefix", str(folder), "--no-save", "--silent", "axe-core"]
    subprocess.run(words, check=True, capture_output=True, timeout=120)
    return (folder / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")


class Browser:
    """Chromium with a window of a width; a context that ends it."""

    def __init__(self, width: int) -> None:
        self._ends, self._width = ExitStack(), width

    def __enter__(self) -> Browser:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        driver = subprocess.Popen(["chromedriver", f"--port={port}"], stdout=subprocess.DEVNULL)
        self._ends.callback(driver.wait)
        self._ends.callback(driver.terminate)
        self._at = f"http://127.0.0.1:{port}"
        for _ in range(100):
            try:
                self._ask("GET", "/status")
                break
            except OSError:
                time.sleep(0.1)
        screen = {"deviceMetrics": {"width": self._width, "height": 900, "pixelRatio": 1}}
        options = {"args": ["--headless", "--no-sandbox", "--disable-gpu"], "mobileEmulation": screen}
        found = self._ask("POST", "/session", {"capabilities": {"alwaysMatch": {"goog:chromeOptions": options}}})
        self._at += f"/session/{found['sessionId']}"
        self._ends.callback(lambda: self._ask("DELETE", ""))
        return self

    def __exit__(self, *_: object) -> None:
        self._ends.close()

    def _ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        data = json.dumps(body).encode() if body is not None else None
        asked = urllib.request.Request(self._at + path, data, {"Content-Type": "application/json"}, method=method)
        with urllib.request.urlopen(asked, timeout=120) as answer:
            return json.load(answer)["value"]

    def open(self, page: Path) -> None:
        """Open a page."""
        self._ask("POST", "/url", {"url": page.resolve().as_uri()})

    def run(self, script: str) -> Any:
        """Run a script, and give what it returns."""
        return self._ask("POST", "/execute/sync", {"script": script, "args": []})

    def press(self, name: str, *keys: str) -> None:
        """Press keys on the element with an id."""
        found = self._ask("POST", "/element", {"using": "css selector", "value": f"[id='{name}']"})
        (element,) = found.values()
        self._ask("POST", f"/element/{element}/value", {"text": "".join(keys)})

    def violations(self, axe: str) -> list[str]:
        """Say which rules of axe the page breaks, and where."""
        self.run(axe + "; window.axe = axe;" if "window.axe" not in axe else axe)
        return list(self._ask("POST", "/execute/async", {"script": AXE, "args": []}))

    def letters(self) -> list[float]:
        """Give the sizes of the words of charts that are seen [pixels]."""
        return list(self.run(LETTERS))

    def shot(self) -> bytes:
        """Give a picture of the whole page."""
        return base64.b64decode(self._ask("GET", "/screenshot"))

    def pages(self) -> tuple[int, bytes]:
        """Print the page on A4, and count the sheets."""
        size = {"page": {"width": 21.0, "height": 29.7}, "shrinkToFit": False, "background": True}
        printed = base64.b64decode(self._ask("POST", "/print", size))
        return len(re.findall(rb"/Type\s*/Page\b(?!s)", printed)), printed
