(** Two codes of one signal differ by a null vector. *)
From sparsebound Require Import model.

Section NullVectors.
Variables (R : realFieldType) (m n : nat) (D : 'M[R]_(m, n)).
Implicit Types (x z h : 'cV[R]_n) (S : {set 'I_n}).

Lemma null_difference x z : D *m z = D *m x -> D *m (z - x) = 0.
Proof. by move=> Dz; rewrite mulmxBr Dz subrr. Qed.

Lemma difference_neq0 x z : z != x -> z - x != 0.
Proof. by rewrite subr_eq0. Qed.

(** What basis pursuit needs of a support: on it, null vectors have the smaller part. *)
Definition null_space_property S :=
  forall h, D *m h = 0 -> h != 0 -> l1_on S h < l1_off S h.

Lemma only_minimiser S x z : null_space_property S -> supported S x ->
  D *m z = D *m x -> z != x -> l1 x < l1 z.
Proof.
move=> property support Dz zx; have := property _ (null_difference Dz) (difference_neq0 zx).
rewrite !(l1_split S) => small.
have on : l1_on S x <= l1_on S z + l1_on S (z - x).
  rewrite -big_split; apply: ler_sum => i _.
  by rewrite !mxE -[X in `|X| <= _](subKr (z i 0)) ler_norm_sub.
have off : l1_off S (z - x) = l1_off S z.
  by apply: eq_bigr => i iS; rewrite !mxE support // subr0.
have none : l1_off S x = 0 by apply: big1 => i iS; rewrite support ?normr0.
by rewrite none addr0; apply: le_lt_trans on _; rewrite ltr_add2l -off.
Qed.
End NullVectors.

(** One atom twice: two codes of one nonzero each have the same signal. *)
Lemma atom_twice (R : realFieldType) (D : 'M[R]_(1, 2) := const_mx 1)
    (x : 'cV[R]_2 := delta_mx 0 0) (z : 'cV[R]_2 := delta_mx 1 0) :
  D *m z = D *m x /\ z != x /\ sparsity x = 1%N /\ sparsity z = 1%N.
Proof.
have one (i : 'I_2) : sparsity (delta_mx i 0 : 'cV[R]_2) = 1%N.
  rewrite /sparsity (_ : supp _ = [set i]) ?cards1 //; apply/setP => j.
  by rewrite !inE mxE eqxx andbT; case: (j == i); rewrite ?oner_eq0 ?eqxx.
split; last split; rewrite ?one //; last first.
  by apply/eqP => /matrixP/(_ 0 0); rewrite !mxE /= => /eqP; rewrite eq_sym oner_eq0.
by apply/matrixP => i j; rewrite !mxE !big_ord_recl !big_ord0 !mxE !ord1 /=; ring.
Qed.
