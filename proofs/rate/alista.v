(** [rate.alista]: weights of least cross coherence have the best rate that coherence can give. *)
From sparsebound Require Import model rate.network rate.unfolded rate.row_sums.
From sparsebound Require dictionary.cross_coherence.

Section Alista.
Variables (R : realFieldType) (m n : nat) (D W : 'M[R]_(m, n)).
Variables (x : 'cV[R]_n) (e : 'cV[R]_m).
Variables (K : nat) (h : nat -> 'I_n -> R -> R) (xs : nat -> 'cV[R]_n) (nu : R) (b : nat -> R).
Let mu := cross_coherence W D.
Let s := sparsity x.
Let q := mu *+ (2 * s).-1.

(** Any weights with [<w_i, d_i> = 1]. *)
Theorem coupled :
  normalised W D ->
  (forall i, `|(W^T *m e) i 0| <= nu) ->
  (forall i, `|x i 0| <= b 0%N) ->
  (forall k, (k < K)%N -> b k.+1 = q * b k + nu *+ 2) ->
  (forall k i, (k < K)%N -> thresholding (mu *+ s * b k + nu) (h k i)) ->
  xs 0%N = 0 ->
  (forall k, (k < K)%N -> layer D W (D *m x + e) (h k) (xs k) (xs k.+1)) ->
  forall k, (k <= K)%N ->
  (forall i, `|xs k i 0 - x i 0| <= b k) /\ supported (supp x) (xs k).
Proof.
move=> diagonal noise bounded recursion.
apply: (unfolded_exact (@supported_supp _ _ x) noise (inside := mu *+ s.-1)) => //.
- exact: tau_in_le_mu.
- exact: tau_out_le_mu.
- by move=> k kK; rewrite recursion // /q -twice_less_one mulrnDr.
Qed.

Theorem alista :
  unit_atoms D -> cross_coherence.analytic W D ->
  (forall i, `|(W^T *m e) i 0| <= nu) ->
  (forall i, `|x i 0| <= b 0%N) ->
  (forall k, (k < K)%N -> b k.+1 = q * b k + nu *+ 2) ->
  (forall k i, (k < K)%N -> thresholding (mu *+ s * b k + nu) (h k i)) ->
  xs 0%N = 0 ->
  (forall k, (k < K)%N -> layer D W (D *m x + e) (h k) (xs k) (xs k.+1)) ->
  (forall k, (k <= K)%N ->
   (forall i, `|xs k i 0 - x i 0| <= b k) /\ supported (supp x) (xs k)) /\
  q <= coherence D *+ (2 * s).-1.
Proof.
move=> unit analytic *; split; first by apply: coupled => //; exact: analytic.1.
exact: ler_wmuln2r (cross_coherence.cross_coherence unit analytic).
Qed.
End Alista.
