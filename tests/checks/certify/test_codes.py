"""Codes of one's own, by their supports, against the quantities that the theorems are about."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy.sparse import csr_array

import sparsebound.checks.certify.codes as codes_module
import sparsebound.checks.certify.searches as searches_module
from sparsebound.checks.certify.atoms import Atoms
from sparsebound.checks.certify.blocked import MEGABYTE, profile_of
from sparsebound.checks.certify.codes import certify_codes
from sparsebound.checks.certify.engine import certify
from sparsebound.checks.certify.judging import NEEDS_INDEPENDENT_ATOMS, EachCode
from sparsebound.checks.certify.kept import KeptBlocks
from sparsebound.checks.certify.statistics import histogram
from sparsebound.checks.commands.real_dictionary import digits
from sparsebound.theory.analysis.unfolding import row_sums
from sparsebound.theory.constructions.frames import union_of_bases
from sparsebound.theory.errors import InputError
from sparsebound.theory.instance import Instance
from sparsebound.theory.promise import GREEDY, LASSO_WITH_SIGNS, YOUR_NETWORK
from sparsebound.theory.quantities import exact_recovery_coefficient


def margin(values: np.ndarray) -> np.ndarray:
    """What is reported of values that have to be below 1."""
    return np.where(values < 1, 1 - values, 1 / values - 1)


def test_margins_are_those_of_the_quantities() -> None:
    rng = np.random.default_rng(0)
    D = rng.standard_normal((20, 30))
    D /= np.linalg.norm(D, axis=0)
    X = np.zeros((10, 30))
    for x in X:
        x[rng.choice(30, 3, replace=False)] = rng.standard_normal(3)
    found = certify(D, codes=X).codes
    assert found is not None
    shares = {share.theorem: share for share in found.properties}
    instance = Instance(D, X)
    exact = exact_recovery_coefficient(instance).mid
    assert shares["uniqueness.erc"].margins.least == pytest.approx(margin(exact).min(), abs=1e-9)
    assert shares["uniqueness.erc"].certified == (exact < 1).sum()
    grams = [D[:, x != 0].T @ D[:, x != 0] for x in X]
    growth = [np.abs(np.linalg.inv(gram)).sum(axis=1).max() for gram in grams]
    assert found.growth.largest == pytest.approx(max(growth), rel=1e-9)
    sums = row_sums(instance, D)
    rate = (sums.tau_in + sums.tau_out).mid
    assert shares["rate.depth"].margins.median == pytest.approx(np.median(margin(rate)), abs=1e-9)
    assert shares["rate.depth"].certified == (rate < 1).sum()


def test_every_code_below_the_textbook_sparsity_is_certified() -> None:
    D, X = union_of_bases(16), np.zeros((3, 32))
    X[0, [0, 20]], X[1, 3] = (1, -2), 1
    found = certify(D, codes=X).codes
    assert found is not None
    assert [share.certified for share in found.properties] == [3] * 7 + [0, 2, 2]
    assert [share.asked for share in found.properties[-2:]] == [2, 2]
    assert found.failing == ()
    assert found.sparsity == (0, 2)


def test_the_atom_to_blame_is_named() -> None:
    D = np.array([[1.0, 0, 0.8, 0], [0, 1, 0.6, 0], [0, 0, 0, 1]])
    found = certify(D, codes=[[1.0, 1.0, 0, 0]]).codes
    assert found is not None
    erc = next(entry for entry in found.failing if entry.theorem == "uniqueness.erc")
    assert (erc.code, erc.atom) == (0, 2)
    assert erc.margin == pytest.approx(1 / 1.4 - 1)


def test_what_is_known_of_each_code_is_within_the_memory() -> None:
    X = csr_array((np.ones(4000), np.arange(4000) % 3, np.arange(4001)), shape=(4000, 3))
    atoms = Atoms(np.array([[1.0, 0], [0, 1], [3, 4]]), "rows", "")
    found = certify_codes(atoms, profile_of(atoms), X, memory=2 * MEGABYTE)
    kept = sum(part.nbytes for part in vars(found.each).values())
    assert MEGABYTE / 2 < kept <= MEGABYTE
    with pytest.raises(InputError, match="at least 2 MB for 4000 codes; or parts of them"):
        certify_codes(atoms, profile_of(atoms), X, memory=MEGABYTE)


def test_dependent_atoms_are_never_certified() -> None:
    D = np.array([[1.0, 0, 1], [0, 1, 1]])
    found = certify(D, codes=[[1.0, 1.0, 1.0]]).codes
    assert found is not None
    assert [share.certified for share in found.properties] == [0] * 10
    refuted = {share.property for share in found.properties if share.refuted}
    assert refuted == set(NEEDS_INDEPENDENT_ATOMS)


def test_a_better_dual_certificate_is_found_where_that_of_fuchs_fails() -> None:
    instance = digits()
    found = certify(instance.D.data, codes=instance.X[:10]).codes
    assert found is not None
    shares = {share.theorem: share.certified for share in found.properties}
    assert shares["uniqueness.basis_pursuit"] == 10


@pytest.mark.parametrize("seed", range(8))
def test_bins_of_margins_tell_codes_that_are_certified_from_others(seed: int) -> None:
    rng = np.random.default_rng(seed)
    D = rng.standard_normal((8, 12))
    found = certify(D, codes=np.eye(12) + (rng.random((12, 12)) < 0.1)).codes
    assert found is not None
    for share in found.properties:
        counts, edges = np.array(share.margins.counts), np.array(share.margins.edges)
        assert counts[edges[1:] > 0].sum() == share.certified


@pytest.mark.parametrize(
    ("values", "within"),
    [
        ([-1.0, -0.05, 0.0, 0.8], 3),
        ([0.0, 0.0, 1.0], 2),
        ([-5e-324, 0.0, 5e-324], 2),
        ([-1.0, 0.0], 2),
        ([-1.0, 1e-300], 1),
        ([-1e-300, 1.0, 2.0], 1),
        ([0.5, 1.0], 0),
        ([0.0], 1),
    ],
)
def test_no_bin_holds_positive_margins_and_others(values: list[float], within: int) -> None:
    counts, edges = histogram(np.array(values))
    assert counts[edges[1:] <= 0].sum() == within
    assert counts.sum() == len(values)
    assert len(edges) == len(counts) + 1


def test_a_margin_below_what_a_solver_leaves_open_does_not_depend_on_the_batch() -> None:
    """Two atoms that differ by 4e-8: the margins of codes of one atom are 1e-9."""
    D = np.array([[1, -1, -3, 1, -1], [1, -3, 2, -3, -2.9999999552965164], [-2, 0, -3, 0, 0]])
    X = np.array([[0, 0, 0, 0, 1.0], [0, 0, 0, 0, 3], [0, 1, 0, 0, 0], [-1, 1, 1, 1, 1]])

    def pursued(codes: np.ndarray) -> int:
        found = certify(D, atoms="columns", codes=codes).codes
        assert found is not None
        return found.properties[1].certified

    assert pursued(X) == sum(pursued(X[i : i + 1]) for i in range(len(X))) == 3


def test_a_code_that_is_not_found_is_shown_another_one() -> None:
    """Of many atoms, where null vectors are not enumerated."""
    rng = np.random.default_rng(3)
    D = rng.standard_normal((20, 80))
    D /= np.linalg.norm(D, axis=0)
    x = np.zeros(80)
    x[rng.choice(80, 15, replace=False)] = rng.choice([-1.0, 1], 15)
    found = certify(D, codes=x[None], atoms="columns").codes
    assert found is not None
    pursuit = found.properties[1]
    assert (pursuit.refuted, pursuit.unknown) == (1, 0)
    (witness,) = found.searched.witnesses
    other = np.zeros(80)
    for atom, value in witness.entries:
        other[atom] = value
    assert np.abs(D @ (other - x)).max() < 1e-9
    assert np.abs(other).sum() < np.abs(x).sum()


def test_a_search_that_is_not_allowed_leaves_codes_unknown() -> None:
    instance = digits()
    X = instance.X[:10]
    found = certify(instance.D.data, codes=X, searches=0).codes
    assert found is not None
    assert (found.searched.wanted, found.searched.tried) == (10, 0)
    assert found.properties[1].unknown == 10


@pytest.mark.parametrize("seed", range(3))
def test_the_pursuit_of_a_code_is_what_is_said_of_it(seed: int) -> None:
    rng = np.random.default_rng(seed)
    D = rng.standard_normal((16, 40))
    X = np.zeros((60, 40))
    for x in X:
        x[rng.choice(40, rng.integers(1, 7), replace=False)] = rng.standard_normal()
        x[x != 0] *= rng.uniform(0.1, 1, (x != 0).sum())
    found = certify(D, codes=X, atoms="columns").codes
    assert found is not None
    status, _, _ = found.each.of_property(GREEDY)
    picked = [greedy_picks(D, x) for x in X]
    assert [one == 1 for one in status] == picked
    assert [one == -1 for one in status] == [not one for one in picked]


def greedy_picks(D: np.ndarray, x: np.ndarray) -> bool:
    """Whether the pursuit of a signal picks the atoms of its code, by least squares."""
    atoms, picks = D / np.linalg.norm(D, axis=0), []
    residual = y = D @ x
    for _ in range(np.count_nonzero(x)):
        picks.append(int(np.abs(atoms.T @ residual).argmax()))
        part = atoms[:, picks]
        residual = y - part @ np.linalg.lstsq(part, y, rcond=None)[0]
    return set(picks) == set(np.flatnonzero(x))


def test_the_lasso_has_the_signs_up_to_what_is_said() -> None:
    rng = np.random.default_rng(1)
    D = rng.standard_normal((30, 40))
    D /= np.linalg.norm(D, axis=0)
    X = np.zeros((20, 40))
    for x in X:
        x[rng.choice(40, 2, replace=False)] = rng.uniform(0.5, 2, 2) * rng.choice([-1, 1], 2)
    found = certify(D, codes=X, atoms="columns").codes
    assert found is not None
    for x, status, reach in zip(
        X, found.each.of_property(LASSO_WITH_SIGNS)[0], found.each.lasso_reach, strict=True
    ):
        support = np.flatnonzero(x)
        part = D[:, support]
        dual = np.linalg.solve(part.T @ part, np.sign(x[support]))
        assert (status == 1) == (np.abs(np.delete(D.T @ part @ dual, support)).max() < 1)
        if status == 1:
            before, after = (x[support] - lam * dual for lam in (reach * 0.999, reach * 1.001))
            assert (np.sign(before) == np.sign(x[support])).all()
            assert not (np.sign(after) == np.sign(x[support])).all()


def test_codes_of_a_large_dictionary_are_decided_in_float64_where_float32_is_not_enough() -> None:
    rng = np.random.default_rng(0)
    D = rng.standard_normal((12, 1500))
    X = np.zeros((300, 1500))
    for x in X:
        x[rng.choice(1500, 2, replace=False)] = rng.standard_normal(2)
    atoms = Atoms(D.T, "columns", "")
    profile = profile_of(atoms)
    plain, little = (
        certify_codes(atoms, profile, X, searches=0, memory=memory)
        for memory in (1000 * MEGABYTE, 16 * MEGABYTE)
    )
    same = plain.each.status == little.each.status
    near = np.abs(plain.each.margin) < 1e-3
    assert (same | near).all()
    for name in (GREEDY, LASSO_WITH_SIGNS):
        assert (little.each.of_property(name)[0] == plain.each.of_property(name)[0]).all()


def test_a_network_is_judged_on_each_code() -> None:
    D = np.eye(6)[:, :5]
    D[5, 0] = 0.25
    X = np.array([[1.0, 0, 0, 0, 0], [0, 1, 0, 0, 0], [0, 0.5, 0, 0, 0]])
    found = certify(D, codes=X, atoms="columns", weights=D, thresholds=np.full((2, 5), 0.1)).codes
    assert found is not None
    share = next(one for one in found.properties if one.property == YOUR_NETWORK)
    assert (share.asked, share.certified) == (3, 3)
    tight = certify(D, codes=X, atoms="columns", weights=D, thresholds=np.zeros((2, 5))).codes
    assert tight is not None
    status = tight.each.of_property(YOUR_NETWORK)[0]
    assert list(status) == [1, 1, 1]  # orthogonal: nothing is needed


def test_what_is_done_is_taken_up_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(0)
    D = rng.standard_normal((16, 32))
    X = np.where(rng.random((50, 32)) < 0.1, rng.standard_normal((50, 32)), 0)
    monkeypatch.setattr(codes_module, "chunk_of", lambda *_: 10)
    whole = certify(D, codes=X, atoms="columns").codes
    seen: list[int] = []

    def interrupted(done: int, total: int) -> None:
        seen.append(done)
        if done == 3 and len(seen) == 3:
            raise KeyboardInterrupt

    keep = tmp_path / "unfinished"
    with pytest.raises(KeyboardInterrupt):
        certify(D, codes=X, atoms="columns", progress=interrupted, keep=keep)
    assert len(list(keep.glob("block-*.npz"))) == 2
    again: list[int] = []
    found = certify(
        D, codes=X, atoms="columns", progress=lambda done, _: again.append(done), keep=keep
    ).codes
    assert again[:3] == [3, 4, 5]
    assert found == whole
    assert not keep.exists()


def test_what_has_been_looked_at_again_is_taken_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = np.random.default_rng(1)
    D = rng.standard_normal((8, 20))
    X = np.where(rng.random((40, 20)) < 0.2, rng.standard_normal((40, 20)), 0)
    monkeypatch.setattr(searches_module, "AT_A_TIME", 10)
    whole = certify(D, codes=X, atoms="columns").codes
    assert whole is not None
    assert whole.searched.tried > 20
    assert whole.searched.witnesses

    def interrupted(done: int, total: int) -> None:
        if total > 1 and done == 2:
            raise KeyboardInterrupt

    keep = tmp_path / "unfinished"
    with pytest.raises(KeyboardInterrupt):
        certify(D, codes=X, atoms="columns", progress=interrupted, keep=keep)
    assert len(list(keep.glob("search-*.npz"))) == 2
    looked: list[int] = []
    exchanged = searches_module._exchanged
    monkeypatch.setattr(
        searches_module, "_exchanged", lambda *args: (looked.append(1), exchanged(*args))
    )
    found = certify(D, codes=X, atoms="columns", keep=keep).codes
    assert found == whole
    assert found is not None
    for name in ("status", "margin", "atom"):
        np.testing.assert_array_equal(getattr(found.each, name), getattr(whole.each, name))
    assert len(looked) == -(-whole.searched.tried // 10) - 2
    assert not keep.exists()


def test_what_is_done_of_other_codes_is_not_taken_up(tmp_path: Path) -> None:
    keep = tmp_path / "unfinished"
    blocks = KeptBlocks(keep, np.eye(2))
    each = EachCode.of(np.array([1, 2]))
    blocks.put("block", 0, each, np.arange(2), ["beside"])
    assert KeptBlocks(keep, np.eye(2)).get("block", 0, each, np.arange(2)) == (True, ["beside"])
    assert not blocks.get("search", 0, each, np.arange(2))[0]
    assert not blocks.get("block", 0, each, np.array([1, 0]))[0]
    assert not KeptBlocks(keep, 2 * np.eye(2)).get("block", 0, each, np.arange(2))[0]
    (keep / "block-000000.npz").write_bytes(b"PK\x03\x04 cut off")
    assert not blocks.get("block", 0, each, np.arange(2))[0]


def test_higher_welch_bounds_are_shown_where_they_are_larger() -> None:
    lines = np.array([[np.cos(k * np.pi / 8), np.sin(k * np.pi / 8)] for k in range(8)])
    crowded = certify(lines, atoms="rows").dictionary
    assert crowded.welch_orders is not None
    assert crowded.welch.value < crowded.welch_orders.value <= crowded.coherence.value
    assert certify(np.eye(4)[:3] + 0.5, atoms="columns").dictionary.welch_orders is None
