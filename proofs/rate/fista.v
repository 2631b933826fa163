(** [rate.fista]: FISTA, in the objective, with its exact worst case after every number of steps. *)
From sparsebound Require Import model lasso rate.proximal rate.momentum rate.fista_numbers.

Section Fista.
Variables (R : realFieldType) (t : nat -> R) (k : nat).
Hypothesis t1 : t 1%N = 1.
Hypothesis t_gt0 : forall j, (0 < j <= k)%N -> 0 < t j.
Hypothesis tS : forall j, (0 < j < k)%N -> t j.+1 ^+ 2 - t j.+1 = t j ^+ 2.
Hypothesis some : (0 < k)%N.

Let cubes := \sum_(1 <= i < k.+1) t i ^+ 3.

Let t_pos j : (j < k)%N -> 0 < t j.+1. Proof. by move=> jk; apply: t_gt0. Qed.

(** The momentum of FISTA has a certificate. *)
Lemma C_ge0 j : (1 < j < k)%N -> 0 <= C (beta t k) (W t k) (sigma t k) k j.
Proof.
case: j => [//|[//|i]] /andP[_ ik]; have jk := ltnW ik.
have [h [h0 short aE rE]] := successive t1 t_pos tS ik.
have [lower upper] := squares_bounds t1 t_pos tS jk.
have h_le : h * 6%:R <= 1.
  have half := half_le t1 t_pos tS jk; rewrite ler_pdivr_mulr ?ltr0n // in half.
  apply: le_trans short; rewrite ler_pmul2l //.
  apply: (le_from (ler_add (ler_add half half) (ler0n R (2 * i)))).
  by rewrite natrM -[i.+2]addn2 natrD; ring.
pose n := squares t i.+2 - (2%:R * t i.+2 + 3%:R / 4%:R) / 3%:R.
have n0 : 0 <= n by rewrite subr_ge0.
have n_le : n <= 12%:R^-1 by apply: (le_from upper); rewrite /n; field.
have mE : squares t i.+2 = (2%:R * t i.+2 + 3%:R / 4%:R) / 3%:R + n by rewrite addrC subrK.
have last : (k.-1 < k)%N by rewrite prednK.
have rT : t i.+3 ^+ 2 <= t k ^+ 2.
  have le : t i.+3 <= t k by rewrite -[in t k](prednK some) (t_mono t_pos tS) // -ltnS prednK.
  by rewrite !expr2 ler_pmul // ltW // t_pos.
have mu : squares t i.+3 <= squares t k.
  by rewrite -[in squares t k](prednK some) (squares_mono t1 t_pos tS) // -ltnS prednK.
have := C_inside h0 h_le aE rE mE n0 n_le rT; rewrite -(squaresS t_pos tS) //.
move=> /(_ _ mu (squares_ge0 _ _)) /=.
have Wk : W t k k = (t k ^+ 2 + squares t k) / 2%:R by have := WE t1 t_pos tS last; rewrite prednK.
rewrite -Wk -!(WE t1 t_pos tS) // -!(sigmaE t1 t_pos tS) //.
have -> : sigma t k i.+2 - (t i.+2 - t i.+2 * (t i.+2 ^+ 2 - t i.+2) / t k ^+ 2) = sigma t k i.+1.
  by rewrite [sigma t k i.+2]sigmaS addrK.
have -> : (t i.+2 - 1) / t i.+3 * (2%:R * W t k k - W t k i.+2) +
    (t i.+3 - 1 - squares t i.+2 / t i.+3) / 2%:R =
    beta t k i.+3 * (2%:R * W t k k - W t k i.+1).
  have -> : (t i.+3 - 1 - squares t i.+2 / t i.+3) / 2%:R = omega t k i.+3 - 1.
    by rewrite (omegaE t1 t_pos tS) //; field; exact: lt0r_neq0 (t_pos ik).
  have betaE : beta t k i.+3 = (t i.+2 - 1) / t i.+3 by rewrite /beta ik.
  rewrite -betaE [W t k i.+2]WS [omega t k i.+3]omegaS.
  by move: (omega t k i.+2) (W t k i.+1) (beta t k i.+3) (W t k k) => *; ring.
by rewrite /C /cross /Y /X ik exprMn mulrCA mulrA.
Qed.

Lemma length : W t k k = cubes / t k ^+ 2.
Proof. by have := W_cubes t1 t_pos tS (_ : k.-1 < k)%N; rewrite prednK // => ->. Qed.

Lemma half_last : (k%:R + 1) / 2%:R <= t k.
Proof. by have := half_le t1 t_pos tS (_ : k.-1 < k)%N; rewrite prednK // => ->. Qed.

Lemma square_le : t k ^+ 2 <= 2%:R * (cubes / t k ^+ 2).
Proof.
have := WE t1 t_pos tS (_ : k.-1 < k)%N; rewrite prednK // length => -> //.
by apply: (le_from (squares_ge0 t k)); field.
Qed.

Lemma last_gt0 : 0 < t k. Proof. by rewrite t_gt0 // some leqnn. Qed.

Lemma cubes_gt0 : 0 < cubes.
Proof.
have T0 : 0 < t k ^+ 2 by rewrite exprn_gt0 // last_gt0.
by have := lt_le_trans T0 square_le; rewrite pmulr_rgt0 ?ltr0n // pmulr_lgt0 // invr_gt0.
Qed.

Lemma worst a : a * t k ^+ 2 / (4%:R * cubes) = a / (4%:R * W t k k).
Proof.
rewrite length; move: cubes (t k) (lt0r_neq0 cubes_gt0) (lt0r_neq0 last_gt0) => c b c0 b0.
by field; rewrite b0.
Qed.

(** For any smooth convex [f] and any [g]. *)
Theorem composite (n : nat) (f g : 'cV[R]_n -> R) (grad : 'cV[R]_n -> 'cV[R]_n) (L : R)
    (x v : nat -> 'cV[R]_n) (u : 'cV[R]_n) :
  0 < L -> smooth_convex f grad L ->
  v 1%N = x 0%N ->
  (forall j, (0 < j < k)%N -> v j.+1 = x j + ((t j - 1) / t j.+1) *: (x j - x j.-1)) ->
  (forall j, (j < k)%N -> proximal_step g grad L (v j.+1) (x j.+1)) ->
  f (x k) + g (x k) - (f u + g u) <= L * sqnorm (x 0%N - u) * t k ^+ 2 / (4%:R * cubes).
Proof.
move=> L0 smooth start extrapolated steps; rewrite worst.
apply: (certified_inside L0 smooth (beta_ge0 t1 t_pos tS) (omega1 t k) (fun j _ => omegaS t k j)
  (W0 t k) (WS t k) (w_last t_pos some) (wS t_pos tS) (sigma0 t k) (sigmaS t k) u start _ steps some
  (beta2 k t1) C_ge0) => j jk.
by rewrite extrapolated // /beta ltnS jk.
Qed.

(** For the objective of the Lasso, and down to the bound of the textbooks. *)
Theorem fista (m n : nat) (D : 'M[R]_(m, n)) (y : 'cV[R]_m) (lam : 'I_n -> R) (L : R)
    (x v : nat -> 'cV[R]_n) (z : 'cV[R]_n) (F := objective D y lam) (d := sqnorm (x 0%N - z)) :
  (forall i, 0 < lam i) -> 0 < L -> norm_le D L ->
  v 1%N = x 0%N ->
  (forall j, (0 < j < k)%N -> v j.+1 = x j + ((t j - 1) / t j.+1) *: (x j - x j.-1)) ->
  (forall j, (j < k)%N -> soft_step D y lam L (v j.+1) (x j.+1)) ->
  [/\ F (x k) - F z <= L * d * t k ^+ 2 / (4%:R * cubes),
      L * d * t k ^+ 2 / (4%:R * cubes) <= L * d / (2%:R * t k ^+ 2)
    & L * d / (2%:R * t k ^+ 2) <= 2%:R * L * d / (k%:R + 1) ^+ 2] /\
  (k%:R + 1) / 2%:R <= t k /\ t k ^+ 2 <= 2%:R * (cubes / t k ^+ 2).
Proof.
move=> weights L0 short start extrapolated steps; split; last first.
  by split; [exact: half_last | exact: square_le].
have tk := last_gt0; have T0 : 0 < t k ^+ 2 by rewrite exprn_gt0.
have far : 0 <= L * d by rewrite mulr_ge0 ?sqnorm_ge0 // ltW.
split.
- apply: (composite z L0 (misfit_smooth y L0 short) start extrapolated) => j jk.
  by apply: soft_proximal (steps j jk) => // i; exact: ltW.
- rewrite worst length ler_wpmul2l // lef_pinv ?posrE ?mulr_gt0 ?invr_gt0 ?cubes_gt0 ?ltr0n //.
  by apply: (le_from (ler_add square_le square_le)); ring.
have -> : 2%:R * L * d / (k%:R + 1) ^+ 2 = L * d * (2%:R / (k%:R + 1) ^+ 2) by ring.
have k0 : 0 <= k%:R + 1 :> R by rewrite addr_ge0 ?ler0n ?ler01.
have := half_last; rewrite ler_pdivr_mulr ?ltr0n // => half.
rewrite ler_wpmul2l // ler_pdivl_mulr ?exprn_gt0 ?ltr_paddl ?ler0n ?ltr01 // mulrC.
rewrite ler_pdivr_mulr ?mulr_gt0 ?ltr0n //.
by apply: (le_from (ler_pmul k0 k0 half half)); ring.
Qed.

(** The bound is attained: a walk towards 0, half of the way. *)
Theorem sharp (L : R) (F := objective (silent R) 0 (fun=> L)) : 0 < L ->
  exists x v : nat -> 'cV[R]_1,
  [/\ v 1%N = x 0%N, x 0%N != 0,
      forall j, (0 < j < k)%N -> v j.+1 = x j + ((t j - 1) / t j.+1) *: (x j - x j.-1),
      forall j, (j < k)%N -> soft_step (silent R) 0 (fun=> L) L (v j.+1) (x j.+1)
    & norm_le (silent R) L /\
      F (x k) - F 0 = L * sqnorm (x 0%N - 0) * t k ^+ 2 / (4%:R * cubes)].
Proof.
move=> L0; have := momentum.sharp (beta_ge0 t1 t_pos tS) (omega1 t k) (fun j _ => omegaS t k j)
  (W0 t k) (WS t k) L0 some.
move=> [x [v [start moves extrapolated steps [short value]]]]; exists x, v; split=> //.
  by move=> j jk; rewrite extrapolated // /beta ltnS jk.
by rewrite [LHS]value worst.
Qed.
End Fista.

(** Where there are square roots, there are such numbers, for every number of steps. *)
Theorem not_vacuous (R : rcfType) : exists t : nat -> R,
  [/\ t 1%N = 1, forall j, (0 < j)%N -> 0 < t j
    & forall j, (0 < j)%N -> t j.+1 ^+ 2 - t j.+1 = t j ^+ 2].
Proof.
pose next (a : R) := (1 + Num.sqrt (1 + 4%:R * a ^+ 2)) / 2%:R.
exists (fun j => iter j next 0); split=> [|[//|j] _|j _] /=.
- by rewrite /next expr0n mulr0 addr0 sqrtr1 -mulr2n divff ?pnatr_eq0.
- by rewrite divr_gt0 ?ltr0n // ltr_paddr ?sqrtr_ge0 ?ltr01.
rewrite /next; move: (iter j next 0) => a; have a0 : 0 <= 1 + 4%:R * a ^+ 2.
  by rewrite addr_ge0 ?ler01 // mulr_ge0 ?ler0n ?sqr_ge0.
have := sqr_sqrtr a0; move: (Num.sqrt _) => r e.
by have -> : a ^+ 2 = (r ^+ 2 - 1) / 4%:R; [rewrite e; field | field].
Qed.
