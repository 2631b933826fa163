"""A headless Chromium for the tests of the pages, with the network off."""

from __future__ import annotations

import functools
import http.server
import re
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
STRICT = "default-src 'none'; style-src 'self'"
"""What CI servers send along with artifacts."""


def found() -> tuple[str, str] | None:
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    driver = shutil.which("chromedriver")
    return (browser, driver) if browser and driver else None


needs_browser = pytest.mark.skipif(
    found() is None, reason="needs chromium and chromedriver; Debian: chromium, chromium-driver"
)


@contextmanager
def chromium(*, width: int = 1280, dark: bool = False, scripts: bool = True) -> Iterator[Any]:
    """Start a browser of a given width that sees no other machine."""
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    places = found()
    assert places is not None
    options = webdriver.ChromeOptions()
    options.binary_location = places[0]
    for flag in (
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-background-networking",
        "--disable-dev-shm-usage",
        "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    ):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service(places[1]))
    try:
        size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 500}
        driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
        theme = [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]
        driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": theme})
        driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": not scripts})
        yield driver
    finally:
        driver.quit()


def sheets(page: Path, printed: Path) -> int:
    """Print a page, and count the sheets of paper that it takes."""
    places = found()
    assert places is not None
    flags = ("--headless=new", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer")
    words = [places[0], *flags, f"--print-to-pdf={printed}", page.as_uri()]
    subprocess.run(words, check=True, capture_output=True, timeout=120)
    return len(re.findall(rb"/Type\s*/Page\b", printed.read_bytes()))


@contextmanager
def served(folder: Path, policy: str) -> Iterator[str]:
    """Serve a folder on this machine, with a content-security policy."""

    class Handler(http.server.SimpleHTTPRequestHandler):
        def end_headers(self) -> None:
            self.send_header("Content-Security-Policy", policy)
            super().end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            pass

    handler = functools.partial(Handler, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()
