(** [rate.nonnegative]: a network of rectified linear units converges to a nonnegative code. *)
From sparsebound Require Import model rate.network rate.unfolded.

Section Relu.
Variable R : realFieldType.
Implicit Types (v t a : R).

Definition relu v : R := Num.max 0 v.

Lemma relu_eq0 v : v <= 0 -> relu v = 0.
Proof. by move=> v0; apply/max_idPl. Qed.

Lemma relu_id v : 0 <= v -> relu v = v.
Proof. by move=> v0; apply/max_idPr. Qed.

(** It moves no two numbers apart. *)
Lemma relu_lipschitz u v : `|relu u - relu v| <= `|u - v|.
Proof.
wlog uv : u v / u <= v => [le|].
  by case: (leP u v) => [|/ltW] /le //; rewrite distrC (distrC v).
have [v0|/ltW v0] := leP v 0; first by rewrite !relu_eq0 ?subrr ?normr0 // (le_trans uv).
rewrite (relu_id v0); have [u0|/ltW u0] := leP u 0; last by rewrite relu_id.
rewrite relu_eq0 // sub0r normrN ger0_norm // ler0_norm ?subr_le0 // opprB.
by rewrite ler_addl oppr_ge0.
Qed.

Lemma relu_near t a v : 0 <= a -> 0 <= t -> `|relu (v - t) - a| <= `|v - a| + t.
Proof.
move=> a0 t0; rewrite -{1}(relu_id a0); apply: le_trans (relu_lipschitz _ _) _.
have -> : v - t - a = v - a - t by ring.
by apply: le_trans (ler_norm_sub _ _) _; rewrite (ger0_norm t0).
Qed.
End Relu.

Section Nonnegative.
Variables (R : realFieldType) (m n : nat) (D W : 'M[R]_(m, n)).
Variables (x : 'cV[R]_n) (e : 'cV[R]_m) (S : {set 'I_n}).
Variables (K : nat) (xs r p : nat -> 'cV[R]_n).
Variables (nu : R) (theta rho pS p0 b : nat -> R).

Theorem nonnegative :
  supported S x -> (forall i, 0 <= x i 0) ->
  (forall i, `|(W^T *m e) i 0| <= nu) ->
  (forall k i, (k < K)%N -> `|r k i 0| <= rho k) ->
  (forall k i, (k < K)%N -> i \in S -> `|p k.+1 i 0| <= pS k.+1) ->
  (forall k i, (k < K)%N -> i \notin S -> `|p k.+1 i 0| <= p0 k.+1) ->
  xs 0%N = 0 ->
  (forall k i, (k < K)%N -> xs k.+1 i 0 =
     relu ((preactivation D W (D *m x + e) (xs k) + r k) i 0 - theta k) + p k.+1 i 0) ->
  (forall i, `|x i 0| <= b 0%N) -> 0 <= p0 0%N ->
  (forall k, (k < K)%N -> 0 <= theta k) ->
  (forall k, (k < K)%N ->
     tau_out D W S * b k + kappa_out D W S * p0 k + nu + rho k <= theta k) ->
  (forall k, (k < K)%N ->
     tau_in D W S * b k + kappa_in D W S * p0 k + nu + rho k + theta k + pS k.+1 <= b k.+1) ->
  forall k, (k <= K)%N ->
  (forall i, i \in S -> `|xs k i 0 - x i 0| <= b k) /\
  (forall i, i \notin S -> `|xs k i 0| <= p0 k).
Proof.
move=> support nonneg noise inexact on off start step bounded none_yet theta0 thresholds recursion.
apply: (unfolded_for support noise inexact on off start
         (h := fun k _ v => relu (v - theta k)) step bounded none_yet thresholds recursion).
  by move=> k i u kK _ le; rewrite relu_eq0 // subr_le0 (le_trans (ler_norm u)).
by move=> k i u kK _; apply: relu_near => //; exact: theta0.
Qed.
End Nonnegative.
