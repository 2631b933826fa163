"""Build a release and look at it as an index would: ``tox -e release``.

    python -m tests.quality.release [--tag v0.3.0]
    python -m tests.quality.release --set 0.3.0

The first builds a source distribution and a wheel from it into ``dist/``, has twine check both,
and runs the command from the wheel in an environment of its own. The second writes a version into
every file that says one; ``pyproject.toml`` is the one that counts.
"""

from __future__ import annotations

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
import venv
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).parents[2]
DIST = ROOT / "dist"
VERSION = r"\d+(?:\.\d+)+(?:(?:a|b|rc)\d+)?"
SAID = {
    "pyproject.toml": rf'(?m)^(version = ")({VERSION})(")$',
    "CITATION.cff": rf"(?m)^(version: )({VERSION})()$",
    "recipe/recipe.yaml": rf'(?m)^(  version: ")({VERSION})(")$',
}
"""Where the version is said, each in one place."""
RELEASED = r"(?m)^(date-released: )(\d{4}-\d\d-\d\d)()$"
"""In ``CITATION.cff``."""


def versions(root: Path = ROOT) -> dict[str, str]:
    """The version that each file says."""
    found = {}
    for name, pattern in SAID.items():
        ((_, version, _),) = re.findall(pattern, (root / name).read_text("utf-8"))
        found[name] = version
    return found


def set_version(version: str, root: Path = ROOT) -> None:
    """Write another version into each of them, and today's date beside it."""
    if not re.fullmatch(VERSION, version):
        raise SystemExit(f"--set: {version!r} is no version")
    for name, pattern in SAID.items():
        path = root / name
        text = re.sub(pattern, rf"\g<1>{version}\g<3>", path.read_text("utf-8"))
        if name == "CITATION.cff":
            text = re.sub(RELEASED, rf"\g<1>{datetime.now(UTC).date()}\g<3>", text)
        path.write_text(text, "utf-8")


def wrong(tag: str | None, root: Path = ROOT) -> list[str]:
    """Say what keeps this from being a release.

    >>> wrong("v0")[-1].startswith("the tag is v0; expected v")
    True
    """
    said = versions(root)
    version = said["pyproject.toml"]
    found = [f"{name} says {other}" for name, other in said.items() if other != version]
    changes = (root / "CHANGELOG.md").read_text("utf-8")
    if f"\n## {version} (" not in changes:
        found.append(f"CHANGELOG.md has no section of {version} with its date")
    if tag is not None and tag != f"v{version}":
        found.append(f"the tag is {tag}; expected v{version}")
    return found


def build() -> None:
    """Build both, have them checked, and run what was built."""
    shutil.rmtree(DIST, ignore_errors=True)
    here = [sys.executable, "-m"]
    subprocess.run([*here, "build", "--no-isolation", "--outdir", DIST], cwd=ROOT, check=True)
    files = sorted(DIST.iterdir())
    subprocess.run([*here, "twine", "check", "--strict", *files], check=True)
    (wheel,) = DIST.glob("*.whl")
    with tempfile.TemporaryDirectory() as place:
        venv.create(Path(place) / "venv", with_pip=False)
        python = Path(place) / "venv" / "bin" / "python"
        install = ["pip", "--python", python, "install", "-q", "-c", ROOT / "constraints.txt"]
        subprocess.run([*here, *install, wheel], check=True)
        command = [python.with_name("sparsebound"), "check", "dictionary.welch", "--examples", "20"]
        subprocess.run(command, cwd=place, check=True)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tag", help="The tag of the commit; it has to be that of the version.")
    parser.add_argument("--set", metavar="VERSION", help="Write this version everywhere instead.")
    args = parser.parse_args(argv)
    if args.set:
        set_version(args.set)
        return 0
    problems = wrong(args.tag)
    for problem in problems:
        print(f"release: {problem}", file=sys.stderr)
    if problems:
        return 1
    build()
    print(f"dist/: {', '.join(path.name for path in sorted(DIST.iterdir()))}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
