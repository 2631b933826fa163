(** The Lasso and its nonnegative form: conditions of optimality, and what they are worth.

    The objective is [1/2 ||y - D z||^2 + sum_j lam_j |z_j|], over all [z], or over [z >= 0]. *)
From sparsebound Require Import model.

Section Lasso.
Variables (R : realFieldType) (m n : nat) (D : 'M[R]_(m, n)) (y : 'cV[R]_m) (lam : 'I_n -> R).
(** Whether entries may be negative. *)
Variable signed : bool.
Implicit Types (x z h : 'cV[R]_n) (j : 'I_n).

Definition allowed x := forall j, signed || (0 <= x j 0).
Definition penalty x : R := \sum_j lam j * `|x j 0|.
Definition misfit x : R := sqnorm (y - D *m x) / 2%:R.
Definition objective x : R := misfit x + penalty x.
Definition minimiser z := allowed z /\ forall x, allowed x -> objective z <= objective x.

(** What is left, its products with the atoms, and the gap of an atom. *)
Definition residual z := y - D *m z.
Definition correlation z : 'cV[R]_n := D^T *m residual z.
Definition gap z j : R :=
  lam j - (if signed then `|correlation z j 0| else correlation z j 0).

(** The conditions of optimality. *)
Definition optimal z :=
  allowed z /\ forall j, 0 <= gap z j /\ correlation z j 0 * z j 0 = lam j * `|z j 0|.

(** What an entry [t] of another code costs beside what it gains. *)
Definition price z j (t : R) : R := lam j * `|t| - correlation z j 0 * t.

Hypothesis positive : forall j, 0 < lam j.

Lemma gap_price z x j : allowed x -> gap z j * `|x j 0| <= price z j (x j 0).
Proof.
move=> /(_ j); rewrite /price /gap; case: (signed) => /= [_|x0].
  by rewrite mulrBl ler_add2l ler_opp2 -normrM ler_norm.
by rewrite (ger0_norm x0) mulrBl.
Qed.

Lemma price_ge0 z x j : 0 <= gap z j -> allowed x -> 0 <= price z j (x j 0).
Proof. by move=> g0 /(gap_price z j); apply: le_trans; rewrite mulr_ge0. Qed.

(** The objective falls short of its value at [x] by the distance of the fits, and by prices. *)
Lemma objective_gap z x : (forall j, correlation z j 0 * z j 0 = lam j * `|z j 0|) ->
  objective x = objective z + sqnorm (D *m (x - z)) / 2%:R + \sum_j price z j (x j 0).
Proof.
move=> active; have -> : \sum_j price z j (x j 0) = penalty x - dot (correlation z) x.
  by rewrite /penalty /dot -sumrB.
have own : dot (correlation z) z = penalty z by apply: eq_bigr => j _; exact: active.
have fits : y - D *m x = residual z - D *m (x - z).
  by rewrite /residual mulmxBr opprB addrA subrK.
have cross : dot (residual z) (D *m (x - z)) = dot (correlation z) x - dot (correlation z) z.
  by rewrite dotC dot_adjoint dotBl !(dotC _ (correlation z)).
rewrite /objective /misfit fits sqnormB cross own -/(residual z).
by field.
Qed.

(** The conditions are enough... *)
Theorem optimal_minimiser z : optimal z -> minimiser z.
Proof.
move=> [z0 conditions]; split=> // x x0; rewrite (@objective_gap z x) => [|j]; last exact:
  (conditions j).2.
rewrite -addrA ler_addl addr_ge0 ?divr_ge0 ?sqnorm_ge0 ?ler0n //.
by apply: sumr_ge0 => j _; apply: price_ge0 => //; exact: (conditions j).1.
Qed.

(** ... and necessary: along every direction that is allowed the objective has to rise. *)
Lemma minimiser_prices z x : minimiser z -> allowed x ->
  \sum_j price z j (z j 0) <= \sum_j price z j (x j 0).
Proof.
move=> [z0 least] x0; set A := \sum_j price z j (x j 0) - \sum_j price z j (z j 0).
rewrite -subr_ge0 -/A leNgt; apply/negP => A0.
pose Q := sqnorm (D *m (x - z)); have Q0 : 0 <= Q := sqnorm_ge0 _.
have [t [t0 t1 tQ]] : exists t, [/\ 0 < t, t <= 1 & t * Q <= - A].
  have den : 0 < Q - A by rewrite ltr_spaddr // oppr_gt0.
  exists (- A / (Q - A)); split; first by rewrite divr_gt0 // oppr_gt0.
    by rewrite ler_pdivr_mulr // mul1r ler_addr.
  by rewrite mulrAC ler_pdivr_mulr // ler_wpmul2l ?oppr_ge0 ?ltW // ltr_addl oppr_gt0.
pose w : 'cV[R]_n := z + t *: (x - z).
have wE j : w j 0 = (1 - t) * z j 0 + t * x j 0 by rewrite /w !mxE; move: (x j 0) (z j 0) => c d;
  ring.
have w0 : allowed w.
  move=> j; case/orP: (z0 j) => [->//|zj]; case/orP: (x0 j) => [->//|xj]; apply/orP; right.
  by rewrite wE addr_ge0 // mulr_ge0 // ?subr_ge0 ?(ltW t0).
have pen : penalty w <= (1 - t) * penalty z + t * penalty x.
  rewrite /penalty !mulr_sumr -big_split; apply: ler_sum => j _ /=; rewrite wE.
  have t0' := ltW t0; have s0 : 0 <= 1 - t by rewrite subr_ge0.
  have le := ler_norm_add ((1 - t) * z j 0) (t * x j 0).
  rewrite !normrM (ger0_norm t0') (ger0_norm s0) in le.
  by apply: (le_from (ler_wpmul2l (ltW (positive j)) le)); move: (lam j) `|z j 0| `|x j 0| `|_ + _|
    => a b c d; ring.
have fit : misfit w = misfit z - t * (dot (correlation z) x - dot (correlation z) z)
    + t ^+ 2 * Q / 2%:R.
  have fitted : y - D *m w = residual z - t *: (D *m (x - z)).
    by rewrite /residual /w mulmxDr -scalemxAr opprD addrA.
  have cross : dot (residual z) (D *m (x - z)) = dot (correlation z) x - dot (correlation z) z.
    by rewrite dotC dot_adjoint dotBl !(dotC _ (correlation z)).
  by rewrite /misfit fitted sqnormB sqnormZ dotZr cross -/(residual z) -/Q; field.
have priced (u : 'cV[R]_n) : \sum_j price z j (u j 0) = penalty u - dot (correlation z) u.
  by rewrite /penalty /dot -sumrB.
have AE : A = penalty x - dot (correlation z) x - (penalty z - dot (correlation z) z).
  by rewrite /A !priced.
have := least w w0; apply/negP; rewrite -ltNge /objective fit.
have step : t * A + t ^+ 2 * Q / 2%:R < 0.
  have half : t * (t * Q) / 2%:R <= t * (- A) / 2%:R.
    by rewrite ler_pmul2r ?invr_gt0 ?ltr0n // ler_pmul2l.
  have neg : t * A / 2%:R < 0 by rewrite pmulr_llt0 ?invr_gt0 ?ltr0n // pmulr_rlt0.
  by apply: (lt_from (ler_lt_add half neg)); field.
by apply: (lt_from (ler_lt_add pen step)); rewrite AE; ring.
Qed.

Theorem minimiser_optimal z : minimiser z -> optimal z.
Proof.
move=> min; have z0 := min.1; split=> // j.
(* another value t of the entry j *)
pose moved t : 'cV[R]_n := \col_i (if i == j then t else z i 0).
have one t : signed || (0 <= t) -> price z j (z j 0) <= price z j t.
  move=> ok; have ok' : allowed (moved t).
    by move=> i; rewrite mxE; case: eqP => _ //; exact: z0.
  have := minimiser_prices min ok'; rewrite (bigD1 j) //= [X in _ <= X](bigD1 j) //= !mxE eqxx.
  rewrite [X in _ <= _ + X](eq_bigr (fun i => price z i (z i 0))) => [|i /negbTE ij]; last by
    rewrite mxE ij.
  by rewrite ler_add2r.
have doubled : price z j (z j 0 *+ 2) = price z j (z j 0) *+ 2.
  by rewrite /price normrMn; ring.
have zero : price z j (z j 0) = 0.
  apply/le_anti/andP; split.
    by have := one 0; rewrite lexx orbT {2}/price normr0 !mulr0 subrr; exact.
  have := one (z j 0 *+ 2); rewrite doubled mulr2n ler_addr; apply.
  by case/orP: (z0 j) => [->|z1] //; rewrite addr_ge0 ?orbT.
split; last by apply/eqP; rewrite eq_sym -subr_eq0 -/(price z j (z j 0)) zero.
have up : correlation z j 0 <= lam j.
  by have := one 1; rewrite zero /price normr1 !mulr1 ler01 orbT subr_ge0; exact.
rewrite /gap subr_ge0; case E: (signed) => //.
have := one (-1); rewrite zero /price normrN normr1 mulr1 mulrN1 opprK E => /(_ isT) lo.
by rewrite ler_norml up andbT -subr_ge0 opprK addrC.
Qed.
End Lasso.
