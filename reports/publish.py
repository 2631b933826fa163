"""What a run leaves for people and for CI, beside its shards: all of it, or an error."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sparsebound.reports.earlier import earlier_runs
from sparsebound.reports.fields import write_text
from sparsebound.reports.html.run import run_page
from sparsebound.reports.junit import junit
from sparsebound.reports.markdown import markdown
from sparsebound.theory.errors import InputError

REPORT, JUNIT, MARKDOWN = "report.html", "junit.xml", "summary.md"


def publish(document: dict[str, Any], folder: Path, page: Path | None = None) -> Path:
    """Write the page, the JUnit file and the Markdown summary of a run.

    Parameters
    ----------
    document : dict
        From :func:`sparsebound.reports.summary.summarise`.
    folder : Path
        Where they go.
    page : Path, optional
        Where the page goes instead.

    Returns
    -------
    Path
        The page.

    Raises
    ------
    InputError
        If a file cannot be written. None is left half written.
    """
    write(folder / JUNIT, junit(document))
    write(folder / MARKDOWN, markdown(document))
    return publish_page(document, folder, page or folder / REPORT)


def publish_page(document: dict[str, Any], folder: Path, page: Path) -> Path:
    """Write the page of a run alone, with the runs beside it.

    Parameters
    ----------
    document : dict
        From :func:`sparsebound.reports.summary.summarise`.
    folder : Path
        Of the run.
    page : Path
        Where it goes.

    Returns
    -------
    Path
        The page.

    Raises
    ------
    InputError
        If it cannot be written.
    """
    return write(page, run_page(document, earlier_runs(folder, document)))


def write(path: Path, text: str) -> Path:
    """Write a file, or say why not.

    Parameters
    ----------
    path : Path
        The file; an older one is replaced.
    text : str
        What it holds.

    Returns
    -------
    Path
        The same.

    Raises
    ------
    InputError
        If it cannot be written.
    """
    try:
        write_text(path, text)
    except OSError as error:
        raise InputError("file", str(path), f"a file that can be written ({error})") from error
    return path
