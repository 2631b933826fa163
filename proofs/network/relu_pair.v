(** [network.relu_pair]: two rectified linear units are a soft threshold; two leaky ones are one
    rectified linear unit. *)
From sparsebound Require Import model network.activations.
From sparsebound Require Import rate.nonnegative.

Section ReluPair.
Variable R : realFieldType.
Implicit Types (v t a : R).

Definition leaky a v : R := if 0 <= v then v else a * v.

Theorem relu_pair v t : 0 <= t -> soft t v = relu (v - t) - relu (- v - t).
Proof.
move=> t0; rewrite /soft; case: (ltP t v) => [tv|vt].
  have v0 : 0 <= v := le_trans t0 (ltW tv).
  rewrite relu_id ?subr_ge0 ?ltW // relu_eq0 ?subr0 //.
  by rewrite subr_le0 (le_trans _ t0) ?oppr_le0.
rewrite (relu_eq0 (v := v - t)) ?subr_le0 //; case: (ltP v (- t)) => [lo|up].
  by rewrite relu_id ?subr_ge0 1?ltW 1?ltr_oppr //; ring.
by rewrite relu_eq0 ?subr_le0 1?ler_oppl // subrr.
Qed.

Theorem leaky_pair v a : 1 - a ^+ 2 != 0 ->
  relu v = (leaky a v + a * leaky a (- v)) / (1 - a ^+ 2).
Proof.
move=> a1; apply: (mulIf a1); rewrite divfK // /leaky oppr_ge0.
case: (ltrgt0P v) => [v0|v0|->].
- by rewrite relu_id ?ltW //; ring.
- by rewrite relu_eq0 ?ltW //; ring.
by rewrite relu_eq0 // oppr0; ring.
Qed.
End ReluPair.
