(** [rate.ista]: ISTA, in the objective, with its exact worst case after every number of steps. *)
From sparsebound Require Import model lasso rate.proximal rate.momentum.

Section Ista.
Variables (R : realFieldType) (m n : nat) (D : 'M[R]_(m, n)) (y : 'cV[R]_m) (lam : 'I_n -> R).
Variables (L : R) (k : nat) (x : nat -> 'cV[R]_n) (z : 'cV[R]_n).
Let F := objective D y lam.

(** Without a momentum the numbers [C] are [(j - 1) (2k - j) / 2]. *)
Lemma C_plain j : (0 < j <= k)%N -> 0 <= C (fun=> 0) (fun i => i%:R) (fun i => i%:R : R) k j.
Proof.
case: j => // j /= jk; rewrite /C /cross /Y /X expr0n !mul0r if_same subr0.
have few : 0 <= k%:R - j.+1%:R :> R by rewrite subr_ge0 ler_nat.
have num (i : nat) : 0 <= i%:R :> R := ler0n _ i.
have : 0 <= j%:R * (k%:R + (k%:R - j.+1%:R)) / 2%:R :> R.
  by rewrite divr_ge0 ?mulr_ge0 // addr_ge0.
by move=> le; apply: (le_from le); rewrite /= -[j.+1]addn1 natrD; move: (j%:R : R) (k%:R : R) =>
  c1 c2; field.
Qed.

Theorem ista : (forall i, 0 < lam i) -> 0 < L -> norm_le D L -> (0 < k)%N ->
  (forall j, (j < k)%N -> soft_step D y lam L (x j) (x j.+1)) ->
  F (x k) - F z <= L * sqnorm (x 0%N - z) / (4%:R * k%:R) /\
  forall j, (j < k)%N -> F (x j.+1) <= F (x j) /\
    (minimiser D y lam true z -> sqnorm (x j.+1 - z) <= sqnorm (x j - z)).
Proof.
move=> weights L0 short some steps; have smooth := misfit_smooth y L0 short.
have step j : (j < k)%N -> proximal_step (penalty lam) (gradient D y) L (x j) (x j.+1).
  by move=> /steps; apply: soft_proximal => // i; exact: ltW.
split=> [|j jk].
  apply: (@certified _ _ _ _ _ L L0 smooth (fun=> 0) (fun=> 1) (fun i => i%:R) (fun=> 1)
    (fun i => i%:R) k _ _ _ _ _ _ _ _ _ x (fun j => x j.-1) z) C_plain => //.
  - by move=> j _; rewrite mul0r addr0.
  - by move=> j; rewrite -[j.+1]addn1 natrD.
  - by move=> j _; rewrite mul0r addr0.
  - by move=> j; rewrite -[j.+1]addn1 natrD.
  - by move=> j _; rewrite scale0r addr0.
split=> [|[_ least]].
  rewrite -subr_le0; apply: le_trans (plain_step L0 smooth (x j) (step j jk)) _.
  by rewrite subrr {1}/sqnorm dot0l sub0r mulrN mulNr oppr_le0 divr_ge0 ?ler0n // mulr_ge0
    ?sqnorm_ge0 // ltW.
have up : 0 <= F (x j.+1) - F z by rewrite subr_ge0 least.
have := le_trans up (plain_step L0 smooth z (step j jk)).
by rewrite pmulr_lge0 ?invr_gt0 ?ltr0n // pmulr_rge0 // subr_ge0.
Qed.
End Ista.

(** After every number of steps there is a walk that attains the bound. *)
Theorem sharp (R : realFieldType) (L : R) (k : nat) (F := objective (silent R) 0 (fun=> L)) :
  0 < L -> (0 < k)%N -> exists x : nat -> 'cV[R]_1,
  (forall j, (j < k)%N -> soft_step (silent R) 0 (fun=> L) L (x j) (x j.+1)) /\
  x 0%N != 0 /\ norm_le (silent R) L /\ F (x k) - F 0 = L * sqnorm (x 0%N - 0) / (4%:R * k%:R).
Proof.
move=> L0 some; pose beta (j : nat) : R := 0; pose omega (j : nat) : R := 1.
have beta0 j : 0 <= beta j by [].
have omegaS j : (0 < j)%N -> omega j.+1 = 1 + beta j.+1 * omega j by rewrite mul0r addr0.
have WS j : j.+1%:R = j%:R + omega j.+1 :> R by rewrite -[j.+1]addn1 natrD.
exists (walk (fun j => j%:R) k); split; last split; last split;
  last exact: attained beta0 _ omegaS _ WS some.
- move=> j jk; have := walk_step beta0 erefl omegaS erefl WS L0 some jk.
  suff -> : ahead (fun j => j%:R : R) k j.+1 = walk (fun j => j%:R) k j by [].
  by rewrite /ahead /walk (XS k WS j).
- exact: walk_moves beta0 _ omegaS _ WS some.
exact: walk_short.
Qed.
