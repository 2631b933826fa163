"""From files to a certificate: what the theorems guarantee for a dictionary of one's own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from sparsebound.checks.certify.atoms import Atoms
from sparsebound.checks.certify.atoms import atoms as oriented
from sparsebound.checks.certify.attack import attack as attacked
from sparsebound.checks.certify.blocked import MEGABYTE, Progress, profile_of
from sparsebound.checks.certify.certificate import Certificate
from sparsebound.checks.certify.codes import certify_codes
from sparsebound.checks.certify.elsewhere import Elsewhere, Files, lost_with_workers
from sparsebound.checks.certify.encoder import certify_encoder
from sparsebound.checks.certify.facts import Input, facts_of, independent, notes_of
from sparsebound.checks.certify.filters import (
    Layout,
    atoms_of_filters,
    convolution,
    filters_as_atoms,
    placed,
    placing,
    profile_of_filters,
)
from sparsebound.checks.certify.judging import EachCode
from sparsebound.checks.certify.labels import certify_labels, read_classifier
from sparsebound.checks.certify.nearly_sparse import nearly_sparse
from sparsebound.checks.certify.networks import Trained, certify_network, judge_codes
from sparsebound.checks.certify.own_codes import read_codes, without
from sparsebound.checks.certify.pairs import closest_pairs
from sparsebound.checks.certify.predictions import certify_signals, question
from sparsebound.checks.certify.products import BACKENDS
from sparsebound.checks.certify.prune import prune as pruned
from sparsebound.checks.certify.reading import given
from sparsebound.checks.certify.settings import Settings, integer
from sparsebound.checks.certify.solutions import certify_solutions
from sparsebound.checks.certify.tiles import Tiles
from sparsebound.theory.errors import InputError
from sparsebound.theory.guarantees.dictionary import (
    AtSparsity,
    Guarantee,
    at_sparsities,
    further,
    guarantees,
)
from sparsebound.theory.guarantees.profile import Profile
from sparsebound.theory.guarantees.unfolded import Depth, unfolded
from sparsebound.theory.promise import UNFOLDED

LISTED = 64
"""How many sparsities are listed, at most."""


def certify(
    dictionary: Any,
    *,
    weights: Any = None,
    thresholds: Any = None,
    skips: Any = None,
    codes: Any = None,
    classifier: Any = None,
    signals: Any = None,
    penalty: Any = None,
    head: Any = None,
    labels: Any = None,
    radius: Sequence[float] = (),
    ridge: float | None = None,
    lam: float | None = None,
    nonnegative: bool = False,
    array: str | None = None,
    atoms: str | None = None,
    drop_zero_atoms: bool = False,
    codes_axis: str = "rows",
    zero_below: float = 0.0,
    filters: bool | Layout = False,
    filter_axis: str | None = None,
    length: Sequence[int] | None = None,
    stride: Sequence[int] | None = None,
    boundary: str | None = None,
    sparsity: int | None = None,
    pairs: int | None = None,
    prune: bool = False,
    attack: bool = False,
    amplitude: float = 1.0,
    noise: float = 0.0,
    tolerance: float = 1e-3,
    memory: int = 1024,
    searches: int | None = None,
    backend: str = "auto",
    progress: Progress | None = None,
    keep: str | Path | None = None,
    cluster: str | None = None,
    any_arithmetic: bool = False,
) -> Certificate:
    """Say what the theorems guarantee.

    Parameters
    ----------
    dictionary : str or array_like
        A file, or a matrix of atoms.
    weights, thresholds : str or array_like, optional
        Of a trained network: weights ``(m, n)`` or ``(K, m, n)``, laid out as the dictionary is,
        or ``"optimal"`` or ``"dictionary"``; thresholds ``(K,)`` or ``(K, n)``, by default those
        of the master theorem for the tolerance.
    skips : str or array_like, optional
        Weights (K, K) with which the states before enter each layer, its last one at the diagonal.
    codes : str or array_like, optional
        Codes, shape (B, n), as coefficients of the atoms as given.
    classifier : str or (array_like, array_like), optional
        Weights (C, n) and biases (C,) of a linear classifier of the codes, as coefficients of the
        atoms as given, or a file of both: which of its labels survive all noise with
        ``|<d_j, e>| <= nu`` is certified. One that reads features of signals is the ``head``.
    signals : str or array_like, optional
        Signals, shape (B, m), whose features ``argmin 1/2 ||y - D z||^2 + sum lam_j z_j``,
        ``z >= 0``, are certified: that they are unique, and what a head reads out of them.
    penalty : float, str or array_like, optional
        ``lam``, one threshold or one an atom; by default that of the head's file.
    head : str or (array_like, array_like), optional
        Weights (C, n) and biases (C,) of a linear classifier of the features of signals, or a file
        of both. One that reads codes is the ``classifier``.
    labels : str or array_like, optional
        The right class of each signal, or code; without, what is read counts as right.
    radius : sequence of float
        Distances within which labels shall not change.
    ridge : float, optional
        The weight of ``||z||^2 / 2``; by default that of the head's file, or 0.
    lam : float, optional
        The weight of ``1/2 ||y - D z||^2 + lam ||z||_1``, of which codes are somebody's solutions
        for the signals: how far they are from the minimisers is proved.
    nonnegative : bool
        Whether these solutions are those over ``z >= 0``.
    array : str, optional
        Which array of a file of several is the dictionary, by its name.
    atoms : {"rows", "columns"}, optional
        How atoms are stored; by default what the name of the array or the length of codes says,
        or else the longer axis counts them.
    drop_zero_atoms : bool
        Leave atoms out that are zero, such as dead features, on which no code may live.
    codes_axis : {"rows", "columns"}
        Whether codes are the rows of their array, or its columns.
    zero_below : float
        Entries of codes of a smaller size are taken for zero.
    filters : bool or Layout
        Whether the array holds the filters of a convolutional dictionary.
    filter_axis : {"first", "last"}, optional
        Which axis counts the filters; asked for where the shape does not say so.
    length, stride : sequence of int, optional
        Of filters: positions of a signal, by default four kernels; and between shifts, by default
        1. In each dimension.
    boundary : {"circular", "zero"}, optional
        Of signals; circular by default.
    sparsity : int, optional
        Nonzeros of the codes; by default as many as the rate allows.
    pairs : int, optional
        How many of the closest pairs of atoms are listed.
    prune : bool
        Say how many atoms can carry a guarantee for more nonzeros, and which; and which to remove
        or merge for one more.
    attack : bool
        Search for codes on which the network errs: yours, or that of the dictionary itself; or,
        with signals, for other labels within the radii.
    amplitude, noise, tolerance : float
        ``B``, ``nu`` and the error that is wanted.
    memory : int
        Megabytes that may be used beside the dictionary.
    searches : int, optional
        For how many codes another dual certificate is searched where that of Fuchs fails; by
        default as many as take about a minute.
    backend : {"auto", "numpy", "torch"}
        What computes products of large dictionaries.
    progress : callable, optional
        Called with the number of blocks done and their total, of products and then of codes.
    keep : str or Path, optional
        A folder for codes that are done, until all are, and beside it a file for pairs of atoms
        that a cluster has screened: the same call goes on from there.
    cluster : str, optional
        The address of a Dask scheduler, its file, or ``local[N]``, whose workers look at the codes,
        and screen the pairs of more than 1,024 atoms; dictionary and codes are files that all of
        them can read.
    any_arithmetic : bool
        Whether these may round differently.

    Returns
    -------
    Certificate

    Raises
    ------
    InputError
        If an input cannot be used; the message names it, its value and what was expected.

    Examples
    --------
    >>> found = certify([[1, 0, 3], [0, 1, 4]], tolerance=0.25)
    >>> found.dictionary.coherence.value, found.dictionary.pair, found.unfolded.depth
    (0.8, (1, 2), 7)
    """
    settings = Settings(sparsity, amplitude, noise, tolerance)
    memory = integer("--memory", memory, 1, "a number of megabytes that is at least 1")
    if pairs is not None:
        pairs = integer("--pairs", pairs, 1, "a number of pairs that is at least 1")
    if searches is not None:
        searches = integer("--searches", searches, 0, "a number of codes that is at least 0")
    if backend not in BACKENDS:
        raise InputError("backend", backend, ", ".join(BACKENDS))
    stored = given(dictionary, "FILE", array=array)
    own = None if codes is None else read_codes(codes, axis=codes_axis, below=zero_below)
    workers = None
    if cluster is not None:
        if lam is not None or filters is not False:
            expected = "to be used of a dictionary that is a matrix of atoms, and without --lam"
            raise InputError("--cluster", cluster, expected)
        reading = (array, atoms, drop_zero_atoms, codes_axis, zero_below, memory * MEGABYTE)
        workers = Elsewhere(Files.of(dictionary, codes, *reading), cluster, any_arithmetic)
    tiles = Tiles(workers, None if keep is None else Path(f"{keep}.atoms.npz"))
    layout = placing(filters, length, stride, boundary, atoms, filter_axis)
    operator = None if layout is None else convolution(stored, layout)
    if operator is None or layout is None:
        width = None if own is None else own.array.shape[1]
        found = oriented(stored, atoms, codes=width, drop_zero=drop_zero_atoms)
        facts = profile_of(
            found, memory=memory * MEGABYTE, kind=backend, progress=progress, between=tiles
        )
    else:
        found, facts = filters_as_atoms(operator, layout.axis), profile_of_filters(operator)
    facts = replace(facts, independent=operator is None and independent(found))
    promised = (*guarantees(facts), *further(facts))
    depth = _depth(facts, promised, settings)
    notes = notes_of(found, stored, facts)
    if operator is not None:
        notes.append(placed(operator))
    closest = None
    if pairs is not None:
        if operator is not None:
            raise InputError("--pairs", pairs, "a dictionary that is a matrix of atoms")
        closest = closest_pairs(found, pairs, memory=memory * MEGABYTE, progress=progress)
    whole = found
    reader = None
    if classifier is not None:
        if own is None or signals is not None:
            expected = "to be used together with --codes, and without --signals: see --head"
            raise InputError("--classifier", "given", expected)
        whole = found if operator is None else atoms_of_filters(operator)
        reader = read_classifier(classifier, whole)
        notes += reader.notes
    asked, solved = None, None
    if lam is not None:
        if signals is None or own is None:
            raise InputError("--lam", lam, "to be used together with --signals and --codes")
        _without_lam(penalty=penalty, head=head, labels=labels, radius=radius or None)
        X = without(own.array, found.dropped)
        solved = certify_solutions(found, signals, X, lam, nonnegative=nonnegative)
        own = None
    elif nonnegative:
        raise InputError("--nonnegative", nonnegative, "to be used together with --lam")
    elif signals is not None:
        if operator is not None:
            raise InputError("--signals", "signals", "a dictionary that is a matrix of atoms")
        asked = question(
            found,
            signals,
            penalty=penalty,
            head=head,
            labels=labels,
            radii=radius,
            ridge=ridge,
            autoencoder=stored.autoencoder,
        )
        notes += asked.notes
    else:
        of_codes = {} if reader is not None else {"labels": labels}
        _without_signals(penalty=penalty, head=head, radius=radius or None, **of_codes)
    unfold = (attack and asked is None) or weights is not None or thresholds is not None
    if skips is not None and (attack or not unfold):
        expected = "to be used together with --weights or --thresholds, and without --attack"
        raise InputError("--skips", "given", expected)
    if operator is not None and (unfold or prune or codes is not None):
        whole = atoms_of_filters(operator)
    network = None
    if unfold:
        network = certify_network(whole, weights, thresholds, depth, settings, skips)
        notes += network.notes
    used, X, nearly, read = None, None, None, None
    if own is not None:
        notes += own.noted("--codes")
        X = without(own.array, found.dropped)
        used = certify_codes(
            whole,
            facts,
            X,
            memory=memory * MEGABYTE,
            searches=searches,
            progress=progress,
            keep=keep,
            network=None if network is None else judging_codes(whole, network, X, settings),
            elsewhere=workers,
        )
        notes += lost_with_workers(used.lost)
        nearly = nearly_sparse(whole, facts, X, used.each)
        if reader is not None:
            noise, each = settings.noise, used.each
            read = certify_labels(whole, reader, X, each, labels=labels, noise=noise)
    tiles.clear()
    certified_encoder = None
    encoder = stored.autoencoder
    if encoder is not None and encoder.unlike is None and operator is None:
        certified_encoder = certify_encoder(found, encoder, X, settings)
    return Certificate(
        Input(
            stored.file,
            stored.name,
            stored.array.shape,
            stored.dtype,
            found.layout,
            found.reason,
        ),
        tuple(notes),
        settings,
        facts_of(found, facts),
        promised,
        _by_sparsity(facts, promised, settings),
        depth,
        closest,
        None if network is None else network.certified,
        used,
        nearly,
        read,
        None if asked is None else certify_signals(asked, attack=attack),
        solved,
        certified_encoder,
        pruned(whole, X, facts=facts, memory=memory * MEGABYTE, progress=progress)
        if prune
        else None,
        attacked(whole, network, depth.sparsity, settings) if attack and network else None,
        weights=None if network is None else network.weights[0],
    )


def judging_codes(
    atoms: Atoms, network: Trained, X: Any, settings: Settings
) -> Callable[[EachCode], None]:
    """What enters for which codes a network is certified."""
    return lambda each: judge_codes(each, atoms.dictionary, network, X, settings.noise)


def _without_lam(**options: Any) -> None:
    """Refuse what is about features where solutions are judged."""
    for name, value in options.items():
        if value is not None:
            raise InputError(f"--{name}", value, "to be left out with --lam")


def _without_signals(**options: Any) -> None:
    """Refuse what is about signals where there are none."""
    for name, value in options.items():
        if value is not None:
            raise InputError(f"--{name}", value, "to be used together with --signals")


def _depth(d: Profile, promised: tuple[Guarantee, ...], settings: Settings) -> Depth:
    networks = [g.largest for g in promised if g.property == UNFOLDED and g.version != "local"]
    s = settings.sparsity or max(1, *networks)
    if s > d.atoms:
        raise InputError("--sparsity", s, f"at most {d.atoms}, the number of atoms")
    return unfolded(
        d,
        s,
        amplitude=settings.amplitude,
        noise=settings.noise,
        tolerance=settings.tolerance,
    )


def _by_sparsity(
    d: Profile, promised: tuple[Guarantee, ...], settings: Settings
) -> tuple[AtSparsity, ...]:
    most = max(g.largest for g in promised)
    listed = set(range(1, min(most + 1, LISTED, d.atoms) + 1)) | {settings.sparsity or 1}
    return at_sparsities(d, sorted(listed))
