(** [uniqueness.coherence]: a code sparse enough for the coherence is the sparsest one. *)
From sparsebound Require Import model dictionary.spark_coherence uniqueness.null_vectors.

Section Coherence.
Variables (R : realFieldType) (m n : nat) (D : 'M[R]_(m, n)) (x z : 'cV[R]_n).
Hypothesis unit : unit_atoms D.
Hypothesis same_signal : D *m z = D *m x.
Hypothesis other : z != x.

(** [||x||_0 + ||z||_0 >= 1 + 1/mu]. *)
Theorem coherence_sum : 1 <= coherence D *+ (sparsity x + sparsity z).-1.
Proof.
have Dh := null_difference same_signal.
apply: le_trans (null_vector_coherence unit Dh (difference_neq0 other)) _.
apply: ler_wpmuln2l; first exact: coherence_ge0.
by rewrite -!subn1 leq_sub2r // addnC sparsityB.
Qed.

Theorem coherence : model.coherence D *+ (2 * sparsity x).-1 < 1 -> (sparsity x < sparsity z)%N.
Proof.
move=> sparse; rewrite ltnNge; apply/negP => le; move: sparse; apply/negP; rewrite -leNgt.
apply: le_trans coherence_sum _; apply: ler_wpmuln2l; first exact: coherence_ge0.
by rewrite -!subn1 leq_sub2r // mul2n -addnn leq_add2l.
Qed.
End Coherence.

(** Of an orthonormal basis every code is the only one. *)
Lemma not_vacuous (R : realFieldType) n (x : 'cV[R]_n) :
  unit_atoms (1%:M : 'M[R]_n) /\ model.coherence (1%:M : 'M[R]_n) *+ (2 * sparsity x).-1 < 1.
Proof.
split=> [i|]; first by rewrite /gram trmx1 mulmx1 mxE eqxx.
suff -> : model.coherence (1%:M : 'M[R]_n) = 0 by rewrite mul0rn ltr01.
apply/le_anti; rewrite coherence_ge0 andbT; apply: largest_le => // -[i j] /= /negbTE ij.
by rewrite /gram trmx1 mulmx1 mxE ij normr0.
Qed.

(** Sharp: for one atom twice [(2 ||x||_0 - 1) mu = 1], and another code is as sparse. *)
Lemma sharp (R : realFieldType) (D : 'M[R]_(1, 2) := const_mx 1)
    (x : 'cV[R]_2 := delta_mx 0 0) (z : 'cV[R]_2 := delta_mx 1 0) :
  model.coherence D *+ (2 * sparsity x).-1 = 1 /\
  D *m z = D *m x /\ z != x /\ sparsity z = sparsity x.
Proof.
have [Dz [zx [x1 z1]]] := atom_twice R; have [_ [_ mu]] := spark_coherence.sharp R.
by rewrite x1 z1.
Qed.
