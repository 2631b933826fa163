"""``sparsebound report``, and where ``check`` leaves its pages."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

from sparsebound.reports.html.atlas import documentation
from sparsebound.reports.overwriting import may_be_page
from sparsebound.reports.publish import publish, publish_page
from sparsebound.reports.run_folder import RunFolder
from sparsebound.reports.summary import recall
from sparsebound.theory.errors import InputError


def report(args: Namespace) -> int:
    """Write the page of a run that is kept in a folder.

    Parameters
    ----------
    args : Namespace
        Of the command line.

    Returns
    -------
    int
        0: it was written.

    Raises
    ------
    InputError
        If the folder is not one of a run, or a file cannot be written; nothing is half written.
    """
    if args.more or args.load:
        raise InputError("arguments", [*(args.load or []), *(args.more or [])], "a run folder only")
    folder = RunFolder.open(args.folder)
    document = recall(folder)
    page = page_at(args.output, "--output", force=args.force)
    if page is None:
        print(publish(document, folder.path))
    else:
        print(publish_page(document, folder.path, page))
    return 0


def page_at(given: str | None, option: str, *, force: bool | None) -> Path | None:
    """Look at where a page is to go, before there is any work to lose.

    Parameters
    ----------
    given : str or None
        What was given.
    option : str
        As which option.
    force : bool, optional
        Whether any file may be written over.

    Returns
    -------
    Path or None

    Raises
    ------
    InputError
        If it is a folder, or in a folder that does not exist, or a file that is not a page of ours;
        or if the environment names a documentation that is none.
    """
    documentation()
    if given is None:
        return None
    page = Path(given)
    if page.is_dir() or not page.parent.is_dir():
        raise InputError(option, given, "a file in a folder that exists")
    return may_be_page(page, option, force=bool(force))
