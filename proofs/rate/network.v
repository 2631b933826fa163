(** Unfolded networks: what is measured of their weights, and what one layer does.

    [D] has the atoms, [W] the weights of a network, [S] the support of the code. *)
From sparsebound Require Import model.

Section RowSums.
Variables (R : realFieldType) (m n : nat) (D W : 'M[R]_(m, n)) (S : {set 'I_n}).
Implicit Types (i j : 'I_n) (P Q : pred 'I_n) (u x z : 'cV[R]_n).

(** [I - W^T D], and the largest sum of a row of moduli over a block of it. *)
Definition residual : 'M[R]_n := 1%:M - gram W D.
Definition block P Q : R := \largest_(i | P i) \sum_(j | Q j) `|residual i j|.

Definition on : pred 'I_n := fun i => i \in S.
Definition off : pred 'I_n := fun i => i \notin S.
Definition tau_in := block on on.
Definition tau_out := block off on.
Definition kappa_in := block on off.
Definition kappa_out := block off off.

Lemma block_ge0 P Q : 0 <= block P Q. Proof. exact: largest_ge0. Qed.

Lemma residual_diagonal i : residual i i = 1 - gram W D i i.
Proof. by rewrite !mxE eqxx. Qed.

Lemma residual_off i j : i != j -> residual i j = - gram W D i j.
Proof. by move=> /negbTE ij; rewrite !mxE ij sub0r. Qed.

Lemma residual_row_le P Q u c i :
  P i -> (forall j, Q j -> `|u j 0| <= c) ->
  `|\sum_(j | Q j) residual i j * u j 0| <= block P Q * c.
Proof.
move=> Pi uc; have [j0 Qj0|Q0] := pickP Q; last first.
  rewrite big_pred0 // normr0 /block (eq_bigr (fun=> 0)) => [|k _]; last by rewrite big_pred0.
  suff -> : \largest_(j | P j) (0 : R) = 0 by rewrite mul0r.
  by elim/big_rec: _ => // j a _ ->; rewrite maxxx.
have c0 : 0 <= c := le_trans (normr_ge0 _) (uc _ Qj0).
apply: le_trans (ler_norm_sum _ _ _) _.
apply: (@le_trans _ _ (\sum_(j | Q j) `|residual i j| * c)).
  by apply: ler_sum => j Qj; rewrite normrM ler_wpmul2l ?uc.
rewrite -mulr_suml ler_wpmul2r //.
exact: (le_largest (fun i => \sum_(j | Q j) `|residual i j|)).
Qed.

(** What the error of a state brings to a row, by its sizes on [S] and off it. *)
Lemma state_row_le P x z b p i : supported S x -> P i ->
  (forall j, j \in S -> `|z j 0 - x j 0| <= b) -> (forall j, j \notin S -> `|z j 0| <= p) ->
  `|\sum_j residual i j * (z - x) j 0| <= block P on * b + block P off * p.
Proof.
move=> support Pi le_on le_off; rewrite (bigID on) /=.
apply: le_trans (ler_norm_add _ _) _; apply: ler_add; apply: residual_row_le => // j jS.
  by rewrite !mxE le_on.
by rewrite !mxE support // subr0 le_off.
Qed.
End RowSums.

Section Layers.
Variables (R : realFieldType) (m n : nat).
Implicit Types (D W : 'M[R]_(m, n)) (x z r : 'cV[R]_n) (y e : 'cV[R]_m).

(** What a layer computes before its activation. *)
Definition preactivation D W y z : 'cV[R]_n := z + W^T *m (y - D *m z).

(** A layer without errors: [h i] is applied to each entry. *)
Definition layer D W y (h : 'I_n -> R -> R) z z' :=
  forall i, z' i 0 = h i (preactivation D W y z i 0).

(** [h] returns 0 up to [t], and moves nothing by more than [t]. *)
Definition thresholding (t : R) (h : R -> R) :=
  (forall v, `|v| <= t -> h v = 0) /\ (forall v, `|h v - v| <= t).

(** [v - x = (I - W^T D)(z - x) + W^T e] for the signal [y = D x + e]. *)
Lemma error D W x e z i :
  preactivation D W (D *m x + e) z i 0 - x i 0 =
  \sum_j residual D W i j * (z - x) j 0 + (W^T *m e) i 0.
Proof.
have -> : \sum_j residual D W i j * (z - x) j 0 = (residual D W *m (z - x)) i 0 by rewrite mxE.
have -> : preactivation D W (D *m x + e) z i 0 - x i 0 =
          (preactivation D W (D *m x + e) z - x) i 0 by rewrite !mxE.
suff -> : preactivation D W (D *m x + e) z - x = residual D W *m (z - x) + W^T *m e.
  by rewrite mxE.
rewrite /preactivation /residual /gram mulmxBl mul1mx !mulmxBr mulmxDr !mulmxA.
move: (W^T *m D *m x) (W^T *m D *m z) (W^T *m e) => a b c.
by apply/matrixP => k l; rewrite !mxE; ring.
Qed.
End Layers.
