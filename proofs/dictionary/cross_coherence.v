(** [dictionary.cross_coherence]: analysis weights can only lower the coherence. *)
From sparsebound Require Import model.

Section CrossCoherence.
Variables (R : realFieldType) (m n : nat).
Implicit Types D W V : 'M[R]_(m, n).

(** Weights of least cross coherence. *)
Definition analytic W D :=
  normalised W D /\ forall V, normalised V D -> cross_coherence W D <= cross_coherence V D.

Theorem cross_coherence W D :
  unit_atoms D -> analytic W D -> model.cross_coherence W D <= coherence D.
Proof. by move=> unit [_ least]; exact: least. Qed.

(** The dual: for dependent atoms no weights do better than the coefficients allow. *)
Theorem dual W D i (a : 'I_n -> R) (g : R) : normalised W D ->
  (forall k, g * D k i = \sum_(j | j != i) a j * D k j) -> \sum_(j | j != i) `|a j| <= 1 ->
  g <= model.cross_coherence W D.
Proof.
move=> diagonal atom small.
have -> : g = \sum_(j | j != i) a j * gram W D i j.
  rewrite -[g]mulr1 -(diagonal i) {1}/gram mxE mulr_sumr.
  under [RHS]eq_bigr => j _ do rewrite /gram mxE mulr_sumr.
  rewrite exchange_big /=; apply: eq_bigr => k _.
  by rewrite mulrCA atom mulr_sumr; apply: eq_bigr => j _; rewrite mulrCA.
apply: le_trans (ler_norm _) _; apply: le_trans (ler_norm_sum _ _ _) _.
rewrite -[X in _ <= X]mul1r.
apply: le_trans (ler_wpmul2r (cross_coherence_ge0 W D) small); rewrite mulr_suml.
apply: ler_sum => j ji; rewrite normrM ler_wpmul2l //.
by apply: le_cross_coherence; rewrite eq_sym.
Qed.
End CrossCoherence.

(** The hypotheses hold together: orthonormal atoms are their own best weights. *)
Lemma not_vacuous (R : realFieldType) n :
  unit_atoms (1%:M : 'M[R]_n) /\ analytic (1%:M : 'M[R]_n) 1%:M.
Proof.
have unit : unit_atoms (1%:M : 'M[R]_n) by move=> i; rewrite /gram trmx1 mulmx1 mxE eqxx.
split=> //; split=> // V _; apply: le_trans _ (cross_coherence_ge0 V _).
apply: largest_le => // -[i j] /= /negbTE ij.
by rewrite /gram trmx1 mulmx1 mxE ij normr0.
Qed.
