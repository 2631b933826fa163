(** [dictionary.spark_coherence]: dependent atoms are many, or coherent. *)
From sparsebound Require Import model dictionary.rows.

Section SparkCoherence.
Variables (R : realFieldType) (m n : nat) (D : 'M[R]_(m, n)).
Hypothesis unit : unit_atoms D.
Implicit Types h : 'cV[R]_n.

(** Of every null vector. *)
Lemma null_vector_babel h : D *m h = 0 -> h != 0 -> 1 <= babel D D (sparsity h).-1.
Proof.
move=> Dh h0; have [i iS le] := null_vector_row unit Dh h0; apply: le_trans le _.
by apply: le_babel; [rewrite in_setD1 eqxx | rewrite /sparsity (cardsD1 i (supp h)) iS].
Qed.

Lemma null_vector_coherence h : D *m h = 0 -> h != 0 -> 1 <= coherence D *+ (sparsity h).-1.
Proof.
by move=> Dh h0; apply: le_trans (null_vector_babel Dh h0) _; exact: babel_le_cross_coherence.
Qed.

(** [1 + 1/mu <= spark], and [min {k : mu1(k-1) >= 1} <= spark]. *)
Theorem spark_coherence k : is_spark D k -> (k <= n)%N ->
  1 <= coherence D *+ k.-1 /\ 1 <= babel D D k.-1.
Proof.
move=> [_ [->|[h [Dh h0 <-]]]]; first by rewrite ltnn.
by split; [exact: null_vector_coherence | exact: null_vector_babel].
Qed.
End SparkCoherence.

(** Sharp: one atom twice, the regular simplex on the line. *)
Lemma sharp (R : realFieldType) (D : 'M[R]_(1, 2) := const_mx 1) :
  unit_atoms D /\ is_spark D 2 /\ coherence D *+ 1 = 1.
Proof.
have one i j : gram D D i j = 1 by rewrite /gram mxE big_ord1 !mxE mulr1.
have sum (h : 'cV_2) : (D *m h) 0 0 = h 0 0 + h 1 0.
  by rewrite mxE !big_ord_recl big_ord0 !mxE !mul1r addr0; congr (_ + h _ _); exact/val_inj.
split; [by move=> i; exact: one | split]; last first.
  apply/le_anti; rewrite mulr1n; apply/andP; split.
    by apply: largest_le => [|p _]; rewrite ?ler01 ?one ?normr1.
  by have := le_coherence D (i := 0) (j := 1); rewrite one normr1; exact.
have both (h : 'cV_2) : h 0 0 != 0 -> h 1 0 != 0 -> sparsity h = 2%N.
  move=> h0 h1; rewrite /sparsity (_ : supp h = setT) ?cardsT ?card_ord //.
  apply/setP => i; rewrite !inE; case: i => [[|[|//]] p].
    by rewrite (_ : Ordinal p = 0) //; exact/val_inj.
  by rewrite (_ : Ordinal p = 1) //; exact/val_inj.
split=> [h Dh|].
  have eq : h 0 0 = - h 1 0.
    by apply/eqP; rewrite -addr_eq0 -sum Dh mxE.
  have [z|nz] := eqVneq (h 1 0) 0; last by rewrite both // eq oppr_eq0.
  case/eqP; apply/matrixP => i j; rewrite ord1 mxE; case: i => [[|[|//]] p].
    by rewrite (_ : Ordinal p = 0) ?eq ?z ?oppr0 //; exact/val_inj.
  by rewrite (_ : Ordinal p = 1) //; exact/val_inj.
right; exists (\col_i (if i == 0 then 1 else -1)); split.
- by apply/matrixP => i j; rewrite !ord1 sum !mxE subrr.
- apply/eqP => /matrixP/(_ 0 0)/eqP; rewrite !mxE; exact/negP/oner_neq0.
- by rewrite both // !mxE ?oppr_eq0 oner_neq0.
Qed.
