(** [stability.features]: how far features move when the signal does: an equality. *)
From sparsebound Require Import model lasso.

Section Features.
Variables (R : realFieldType) (m n : nat) (D : 'M[R]_(m, n)) (lam : 'I_n -> R) (signed : bool).
Variables (y y' : 'cV[R]_m) (z z' : 'cV[R]_n).
Hypothesis positive : forall j, 0 < lam j.
Hypothesis least : minimiser D y lam signed z.
Hypothesis least' : minimiser D y' lam signed z'.

Let r := residual D y z.
Let r' := residual D y' z'.
Let conditions := (minimiser_optimal positive least).2.
Let conditions' := (minimiser_optimal positive least').2.

(** [g_j z'_j] in general: [lam_j |z'_j| - <d_j, r> z'_j]. *)
Let cost := \sum_j price D y lam z j (z' j 0).
Let cost' := \sum_j price D y' lam z' j (z j 0).

Theorem features :
  sqnorm (y - y') = sqnorm (D *m (z - z')) + sqnorm (r - r') + cost *+ 2 + cost' *+ 2.
Proof.
have split_ : y - y' = D *m (z - z') + (r - r').
  rewrite mulmxBr /r /r' /residual; move: (D *m z) (D *m z') => u v.
  by apply/matrixP => i j; rewrite !mxE; ring.
suff cross : dot (D *m (z - z')) (r - r') = cost + cost' by rewrite split_ [LHS]sqnormD cross; ring.
have moved : D^T *m (r - r') = correlation D y z - correlation D y' z' by rewrite mulmxBr.
rewrite dot_adjoint moved -big_split; apply: eq_bigr => j _ /=; rewrite /price !subE.
by rewrite -(conditions j).2 -(conditions' j).2; ring.
Qed.

Lemma costs_ge0 : 0 <= cost /\ 0 <= cost'.
Proof.
split; apply: sumr_ge0 => j _; apply: price_ge0.
- exact: (conditions j).1.
- exact: least'.1.
- exact: (conditions' j).1.
- exact: least.1.
Qed.

(** (a) *)
Theorem fits : sqnorm (D *m (z - z')) <= sqnorm (y - y').
Proof.
have [c0 c0'] := costs_ge0; rewrite features -!addrA ler_addl.
by rewrite !addr_ge0 ?mulrn_wge0 ?sqnorm_ge0.
Qed.

(** (b) An atom that enters. *)
Theorem enters j : z j 0 = 0 -> z' j 0 != 0 ->
  gap D y lam signed z j ^+ 2 <= sqnorm (r' - r) * sqnorm (col j D).
Proof.
move=> _ z'j; have moved : correlation D y' z' j 0 - correlation D y z j 0 = dot (r' - r) (col j D).
  rewrite dotC; have -> : correlation D y' z' j 0 - correlation D y z j 0 = (D^T *m (r' - r)) j 0.
    by rewrite mulmxBr !mxE.
  by rewrite mxE; apply: eq_bigr => i _; rewrite !mxE.
apply: le_trans (dot_sqr_le _ _); rewrite -moved.
have g0 := (conditions j).1; rewrite -[X in _ <= X](real_normK (num_real _)).
rewrite ler_sqr ?nnegrE //.
have z'0 := least'.1 j; have e' := (conditions' j).2; move: g0; rewrite /gap.
case: (signed) z'0 => /= [_ _|z'0 _].
  have -> : lam j = `|correlation D y' z' j 0|.
    apply: (mulIf (_ : `|z' j 0| != 0)); first by rewrite normr_eq0.
    by rewrite -e' -[LHS]ger0_norm ?normrM // e' mulr_ge0 // ltW.
  exact: ler_sub_dist.
have <- : correlation D y' z' j 0 = lam j.
  by apply: (mulIf z'j); rewrite e' (ger0_norm z'0).
exact: ler_norm.
Qed.

(** (c) [sigma] is the square of the least singular value of the atoms of both supports. *)
Theorem codes sigma :
  (forall h, supported (supp z :|: supp z') h -> sigma * sqnorm h <= sqnorm (D *m h)) ->
  sigma * sqnorm (z - z') <= sqnorm (y - y').
Proof.
move=> bound; apply: le_trans fits; apply: bound => i iS; apply/suppP.
by apply: contraNN iS => /(subsetP (suppB z z')).
Qed.
End Features.
