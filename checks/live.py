"""A page on the scheduler of a Dask cluster, beside its dashboard: what runs are doing.

The scheduler has a server for pages in any case, also without bokeh, which draws Dask's own. What
is here runs in the scheduler: it keeps the last page of each of the last runs, and hands it out.
"""

from __future__ import annotations

from typing import Any

PATH = "/sparsebound"
"""Where the page of the last run is; those of others have the name of the run behind it."""
PAGES = 16
"""Runs whose last pages are kept."""
REFRESH = 5
"""Seconds after which a browser asks again, until a run is over."""

_Pages = dict[str, tuple[str, bool]]


def publish_page(run: str, page: str, over: bool, dask_scheduler: Any = None) -> str:
    """Keep a page of a run in the scheduler; called there.

    Parameters
    ----------
    run : str
        Its name.
    page : str
        HTML.
    over : bool
        Whether it is the last one.
    dask_scheduler : Scheduler
        Given by Dask.

    Returns
    -------
    str
        The path of the page on its server.
    """
    pages: _Pages | None = dask_scheduler.extensions.get(PATH)
    if pages is None:
        pages = dask_scheduler.extensions[PATH] = {}
        handler = _handler()
        pattern = f".*{PATH}(?:/([0-9a-f]*))?"
        dask_scheduler.http_application.add_handlers(".*$", [(pattern, handler, {"pages": pages})])
    pages.pop(run, None)  # the last one is the last that was entered
    pages[run] = page, over
    while len(pages) > PAGES:
        del pages[next(iter(pages))]
    return f"{PATH[1:]}/{run}"


def _handler() -> type:
    from tornado.web import HTTPError, RequestHandler

    class Page(RequestHandler):
        """Hands out a page."""

        def initialize(self, pages: _Pages) -> None:
            self.pages = pages

        def get(self, run: str | None) -> None:
            found = self.pages.get(run or next(reversed(self.pages)))
            if found is None:
                raise HTTPError(404)
            page, over = found
            if not over:
                self.set_header("Refresh", str(REFRESH))
            self.write(page)

    return Page
