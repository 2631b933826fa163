"""The site: pages by hand, and pages that are written from the catalogue when it is built.

tox -e docs, or: sphinx-build -W docs build/docs
"""

from __future__ import annotations

import os
import sys
from importlib.metadata import version as installed
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE / "_extensions"))
# `!sparsebound ...` in a tutorial is the command of the environment that builds.
# It writes to what looks like a terminal, and is a page: no bars that move, no colours, this wide.
os.environ |= {"TTY_COMPATIBLE": "0", "NO_COLOR": "1", "TERM": "dumb", "COLUMNS": "88"}
os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])

project = "sparsebound"
author = "sparsebound contributors"
project_copyright = author
release = version = installed("sparsebound")

extensions = [
    "sphinx.ext.autodoc",
    "numpydoc",
    "myst_nb",
    "mathml",
    "written_pages",
    "repository_links",
]
# Pictures and scripts of the pages of this folder are no pages; nor is what a build leaves behind.
exclude_patterns = ["_extensions", "_static", "_build", "jupyter_execute", "*/notebooks"]
nitpicky = False

html_theme = "furo"
html_title = f"sparsebound {release}"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_js_files = [("scrolling.js", {"defer": "defer"})]
html_math_renderer = "mathml"  # written when the site is built: no script, no font, no request
html_copy_source = False
html_show_sphinx = False
# A summary is fetched, which browsers refuse to pages that are opened as files.
html_show_search_summary = False

myst_enable_extensions = ["colon_fence", "deflist", "dollarmath"]
myst_heading_anchors = 3

nb_execution_mode = "force"
nb_execution_in_temp = True  # runs of tutorials leave nothing here
nb_execution_raise_on_error = True
nb_execution_timeout = 120
nb_merge_streams = True

autodoc_member_order = "bysource"
autodoc_typehints = "none"  # numpydoc sections say the types
numpydoc_show_class_members = False

# The reviewed run that pages of theorems quote: a baseline of the gate, or the folder of a run.
atlas_run = os.environ.get(
    "SPARSEBOUND_RUN", str(HERE.parent / "reports" / "baselines" / "ci.json")
)
