(** [uniqueness.nonnegative_coherence]: the nonnegative code of least sum is found. *)
From sparsebound Require Import model.

Section NonnegativeCoherence.
Variables (R : realFieldType) (m n : nat) (D : 'M[R]_(m, n)).
Implicit Types (h : 'cV[R]_n) (i j : 'I_n).

(** The largest positive inner product of two atoms, and the largest size of a negative one. *)
Definition positive_coherence : R :=
  \largest_(p : 'I_n * 'I_n | p.1 != p.2) gram D D p.1 p.2.
Definition negative_coherence : R :=
  \largest_(p : 'I_n * 'I_n | p.1 != p.2) - gram D D p.1 p.2.
Let alpha := positive_coherence.
Let beta := negative_coherence.

Lemma gram_le i j : i != j -> gram D D i j <= alpha.
Proof.
exact: (le_largest (P := fun p : 'I_n * 'I_n => p.1 != p.2)
                   (fun p => gram D D p.1 p.2) (i := (i, j))).
Qed.

Lemma gram_ge i j : i != j -> - gram D D i j <= beta.
Proof.
exact: (le_largest (P := fun p : 'I_n * 'I_n => p.1 != p.2)
                   (fun p => - gram D D p.1 p.2) (i := (i, j))).
Qed.

(** The sums of the positive and of the negative entries of a vector. *)
Let pos h i := Num.max 0 (h i 0).
Let neg h i := Num.max 0 (- h i 0).
Definition positive_sum h := \sum_i pos h i.
Definition negative_sum h := \sum_i neg h i.

Lemma pos_neg h i : h i 0 = pos h i - neg h i.
Proof.
rewrite /pos /neg; have [h0|h0] := leP 0 (h i 0).
  by rewrite (max_idPl _) ?subr0 // oppr_le0.
by rewrite (max_idPr _) ?oppr_ge0 ?ltW // sub0r opprK.
Qed.

Lemma pos_ge0 h i : 0 <= pos h i. Proof. by rewrite le_maxr lexx. Qed.
Lemma neg_ge0 h i : 0 <= neg h i. Proof. by rewrite le_maxr lexx. Qed.

Lemma sum_difference h : \sum_i h i 0 = positive_sum h - negative_sum h.
Proof. by rewrite -sumrB; apply: eq_bigr => i _; exact: pos_neg. Qed.

Hypothesis unit : unit_atoms D.

(** Row [i] of [D^T D h = 0] where the entry is negative. *)
Lemma row h i : D *m h = 0 -> h i 0 < 0 ->
  (1 + beta) * neg h i <= alpha * positive_sum h + beta * negative_sum h.
Proof.
move=> Dh hi; have own : pos h i = 0 by apply/max_idPl/ltW.
have negE : neg h i = - h i 0 by rewrite pos_neg own sub0r opprK.
have le : neg h i <=
    alpha * (\sum_(j | j != i) pos h j) + beta * (\sum_(j | j != i) neg h j).
  have -> : alpha * (\sum_(j | j != i) pos h j) + beta * (\sum_(j | j != i) neg h j) =
      \sum_(j | j != i) (alpha * pos h j + beta * neg h j) by rewrite big_split /= -!mulr_sumr.
  rewrite negE (null_row i unit Dh) opprK; apply: ler_sum => j ji.
  rewrite (pos_neg h j) mulrBr -mulNr; apply: ler_add; apply: ler_wpmul2r;
    rewrite ?pos_ge0 ?neg_ge0 //; [apply: gram_le | apply: gram_ge]; by rewrite eq_sym.
have -> : positive_sum h = \sum_(j | j != i) pos h j by rewrite /positive_sum (bigD1 i) //= own
  add0r.
have -> : negative_sum h = neg h i + \sum_(j | j != i) neg h j by rewrite /negative_sum (bigD1 i).
by apply: (le_from le); move: (neg h i) (\sum_(j | _) pos h j) (\sum_(j | _) neg h j) => a b c;
  ring.
Qed.

(** The value that decides is at most [s alpha / (1 + beta - s beta)]. *)
Theorem value (S : {set 'I_n}) h : D *m h = 0 -> (forall i, i \notin S -> 0 <= h i 0) ->
  (1 + beta) * negative_sum h <= (alpha * positive_sum h + beta * negative_sum h) *+ #|S|.
Proof.
move=> Dh off; have beta0 : 0 <= beta := largest_ge0 _ _.
have alpha0 : 0 <= alpha := largest_ge0 _ _.
have -> : negative_sum h = \sum_(i in S) neg h i.
  rewrite /negative_sum (bigID (fun i => i \in S)) /= [X in _ + X]big1 ?addr0 // => i iS.
  by apply/max_idPl; rewrite oppr_le0 off.
rewrite -sumr_const mulr_sumr; apply: ler_sum => i iS.
have -> : \sum_(i in S) neg h i = negative_sum h.
  rewrite /negative_sum [RHS](bigID (fun i => i \in S)) /= [X in _ = _ + X]big1 ?addr0 // => j jS.
  by apply/max_idPl; rewrite oppr_le0 off.
have [hi|hi] := ltP (h i 0) 0; first exact: row.
have -> : neg h i = 0 by apply/max_idPl; rewrite oppr_le0.
by rewrite mulr0 addr_ge0 // mulr_ge0 // sumr_ge0 // => j _; rewrite ?pos_ge0 ?neg_ge0.
Qed.

Theorem nonnegative_coherence (x z : 'cV[R]_n) :
  (alpha + beta) *+ sparsity x < 1 + beta ->
  (forall i, 0 <= x i 0) -> (forall i, 0 <= z i 0) -> D *m z = D *m x -> z != x ->
  \sum_i x i 0 < \sum_i z i 0.
Proof.
move=> sparse x0 z0 Dz zx; pose h := z - x.
have Dh : D *m h = 0 by rewrite mulmxBr Dz subrr.
have off i : i \notin supp x -> 0 <= h i 0 by move=> /suppP xi; rewrite subE xi subr0.
have le := value Dh off; rewrite -subr_gt0 -sumrB (eq_bigr (fun i => h i 0)) => [|i _]; last first.
  by rewrite subE.
rewrite sum_difference subr_gt0 ltNge; apply/negP => large.
have neg0 : 0 <= negative_sum h by apply: sumr_ge0 => i _; exact: neg_ge0.
have alpha0 : 0 <= alpha := largest_ge0 _ _.
have more : (1 + beta) * negative_sum h <= (alpha + beta) *+ sparsity x * negative_sum h.
  apply: le_trans le _; rewrite mulrnAl ler_wmuln2r // mulrDl ler_add2r.
  exact: ler_wpmul2l.
have none : negative_sum h = 0.
  apply/eqP; rewrite eq_le neg0 andbT leNgt; apply/negP => gt0.
  by move: more; rewrite ler_pmul2r // leNgt sparse.
have zero i : h i 0 = 0.
  have posz : positive_sum h = 0.
    by apply/le_anti; rewrite -{1}none large sumr_ge0 // => j _; exact: pos_ge0.
  rewrite pos_neg (psumr_eq0P (P := xpredT) (fun j _ => pos_ge0 h j) posz) //.
  by rewrite (psumr_eq0P (P := xpredT) (fun j _ => neg_ge0 h j) none) // subrr.
by case/eqP: zx; apply/matrixP => i j; rewrite ord1; apply/eqP; rewrite -subr_eq0 -subE zero.
Qed.
End NonnegativeCoherence.

(** Of an orthonormal basis every nonnegative code is the only one. *)
Lemma not_vacuous (R : realFieldType) n (x : 'cV[R]_n) (D : 'M[R]_n := 1%:M) :
  unit_atoms D /\
  (positive_coherence D + negative_coherence D) *+ sparsity x < 1 + negative_coherence D.
Proof.
have entry i j : gram D D i j = (i == j)%:R by rewrite /gram trmx1 mul1mx mxE.
split=> [i|]; first by rewrite entry eqxx.
have -> : positive_coherence D = 0.
  apply/le_anti; rewrite largest_ge0 andbT; apply: largest_le => // -[i j] /= /negbTE ij.
  by rewrite entry ij.
have -> : negative_coherence D = 0.
  apply/le_anti; rewrite largest_ge0 andbT; apply: largest_le => // -[i j] /= /negbTE ij.
  by rewrite entry ij oppr0.
by rewrite !addr0 mul0rn ltr01.
Qed.
