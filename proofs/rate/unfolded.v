(** [rate.unfolded]: an unfolded network converges linearly to the true code. *)
From sparsebound Require Import model rate.network.

Section Unfolded.
Variables (R : realFieldType) (m n : nat) (D W : 'M[R]_(m, n)).
Variables (x : 'cV[R]_n) (e : 'cV[R]_m) (S : {set 'I_n}).
(** [K] layers; [r] is added before an activation, [p] after it. *)
Variables (K : nat) (h : nat -> 'I_n -> R -> R) (xs r p : nat -> 'cV[R]_n).
Variables (nu : R) (theta rho pS p0 b : nat -> R).

Let v k := preactivation D W (D *m x + e) (xs k) + r k.

Hypothesis support : supported S x.
Hypothesis noise : forall i, `|(W^T *m e) i 0| <= nu.
Hypothesis inexact : forall k i, (k < K)%N -> `|r k i 0| <= rho k.
Hypothesis inexact_on : forall k i, (k < K)%N -> i \in S -> `|p k.+1 i 0| <= pS k.+1.
Hypothesis inexact_off : forall k i, (k < K)%N -> i \notin S -> `|p k.+1 i 0| <= p0 k.+1.
Hypothesis start : xs 0%N = 0.
Hypothesis step : forall k i, (k < K)%N -> xs k.+1 i 0 = h k i (v k i 0) + p k.+1 i 0.
Hypothesis bounded : forall i, `|x i 0| <= b 0%N.
Hypothesis nothing_yet : 0 <= p0 0%N.
Hypothesis thresholds : forall k, (k < K)%N ->
  tau_out D W S * b k + kappa_out D W S * p0 k + nu + rho k <= theta k.
Hypothesis recursion : forall k, (k < K)%N ->
  tau_in D W S * b k + kappa_in D W S * p0 k + nu + rho k + theta k + pS k.+1 <= b k.+1.

Lemma preactivation_le (P : pred 'I_n) k i : (k < K)%N -> P i ->
  (forall j, j \in S -> `|xs k j 0 - x j 0| <= b k) ->
  (forall j, j \notin S -> `|xs k j 0| <= p0 k) ->
  `|v k i 0 - x i 0| <= block D W P (on S) * b k + block D W P (off S) * p0 k + nu + rho k.
Proof.
move=> kK Pi le_on le_off.
have -> : v k i 0 - x i 0 = preactivation D W (D *m x + e) (xs k) i 0 - x i 0 + r k i 0.
  by rewrite mxE addrAC.
rewrite error.
do 2 (apply: le_trans (ler_norm_add _ _) _; apply: ler_add; last by rewrite ?inexact).
exact: state_row_le.
Qed.

(** The induction needs no more of an activation than this, which a rectified linear unit has
    as well where the code is not negative. *)
Lemma unfolded_for :
  (forall k i u, (k < K)%N -> i \notin S -> `|u| <= theta k -> h k i u = 0) ->
  (forall k i u, (k < K)%N -> i \in S -> `|h k i u - x i 0| <= `|u - x i 0| + theta k) ->
  forall k, (k <= K)%N ->
  (forall i, i \in S -> `|xs k i 0 - x i 0| <= b k) /\
  (forall i, i \notin S -> `|xs k i 0| <= p0 k).
Proof.
move=> zero near; elim=> [_|k IH kK].
  by rewrite start; split=> i iS; rewrite mxE ?sub0r ?normrN ?normr0.
have [le_on le_off] := IH (ltnW kK); split=> i iS; rewrite step //.
  apply: le_trans (recursion kK).
  have le_v := preactivation_le (P := on S) kK iS le_on le_off.
  rewrite addrAC; apply: (le_trans (ler_norm_add _ _)); apply: ler_add; last exact: inexact_on.
  by apply: le_trans (near _ _ _ kK iS) _; rewrite ler_add2r.
have le_v := le_trans (preactivation_le (P := off S) kK iS le_on le_off) (thresholds kK).
by rewrite support // subr0 in le_v; rewrite zero // add0r inexact_off.
Qed.

Theorem unfolded : (forall k i, (k < K)%N -> thresholding (theta k) (h k i)) ->
  forall k, (k <= K)%N ->
  (forall i, i \in S -> `|xs k i 0 - x i 0| <= b k) /\
  (forall i, i \notin S -> `|xs k i 0| <= p0 k).
Proof.
move=> activation; apply: unfolded_for => [k i u kK _|k i u kK _].
  exact: (activation k i kK).1.
have -> : h k i u - x i 0 = (u - x i 0) + (h k i u - u) by ring.
by apply: le_trans (ler_norm_add _ _) _; rewrite ler_add2l (activation k i kK).2.
Qed.
End Unfolded.

(** ** Without errors, for any bounds of the row sums: what the corollaries use *)

Section Exact.
Variables (R : realFieldType) (m n : nat) (D W : 'M[R]_(m, n)).
Variables (x : 'cV[R]_n) (e : 'cV[R]_m) (S : {set 'I_n}).
Variables (K : nat) (h : nat -> 'I_n -> R -> R) (xs : nat -> 'cV[R]_n).
Variables (nu inside outside : R) (b : nat -> R).

Theorem unfolded_exact :
  supported S x ->
  (forall i, `|(W^T *m e) i 0| <= nu) ->
  tau_in D W S <= inside -> tau_out D W S <= outside ->
  (forall i, `|x i 0| <= b 0%N) ->
  (forall k, (k < K)%N -> b k.+1 = (inside + outside) * b k + nu *+ 2) ->
  (forall k i, (k < K)%N -> thresholding (outside * b k + nu) (h k i)) ->
  xs 0%N = 0 ->
  (forall k, (k < K)%N -> layer D W (D *m x + e) (h k) (xs k) (xs k.+1)) ->
  forall k, (k <= K)%N ->
  (forall i, `|xs k i 0 - x i 0| <= b k) /\ supported S (xs k).
Proof.
move=> support noise le_in le_out bounded recursion activation start step k kK.
have [i0 _|none] := pickP 'I_n; last by split=> i; have := none i.
have q0 : 0 <= inside + outside by apply: addr_ge0; [apply: le_trans le_in | apply: le_trans
  le_out];
  exact: block_ge0.
have b0 : forall j, (j <= K)%N -> 0 <= b j.
  elim=> [_|j IH jK]; first exact: le_trans (normr_ge0 _) (bounded i0).
  rewrite recursion // addr_ge0 ?mulr_ge0 ?IH ?(ltnW jK) // mulrn_wge0 //.
  exact: le_trans (normr_ge0 _) (noise i0).
have [||||||le_on le_off] := @unfolded _ _ _ D W x e S K h xs (fun=> 0) (fun=> 0) nu
  (fun k => outside * b k + nu) (fun=> 0) (fun=> 0) (fun=> 0) b support noise _ _ _ start _ bounded
  (lexx 0) _ _ activation k kK.
- by move=> *; rewrite mxE normr0.
- by move=> *; rewrite mxE normr0.
- by move=> *; rewrite mxE normr0.
- by move=> j i jK; rewrite step //= addr0 [(0 : 'cV_n) i 0]mxE addr0.
- by move=> j jK; rewrite mulr0 !addr0 ler_add2r ler_wpmul2r // b0 // ltnW.
- move=> j jK; rewrite mulr0 !addr0 recursion //.
  apply: (le_from (ler_wpmul2r (b0 j (ltnW jK)) le_in)); ring.
have zero i : i \notin S -> xs k i 0 = 0.
  by move=> iS; apply/eqP; rewrite -normr_le0 le_off.
split=> // i; have [iS|iS] := boolP (i \in S); first exact: le_on.
by rewrite zero // support // subrr normr0 b0.
Qed.
End Exact.
