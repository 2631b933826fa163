"""Hold solvers of public packages against every theorem that fits, and write a page.

    python -m tests.quality.peers --out reports/peers

``tox -e peers`` installs the packages at the versions of this table. What is a package's own
choice is said by a person, in the notes here; a machine says what held, and shows the rest.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from sparsebound.checks.library import check_subject
from sparsebound.reports.html.peers import peers_page
from sparsebound.theory.errors import InputError

SOLVERS = "tests.quality.peers.solvers"
NETWORKS = "tests.quality.peers.networks"


@dataclass(frozen=True)
class Peer:
    """A solver, the theorems that are about what it does, and what a person says of it."""

    package: str
    subject: str
    theorems: tuple[str, ...]
    note: str = ""


MINIMISES = ("stability.near_minimiser",)
PURSUES = ("uniqueness.erc", "uniqueness.greedy", "stability.omp")
LEAST_NORM = ("stability.near_basis_pursuit",)
THRESHOLDS = ("network.thresholding",)
LOOKS = ("network.attention_shift",)
UNFOLDED = ("rate.unfolded",)
STOPS = "It stops where it says, which is not a share of the signal or of the least value."
TWICE = "It returns 0 for an atom that is there twice."
LOGITS = "A choice: products of queries and keys are float32, whatever is returned."
SHORT = "Its step size is kept in float32, its points in float64."
UNITS = "A choice: what it stops at, or takes for 0, is absolute, and tiny signals fall below it."

PEERS = (
    Peer("scikit-learn", "sklearn.linear_model:Lasso", MINIMISES),
    Peer("scikit-learn", "sklearn.linear_model:ElasticNet", MINIMISES, "With l1_ratio 1."),
    Peer("scikit-learn", "sklearn.linear_model:LassoLars", MINIMISES, UNITS),
    Peer("scikit-learn", "sklearn.decomposition:SparseCoder", MINIMISES, "By lasso_cd."),
    Peer("scikit-learn", "sklearn.linear_model:orthogonal_mp", PURSUES, UNITS),
    Peer("scikit-learn", "sklearn.linear_model:OrthogonalMatchingPursuit", PURSUES, UNITS),
    Peer("celer", "celer:Lasso", MINIMISES),
    Peer(
        "skglm",
        "skglm:Lasso",
        MINIMISES,
        "A choice: its tolerance is on the optimality conditions, and absolute.",
    ),
    Peer("pylops", "pylops.optimization.sparsity:ista", ("rate.ista",)),
    Peer("pylops", "pylops.optimization.sparsity:fista", ("rate.fista",)),
    Peer(
        "pylops",
        "pylops.optimization.sparsity:omp",
        ("uniqueness.erc",),
        "A choice: 40 steps of LSQR for each least squares leave a millionth of the signal.",
    ),
    Peer("spams-bin", f"{SOLVERS}:spams_lasso", MINIMISES, TWICE),
    Peer("spgl1", f"{SOLVERS}:spgl1_bpdn", LEAST_NORM, STOPS),
    Peer("cvxpy", f"{SOLVERS}:cvxpy_bpdn", LEAST_NORM, STOPS),
    Peer(
        "cvxopt",
        f"{SOLVERS}:cvxopt_bp",
        LEAST_NORM,
        "A choice: it refuses equations that are not independent.",
    ),
    Peer("pyproximal", f"{SOLVERS}:pyproximal_ista", ("rate.ista",), SHORT),
    Peer("pyproximal", f"{SOLVERS}:pyproximal_fista", ("rate.fista",), SHORT),
    Peer("copt", f"{SOLVERS}:copt_ista", ("rate.ista",)),
    Peer("pyproximal", f"{NETWORKS}:pyproximal_l1", THRESHOLDS),
    Peer("sporco", f"{NETWORKS}:sporco_prox", THRESHOLDS),
    Peer("modopt", f"{NETWORKS}:modopt_thresh", THRESHOLDS, UNITS),
    Peer("torch", f"{NETWORKS}:torch_softshrink", THRESHOLDS),
    Peer("torch", f"{NETWORKS}:torch_hardshrink", THRESHOLDS),
    Peer("torch", f"{NETWORKS}:torch_head", LOOKS),
    Peer("torch", f"{NETWORKS}:torch_lista", UNFOLDED),
    Peer("deepinv", "deepinv.optim.prior:L1Prior", THRESHOLDS),
    Peer("jax", f"{NETWORKS}:jax_rectified_pair", THRESHOLDS),
    Peer("jax", f"{NETWORKS}:jax_head", LOOKS, LOGITS),
    Peer("flax", f"{NETWORKS}:flax_head", LOOKS),
    Peer("equinox", f"{NETWORKS}:equinox_lista", UNFOLDED),
)


def held(peer: Peer, examples: int) -> dict[str, Any]:
    """Hold one solver against its theorems."""
    row: dict[str, Any] = {**asdict(peer), "version": "", "results": []}
    try:
        row["version"] = version(peer.package)
    except PackageNotFoundError:
        return {**row, "missing": True}
    for name in peer.theorems:
        try:
            (found,) = check_subject(peer.subject, name, examples=examples).summary["theorems"]
        except InputError as error:
            row["results"].append({"theorem": name, "status": "cannot be asked", "why": str(error)})
            continue
        shown = found["violation"] or found["fault"] or {}
        row["results"].append(
            {
                "theorem": name,
                "status": found["status"],
                "instances": found["instances"],
                "ratio": found["max_ratio"],
                "cause": shown.get("cause", "") or shown.get("said", ""),
                "text": shown.get("text", ""),
            }
        )
    return row


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the table; packages that are not there are said."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=Path("reports/peers"))
    parser.add_argument("--only", nargs="*", default=[], help="packages; all without it")
    parser.add_argument("--examples", type=int, default=250, help="of each theorem")
    given = parser.parse_args(arguments)
    rows = []
    for peer in PEERS:
        if given.only and peer.package not in given.only:
            continue
        rows.append(held(peer, given.examples))
        said = ", ".join(f"{x['theorem']} {x['status']}" for x in rows[-1]["results"])
        print(f"{peer.subject}: {said or 'not installed'}", flush=True)
    document = {
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "sparsebound": version("sparsebound"),
        "examples": given.examples,
        "peers": rows,
    }
    given.out.mkdir(parents=True, exist_ok=True)
    (given.out / "peers.json").write_text(f"{json.dumps(document, indent=1)}\n", encoding="utf-8")
    (given.out / "index.html").write_text(peers_page(document), encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
