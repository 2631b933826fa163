(** What a row of [D^T D] says of a vector: of one with [D h = 0], and of the length of [D h]. *)
From sparsebound Require Import model.

Section Rows.
Variables (R : realFieldType) (m n : nat) (D : 'M[R]_(m, n)).
Hypothesis unit : unit_atoms D.
Implicit Types (h : 'cV[R]_n) (i j : 'I_n).

Lemma exists_largest h : h != 0 ->
  exists2 i, 0 < `|h i 0| & forall j, `|h j 0| <= `|h i 0|.
Proof.
move=> h0; have [i0 hi0] : exists i, h i 0 != 0.
  apply/existsP; apply: contraR h0; rewrite negb_exists => /forallP zero.
  by apply/eqP/matrixP => i j; rewrite ord1 mxE; apply/eqP; have := zero i; rewrite negbK.
pose i := [arg max_(j > i0) `|h j 0|]%O; have big j : `|h j 0| <= `|h i 0|.
  by rewrite /i; case: arg_maxP => // k _; exact.
by exists i => //; apply: lt_le_trans (big i0); rewrite normr_gt0.
Qed.

(** The row of the largest entry of a null vector has a large sum over its other entries. *)
Lemma null_vector_row h : D *m h = 0 -> h != 0 ->
  exists2 i, i \in supp h & 1 <= \sum_(j in supp h :\ i) `|gram D D i j|.
Proof.
move=> Dh /exists_largest[i hi big]; have iS : i \in supp h by rewrite inE -normr_gt0.
exists i => //; rewrite -(ler_pmul2r hi) mul1r {1}(null_row i unit Dh) normrN.
apply: le_trans (ler_norm_sum _ _ _) _; rewrite mulr_suml.
rewrite (bigID (fun j => j \in supp h)) /= [X in _ + X]big1 ?addr0; last first.
  by move=> j /andP[_ /suppP->]; rewrite mulr0 normr0.
rewrite (eq_bigl (fun j => j \in supp h :\ i)) => [|j]; last by rewrite in_setD1.
by apply: ler_sum => j _; rewrite normrM ler_wpmul2l.
Qed.

(** Gershgorin's theorem for the quadratic form of [D^T D] on a support. *)
Lemma quadratic_form h c :
  (forall i, i \in supp h -> \sum_(j in supp h :\ i) `|gram D D i j| <= c) ->
  `|sqnorm (D *m h) - sqnorm h| <= c * sqnorm h.
Proof.
move=> row; pose F i j := if (j \in supp h :\ i) && (i \in supp h) then `|gram D D i j| else 0.
have Fsym i j : F i j = F j i.
  by rewrite /F !in_setD1 eq_sym gramC andbAC; case: (_ == _); rewrite //= ?[_ && (i \in _)]andbC.
have F0 i j : 0 <= F i j by rewrite /F; case: ifP.
have -> : sqnorm (D *m h) - sqnorm h = \sum_i h i 0 * \sum_(j | j != i) gram D D i j * h j 0.
  rewrite [X in X - _]dot_gram -sumrB; apply: eq_bigr => i _.
  by rewrite (bigD1 i) //= unit mul1r mulrDr addrC addKr.
have small : `|\sum_i h i 0 * \sum_(j | j != i) gram D D i j * h j 0| <=
    \sum_i \sum_j F i j * (`|h i 0| * `|h j 0|).
  apply: le_trans (ler_norm_sum _ _ _) _; apply: ler_sum => i _; rewrite normrM.
  apply: le_trans (ler_wpmul2l (normr_ge0 _) (ler_norm_sum _ _ _)) _.
  rewrite mulr_sumr [X in X <= _]big_mkcond; apply: ler_sum => j _; rewrite /F in_setD1 normrM.
  have [->|hi] := eqVneq (h i 0) 0; first by rewrite normr0 !mul0r mulr0 if_same.
  have [->|hj] := eqVneq (h j 0) 0; first by rewrite normr0 !mulr0 if_same.
  by rewrite !inE hi hj !andbT; case: ifP => _; rewrite ?mul0r // mulrCA.
have rows : \sum_i \sum_j F i j * h i 0 ^+ 2 <= c * sqnorm h.
  rewrite mulr_sumr; apply: ler_sum => i _; rewrite -mulr_suml -expr2.
  have [/suppP->|/negPn iS] := boolP (i \notin supp h); first by rewrite expr0n !mulr0.
  apply: ler_wpmul2r; first exact: sqr_ge0.
  apply: le_trans (row i iS); rewrite [X in _ <= X]big_mkcond /=.
  by apply: ler_sum => j _; rewrite /F iS andbT.
apply: le_trans small _; rewrite -(ler_pmuln2r (ltn0Sn 1)).
apply: le_trans (ler_add rows rows); rewrite [X in _ <= _ + X]exchange_big -big_split -sumrMnl /=.
apply: ler_sum => i _; rewrite -big_split -sumrMnl /=; apply: ler_sum => j _.
rewrite [F j i]Fsym -mulrDr -mulrnAr; apply: ler_wpmul2l => //.
by rewrite -(real_normK (num_real (h i 0))) -(real_normK (num_real (h j 0))) mean_le.
Qed.
End Rows.
