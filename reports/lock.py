"""One writer at a time, where several processes may write to one folder."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sparsebound.theory.errors import InputError

try:
    import fcntl
except ImportError:  # Windows, which has other locks
    fcntl = None  # type: ignore[assignment]


@contextmanager
def locked(path: Path, name: str, expected: str) -> Iterator[None]:
    """Keep a file to this process; however that ends, the system takes the lock away.

    Where there are no locks, as on some network file systems, nobody is kept out.

    Parameters
    ----------
    path : Path
        A file that is there.
    name, expected : str
        What it is called in messages, and what should be there instead if another process has it.

    Raises
    ------
    InputError
        If another process has it.

    Examples
    --------
    >>> from tempfile import NamedTemporaryFile
    >>> with NamedTemporaryFile() as file, locked(Path(file.name), "file", "one that is free"):
    ...     pass
    """
    kept = None
    try:
        try:
            if fcntl is not None:
                kept = os.open(path, os.O_RDWR)
                fcntl.flock(kept, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise InputError(name, str(path.parent), expected) from error
        except OSError:  # there are no locks, or nothing can be written, which is found later
            pass
        yield
    finally:
        if kept is not None:
            os.close(kept)
