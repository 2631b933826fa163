(** [uniqueness.features]: when the features of a signal are unique. *)
From sparsebound Require Import model lasso.

Section Features.
Variables (R : realFieldType) (m n : nat) (D : 'M[R]_(m, n)) (y : 'cV[R]_m) (lam : 'I_n -> R).
Variables (signed : bool) (S : {set 'I_n}) (z : 'cV[R]_n).
Hypothesis positive : forall j, 0 < lam j.
Hypothesis least : minimiser D y lam signed z.
Hypothesis support : supported S z.
Hypothesis rank : independent D S.
Hypothesis strict : forall j, j \notin S -> 0 < gap D y lam signed z j.
Implicit Types x h : 'cV[R]_n.
Let price j (t : R) := price D y lam z j t.

Let conditions := (minimiser_optimal positive least).2.

Lemma same_fit x : supported S x -> D *m x = D *m z -> x = z.
Proof.
move=> xS Dx; apply/eqP; rewrite -subr_eq0; apply/eqP; apply: rank => [i iS|].
  by rewrite !mxE xS // support // subrr.
by rewrite mulmxBr Dx subrr.
Qed.

Lemma no_price x : allowed signed x -> \sum_j price j (x j 0) <= 0 -> supported S x.
Proof.
move=> x0 free j jS; have p0 i : 0 <= price i (x i 0).
  by apply: price_ge0 => //; exact: (conditions i).1.
have none : \sum_j price j (x j 0) = 0 by apply/le_anti; rewrite free sumr_ge0.
have := gap_price D y lam z j x0; rewrite -/(price j _) (psumr_eq0P (P := xpredT) (fun i _ => p0 i)
  none) //.
by rewrite pmulr_rle0 ?strict // normr_le0 => /eqP.
Qed.

(** The only minimiser. *)
Theorem features x : minimiser D y lam signed x -> x = z.
Proof.
move=> [x0 best]; have := best z least.1.
rewrite (objective_gap _ (fun j => (conditions j).2)) -addrA ger_addl => no_worse.
have dist0 := sqnorm_ge0 (D *m (x - z)).
have half : 0 <= sqnorm (D *m (x - z)) / 2%:R by rewrite divr_ge0 ?ler0n.
have prices : 0 <= \sum_j price j (x j 0).
  by apply: sumr_ge0 => j _; apply: price_ge0 => //; exact: (conditions j).1.
apply: same_fit; first by apply: no_price => //; apply: le_trans no_worse; rewrite ler_addr.
have : sqnorm (D *m (x - z)) <= 0.
  rewrite -(ler_pmul2r (_ : 0 < 2%:R^-1)) ?invr_gt0 ?ltr0n // mul0r.
  by apply: le_trans no_worse; rewrite ler_addl.
rewrite le_eqVlt ltNge dist0 orbF sqnorm_eq0 mulmxBr subr_eq0.
by move/eqP.
Qed.

(** The only solution of basis pursuit for its own fit. *)
Theorem only_penalty x : allowed signed x -> D *m x = D *m z -> x != z ->
  penalty lam z < penalty lam x.
Proof.
move=> x0 Dx xz; rewrite ltNge; apply: contra xz => le; apply/eqP/same_fit => //.
apply: no_price => //; have same : dot (correlation D y z) x = dot (correlation D y z) z.
  by rewrite !(dotC (correlation _ _ _)) -!dot_adjoint Dx.
have own : dot (correlation D y z) z = penalty lam z.
  by apply: eq_bigr => j _; exact: (conditions j).2.
have -> : \sum_j price j (x j 0) = penalty lam x - dot (correlation D y z) x.
  by rewrite /penalty /dot -sumrB.
by rewrite same own subr_le0.
Qed.

(** Along a null vector the penalty grows at this rate. *)
Theorem growth h : D *m h = 0 -> h != 0 ->
  (forall j, j \notin S -> signed || (0 <= h j 0)) ->
  0 < \sum_(j | j \notin S) price j (h j 0).
Proof.
move=> Dh h0 ok.
have each j : j \notin S -> gap D y lam signed z j * `|h j 0| <= price j (h j 0).
  move=> jS; pose t : 'cV[R]_n := \col_i (if i == j then h j 0 else 0).
  have t0 : allowed signed t.
    by move=> i; rewrite mxE; case: eqP => _; rewrite ?ok ?lexx ?orbT.
  by have := gap_price D y lam z j t0; rewrite mxE eqxx.
have [j jS hj] : exists2 j, j \notin S & h j 0 != 0.
  have [j /andP[jS hj]|none] := pickP (fun j => (j \notin S) && (h j 0 != 0)); first by exists j.
  case/eqP: h0; apply: rank => // j jS; apply/eqP; have := none j.
  by rewrite jS => /negbFE.
have pos : 0 < price j (h j 0).
  by apply: lt_le_trans (each j jS); rewrite mulr_gt0 ?strict ?normr_gt0.
rewrite (bigD1 j) //= ltr_paddr // sumr_ge0 // => i /andP[iS _].
by apply: le_trans (each i iS); rewrite mulr_ge0 // ltW // strict.
Qed.
End Features.

(** One atom and any signal beyond its threshold. *)
Lemma not_vacuous (R : realFieldType) (lam t : R) (D y z : 'M[R]_1) :
  0 < lam -> 0 <= t -> D = 1%:M -> y = const_mx (lam + t) -> z = const_mx t ->
  minimiser D y (fun=> lam) true z /\ independent D setT.
Proof.
move=> lam0 t0 -> -> ->; split; last by move=> h _; rewrite mul1mx.
apply: optimal_minimiser => //; split=> // j.
have c : correlation 1%:M (const_mx (lam + t)) (const_mx t : 'M[R]_1) j 0 = lam.
  by rewrite /correlation trmx1 mul1mx /residual mul1mx !mxE addrK.
by rewrite /gap c !mxE (gtr0_norm lam0) subrr (ger0_norm t0).
Qed.
