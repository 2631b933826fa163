(** [rate.depth]: how many layers are enough for a tolerance. *)
From sparsebound Require Import model rate.network rate.unfolded.

Section Depth.
Variables (R : realFieldType) (m n : nat) (D W : 'M[R]_(m, n)).
Variables (x : 'cV[R]_n) (e : 'cV[R]_m) (S : {set 'I_n}).
Variables (h : nat -> 'I_n -> R -> R) (xs : nat -> 'cV[R]_n) (nu B tol : R).
Let q := tau_in D W S + tau_out D W S.
Let c := nu *+ 2 / (1 - q).

(** The solution of [b_{k+1} = q b_k + 2 nu]. *)
Definition bound k := c + q ^+ k * (B - c).

Lemma q_ge0 : 0 <= q. Proof. by rewrite addr_ge0 ?block_ge0. Qed.

Lemma bound_step k : q != 1 -> bound k.+1 = q * bound k + nu *+ 2.
Proof.
rewrite eq_sym -subr_eq0 => q1.
have -> : nu *+ 2 = (1 - q) * c by rewrite mulrC divfK.
by rewrite /bound exprS; ring.
Qed.

Theorem depth K :
  q < 1 -> c < tol -> tol < B -> c + q ^+ K * (B - c) <= tol ->
  supported S x ->
  (forall i, `|(W^T *m e) i 0| <= nu) ->
  (forall i, `|x i 0| <= B) ->
  (forall k i, thresholding (tau_out D W S * bound k + nu) (h k i)) ->
  xs 0%N = 0 ->
  (forall k, layer D W (D *m x + e) (h k) (xs k) (xs k.+1)) ->
  forall k, (K <= k)%N -> (forall i, `|xs k i 0 - x i 0| <= tol) /\ supported S (xs k).
Proof.
move=> q1 ctol tolB enough support noise bounded activation start step k Kk.
have b0 : B = bound 0 by rewrite /bound expr0 mul1r addrC subrK.
have [] := @unfolded_exact _ _ _ D W x e S k h xs nu _ _ bound support noise (lexx _) (lexx _) _ _ _
  start _ k (leqnn k) => //.
- by move=> j; rewrite -b0.
- by move=> j _; rewrite bound_step ?lt_eqF.
move=> le false_positives; split=> // i; apply: le_trans (le i) _; apply: le_trans enough.
rewrite /bound ler_add2l; apply: ler_wpmul2r; first by rewrite subr_ge0 ltW // (lt_trans ctol).
by rewrite ler_wiexpn2l // ?q_ge0 // ltW.
Qed.

(** One layer fewer is too few for the bound, if [K] is the first that is enough. *)
Lemma bound_falls k : q < 1 -> c <= B -> bound k.+1 <= bound k.
Proof.
move=> q1 cB; rewrite /bound ler_add2l; apply: ler_wpmul2r; first by rewrite subr_ge0.
by rewrite ler_wiexpn2l // ?q_ge0 // ltW.
Qed.
End Depth.
