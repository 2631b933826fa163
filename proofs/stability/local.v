(** [stability.local]: two codes that are sparse everywhere and explain one signal are near each
    other. *)
From sparsebound Require Import model dictionary.rows stability.p0.
From sparsebound Require rate.local uniqueness.local.

Section Local.
Variables (R : realFieldType) (m n : nat) (D : 'M[R]_(m, n)) (y : 'cV[R]_m).
Variables (x z : 'cV[R]_n) (k : nat) (eps : R).
Let s_loc := rate.local.local_sparsity D D.

Theorem local : unit_atoms D -> (s_loc x <= k)%N -> (s_loc z <= k)%N ->
  sqnorm (y - D *m x) <= eps ^+ 2 -> sqnorm (y - D *m z) <= eps ^+ 2 ->
  coherence D *+ (2 * k).-1 < 1 ->
  sqnorm (x - z) <= 4%:R * eps ^+ 2 / (1 - coherence D *+ (2 * k).-1).
Proof.
move=> unit few_x few_z fit_x fit_z small; apply: near => //; first exact: (misfits fit_x fit_z).
apply: quadratic_form => // i iS.
apply: le_trans (rate.local.row_le _ _ _) _; first by rewrite in_setD1 eqxx.
apply: ler_wpmuln2l; first exact: coherence_ge0.
have few : (s_loc (x - z) <= 2 * k)%N.
  by apply: leq_trans (uniqueness.local.local_sparsity_sub D z x) _; rewrite mul2n -addnn leq_add.
apply: leq_trans (_ : _ <= (s_loc (x - z)).-1)%N _; last by rewrite -!subn1 leq_sub2r.
exact: uniqueness.local.others_le.
Qed.
End Local.
