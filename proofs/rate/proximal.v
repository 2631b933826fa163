(** One proximal gradient step, and the step of iterative soft thresholding that is one. *)
From sparsebound Require Import model lasso network.activations.

(** ** One step, for a sum of a smooth convex function and a convex one *)

Section Composite.
Variables (R : realFieldType) (n : nat) (f g : 'cV[R]_n -> R) (grad : 'cV[R]_n -> 'cV[R]_n) (L : R).
Implicit Types (u v x : 'cV[R]_n) (a b c : R).

(** [f] is convex and its gradient has the Lipschitz constant [L]. *)
Definition smooth_convex := forall u v,
  f u - f v <= dot (grad u) (u - v) - sqnorm (grad u - grad v) / (2%:R * L).

(** [L (v - x) - grad v] is a subgradient of [g] at [x]. *)
Definition proximal_step v x := forall u, g x - g u <= dot (L *: (v - x) - grad v) (x - u).

Hypothesis positive : 0 < L.
Hypothesis smooth : smooth_convex.
Let F x := f x + g x.

Lemma convex u v : f u - f v <= dot (grad u) (u - v).
Proof.
by apply: le_trans (smooth u v) _; rewrite ler_subl_addr ler_addl divr_ge0 ?sqnorm_ge0 ?mulr_ge0
  ?ler0n // ltW.
Qed.

(** Six inequalities, added with weights that are not negative. *)
Lemma step_le v x x' u a b c : 0 <= b -> b <= c -> c <= a -> proximal_step v x ->
  a * (F x - F u) - b * (F x' - F u) <=
  L * dot (v - x) (a *: (x - u) - b *: (x' - u))
  + dot (grad x - grad v) (a *: (x - u) - c *: (v - u))
  - c * (sqnorm (grad x - grad v) / (2%:R * L)).
Proof.
move=> b0 bc ca step; have c0 := le_trans b0 bc.
have weighted (e p q : R) : 0 <= e -> p <= q -> 0 <= e * (q - p).
  by move=> e0 pq; rewrite mulr_ge0 ?subr_ge0.
have ab : 0 <= a - b by rewrite subr_ge0 (le_trans bc).
have ac : 0 <= a - c by rewrite subr_ge0.
have cb : 0 <= c - b by rewrite subr_ge0.
have A := addr_ge0 (weighted _ _ _ b0 (step x')) (weighted _ _ _ ab (step u)).
have B := addr_ge0 (weighted _ _ _ c0 (smooth x v)) (weighted _ _ _ ac (convex x u)).
have C := addr_ge0 (weighted _ _ _ b0 (convex v x')) (weighted _ _ _ cb (convex v u)).
apply: (le_from (addr_ge0 A (addr_ge0 B C))); rewrite /F !(dotBr, dotBl, dotZl, dotZr).
move: (sqnorm _ / _) (f x) (f u) (f v) (f x') (g x) (g u) (g x').
move: (dot (grad x) x) (dot (grad x) u) (dot (grad x) v) (dot (grad v) x) (dot (grad v) u).
move: (dot (grad v) v) (dot (grad v) x') (dot v x) (dot v u) (dot v x').
by move: (dot x x) (dot x u) (dot x x') => *; ring.
Qed.

(** A step does not raise the objective by more than it moves towards [u]. *)
Lemma plain_step v x u : proximal_step v x ->
  F x - F u <= L * (sqnorm (v - u) - sqnorm (x - u)) / 2%:R.
Proof.
move=> step; have := @step_le v x x u 1 0 1 (lexx 0) ler01 (lexx 1) step.
rewrite !scale1r !scale0r subr0 mul0r subr0 !mul1r => le; apply: le_trans le _.
set q := grad x - grad v; have L0 : L != 0 := lt0r_neq0 positive.
apply: (@le_from _ 0 (sqnorm (q - L *: (x - v)) / (2%:R * L))).
  by rewrite divr_ge0 ?sqnorm_ge0 ?mulr_ge0 ?ler0n ?ltW.
have -> : v - u = (x - u) - (x - v) by rewrite opprB [RHS]addrC addrA subrK.
have -> : v - x = - (x - v) by rewrite opprB.
move: (x - u) (x - v) => p r.
rewrite subKr !sqnormB sqnormZ dotNl dotZr (dotC r).
by move: (sqnorm p) (sqnorm q) (sqnorm r) (dot p r) (dot q r) => *; field.
Qed.

(** What a step leaves of the energy: [z] and [z - d] are the points, as seen from [u] and each
    divided by its [X]; [d'] is the difference before. *)
Lemma energy_step v x x' u (z d d' : 'cV[R]_n) (X0 X1 X2 W W' omega w s s' b e : R) :
  0 <= b -> 0 < X2 -> 1 <= omega -> 1 <= w -> 0 <= s' ->
  X1 = X2 + omega -> X1 = 2%:R * W - W' -> b * X0 = b * X1 + omega - 1 ->
  s = s' + w -> w * (omega - 1) + W' = s' ->
  x - u = X2 *: z -> x' - u = X1 *: (z - d) ->
  v = x' + b *: (X1 *: (z - d) - X0 *: (z - d - d')) ->
  proximal_step v x ->
  s / X2 * (F x - F u)
    + L * ((W - s) * sqnorm z + (w - 1) * X1 * dot z d + e * sqnorm d)
    + L * (W + s' * X2 - s * (X2 + 1) / 2%:R - e) * sqnorm d
  <= s' / X1 * (F x' - F u)
    + L * ((W - s') * sqnorm (z - d) + b * w * X0 * dot (z - d) d'
           + b ^+ 2 * s * X0 ^+ 2 / (2%:R * (X2 + 1)) * sqnorm d').
Proof.
move=> b0 X20 om1 w1 s'0 X1E X1W bX0 sE lemma0 xE x'E vE step.
have X10 : 0 < X1 by rewrite X1E addr_gt0 // (lt_le_trans ltr01).
have Y0 : 0 < X2 + 1 by rewrite addr_gt0 // ltr01.
have s0 : 0 <= s by rewrite sE addr_ge0 // (le_trans ler01).
have b_le : s' / X1 <= s / (X2 + 1).
  rewrite ler_pdivr_mulr // mulrAC ler_pdivl_mulr //.
  apply: ler_pmul => //; [exact: ltW | by rewrite sE ler_addl (le_trans ler01) |].
  by rewrite X1E ler_add2l.
have le_a : s / (X2 + 1) <= s / X2 by rewrite ler_wpmul2l // lef_pinv ?posrE // ler_addl ler01.
have := @step_le v x x' u (s / X2) (s' / X1) (s / (X2 + 1)) (divr_ge0 s'0 (ltW X10)) b_le le_a step.
have n2 : X2 != 0 := lt0r_neq0 X20; have n1 : X1 != 0 := lt0r_neq0 X10.
have nY : X2 + 1 != 0 := lt0r_neq0 Y0; have nL : L != 0 := lt0r_neq0 positive.
set q := grad x - grad v; pose c := s / (X2 + 1).
have [rho rhoE] : exists rho, rho = b * X0 *: d' - (X2 + 1) *: d.
  by exists (b * X0 *: d' - (X2 + 1) *: d).
have gE : v - x = z + rho.
  have -> : v - x = (v - x') + (x' - u) - (x - u) by rewrite addrA subrK opprB addrA subrK.
  rewrite xE x'E vE [x' + _]addrC addrK rhoE; apply/matrixP => i j; rewrite !mxE.
  move: (z i j) (d i j) (d' i j) => p r t.
  have -> : b * (X1 * (p - r) - X0 * (p - r - t)) =
    (b * X1 - b * X0) * (p - r) + b * X0 * t by ring.
  by rewrite bX0 X1E; ring.
have -> : s / X2 *: (x - u) - s / (X2 + 1) *: (v - u) = - c *: rho.
  have -> : v - u = (v - x) + (x - u) by rewrite addrA subrK.
  have entry (p r : R) : s / X2 * (X2 * p) - c * (p + r + X2 * p) = - c * r.
    by rewrite /c; field; exact/andP.
  by rewrite gE xE; apply/matrixP => i j; rewrite !mxE; exact: entry.
rewrite xE x'E !scalerA !divfK // gE => le.
have square : 0 <= c / (2%:R * L) * sqnorm (q + L *: rho).
  apply: mulr_ge0 (sqnorm_ge0 _); apply: divr_ge0; first exact: divr_ge0 s0 (ltW Y0).
  by rewrite mulr_ge0 ?ler0n ?ltW.
rewrite -subr_ge0 in le; apply: (le_from (addr_ge0 le square)).
have -> : b * w * X0 = w * (b * X0) by ring.
have -> : b ^+ 2 * s * X0 ^+ 2 = s * (b * X0) ^+ 2 by ring.
have -> : W = (X1 + W') / 2%:R by rewrite X1W; field.
move: (s / X2 * (F x - F u)) (s' / X1 * (F x' - F u)) => now before; clearbody q.
rewrite -lemma0 in sE *.
rewrite /c sE X1E rhoE {sE lemma0 X1W X1E c xE x'E vE bX0 le square gE rhoE rho}.
move: (b * X0) => B.
rewrite !(sqnormD, sqnormB, sqnormZ, sqnormN, dotDl, dotBl, dotZl, dotNl, dotDr, dotBr, dotZr,
  dotNr).
rewrite -!/(sqnorm z) -!/(sqnorm d) -!/(sqnorm d') (dotC d z) (dotC d' z) (dotC d d').
move: (sqnorm z) (sqnorm d) (sqnorm d') (dot z d) (dot z d') (dot d' d).
move: (sqnorm q) (dot q d) (dot q d') (dot q z) => *.
by field; exact/andP.
Qed.

End Composite.

(** ** Iterative soft thresholding *)

Section SoftThresholding.
Variable R : realFieldType.

Lemma soft_le (t v u : R) : 0 <= t -> t * (`|soft t v| - `|u|) <= (v - soft t v) * (soft t v - u).
Proof.
move=> t0; have up : 0 <= t * (`|u| - u) by rewrite mulr_ge0 // subr_ge0 ler_norm.
have down : 0 <= t * (`|u| + u).
  by rewrite mulr_ge0 // -[u in _ + u]opprK subr_ge0 -normrN ler_norm.
rewrite /soft; case: (ltP t v) => [tv|vt].
  by rewrite (gtr0_norm (_ : 0 < v - t)) ?subr_gt0 //; apply: (le_from up); ring.
case: (ltP v (- t)) => [lo|hi].
  rewrite (ltr0_norm (_ : v + t < 0)); first by apply: (le_from down); ring.
  by rewrite -ltr_subr_addr sub0r.
have inside : 0 <= (t - `|v|) * `|u| by rewrite mulr_ge0 // subr_ge0 ler_norml hi.
have signs : v * u <= `|v| * `|u| by rewrite -normrM ler_norm.
rewrite normr0; apply: (le_from (ler_add inside signs)); ring.
Qed.

Variables (m n : nat) (D : 'M[R]_(m, n)) (y : 'cV[R]_m) (lam : 'I_n -> R) (L : R).
Implicit Types (u v x : 'cV[R]_n).

Definition soft_step v x :=
  forall i, x i 0 = soft (lam i / L) ((v + L^-1 *: correlation D y v) i 0).

(** The square of the spectral norm is at most [L]. *)
Definition norm_le := forall h : 'cV[R]_n, sqnorm (D *m h) <= L * sqnorm h.

Definition gradient v : 'cV[R]_n := - correlation D y v.

Hypothesis positive : 0 < L.
Hypothesis short : norm_le.

Lemma adjoint_le (r : 'cV[R]_m) : sqnorm (D^T *m r) <= L * sqnorm r.
Proof.
set q := sqnorm (D^T *m r); have [->|q0] := eqVneq q 0.
  by rewrite mulr_ge0 ?sqnorm_ge0 // ltW.
have pos : 0 < q by rewrite lt_def q0 sqnorm_ge0.
rewrite -(ler_pmul2l pos) mulrA (mulrC q L).
apply: le_trans (ler_wpmul2r (sqnorm_ge0 r) (short (D^T *m r))).
by apply: le_trans (dot_sqr_le _ _); rewrite dot_adjoint expr2.
Qed.

Lemma misfit_smooth : smooth_convex (misfit D y) gradient L.
Proof.
move=> u v; set h := u - v.
have fits : y - D *m v = residual D y u + D *m h.
  by rewrite /residual /h mulmxBr addrA subrK.
have moved : gradient u - gradient v = D^T *m (D *m h).
  rewrite /gradient /correlation opprK addrC -mulmxBr; congr (_ *m _).
  by rewrite {1}/residual fits addrC addKr.
have := adjoint_le (D *m h); rewrite -moved => le.
have L2 : 0 < 2%:R * L by rewrite mulr_gt0 ?ltr0n.
rewrite -ler_pdivr_mull // mulrC in le.
have half : sqnorm (gradient u - gradient v) / (2%:R * L) <= sqnorm (D *m h) / 2%:R.
  by apply: (le_from (ler_wpmul2r (ltW (_ : 0 < 2%:R^-1)) le)); rewrite ?invr_gt0 ?ltr0n //;
     field; exact: lt0r_neq0.
apply: (le_from half).
have -> : dot (gradient u) h = - dot (residual D y u) (D *m h).
  by rewrite dotNl [in RHS]dotC dot_adjoint dotC.
rewrite /misfit fits -/(residual D y u); move: (sqnorm (gradient u - gradient v) / _) => q.
by rewrite sqnormD; move: (sqnorm _) (sqnorm _) (dot _ _) => *; field.
Qed.

Hypothesis weights : forall i, 0 <= lam i.

Lemma soft_proximal v x : soft_step v x -> proximal_step (penalty lam) gradient L v x.
Proof.
rewrite /soft_step /proximal_step /gradient; move: (correlation D y v) => c step u.
rewrite /penalty -sumrB; apply: ler_sum => i _; have nL := lt0r_neq0 positive.
have := @soft_le (lam i / L) ((v + L^-1 *: c) i 0) (u i 0) (divr_ge0 (weights i) (ltW positive)).
rewrite -step -(ler_pmul2l positive) !mxE => le; apply: (le_from le).
by move: (v i 0) (c i 0) (x i 0) (u i 0) => *; field.
Qed.
End SoftThresholding.
