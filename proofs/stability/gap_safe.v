(** [stability.gap_safe]: what a duality gap says of approximate features. *)
From sparsebound Require Import model lasso.

Section GapSafe.
Variables (R : realFieldType) (m n : nat) (D : 'M[R]_(m, n)) (y : 'cV[R]_m) (lam : 'I_n -> R).
Variables (signed : bool) (z x : 'cV[R]_n) (theta : 'cV[R]_m).
Hypothesis positive : forall j, 0 < lam j.
Hypothesis least : minimiser D y lam signed z.
Hypothesis x_allowed : allowed signed x.

(** The products of the atoms with a dual point, and what the point needs to be feasible. *)
Let product j := (D^T *m theta) j 0.
Let room j := lam j - (if signed then `|product j| else product j).
Hypothesis feasible : forall j, 0 <= room j.

Definition dual := sqnorm y / 2%:R - sqnorm (y - theta) / 2%:R.
Let G := objective D y lam x - dual.
Let r := residual D y z.
Let conditions := (minimiser_optimal positive least).2.

Lemma dual_le : dual + sqnorm (theta - r) / 2%:R <= objective D y lam z.
Proof.
have own : dot r (D *m z) = penalty lam z.
  by rewrite dotC dot_adjoint dotC; apply: eq_bigr => j _; exact: (conditions j).2.
have under : dot theta (D *m z) <= penalty lam z.
  rewrite dotC dot_adjoint dotC; apply: ler_sum => j _; rewrite -/(product j).
  have := feasible j; rewrite subr_ge0; have := least.1 j.
  case: (signed) => /= [_ le|z0 le]; last by rewrite (ger0_norm z0) ler_wpmul2r.
  apply: le_trans (ler_norm _) _; rewrite normrM; exact: ler_wpmul2r.
apply: (le_from under); rewrite /dual /objective /misfit -/(residual D y z) -/r -own.
have -> : D *m z = y - r by rewrite /r /residual opprB addrC subrK.
move: (r) (penalty lam z) => t p.
by rewrite !sqnormB !dotBr ?(dotC y theta) ?(dotC t y) -/(sqnorm t); field.
Qed.

Theorem gap_safe : sqnorm (D *m (x - z)) + sqnorm (theta - r) <= G *+ 2.
Proof.
have costs : 0 <= \sum_j price D y lam z j (x j 0).
  by apply: sumr_ge0 => j _; apply: price_ge0 => //; exact: (conditions j).1.
apply: (le_from (ler_add (ler_wmuln2r 2 dual_le) (ler_wmuln2r 2 costs))).
rewrite /G (objective_gap x (fun j => (conditions j).2)).
by move: (objective _ _ _ _) (sqnorm _) (sqnorm _) dual (\sum_j _) => a b c d e; field.
Qed.

(** An atom with so much room is off. *)
Theorem screened j : G *+ 2 * sqnorm (col j D) < room j ^+ 2 -> z j 0 = 0.
Proof.
move=> clear; apply/eqP; apply: contraT => zj; move: clear; rewrite ltNge => /negP[].
have moved : correlation D y z j 0 - product j = dot (r - theta) (col j D).
  rewrite /product -subE -mulmxBr mxE dotC; apply: eq_bigr => i _; by rewrite !mxE.
have near : sqnorm (r - theta) <= G *+ 2.
  by apply: le_trans gap_safe; rewrite sqnormBC ler_addr sqnorm_ge0.
apply: le_trans (ler_wpmul2r (sqnorm_ge0 _) near).
apply: le_trans (dot_sqr_le _ _); rewrite -moved.
have g0 := feasible j; rewrite -[X in _ <= X](real_normK (num_real _)).
rewrite ler_sqr ?nnegrE //; have z0 := least.1 j; have e := (conditions j).2; move: g0; rewrite
  /room.
case: (signed) z0 => /= [_ _|z0 _].
  have -> : lam j = `|correlation D y z j 0|.
    apply: (mulIf (_ : `|z j 0| != 0)); first by rewrite normr_eq0.
    by rewrite -e -[LHS]ger0_norm ?normrM // e mulr_ge0 // ltW.
  exact: ler_sub_dist.
have <- : correlation D y z j 0 = lam j by apply: (mulIf zj); rewrite e (ger0_norm z0).
exact: ler_norm.
Qed.

(** A linear read-out: [N^2 = <v, (D^T D)^-1 v>], with [u = (D^T D)^-1 v]. *)
Theorem read_out (v u : 'cV[R]_n) : gram D D *m u = v ->
  dot v (x - z) ^+ 2 <= dot v u * (G *+ 2).
Proof.
move=> uv; have along w : dot v w = dot (D *m u) (D *m w).
  by rewrite -uv /gram -mulmxA dotC [RHS]dotC dot_adjoint.
rewrite !along; apply: le_trans (dot_sqr_le _ _) _; apply: ler_wpmul2l; first exact: sqnorm_ge0.
by apply: le_trans gap_safe; rewrite ler_addl sqnorm_ge0.
Qed.
End GapSafe.
