(** [uniqueness.lasso]: when the Lasso has one minimiser. *)
From sparsebound Require Import model lasso uniqueness.features.

Section Lasso.
Variables (R : realFieldType) (m n : nat) (D : 'M[R]_(m, n)) (y : 'cV[R]_m) (lam : R).
Variables (S : {set 'I_n}) (z : 'cV[R]_n).

Theorem lasso x : 0 < lam ->
  minimiser D y (fun=> lam) true z -> supported S z -> independent D S ->
  (forall j, j \notin S -> `|correlation D y z j 0| < lam) ->
  minimiser D y (fun=> lam) true x -> x = z.
Proof.
move=> lam0 least support rank strict; apply: (features _ least support rank) => // j jS.
by rewrite /gap subr_gt0 strict.
Qed.

(** Along every null vector the l1 norm grows faster than the fit allows. *)
Theorem growth (h : 'cV[R]_n) : 0 < lam ->
  minimiser D y (fun=> lam) true z -> supported S z -> independent D S ->
  (forall j, j \notin S -> `|correlation D y z j 0| < lam) ->
  D *m h = 0 -> h != 0 ->
  0 < \sum_(j | j \notin S) (lam * `|h j 0| - correlation D y z j 0 * h j 0).
Proof.
move=> lam0 least support rank strict Dh h0.
apply: (@features.growth _ _ _ D y (fun=> lam) true S z rank) => // j jS.
by rewrite /gap subr_gt0 strict.
Qed.
End Lasso.
