(** [uniqueness.null_space]: exactly when basis pursuit recovers every sparse code.

    [c(s) < 1] is written as an inequality for every null vector and every [S] of [s] atoms. *)
From sparsebound Require Import model uniqueness.null_vectors.

Section NullSpace.
Variables (R : realFieldType) (m n : nat) (D : 'M[R]_(m, n)) (S : {set 'I_n}).
Implicit Types (x z h : 'cV[R]_n).

(** Basis pursuit recovers the code: every other one of its signal has a larger l1 norm. *)
Definition recovered x := forall z, D *m z = D *m x -> z != x -> l1 x < l1 z.

(** The part of a vector on [S]. *)
Definition part h : 'cV[R]_n := \col_i (if i \in S then h i 0 else 0).

Lemma part_supported h : supported S (part h).
Proof. by move=> i /negbTE iS; rewrite mxE iS. Qed.

Lemma l1_part h : l1 (part h) = l1_on S h.
Proof.
rewrite (l1_split S) [X in _ + X]big1 ?addr0 => [|i iS]; last by rewrite part_supported ?normr0.
by apply: eq_bigr => i iS; rewrite mxE iS.
Qed.

Lemma l1_rest h : l1 (part h - h) = l1_off S h.
Proof.
rewrite (l1_split S) [X in X + _]big1 ?add0r => [|i iS]; last first.
  by rewrite !mxE iS subrr normr0.
by apply: eq_bigr => i iS; rewrite !mxE (negbTE iS) sub0r normrN.
Qed.

Theorem null_space :
  (forall x, supported S x -> recovered x) <-> null_space_property D S.
Proof.
split=> [all h Dh h0|property x support z]; last exact: (only_minimiser property support).
rewrite -l1_part -l1_rest; apply: all; first exact: part_supported.
  by rewrite mulmxBr Dh subr0.
by apply: contra h0 => /eqP e; rewrite -[h](subKr (part h)) e subrr.
Qed.

(** Backwards, where [c(s) >= 1]: another representation whose l1 norm is not larger. *)
Theorem counterexample h : D *m h = 0 -> l1_off S h <= l1_on S h ->
  D *m (part h - h) = D *m part h /\ l1 (part h - h) <= l1 (part h).
Proof. by move=> Dh le; rewrite mulmxBr Dh subr0 l1_part l1_rest. Qed.
End NullSpace.
