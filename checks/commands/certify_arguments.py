"""What ``sparsebound certify`` takes."""

from __future__ import annotations

import argparse

from sparsebound.checks.commands.shared_arguments import FORCE, JSON, Integer, Real, add_cluster


def add_certify(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of ``sparsebound certify``."""
    add = parser.add_argument
    help_ = (
        "The dictionary: a file (.npy, .npz, .csv, .mtx, .mat, .h5, .zarr, .parquet, .safetensors, "
        ".pt), or the folder of a sparse autoencoder."
    )
    add("file", metavar="FILE", help=help_)
    help_ = "Which array of a file of several it is; nested names have dots between."
    add("--array", metavar="NAME", help=help_)
    help_ = "Whether atoms are the rows or the columns of the matrix (default: guessed, and said)."
    add("--atoms", choices=("rows", "columns"), help=help_)
    help_ = (
        "A file with the weights of a network; or optimal, for those of least cross coherence; or "
        "dictionary, for the atoms themselves."
    )
    add("--weights", metavar="FILE", help=help_)
    help_ = "Leave atoms out that are zero, such as dead features."
    add("--drop-zero-atoms", action="store_true", help=help_)
    add("--filters", action="store_true", help="FILE holds the filters of a convolution.")
    help_ = "Which axis counts the filters; needed where the shape does not say so."
    add("--filter-axis", choices=("first", "last"), help=help_)
    help_ = "The length of a signal that the filters run over (default: four kernels)."
    add("--length", type=Integer(1), nargs="+", metavar="N", help=help_)
    help_ = "The distance between shifts of a filter (default: 1)."
    add("--stride", type=Integer(1), nargs="+", metavar="N", help=help_)
    help_ = "What lies beyond the ends of a signal (default: circular)."
    add("--boundary", choices=("circular", "zero"), help=help_)
    help_ = "A file with the thresholds of the network: (layers,) or (layers, atoms)."
    add("--thresholds", metavar="FILE", help=help_)
    help_ = (
        "A file with the weights (layers, layers) with which earlier states enter each layer: skip "
        "connections, momentum (default: the last state alone)."
    )
    add("--skips", metavar="FILE", help=help_)
    help_ = "A file with codes, one in each row, that are certified one by one."
    add("--codes", metavar="FILE", help=help_)
    help_ = "Whether codes are the rows of their array (default), or its columns."
    add("--codes-axis", choices=("rows", "columns"), default="rows", help=help_)
    help_ = "Entries of codes of a smaller size are taken for zero (default: 0)."
    add("--zero-below", type=Real(), default=0.0, metavar="T", help=help_)
    help_ = (
        "A file with weights (classes, atoms) and biases (classes,) of a linear classifier of the "
        "codes (V and b, coef_ and intercept_, or weight and bias): say which labels survive all "
        "noise with |<d_j, e>| up to --noise. What reads features of --signals is --head."
    )
    add("--classifier", metavar="FILE", help=help_)
    help_ = (
        "A file with signals, one in each row, whose features (nonnegative minimisers) are "
        "certified one by one."
    )
    add("--signals", metavar="FILE", help=help_)
    help_ = "Threshold of features, or a file with one an atom (default: lam of the head's file)."
    add("--penalty", metavar="LAM", help=help_)
    help_ = (
        "A file with V (classes, atoms) and b (classes,), which reads classes out of features of "
        "the signals. What reads --codes is --classifier."
    )
    add("--head", metavar="FILE", help=help_)
    help_ = "A file with the right class of each signal (or code, with --classifier), from 0 on."
    add("--labels", metavar="FILE", help=help_)
    help_ = "Distances of signals within which their class shall not change."
    add("--radius", type=Real(), nargs="+", metavar="R", help=help_)
    help_ = "The weight of the squared norm of features (default: ridge of the head's file, or 0)."
    add("--ridge", type=Real(), metavar="G", help=help_)
    help_ = (
        "The codes are somebody's solutions of min 1/2 ||y - D z||^2 + LAM ||z||_1 for the "
        "signals: say how far they are from the minimisers."
    )
    add("--lam", type=Real(), metavar="LAM", help=help_)
    add("--nonnegative", action="store_true", help="These solutions are those over z >= 0.")
    help_ = "How many nonzeros a code has (default: as many as the rate allows)."
    add("--sparsity", type=Integer(1), metavar="S", help=help_)
    help_ = "The largest entry of a code (default: 1)."
    add("--amplitude", type=Real(), default=1.0, metavar="B", help=help_)
    help_ = "The largest entry of W^T e, the noise as the weights see it (default: 0)."
    add("--noise", type=Real(), default=0.0, metavar="NU", help=help_)
    help_ = "The error that is wanted in the end (default: 0.001)."
    add("--tolerance", type=Real(), default=1e-3, metavar="T", help=help_)
    help_ = "How much memory may be used beside the dictionary (default: 1024)."
    add("--memory", type=Integer(1), default=1024, metavar="MB", help=help_)
    help_ = (
        "For how many codes another dual certificate is searched, where the shortest one fails "
        "(default: as many as take about a minute)."
    )
    add("--searches", type=Integer(0), metavar="N", help=help_)
    add_cluster(add, "look at codes and at pairs of atoms", " All of them read the files.")
    help_ = "How arrays with one entry a code are kept in the folder of --out (default: npz)."
    add("--per-code", choices=("npz", "parquet"), default="npz", help=help_)
    help_ = "How many of the closest pairs of atoms are listed (default: the closest one alone)."
    add("--pairs", type=Integer(1), metavar="N", help=help_)
    help_ = (
        "Say how many atoms can carry a guarantee for more nonzeros, and which; and which to "
        "remove or merge for one more."
    )
    add("--prune", action="store_true", help=help_)
    help_ = (
        "Search for codes and noise with a large error, and compare it with the bound; with "
        "--signals, for other classes within the radii."
    )
    add("--attack", action="store_true", help=help_)
    add("--out", metavar="DIR", help="The folder in which the certificate is kept.")
    add("--force", action="store_true", help=FORCE)
    add("--json", action="store_true", help=JSON)
