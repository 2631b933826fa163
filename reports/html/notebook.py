"""Pages in a notebook: a frame of their own, so that no style of either leaks into the other."""

from __future__ import annotations

from markupsafe import Markup, escape

HEIGHT = 420
"""Of a frame, in pixels of CSS; longer pages scroll."""


def framed(page: str, height: int = HEIGHT) -> str:
    """Put a page into a frame.

    Parameters
    ----------
    page : str
        HTML that needs nothing else, such as :func:`sparsebound.reports.html.run.run_page` writes.
    height : int
        Of the frame, in pixels of CSS.

    Returns
    -------
    str
        HTML.

    Examples
    --------
    >>> 'srcdoc="&lt;p&gt;1 &lt; 2&lt;/p&gt;"' in framed("<p>1 < 2</p>", 40)
    True
    """
    style = f"width:100%;height:{height}px;border:0"
    return str(
        Markup(
            '<iframe title="sparsebound" sandbox="allow-scripts" style="{}" srcdoc="{}"></iframe>'
        ).format(style, escape(page))
    )
