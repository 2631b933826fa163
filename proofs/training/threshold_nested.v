(** [training.threshold_nested]: raising the thresholds of one layer shrinks its support. *)
From sparsebound Require Import model network.activations rate.nonnegative.

Section ThresholdNested.
Variables (R : realFieldType) (n : nat) (t t' : 'I_n -> R).
Hypothesis raised : forall i, t i <= t' i.

Definition relu_layer (s : 'I_n -> R) (v : 'cV[R]_n) : 'cV[R]_n := \col_i relu (v i 0 - s i).
Definition soft_layer (s : 'I_n -> R) (v : 'cV[R]_n) : 'cV[R]_n := \col_i soft (s i) (v i 0).

Theorem threshold_nested v : supp (relu_layer t' v) \subset supp (relu_layer t v).
Proof.
apply/subsetP => i; rewrite !inE !mxE; apply: contra => /eqP zero.
have le : v i 0 - t i <= 0 by rewrite -zero le_maxr lexx orbT.
by rewrite relu_eq0 //; apply: le_trans le; rewrite ler_add2l ler_opp2.
Qed.

Lemma soft_neq0 (s a : R) : 0 <= s -> (soft s a != 0) = (s < `|a|).
Proof.
move=> s0; case: (leP `|a| s) => [le|lt]; first by rewrite soft_eq0 // eqxx.
rewrite /soft; case: (ltP s a) => [sa|as_]; first by rewrite subr_eq0 gt_eqF.
have neg : a < - s by rewrite ltr_oppr; move: lt; rewrite ltr_normr ltNge as_.
by rewrite neg addr_eq0 lt_eqF.
Qed.

Theorem soft_nested v : (forall i, 0 <= t i) ->
  supp (soft_layer t' v) \subset supp (soft_layer t v).
Proof.
move=> t0; apply/subsetP => i; rewrite !inE !mxE !soft_neq0 //; last exact: le_trans (raised i).
exact: le_lt_trans (raised i).
Qed.
End ThresholdNested.
