(** The numbers of FISTA: [t], the momentum [(t j.-1 - 1) / t j], and what [rate/momentum.v] needs
    of it. *)
From sparsebound Require Import model.

(** ** What decides the signs: two successive numbers [t], [r], as functions of [h]

    [m] is the number [squares] below, [p] the inverse of the square of the last [t]. *)

Section Signs.
Variables (R : realFieldType) (h t r m n : R).
Hypothesis h_gt0 : 0 < h.
Hypothesis h_le : h * 6%:R <= 1.
Hypothesis tE : t = (1 - h ^+ 2) / (4%:R * h).
Hypothesis rE : r = (1 + h) ^+ 2 / (4%:R * h).
Hypothesis mE : m = (2%:R * t + 3%:R / 4%:R) / 3%:R + n.
Hypothesis n_ge0 : 0 <= n.
Hypothesis n_le : n <= 12%:R^-1.

Let m' := 1 + m * (1 - 1 / r).
Let beta := (t - 1) / r.
Let b := (r - 1 - m / r) / 2%:R.
Let s p := t ^+ 2 - t ^+ 2 * (t ^+ 2 - m) * p / 2%:R.
Let s' p := r ^+ 2 - r ^+ 2 * (r ^+ 2 - m') * p / 2%:R.
Let w p := t - t * (t ^+ 2 - t) * p.
Let kappa := (2%:R + beta) * t ^+ 2 * (t - 1) - (t ^+ 2 - m) * t ^+ 2 * (1 - beta ^+ 2) / 2%:R.
Let Phi p := (t ^+ 2 + m) / 2%:R + b - s p
  + b * (s p * (1 - 2%:R * beta - 2%:R * beta ^+ 2) - (4%:R + 2%:R * beta) * w p
         + 2%:R * (1 + beta)).
(** Twice the number [C] of a step is at least this, which is affine in [p]. *)
Let G p := kappa * (1 - p * ((r ^+ 2 - m') / 2%:R - 1)) + Phi p
  - p * (1 + beta) ^+ 2 * b ^+ 2 * r ^+ 2.

Let h_neq0 : h != 0 := lt0r_neq0 h_gt0.
Let h1_gt0 : 0 < 1 + h. Proof. by rewrite addr_gt0 ?ltr01. Qed.
Let h1_neq0 : 1 + h != 0 := lt0r_neq0 h1_gt0.
Let r_gt0 : 0 < r. Proof. by rewrite rE divr_gt0 ?exprn_gt0 ?mulr_gt0 ?ltr0n. Qed.
Let r_neq0 : r != 0 := lt0r_neq0 r_gt0.

(** The polynomial with these coefficients.  Others are seen to be positive as [1 - 6 h] times one
    of them, and another one. *)
Fixpoint value (c : seq nat) : R := if c is a :: c' then a%:R + h * value c' else 0.

Lemma value_ge0 c : 0 <= value c.
Proof. by elim: c => //= a c IH; rewrite addr_ge0 ?ler0n ?mulr_ge0 // ltW. Qed.

Definition with_room (c c' : seq nat) := (1 - h * 6%:R) * value c + value c'.

Lemma room_ge0 c c' : 0 <= with_room c c'.
Proof. by rewrite addr_ge0 ?mulr_ge0 ?value_ge0 ?subr_ge0. Qed.

Let h_le1 : 0 <= 1 - h.
Proof. by apply: (le_from (room_ge0 [:: 1%N] [:: 0%N; 5%N])); rewrite /with_room /=; ring. Qed.

Let factor_ge0 (c : nat) i j : 0 <= (1 - h) ^+ 2 / (c%:R * h ^+ i * (1 + h) ^+ j).
Proof. by rewrite divr_ge0 ?sqr_ge0 // !mulr_ge0 ?ler0n ?exprn_ge0 // ltW. Qed.

Let slope_ge0 c : 0 <= value c * (1 - h) * n.
Proof. exact: mulr_ge0 (mulr_ge0 (value_ge0 _) h_le1) n_ge0. Qed.

Lemma kappa_ge0 : 0 <= kappa.
Proof.
have -> : kappa = (1 - h) ^+ 2 / (384%:R * h ^+ 3 * (1 + h) ^+ 2) *
    (with_room [:: 5; 22; 34; 14; 4; 1]%N [:: 4; 2; 1; 2; 3; 1; 3]%N
     + value [:: 0; 0; 144; 48]%N * (1 - h) * n).
  by rewrite /kappa /beta mE rE tE /with_room /=; field; rewrite ?h_neq0 ?h1_neq0.
exact: mulr_ge0 (factor_ge0 _ _ _) (addr_ge0 (room_ge0 _ _) (slope_ge0 _)).
Qed.

Lemma G0_ge0 : 0 <= G 0.
Proof.
have -> : G 0 = (1 - h) ^+ 2 / (48%:R * h ^+ 2 * (1 + h) ^+ 2) *
    (with_room [:: 3; 6; 2; 1]%N [:: 0; 5; 2; 0; 5]%N + value [:: 0; 36; 12]%N * (1 - h) * n).
  by rewrite /G /Phi /s /w /kappa /b /beta mE rE tE /with_room /=; field; rewrite ?h_neq0 ?h1_neq0.
exact: mulr_ge0 (factor_ge0 _ _ _) (addr_ge0 (room_ge0 _ _) (slope_ge0 _)).
Qed.

Lemma G1_ge0 : 0 <= G (r ^+ 2)^-1.
Proof.
pose rest := 12%:R * h * n *
    (with_room [:: 0; 0; 0; 0; 62; 29; 4; 1]%N [:: 9; 132; 92; 36; 580; 3; 2; 3; 3]%N
     + 48%:R * h ^+ 2 * (12%:R^-1 - n))
  + 576%:R * h ^+ 3 * n ^+ 2 * with_room [:: 4; 0; 1; 1]%N [:: 0; 0; 5; 5; 5]%N.
have rest0 : 0 <= rest.
  have term c i : 0 <= c%:R * h ^+ i by rewrite mulr_ge0 ?ler0n ?exprn_ge0 // ltW.
  apply: addr_ge0 (mulr_ge0 (mulr_ge0 (term _ _) (sqr_ge0 n)) (room_ge0 _ _)).
  apply: mulr_ge0 (mulr_ge0 (mulr_ge0 (ler0n _ _) (ltW h_gt0)) n_ge0) _.
  by apply: addr_ge0 (room_ge0 _ _) (mulr_ge0 (term _ _) _); rewrite subr_ge0.
have -> : G (r ^+ 2)^-1 = (1 - h) ^+ 2 / (288%:R * h ^+ 2 * (1 + h) ^+ 8) *
    (with_room [:: 0; 131; 759; 1587; 2016; 1729; 655; 154; 20; 1]%N
               [:: 9; 94; 0; 3; 0; 1; 5; 4; 1; 4; 3]%N + rest).
  by rewrite /G /Phi /s /w /kappa /m' /b /beta mE rE tE /rest /with_room /=; field;
     rewrite ?h_neq0 ?h1_neq0.
exact: mulr_ge0 (factor_ge0 _ _ _) (addr_ge0 (room_ge0 _ _) rest0).
Qed.

Lemma G_ge0 p : 0 <= p -> p <= (r ^+ 2)^-1 -> 0 <= G p.
Proof.
move=> p0 pr; have r2 : 0 < r ^+ 2 by rewrite exprn_gt0.
have -> : G p = (1 - p * r ^+ 2) * G 0 + p * r ^+ 2 * G (r ^+ 2)^-1.
  by rewrite /G /Phi /s /w; move: m' b beta kappa r_neq0 => *; field.
apply: addr_ge0; last exact: mulr_ge0 (mulr_ge0 p0 (ltW r2)) G1_ge0.
by rewrite mulr_ge0 ?G0_ge0 // subr_ge0 -ler_pdivl_mulr // mul1r.
Qed.

Lemma twice_C p X Y : Y != 0 -> X = Y + b ->
  ((Y + (r ^+ 2 + m') / 2%:R - 1) / 2%:R + (s p - w p) * X - s p * (X + 1) / 2%:R
   - s' p * (beta * X + b) ^+ 2 / (2%:R * Y)) *+ 2
  = kappa * (p * Y) + Phi p - (1 + beta) ^+ 2 * b ^+ 2 * (s' p / Y).
Proof.
move=> nY ->; rewrite /Phi /s /s' /w /kappa /m' /b /beta mE rE tE.
by field; rewrite ?nY ?h_neq0 ?h1_neq0.
Qed.

(** [T] is the square of the last [t], [mu] the last of the numbers [squares]. *)
Lemma C_inside T mu (W := (T + mu) / 2%:R) (X := 2%:R * W - (t ^+ 2 + m) / 2%:R)
    (Y := 2%:R * W - (r ^+ 2 + m') / 2%:R + 1) : r ^+ 2 <= T -> m' <= mu -> 0 <= m' ->
  0 <= W + (s T^-1 - w T^-1) * X - s T^-1 * (X + 1) / 2%:R
       - s' T^-1 * (beta * X + b) ^+ 2 / (2%:R * Y).
Proof.
move=> rT m_mu m'0; have r2 : 0 < r ^+ 2 by rewrite exprn_gt0.
have T0 := lt_le_trans r2 rT; have nT := lt0r_neq0 T0; set p := T^-1.
have p0 : 0 <= p by rewrite invr_ge0 ltW.
have pr : p <= (r ^+ 2)^-1 by rewrite lef_pinv ?posrE.
have lower : T - (r ^+ 2 - m') / 2%:R + 1 <= Y by apply: (le_from m_mu); rewrite /Y /W; field.
have Y0 : 0 < Y.
  apply: lt_le_trans ltr01 (le_trans _ lower); rewrite ler_addr.
  apply: (le_from (ler_add rT (_ : 0 <= (r ^+ 2 + m') / 2%:R))); last by field.
  by rewrite divr_ge0 ?ler0n // addr_ge0 // ltW.
have XE : X = Y + b.
  have -> : b = (r ^+ 2 + m') / 2%:R - (t ^+ 2 + m) / 2%:R - 1.
    by rewrite /b /m' rE tE; field; rewrite ?h_neq0 ?h1_neq0.
  by rewrite /X /Y; field.
have WE : W = (Y + (r ^+ 2 + m') / 2%:R - 1) / 2%:R by rewrite /Y; field.
rewrite -(pmulrn_lge0 _ (ltn0Sn 1)) {1}WE twice_C ?lt0r_neq0 //.
apply: le_trans (G_ge0 p0 pr) _; apply: ler_add.
  rewrite ler_add2r ler_wpmul2l ?kappa_ge0 //; apply: (le_from (ler_wpmul2l p0 lower)).
  by rewrite /p; field.
have ratio : s' p / Y <= r ^+ 2 * p.
  rewrite ler_pdivr_mulr // -mulrA.
  apply: le_trans (ler_wpmul2l (ltW r2) (ler_wpmul2l p0 lower)).
  apply: (@le_from _ 0 (r ^+ 2 * p)); first by rewrite mulr_ge0 // ltW.
  by rewrite /s' /p; move: m' => *; field.
have le := ler_wpmul2l (mulr_ge0 (sqr_ge0 (1 + beta)) (sqr_ge0 b)) ratio.
by apply: (le_from le); ring.
Qed.
End Signs.

(** ** The numbers of [k] steps *)

Section Numbers.
Variables (R : realFieldType) (t : nat -> R) (k : nat).
Hypothesis t1 : t 1%N = 1.
Hypothesis t_gt0 : forall j, (j < k)%N -> 0 < t j.+1.
Hypothesis tS : forall j, (0 < j < k)%N -> t j.+1 ^+ 2 - t j.+1 = t j ^+ 2.

(** Two successive numbers differ by more than a half. *)
Lemma half_less (a r : R) : 0 < a -> 0 < r -> r ^+ 2 - r = a ^+ 2 -> a + 2%:R^-1 < r.
Proof.
move=> a0 r0 e; rewrite ltNge; apply/negP => le; have a2 : 0 < a ^+ 2 by rewrite exprn_gt0.
have r1 : 0 < r - 1 by rewrite -(pmulr_rgt0 _ r0) mulrBr mulr1 -expr2 e.
have : (r - 1) * r <= (a - 2%:R^-1) * (a + 2%:R^-1).
  apply: ler_pmul => //; [exact: ltW | exact: ltW | by apply: (le_from le); field].
have -> : (r - 1) * r = a ^+ 2 by rewrite -e; ring.
have -> : (a - 2%:R^-1) * (a + 2%:R^-1) = a ^+ 2 - 4%:R^-1 by field.
by rewrite ler_subr_addl ger_addr leNgt invr_gt0 ltr0n.
Qed.

Lemma rises j : (j.+1 < k)%N -> t j.+1 + 2%:R^-1 < t j.+2.
Proof. by move=> jk; apply: half_less; rewrite ?t_gt0 ?(ltnW jk) ?tS. Qed.

Lemma half_le j : (j < k)%N -> (j.+1%:R + 1) / 2%:R <= t j.+1.
Proof.
elim: j => [|j IH] jk; first by rewrite t1 -mulr2n divff ?pnatr_eq0.
apply: le_trans (ltW (rises jk)); apply: (le_from (IH (ltnW jk))).
by rewrite -[j.+2]addn1 natrD; field.
Qed.

Lemma t_ge1 j : (j < k)%N -> 1 <= t j.+1.
Proof.
move=> /half_le; apply: le_trans.
by rewrite ler_pdivl_mulr ?ltr0n // mul1r ler_add2r ler1n.
Qed.

Lemma t_mono i j : (i <= j)%N -> (j < k)%N -> t i.+1 <= t j.+1.
Proof.
move=> /subnK <-; elim: (j - i)%N => // l IH lk; apply: le_trans (IH (ltnW lk)) _.
by apply: le_trans (ltW (rises lk)); rewrite ler_addl invr_ge0 ler0n.
Qed.

Let t_neq0 j : (j < k)%N -> t j.+1 != 0. Proof. by move=> /t_gt0; exact: lt0r_neq0. Qed.

Definition squares j : R := (\sum_(1 <= i < j.+1) t i ^+ 2) / t j ^+ 2.

Lemma squares1 : squares 1 = 1.
Proof. by rewrite /squares big_nat1 t1 expr1n divr1. Qed.

Lemma squaresS j : (j.+1 < k)%N -> squares j.+2 = 1 + squares j.+1 * (1 - 1 / t j.+2).
Proof.
move=> jk; rewrite /squares big_nat_recr //= -(tS (j := j.+1)) //; move: (\sum_(_ <= _ < _) _) => c.
have : t j.+2 ^+ 2 - t j.+2 != 0 by rewrite tS // expf_neq0 // t_neq0 // ltnW.
move: (t_neq0 jk); move: (t j.+2) => r r0.
have -> : r ^+ 2 - r = r * (r - 1) by ring.
by rewrite mulf_eq0 negb_or => /andP[_ r1]; field; rewrite r0.
Qed.

(** Two successive numbers, by what twice their difference is more than 1. *)
Lemma successive j : (j.+1 < k)%N -> exists h, [/\ 0 < h, h * (4%:R * t j.+1) <= 1,
  t j.+1 = (1 - h ^+ 2) / (4%:R * h) & t j.+2 = (1 + h) ^+ 2 / (4%:R * h)].
Proof.
move=> jk; have := rises jk; have := t_ge1 (ltnW jk); have e := tS (j := j.+1) jk.
move: (t j.+1) (t j.+2) e => a r e a1 ar; pose h := 2%:R * (r - a) - 1; exists h.
have h0 : 0 < h by rewrite subr_gt0 -ltr_pdivr_mull ?ltr0n // mulr1 ltr_subr_addl.
have rE : r = a + (1 + h) / 2%:R by rewrite /h; field.
have one : h * (4%:R * a + h) = 1.
  have -> : h * (4%:R * a + h) = 1 + 4%:R * (r ^+ 2 - r - a ^+ 2) by rewrite rE; field.
  by rewrite e subrr mulr0 addr0.
have nh := lt0r_neq0 h0; clearbody h.
have aE : a = (1 - h ^+ 2) / (4%:R * h).
  have -> : 1 - h ^+ 2 = h * (4%:R * a) by rewrite -[X in X - _]one; ring.
  by field.
split=> //; first by rewrite -[leRHS]one ler_wpmul2l ?ler_addl // ltW.
by rewrite rE {1}aE; field.
Qed.

Lemma squares_bounds j (T := 2%:R * t j.+1) : (j < k)%N ->
  (T + 3%:R / 4%:R) / 3%:R <= squares j.+1 /\ squares j.+1 <= (T + 1) / 3%:R.
Proof.
rewrite /T {T}; elim: j => [|j IH] jk.
  rewrite squares1 t1; split; last by apply: (@le_from _ 0 0) => //; field.
  by apply: (@le_from _ 0 (12%:R^-1)); [rewrite invr_ge0 ler0n | field].
have [lower upper] := IH (ltnW jk); have [h [h0 short aE rE]] := successive jk.
have rest : 0 <= 1 - 1 / t j.+2.
  by rewrite subr_ge0 ler_pdivr_mulr ?mul1r ?t_ge1 // t_gt0.
have nh := lt0r_neq0 h0; have h1_gt0 : 0 < 1 + h by rewrite addr_gt0 // ltr01.
have nh1 := lt0r_neq0 h1_gt0.
have h2 : 0 <= 2%:R - h.
  rewrite subr_ge0; apply: (@le_trans _ _ 1); last by rewrite ler1n.
  by apply: le_trans short; rewrite ler_pmulr // mulr_ege1 ?ler1n ?t_ge1 // ltnW.
rewrite squaresS //; split.
  have kept := ler_wpmul2r rest lower; apply: le_trans (_ : _ <= 1 + _) _; last first.
    by rewrite ler_add2l; exact: kept.
  apply: (@le_from _ 0 (h ^+ 2 * (2%:R - h) / (3%:R * (1 + h) ^+ 2))).
    by rewrite divr_ge0 // mulr_ge0 ?ler0n ?sqr_ge0.
  by rewrite aE rE; field; rewrite ?nh ?nh1.
have kept := ler_wpmul2r rest upper; rewrite -(ler_add2l 1) in kept; apply: le_trans kept _.
apply: (@le_from _ 0 (h * (1 - h) ^+ 2 / (3%:R * (1 + h) ^+ 2))).
  by rewrite divr_ge0 // mulr_ge0 ?ler0n ?sqr_ge0 // ltW.
by rewrite aE rE; field; rewrite ?nh ?nh1.
Qed.

Lemma squares_ge0 j : 0 <= squares j.
Proof. by rewrite divr_ge0 ?sqr_ge0 // sumr_ge0 // => i _; exact: sqr_ge0. Qed.

(** The momentum, and what [rate/momentum.v] makes of it. *)
Definition beta j : R := if (1 < j <= k)%N then (t j.-1 - 1) / t j else 0.
Fixpoint omega j : R := if j is i.+1 then 1 + beta j * omega i else 0.
Definition W j : R := \sum_(i < j) omega i.+1.
Definition w j : R := t j - t j * (t j ^+ 2 - t j) / t k ^+ 2.
Definition sigma j : R := \sum_(i < j) w i.+1.

Lemma beta_ge0 j : 0 <= beta j.
Proof.
rewrite /beta; case: ifP => //; case: j => [//|[//|j]] /= jk.
by rewrite divr_ge0 ?subr_ge0 ?t_ge1 ?(ltnW jk) // ltW // t_gt0.
Qed.

Lemma beta2 : beta 2 = 0.
Proof. by rewrite /beta t1 subrr mul0r if_same. Qed.

Lemma omega1 : omega 1 = 1.
Proof. by rewrite /= mulr0 addr0. Qed.

Lemma omegaS j : omega j.+1 = 1 + beta j.+1 * omega j.
Proof. by []. Qed.

Lemma W0 : W 0 = 0. Proof. exact: big_ord0. Qed.
Lemma WS j : W j.+1 = W j + omega j.+1. Proof. exact: big_ord_recr. Qed.
Lemma sigma0 : sigma 0 = 0. Proof. exact: big_ord0. Qed.
Lemma sigmaS j : sigma j.+1 = sigma j + w j.+1. Proof. exact: big_ord_recr. Qed.

Lemma w_last : (0 < k)%N -> w k = 1.
Proof.
move=> k0; have := @t_neq0 k.-1; rewrite prednK // /w => /(_ (leqnn k)); move: (t k) => a a0.
by field.
Qed.

Lemma wS j : (0 < j < k)%N -> w j = 1 + beta j.+1 * w j.+1.
Proof.
move=> jk; have := @t_neq0 j; rewrite /beta ltnS jk /w tS //=.
move: (andP jk) => [_ ->] /(_ isT); move: (t j) (t j.+1) (t k ^+ 2)^-1 => a r p nr.
by field.
Qed.

Lemma omegaE j : (j.+1 < k)%N -> omega j.+2 = (t j.+2 + 1 - squares j.+1 / t j.+2) / 2%:R.
Proof.
elim: j => [|j IH] jk.
  have := tS (j := 1) jk; have := t_neq0 jk; rewrite squares1 t1 expr1n; move=> r0 e.
  have -> : 1 / t 2%N = t 2%N - 1 by rewrite -{1}e; move: (t 2%N) r0 {e} => r r0; field.
  by rewrite omegaS beta2 mul0r; field.
rewrite omegaS IH ?(ltnW jk) // squaresS ?(ltnW jk) //.
rewrite /beta jk /=; have := t_neq0 jk; have := t_neq0 (ltnW jk); have := tS (j := j.+2) jk.
move: (t j.+2) (t j.+3) (squares j.+1) => a r c e a0 r0.
have -> : (r + 1 - (1 + c * (1 - 1 / a)) / r) / 2%:R =
  1 + (a - 1) / r * ((a + 1 - c / a) / 2%:R) + (r ^+ 2 - r - a ^+ 2) / (2%:R * r).
  by field; rewrite r0.
by rewrite e subrr mul0r addr0.
Qed.

Lemma WE j : (j < k)%N -> W j.+1 = (t j.+1 ^+ 2 + squares j.+1) / 2%:R.
Proof.
elim: j => [|j IH] jk; first by rewrite WS W0 omega1 squares1 t1; field.
rewrite WS IH ?(ltnW jk) // omegaE // squaresS // -(tS (j := j.+1)) //; have := t_neq0 jk.
by move: (t j.+2) (squares _) => r c r0; field.
Qed.

Lemma W_cubes j : (j < k)%N -> W j.+1 = (\sum_(1 <= i < j.+2) t i ^+ 3) / t j.+1 ^+ 2.
Proof.
move=> jk; have cubes : (\sum_(1 <= i < j.+2) t i ^+ 3) =
    (t j.+1 ^+ 4 + \sum_(1 <= i < j.+2) t i ^+ 2) / 2%:R.
  elim: j jk => [|j IH] jk; first by rewrite !big_nat1 t1; field.
  rewrite !(big_nat_recr j.+2) //= IH ?(ltnW jk) //.
  have -> : t j.+1 ^+ 4 = (t j.+2 ^+ 2 - t j.+2) ^+ 2 by rewrite tS // -exprM.
  by move: (\sum_(_ <= _ < _) _) (t j.+2) => c r; field.
rewrite WE // cubes /squares; move: (\sum_(_ <= _ < _) _) (t j.+1) (t_neq0 jk) => c r r0.
by field.
Qed.

Lemma sigmaE j : (j < k)%N -> sigma j.+1 =
  t j.+1 ^+ 2 - t j.+1 ^+ 2 * (t j.+1 ^+ 2 - squares j.+1) / t k ^+ 2 / 2%:R.
Proof.
elim: j => [|j IH] jk; rewrite sigmaS /w.
  by rewrite sigma0 squares1 t1; move: (t k ^+ 2)^-1 => p; ring.
rewrite IH ?(ltnW jk) // squaresS // -(tS (j := j.+1)) //; move: (t_neq0 jk).
by move: (t j.+2) (squares _) (t k ^+ 2)^-1 => r c p r0; field.
Qed.

Lemma squares_mono i j : (i <= j)%N -> (j < k)%N -> squares i.+1 <= squares j.+1.
Proof.
move=> /subnK <-; elim: (j - i)%N => // l IH; rewrite addSn; move: (l + i)%N IH => {}j IH jk.
apply: le_trans (IH (ltnW jk)) _; have [_ upper] := squares_bounds (ltnW jk).
have t0 := t_gt0 jk; have at_most : squares j.+1 / t j.+2 <= 1.
  rewrite ler_pdivr_mulr // mul1r; apply: le_trans upper (le_trans _ (t_mono (leqnSn j) jk)).
  by rewrite ler_pdivr_mulr ?ltr0n //; apply: (le_from (t_ge1 (ltnW jk))); ring.
by rewrite squaresS //; apply: (le_from at_most); move: (t_neq0 jk) => r0; field.
Qed.
End Numbers.
