(** [rate.connected]: the master theorem on any graph of layers. *)
From sparsebound Require Import model rate.network.
From sparsebound Require rate.nonnegative.

Section Connected.
Variables (R : realFieldType) (m n : nat) (D W : 'M[R]_(m, n)).
Variables (x : 'cV[R]_n) (e : 'cV[R]_m) (S : {set 'I_n}).
(** State [j] enters layer [k >= j] with the weight [alpha k j], of any sign. *)
Variables (K : nat) (alpha : nat -> nat -> R).
(** [r] is added before an activation, [p] after it. *)
Variables (h : nat -> 'I_n -> R -> R) (xs r p : nat -> 'cV[R]_n).
Variables (nu : R) (theta rho pS p0 b : nat -> R).

(** What a layer computes before its activation, and the sum of its weights. *)
Definition mixed k i : R :=
  \sum_(0 <= j < k.+1) alpha k j * preactivation D W (D *m x + e) (xs j) i 0.
Definition total k : R := \sum_(0 <= j < k.+1) alpha k j.

(** Errors that all states before bring to the rows of [P]. *)
Definition entering P k : R :=
  \sum_(0 <= j < k.+1) `|alpha k j| * (block D W P (on S) * b j + block D W P (off S) * p0 j).

Hypothesis support : supported S x.
Hypothesis noise : forall i, `|(W^T *m e) i 0| <= nu.
Hypothesis inexact : forall k i, (k < K)%N -> `|r k i 0| <= rho k.
Hypothesis inexact_on : forall k i, (k < K)%N -> i \in S -> `|p k.+1 i 0| <= pS k.+1.
Hypothesis inexact_off : forall k i, (k < K)%N -> i \notin S -> `|p k.+1 i 0| <= p0 k.+1.
Hypothesis start : xs 0%N = 0.
Hypothesis step : forall k i, (k < K)%N -> xs k.+1 i 0 = h k i (mixed k i + r k i 0) + p k.+1 i 0.
Hypothesis bounded : forall i, `|x i 0| <= b 0%N.
Hypothesis nothing_yet : 0 <= p0 0%N.
Hypothesis thresholds : forall k, (k < K)%N ->
  entering (off S) k + `|total k| * nu + rho k <= theta k.
Hypothesis recursion : forall k, (k < K)%N ->
  entering (on S) k + `|total k| * nu + rho k + `|total k - 1| * b 0%N + theta k + pS k.+1
    <= b k.+1.

Let near k := (forall i, i \in S -> `|xs k i 0 - x i 0| <= b k) /\
  (forall i, i \notin S -> `|xs k i 0| <= p0 k).

(** [v - x] is a mixture of the errors of the states, of the noise as often as there are weights,
    and of what the weights have too much or too little of the code. *)
Lemma mixed_error k i : mixed k i - x i 0 =
  \sum_(0 <= j < k.+1) alpha k j * (\sum_l residual D W i l * (xs j - x) l 0)
  + total k * (W^T *m e) i 0 + (total k - 1) * x i 0.
Proof.
rewrite /mixed /total !mulrBl mul1r !mulr_suml addrA -!big_split /=; congr (_ - _).
apply: eq_bigr => j _; rewrite -mulrDr -mulrDr -error; congr (_ * _); ring.
Qed.

Lemma mixed_le (P : pred 'I_n) k i : (k < K)%N -> P i -> (forall j, (j <= k)%N -> near j) ->
  `|mixed k i + r k i 0 - x i 0| <=
  entering P k + `|total k| * nu + `|total k - 1| * `|x i 0| + rho k.
Proof.
move=> kK Pi all_; rewrite addrAC mixed_error.
apply: le_trans (ler_norm_add _ _) _; apply: ler_add; last exact: inexact.
apply: le_trans (ler_norm_add _ _) _; rewrite (normrM (total k - 1)) ler_add2r.
apply: le_trans (ler_norm_add _ _) _; apply: ler_add; last by rewrite normrM ler_wpmul2l.
apply: le_trans (ler_norm_sum _ _ _) _; rewrite /entering !big_mkord.
apply: ler_sum => j _; rewrite normrM ler_wpmul2l //.
by have [le_on le_off] := all_ j (leq_ord j); exact: state_row_le.
Qed.

(** What the induction needs of an activation. *)
Lemma connected_for :
  (forall k i u, (k < K)%N -> i \notin S -> `|u| <= theta k -> h k i u = 0) ->
  (forall k i u, (k < K)%N -> i \in S -> `|h k i u - x i 0| <= `|u - x i 0| + theta k) ->
  forall k, (k <= K)%N -> near k.
Proof.
move=> zero close k; elim/ltn_ind: k => -[_ _|k IH kK].
  by rewrite /near start; split=> i iS; rewrite mxE ?sub0r ?normrN ?normr0.
have all_ j : (j <= k)%N -> near j by move=> jk; apply: IH => //; exact: leq_trans jk (ltnW kK).
split=> i iS; rewrite step //.
  apply: le_trans (recursion kK).
  have le_v := mixed_le (P := on S) kK iS all_.
  rewrite addrAC; apply: (le_trans (ler_norm_add _ _)); apply: ler_add; last exact: inexact_on.
  apply: le_trans (close _ _ _ kK iS) _; rewrite ler_add2r; apply: le_trans le_v _.
  by rewrite addrAC ler_add2l ler_wpmul2l.
have le_v := mixed_le (P := off S) kK iS all_.
rewrite support // subr0 normr0 mulr0 addr0 in le_v.
by rewrite zero // ?add0r ?inexact_off // (le_trans le_v) // thresholds.
Qed.

Theorem connected : (forall k i, (k < K)%N -> thresholding (theta k) (h k i)) ->
  forall k, (k <= K)%N ->
  (forall i, i \in S -> `|xs k i 0 - x i 0| <= b k) /\
  (forall i, i \notin S -> `|xs k i 0| <= p0 k).
Proof.
move=> activation; apply: connected_for => [k i u kK _|k i u kK _].
  exact: (activation k i kK).1.
have -> : h k i u - x i 0 = (u - x i 0) + (h k i u - u) by ring.
by apply: le_trans (ler_norm_add _ _) _; rewrite ler_add2l (activation k i kK).2.
Qed.

(** Rectified linear units, where the code is not negative. *)
Theorem connected_nonnegative : (forall i, 0 <= x i 0) -> (forall k, (k < K)%N -> 0 <= theta k) ->
  (forall k i u, (k < K)%N -> h k i u = nonnegative.relu (u - theta k)) ->
  forall k, (k <= K)%N ->
  (forall i, i \in S -> `|xs k i 0 - x i 0| <= b k) /\
  (forall i, i \notin S -> `|xs k i 0| <= p0 k).
Proof.
move=> nonneg theta0 activation; apply: connected_for => k i u kK _; rewrite activation //.
  by move=> le; rewrite nonnegative.relu_eq0 // subr_le0 (le_trans (ler_norm u)).
by apply: nonnegative.relu_near => //; exact: theta0.
Qed.
End Connected.
