(** [stability.p0]: two sparse explanations of one signal are near each other. *)
From sparsebound Require Import model dictionary.rows dictionary.gershgorin.

Section P0.
Variables (R : realFieldType) (m n : nat) (D : 'M[R]_(m, n)) (y : 'cV[R]_m).
Variables (x z : 'cV[R]_n) (k : nat) (eps : R).

Lemma misfits : sqnorm (y - D *m x) <= eps ^+ 2 -> sqnorm (y - D *m z) <= eps ^+ 2 ->
  sqnorm (D *m (x - z)) <= 4%:R * eps ^+ 2.
Proof.
move=> fx fz; have -> : D *m (x - z) = (y - D *m z) - (y - D *m x).
  by rewrite mulmxBr opprB [RHS]addrC [RHS]addrA subrK.
move: (y - D *m z) (y - D *m x) fz fx => u v fu fv.
have parallelogram := sqnorm_ge0 (u + v).
apply: (le_from (ler_add parallelogram (ler_add (ler_wmuln2r 2 fu) (ler_wmuln2r 2 fv)))).
by rewrite sqnormB sqnormD; ring.
Qed.

(** What Gershgorin's theorem makes of a bound [c] of the rows. *)
Lemma near c : sqnorm (D *m (x - z)) <= 4%:R * eps ^+ 2 -> c < 1 ->
  `|sqnorm (D *m (x - z)) - sqnorm (x - z)| <= c * sqnorm (x - z) ->
  sqnorm (x - z) <= 4%:R * eps ^+ 2 / (1 - c).
Proof.
move=> far c1; rewrite ler_norml => /andP[low _].
rewrite ler_pdivl_mulr ?subr_gt0 //; apply: le_trans far.
by apply: (le_from low); ring.
Qed.

Hypothesis unit : unit_atoms D.
Hypothesis few_x : (sparsity x <= k)%N.
Hypothesis few_z : (sparsity z <= k)%N.
Hypothesis fit_x : sqnorm (y - D *m x) <= eps ^+ 2.
Hypothesis fit_z : sqnorm (y - D *m z) <= eps ^+ 2.

Theorem p0 : babel D D (2 * k).-1 < 1 ->
  sqnorm (x - z) <= 4%:R * eps ^+ 2 / (1 - babel D D (2 * k).-1).
Proof.
move=> small; apply: near => //; first exact: misfits.
apply: quadratic_form => // i iS; apply: le_babel; rewrite ?in_setD1 ?eqxx //.
have few : (#|supp (x - z)| <= 2 * k)%N.
  by apply: leq_trans (sparsityB x z) _; rewrite mul2n -addnn leq_add.
by move: few; rewrite (cardsD1 i (supp _)) iS; case: (2 * k)%N.
Qed.

Corollary p0_coherence : coherence D *+ (2 * k).-1 < 1 ->
  sqnorm (x - z) <= 4%:R * eps ^+ 2 / (1 - coherence D *+ (2 * k).-1).
Proof.
move=> small; have le := babel_le_cross_coherence D D (2 * k).-1.
apply: le_trans (p0 (le_lt_trans le small)) _; apply: ler_wpmul2l.
  by rewrite mulr_ge0 ?ler0n ?sqr_ge0.
by rewrite lef_pinv ?posrE ?subr_gt0 ?(le_lt_trans le) // ler_add2l ler_opp2.
Qed.
End P0.
