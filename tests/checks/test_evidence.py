"""Every theorem gets the evidence that it asks for."""

import pytest

from sparsebound.checks.evidence import gather, providers
from sparsebound.checks.provider import Provider, Request
from sparsebound.theory.catalogue import catalogue
from sparsebound.theory.errors import InputError
from sparsebound.theory.experiment import Experiment
from sparsebound.theory.extremal.uniqueness import regular_simplex, repeated_atom
from sparsebound.theory.instance import Instance
from sparsebound.theory.sources import TROPP_2004
from sparsebound.theory.theorem import Claim, Theorem
from sparsebound.theory.verdict import Status, decide


@pytest.mark.parametrize("theorem", catalogue().values(), ids=lambda theorem: theorem.id)
def test_theorems_hold_on_their_extremal_instances(theorem: Theorem) -> None:
    assert set(theorem.needs) <= set(providers())
    for size in (1, 2, 3):
        instance = (theorem.sharp or repeated_atom)(size)
        evidence = gather(theorem, instance, Request(search=True))
        assert tuple(evidence) == theorem.needs
        verdict = decide(theorem, instance, evidence)
        assert not (verdict.status >= Status.UNDECIDED).any()


def test_only_what_is_needed_is_called() -> None:
    called = []

    def novelty(experiment: Experiment, request: Request) -> int:
        called.append(experiment)
        return 1

    def claims(instance: Instance, novelty: int) -> list[Claim]:
        return [Claim("x", novelty, 2)]

    theorem = Theorem(title="New", statement="x", source=TROPP_2004, claims=claims, id="test.new")
    instead = {"novelty": Provider("novelty", int, novelty)}
    assert gather(theorem, regular_simplex(1), instead=instead) == {"novelty": 1}
    assert len(called) == 1


def test_what_nothing_provides() -> None:
    def claims(instance: Instance, foo: int) -> list[Claim]:
        return []

    theorem = Theorem(title="New", statement="x", source=TROPP_2004, claims=claims, id="test.new")
    with pytest.raises(InputError) as error:
        gather(theorem, regular_simplex(1))
    assert str(error.value) == (
        "test.new cannot be checked: it needs 'foo', which no oracle or subject provides; "
        f"available: {', '.join(sorted(providers()))}"
    )


def test_cross_check_on_request(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []
    monkeypatch.setattr(
        "sparsebound.checks.oracles.reference.cross_check", lambda i, c, *, seed: seen.append(seed)
    )
    theorem = catalogue()["uniqueness.basis_pursuit"]
    gather(theorem, regular_simplex(1), Request(cross_check=True, seed=7))
    assert seen == [7]


def test_the_null_space_theorem_gets_linear_programs(monkeypatch: pytest.MonkeyPatch) -> None:
    methods = []
    from sparsebound.checks.oracles import reference

    original = reference.certificates

    def recorded(instance: Instance, **options: object) -> object:
        methods.append(options.get("method"))
        return original(instance, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(reference, "certificates", recorded)
    gather(catalogue()["uniqueness.null_space"], regular_simplex(1))
    gather(catalogue()["uniqueness.basis_pursuit"], regular_simplex(1))
    assert methods == ["linear program", None]
