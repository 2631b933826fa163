(** [training.path_monotone]: along the path of a penalty, the penalty falls and the misfit rises.
    *)
From sparsebound Require Import model.
From sparsebound Require lasso.

Section PathMonotone.
Variables (R : realFieldType) (T : Type) (f Omega : T -> R) (lam1 lam2 : R) (x1 x2 : T).
Hypothesis order : 0 < lam1 < lam2.
Hypothesis least1 : forall x, f x1 + lam1 * Omega x1 <= f x + lam1 * Omega x.
Hypothesis least2 : forall x, f x2 + lam2 * Omega x2 <= f x + lam2 * Omega x.

Theorem path_monotone : Omega x2 <= Omega x1 /\ f x1 <= f x2.
Proof.
have /andP[lam0 lt] := order; have penalty : Omega x2 <= Omega x1.
  have pos : 0 < lam2 - lam1 by rewrite subr_gt0.
  rewrite -(ler_pmul2l pos).
  by apply: (le_from (ler_add (least1 x2) (least2 x1))); ring.
split=> //; rewrite -subr_ge0; apply: le_trans (_ : 0 <= lam1 * (Omega x1 - Omega x2)) _.
  by rewrite mulr_ge0 ?subr_ge0 // ltW.
by apply: (le_from (least1 x2)); ring.
Qed.
End PathMonotone.

Section Lasso.
Variables (R : realFieldType) (m n : nat) (D : 'M[R]_(m, n)) (y : 'cV[R]_m) (lam1 lam2 : R).
Variables x1 x2 : 'cV[R]_n.

(** For the Lasso, by how much. *)
Theorem distance : 0 < lam1 -> 0 < lam2 ->
  lasso.minimiser D y (fun=> lam1) true x1 -> lasso.minimiser D y (fun=> lam2) true x2 ->
  sqnorm (D *m (x1 - x2)) <= (lam2 - lam1) * (l1 x1 - l1 x2).
Proof.
move=> lam10 lam20 least1 least2.
have fact lam (x z : 'cV[R]_n) : 0 < lam -> lasso.minimiser D y (fun=> lam) true z ->
    dot (lasso.correlation D y z) (x - z) <= lam * (l1 x - l1 z).
  move=> lam0 least.
  have := lasso.minimiser_prices (fun=> lam0) least (x := x) (fun=> isT).
  have priced (u : 'cV[R]_n) : \sum_j lasso.price D y (fun=> lam) z j (u j 0) =
      lam * l1 u - dot (lasso.correlation D y z) u.
    by rewrite mulr_sumr -sumrB.
  by rewrite !priced dotBr => le; apply: (le_from le); ring.
have first := fact lam1 x2 x1 lam10 least1; have second := fact lam2 x1 x2 lam20 least2.
have -> : sqnorm (D *m (x1 - x2)) =
    dot (lasso.correlation D y x1) (x2 - x1) + dot (lasso.correlation D y x2) (x1 - x2).
  have moved : D *m (x1 - x2) = lasso.residual D y x2 - lasso.residual D y x1.
    by rewrite /lasso.residual mulmxBr opprB [RHS]addrC [RHS]addrA subrK.
  rewrite -(opprB x1 x2) dotNr /lasso.correlation !(dotC (D^T *m _)) -!dot_adjoint.
  by rewrite [RHS]addrC -dotBr -moved.
by apply: (le_from (ler_add first second)); ring.
Qed.
End Lasso.
