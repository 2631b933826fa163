(** [rate.momentum]: the objective after proximal gradient steps with any momentum that has a
    certificate. *)
From sparsebound Require Import model lasso network.activations rate.proximal.

(** ** The numbers of a momentum, and of [k] steps with it *)

Section Steps.
Variables (R : realFieldType) (n : nat) (f g : 'cV[R]_n -> R) (grad : 'cV[R]_n -> 'cV[R]_n) (L : R).
Hypothesis positive : 0 < L.
Hypothesis smooth : smooth_convex f grad L.
Let F x := f x + g x.

Variables (beta omega W w sigma : nat -> R) (k : nat).
Hypothesis beta_ge0 : forall j, 0 <= beta j.
Hypothesis omega1 : omega 1%N = 1.
Hypothesis omegaS : forall j, (0 < j)%N -> omega j.+1 = 1 + beta j.+1 * omega j.
Hypothesis W0 : W 0%N = 0.
Hypothesis WS : forall j, W j.+1 = W j + omega j.+1.
Hypothesis w_last : w k = 1.
Hypothesis wS : forall j, (0 < j < k)%N -> w j = 1 + beta j.+1 * w j.+1.
Hypothesis sigma0 : sigma 0%N = 0.
Hypothesis sigmaS : forall j, sigma j.+1 = sigma j + w j.+1.

Definition X j : R := 2%:R * W k - W j.
Definition Y j : R := X j + 1.
(** What the difference before the step [j + 1] costs in it. *)
Definition cross j : R :=
  if (j < k)%N then beta j.+1 ^+ 2 * sigma j.+1 * X j.-1 ^+ 2 / (2%:R * Y j.+1) else 0.
Definition C j : R := W k + sigma j.-1 * X j - sigma j * Y j / 2%:R - cross j.

Lemma omega_ge1 j : 1 <= omega j.+1.
Proof.
elim: j => [|j IH]; first by rewrite omega1.
by rewrite omegaS // ler_addl mulr_ge0 // (le_trans ler01).
Qed.

Lemma w_ge1 j : (0 < j <= k)%N -> 1 <= w j.
Proof.
move=> /andP[j0 jk]; rewrite -(subKn jk).
have : (k - j < k)%N by rewrite ltn_subrL j0 (leq_trans j0 jk).
elim: (k - j)%N => [|i IH] ik; first by rewrite subn0 w_last.
have e : (k - i.+1).+1 = (k - i)%N by rewrite subnSK // ltnW.
rewrite wS; last by rewrite subn_gt0 ik ltn_subrL (leq_ltn_trans _ ik).
by rewrite e ler_addl mulr_ge0 // (le_trans ler01) // IH // ltnW.
Qed.

Lemma sigma_ge0 j : (j <= k)%N -> 0 <= sigma j.
Proof.
elim: j => [|j IH] jk; first by rewrite sigma0.
by rewrite sigmaS addr_ge0 ?IH ?(ltnW jk) // (le_trans ler01) // w_ge1.
Qed.

Lemma W_mono i j : (i <= j)%N -> W i <= W j.
Proof.
move=> /subnK <-; elim: (j - i)%N => // l le; apply: le_trans le _.
by rewrite addSn WS ler_addl (le_trans ler01) // omega_ge1.
Qed.

Lemma W_gt0 j : (0 < j)%N -> 0 < W j.
Proof.
move=> j0; apply: lt_le_trans (W_mono j0).
by rewrite WS W0 add0r (lt_le_trans ltr01) // omega_ge1.
Qed.

Lemma X_gt0 j : (0 < k)%N -> (j <= k)%N -> 0 < X j.
Proof.
move=> k0 jk; rewrite /X mulr_natl mulr2n -addrA ltr_paddr ?subr_ge0 ?W_mono //.
exact: W_gt0.
Qed.

Lemma XS j : X j = X j.+1 + omega j.+1.
Proof. by rewrite /X WS; ring. Qed.

Lemma walked j : (j < k)%N -> w j.+1 * (omega j.+1 - 1) + W j = sigma j.
Proof.
elim: j => [|j IH] jk; first by rewrite omega1 subrr mulr0 W0 sigma0 addr0.
rewrite sigmaS -(IH (ltnW jk)) WS [omega j.+2]omegaS // (wS (j := j.+1)) ?jk //.
by ring.
Qed.

Lemma sigma_last : (0 < k)%N -> sigma k = W k.
Proof.
move=> k0; have := @walked k.-1; rewrite prednK // => /(_ (leqnn k)).
rewrite w_last mul1r => e; rewrite -(prednK k0) sigmaS WS prednK // -e w_last; ring.
Qed.

(** The last of the numbers [C] is never negative, the first one is 0 if [beta 2] is. *)
Lemma C_last : (0 < k)%N -> C k = W k * (W k - 1) / 2%:R.
Proof.
move=> k0; have := sigmaS k.-1; rewrite /C /cross ltnn /Y /X prednK // sigma_last // w_last => e.
have -> : sigma k.-1 = W k - 1 by rewrite e addrK.
by field.
Qed.

(** ** [k] steps *)

Variables (x v : nat -> 'cV[R]_n) (u : 'cV[R]_n).
Hypothesis start : v 1%N = x 0%N.
Hypothesis extrapolated : forall j, (0 < j < k)%N ->
  v j.+1 = x j + beta j.+1 *: (x j - x j.-1).
Hypothesis step : forall j, (j < k)%N -> proximal_step g grad L (v j.+1) (x j.+1).
Hypothesis some : (0 < k)%N.

Let z j := (X j)^-1 *: (x j - u).
Let d j := z j - z j.-1.

Definition energy j : R := sigma j / X j * (F (x j) - F u)
  + L * ((W k - sigma j) * sqnorm (z j) + (w j - 1) * X j.-1 * dot (z j) (d j)
         + cross j * sqnorm (d j)).

Lemma xE j : (j <= k)%N -> x j - u = X j *: z j.
Proof. by move=> jk; rewrite scalerA divff ?scale1r // lt0r_neq0 // X_gt0. Qed.

Lemma energy_1 : energy 1 + L * C 1 * sqnorm (d 1%N) <= L * sqnorm (x 0%N - u) / (4%:R * W k).
Proof.
have zE : z 0%N = z 1%N - d 1%N by rewrite /d subKr.
have := @energy_step _ _ f g grad L positive smooth (v 1%N) (x 1%N) (x 0%N) u (z 1%N) (d 1%N) 0
  0 (X 0) (X 1) (W k) (W 0%N)
  (omega 1%N) (w 1%N) (sigma 1%N) (sigma 0%N) 0 (cross 1) (lexx 0) (X_gt0 some some) (omega_ge1 0)
  (w_ge1 (j := 1) some) (sigma_ge0 (leq0n k)) (XS 0) erefl.
rewrite !mul0r add0r omega1 subrr => /(_ erefl (sigmaS 0)); rewrite mulr0 add0r W0 sigma0.
rewrite -zE => /(_ erefl (xE some) (xE (leq0n k))); rewrite scale0r addr0 -start.
move=> /(_ _ (step some)); rewrite start addr0 => /(_ erefl).
rewrite /energy /C /= sigma0 => le; apply: le_trans le _.
have W0' := lt0r_neq0 (W_gt0 some).
rewrite !mul0r add0r subr0 expr0n !mul0r !addr0 /z sqnormZ /X W0 subr0.
by rewrite le_eqVlt; apply/orP; left; apply/eqP; move: (sqnorm _) => t; field.
Qed.

Lemma energyS j : (0 < j < k)%N ->
  energy j.+1 + L * C j.+1 * sqnorm (d j.+1) <= energy j.
Proof.
case: j => [//|i] /andP[_ ik]; have jk := ltnW ik; set j := i.+1.
have zE l : z l = z l.+1 - d l.+1 by rewrite /d subKr.
have vE : v j.+1 = x j + beta j.+1 *: (X j *: (z j.+1 - d j.+1) - X i *: (z j.+1 - d j.+1 - d j)).
  by rewrite -zE -zE -!xE // ?(ltnW jk) // extrapolated ?ik // opprB addrA subrK.
have bX : beta j.+1 * X i = beta j.+1 * X j + omega j.+1 - 1.
  by rewrite (XS i) -/j omegaS //; ring.
have xj : x j - u = X j *: (z j.+1 - d j.+1) by rewrite -zE xE.
have := energy_step positive smooth (cross j.+1) (beta_ge0 j.+1) (X_gt0 some ik) (omega_ge1 j)
  (w_ge1 (j := j.+1) ik)
  (sigma_ge0 jk) (XS j) erefl bX (sigmaS j) (walked ik) (xE ik) xj vE (step ik).
rewrite -zE => le; apply: le_trans le _; rewrite /energy /cross ik -/(Y _).
have -> : w j - 1 = beta j.+1 * w j.+1 by rewrite wS ?ik // addrC addKr.
exact: lexx.
Qed.

(** The bound, from the numbers [C] and what the differences weigh. *)
Theorem certified : (forall j, (0 < j <= k)%N -> 0 <= C j) ->
  F (x k) - F u <= L * sqnorm (x 0%N - u) / (4%:R * W k).
Proof.
move=> certificate.
have falls j : (0 < j <= k)%N -> energy j <= L * sqnorm (x 0%N - u) / (4%:R * W k).
  elim: j => [//|[|i] IH] jk.
    apply: le_trans energy_1; rewrite ler_addl.
    exact: mulr_ge0 (mulr_ge0 (ltW positive) (certificate _ jk)) (sqnorm_ge0 _).
  apply: le_trans (IH _); last exact: ltnW.
  apply: le_trans (energyS _); last exact: jk.
  rewrite ler_addl.
  exact: mulr_ge0 (mulr_ge0 (ltW positive) (certificate _ jk)) (sqnorm_ge0 _).
apply: le_trans (falls k _); last by rewrite some leqnn.
rewrite /energy /cross ltnn w_last sigma_last // !subrr !mul0r !addr0 mulr0 addr0.
have -> : X k = W k by rewrite /X; ring.
by rewrite divff ?mul1r // lt0r_neq0 // W_gt0.
Qed.

Lemma C_first : beta 2%N = 0 -> (1 < k)%N -> C 1 = 0.
Proof.
move=> beta2 k1; rewrite /C /cross /Y /X k1 beta2 /= sigmaS sigma0 (wS (j := 1)) ?k1 // beta2.
by rewrite expr0n !mul0r WS W0 omega1; field.
Qed.

(** Only those in the middle have to be looked at. *)
Lemma certified_inside : beta 2%N = 0 -> (forall j, (1 < j < k)%N -> 0 <= C j) ->
  F (x k) - F u <= L * sqnorm (x 0%N - u) / (4%:R * W k).
Proof.
move=> beta2 certificate; apply: certified => j /andP[j0]; rewrite leq_eqVlt => /orP[/eqP->|jk].
  have W1 : 1 <= W k by apply: le_trans (W_mono some); rewrite WS W0 omega1 add0r.
  by rewrite C_last // divr_ge0 ?ler0n // mulr_ge0 ?subr_ge0 // (le_trans ler01).
move: j0; rewrite leq_eqVlt => /orP[/eqP j1|j1]; last by rewrite certificate // j1.
by rewrite -j1 C_first // j1.
Qed.
End Steps.

(** ** Iterative soft thresholding with a momentum *)

Theorem momentum (R : realFieldType) (m n : nat) (D : 'M[R]_(m, n)) (y : 'cV[R]_m)
    (lam : 'I_n -> R) (L : R) (beta omega W w sigma : nat -> R) (k : nat)
    (x v : nat -> 'cV[R]_n) (z : 'cV[R]_n) (F := objective D y lam) :
  (forall i, 0 < lam i) -> 0 < L -> norm_le D L ->
  (forall j, 0 <= beta j) -> beta 2%N = 0 ->
  omega 1%N = 1 -> (forall j, (0 < j)%N -> omega j.+1 = 1 + beta j.+1 * omega j) ->
  W 0%N = 0 -> (forall j, W j.+1 = W j + omega j.+1) ->
  w k = 1 -> (forall j, (0 < j < k)%N -> w j = 1 + beta j.+1 * w j.+1) ->
  sigma 0%N = 0 -> (forall j, sigma j.+1 = sigma j + w j.+1) ->
  (forall j, (1 < j < k)%N -> 0 <= C beta W sigma k j) ->
  v 1%N = x 0%N ->
  (forall j, (0 < j < k)%N -> v j.+1 = x j + beta j.+1 *: (x j - x j.-1)) ->
  (forall j, (j < k)%N -> soft_step D y lam L (v j.+1) (x j.+1)) -> (0 < k)%N ->
  F (x k) - F z <= L * sqnorm (x 0%N - z) / (4%:R * W k).
Proof.
move=> weights L0 short beta0 beta2 omega1 omegaS W0 WS w1 wS sigma0 sigmaS certificate start next.
move=> steps some; have step j : (j < k)%N ->
    proximal_step (penalty lam) (gradient D y) L (v j.+1) (x j.+1).
  by move=> /steps; apply: soft_proximal => // i; exact: ltW.
exact: (certified_inside L0 (misfit_smooth y L0 short) beta0 omega1 omegaS W0 WS w1 wS sigma0 sigmaS
  z start next step some beta2 certificate).
Qed.

(** ** The bound is attained by every momentum: a walk towards 0, half of the way

    [rate/ista.v] has the momentum 0, whose numbers [C] are not negative. *)

Section Walk.
Variables (R : realFieldType) (beta omega W : nat -> R) (k : nat) (L : R).
Hypothesis beta_ge0 : forall j, 0 <= beta j.
Hypothesis omega1 : omega 1%N = 1.
Hypothesis omegaS : forall j, (0 < j)%N -> omega j.+1 = 1 + beta j.+1 * omega j.
Hypothesis W0 : W 0%N = 0.
Hypothesis WS : forall j, W j.+1 = W j + omega j.+1.
Hypothesis positive : 0 < L.
Hypothesis some : (0 < k)%N.

Definition silent : 'M[R]_1 := 0.
Definition walk j : 'cV[R]_1 := const_mx (X W k j).
Definition ahead j : 'cV[R]_1 := const_mx (X W k j + 1).

Lemma walk_start : ahead 1 = walk 0.
Proof. by rewrite /ahead /walk (XS k WS 0) omega1. Qed.

Lemma walk_extrapolated j : (0 < j)%N ->
  ahead j.+1 = walk j + beta j.+1 *: (walk j - walk j.-1).
Proof.
case: j => // i _; apply/matrixP => a c; rewrite !mxE (XS k WS i) (XS k WS i.+1) omegaS //=.
ring.
Qed.

Lemma walk_step j : (j < k)%N -> soft_step silent 0 (fun=> L) L (ahead j.+1) (walk j.+1).
Proof.
move=> jk i; rewrite /correlation trmx0 mul0mx scaler0 addr0 !mxE divff ?lt0r_neq0 //.
rewrite soft_ge ?ler01 ?addrK // ler_addr.
exact: ltW (X_gt0 beta_ge0 omega1 omegaS W0 WS some jk).
Qed.

Lemma walk_short : norm_le silent L.
Proof. by move=> h; rewrite mul0mx /sqnorm dot0l mulr_ge0 ?sqnorm_ge0 // ltW. Qed.

Lemma attained (F := objective silent 0 (fun=> L)) :
  F (walk k) - F 0 = L * sqnorm (walk 0%N - 0) / (4%:R * W k).
Proof.
have Wk := W_gt0 beta_ge0 omega1 omegaS W0 WS some.
have value u : F u = L * `|u 0 0|.
  by rewrite /F /objective /misfit mul0mx subrr /sqnorm dot0l mul0r add0r /penalty big_ord1.
rewrite !value !subr0 /sqnorm /dot big_ord1 !mxE normr0 mulr0 subr0 /X W0 subr0.
have -> : 2%:R * W k - W k = W k by ring.
by rewrite (gtr0_norm Wk); field; exact: lt0r_neq0.
Qed.

Lemma walk_moves : walk 0 != 0.
Proof.
apply/eqP => /matrixP/(_ 0 0)/eqP; rewrite !mxE; apply/negP/lt0r_neq0.
exact: (X_gt0 beta_ge0 omega1 omegaS W0 WS some (leq0n k)).
Qed.

Theorem sharp (F := objective silent 0 (fun=> L)) : exists x v : nat -> 'cV[R]_1,
  [/\ v 1%N = x 0%N, x 0%N != 0,
      forall j, (0 < j < k)%N -> v j.+1 = x j + beta j.+1 *: (x j - x j.-1),
      forall j, (j < k)%N -> soft_step silent 0 (fun=> L) L (v j.+1) (x j.+1)
    & norm_le silent L /\ F (x k) - F 0 = L * sqnorm (x 0%N - 0) / (4%:R * W k)].
Proof.
exists walk, ahead; split; [exact: walk_start | exact: walk_moves | | exact: walk_step |].
  by move=> j /andP[j0 _]; exact: walk_extrapolated.
split; [exact: walk_short | exact: attained].
Qed.
End Walk.
