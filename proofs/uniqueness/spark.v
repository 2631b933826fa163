(** [uniqueness.spark]: a code with fewer nonzeros than half the spark is the sparsest one. *)
From sparsebound Require Import model dictionary.spark_coherence uniqueness.null_vectors.

Section Spark.
Variables (R : realFieldType) (m n : nat) (D : 'M[R]_(m, n)) (x z : 'cV[R]_n) (k : nat).
Hypothesis spark_k : is_spark D k.
Hypothesis same_signal : D *m z = D *m x.
Hypothesis other : z != x.

Theorem spark_sum : (k <= sparsity x + sparsity z)%N.
Proof.
rewrite addnC; apply: leq_trans (sparsityB z x).
exact: spark_k.1 (null_difference same_signal) (difference_neq0 other).
Qed.

Theorem spark : (2 * sparsity x < k)%N -> (sparsity x < sparsity z)%N.
Proof.
by move=> few; have := leq_trans few spark_sum; rewrite mul2n -addnn ltn_add2l.
Qed.
End Spark.

(** Independent atoms have spark [n + 1], and every code is the only one. *)
Lemma not_vacuous (R : realFieldType) n : is_spark (1%:M : 'M[R]_n) n.+1.
Proof. by split; [move=> h; rewrite mul1mx => -> /eqP | left]. Qed.

(** Sharp: where [2 ||x||_0] is the spark, another code may have as few nonzeros. *)
Lemma sharp (R : realFieldType) (D : 'M[R]_(1, 2) := const_mx 1)
    (x : 'cV[R]_2 := delta_mx 0 0) (z : 'cV[R]_2 := delta_mx 1 0) :
  is_spark D (2 * sparsity x) /\ D *m z = D *m x /\ z != x /\ sparsity z = sparsity x.
Proof.
have [Dz [zx [x1 z1]]] := atom_twice R; have [_ [two _]] := spark_coherence.sharp R.
by rewrite x1 z1.
Qed.
