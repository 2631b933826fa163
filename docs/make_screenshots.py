"""Make the README's pictures: a report's overview, one theorem, codes of an autoencoder.

python docs/make_screenshots.py [RUN_DIR]

Without a run folder, a run of the default profile is made first. Needs chromium and chromedriver.
"""

from __future__ import annotations

import base64
import sys
import tempfile
from pathlib import Path
from typing import Any

from sparsebound.checks.commands.main import main as sparsebound
from tests.reports.browser import chromium

HERE = Path(__file__).parent
THEOREM = "rate.unfolded"
HEIGHT = 900


def main() -> None:
    """Write the report of the run, and photograph it."""
    with tempfile.TemporaryDirectory() as folder:
        run = sys.argv[1] if len(sys.argv) > 1 else f"{folder}/run"
        if len(sys.argv) == 1 and sparsebound(["check", "--out", run]):
            raise SystemExit("the run did not pass; there is nothing to show off")
        page = Path(folder) / "report.html"
        if sparsebound(["report", run, "-o", str(page)]):
            raise SystemExit(2)
        sae, kept = HERE.parent / "examples" / "small_sae", Path(folder) / "certificate"
        words = ["certify", str(sae), "--codes", str(sae / "codes.npz"), "--out", str(kept)]
        if sparsebound(words):
            raise SystemExit(2)
        with chromium() as driver:
            driver.get((kept / "certificate.html").as_uri())
            _photograph(driver, HERE / "autoencoder.png", "#codes", None)
            driver.get(page.as_uri())
            _photograph(driver, HERE / "report.png", "body", HEIGHT)
            _photograph(driver, HERE / "theorem.png", f"[id='{THEOREM}']", None)


def _photograph(driver: Any, file: Path, selector: str, height: int | None) -> None:
    """Save an element, or its upper part."""
    find = (
        "const e = document.querySelector(arguments[0]);"
        "for (let at = e; at; at = at.parentElement) if (at.open === false) at.open = true;"
        "if (!e.checkVisibility()) throw new Error(`${arguments[0]} is folded`);"
        "e.style.contentVisibility = 'visible'; const b = e.getBoundingClientRect();"
        "return [b.left + scrollX, b.top + scrollY, b.width, b.height]"
    )
    x, y, width, whole = driver.execute_script(find, selector)
    clip = {"x": x, "y": y, "width": width, "height": height or whole, "scale": 1}
    shot = {"format": "png", "clip": clip, "captureBeyondViewport": True}
    data = driver.execute_cdp_cmd("Page.captureScreenshot", shot)["data"]
    file.write_bytes(base64.b64decode(data))


if __name__ == "__main__":
    main()
