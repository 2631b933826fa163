(** [rate.ista_thresholds]: classical steps with falling thresholds converge linearly. *)
From sparsebound Require Import model rate.network rate.unfolded rate.row_sums.

Section IstaThresholds.
Variables (R : realFieldType) (m n : nat) (D W : 'M[R]_(m, n)).
Variables (x : 'cV[R]_n) (e : 'cV[R]_m).
Variables (K : nat) (h : nat -> 'I_n -> R -> R) (xs : nat -> 'cV[R]_n) (nu c : R) (b : nat -> R).
Let s := sparsity x.
Let q := 1 - (c - babel W D s.-1 - babel W D s).

Theorem ista_thresholds :
  (forall i, 0 <= gram W D i i <= 1) -> (forall i, c <= gram W D i i) ->
  (forall i, `|(W^T *m e) i 0| <= nu) ->
  (forall i, `|x i 0| <= b 0%N) ->
  (forall k, (k < K)%N -> b k.+1 = q * b k + nu *+ 2) ->
  (forall k i, (k < K)%N -> thresholding (babel W D s * b k + nu) (h k i)) ->
  xs 0%N = 0 ->
  (forall k, (k < K)%N -> layer D W (D *m x + e) (h k) (xs k) (xs k.+1)) ->
  forall k, (k <= K)%N ->
  (forall i, `|xs k i 0 - x i 0| <= b k) /\ supported (supp x) (xs k).
Proof.
move=> diagonal least noise bounded recursion activation start step k kK.
have [i0 _|none] := pickP 'I_n; last by split=> i; have := none i.
have rest i : `|1 - gram W D i i| <= 1 - c.
  by rewrite ger0_norm ?subr_ge0 ?ler_add2l ?ler_opp2 ?least //; case/andP: (diagonal i).
apply: (unfolded_exact (@supported_supp _ _ x) noise (inside := 1 - c + babel W D s.-1)
          (outside := babel W D s) _ _ bounded _ activation start step kK).
- by apply: tau_in_le_babel => //; exact: le_trans (normr_ge0 _) (rest i0).
- exact: tau_out_le_babel.
- by move=> j jK; rewrite recursion // /q; ring.
Qed.

(** [W = D/L] with atoms of unit norm: [q = 1 - (1 - mu1(s-1) - mu1(s)) / L]. *)
Lemma gradient_step (L : R) : 0 < L -> unit_atoms D -> W = L^-1 *: D -> c = L^-1 ->
  (forall i, c <= gram W D i i) /\ q = 1 - (1 - babel D D s.-1 - babel D D s) / L.
Proof.
move=> L0 unit WD cL; have entry i j : gram W D i j = L^-1 * gram D D i j.
  by rewrite WD /gram linearZ /= -scalemxAl mxE.
split=> [i|]; first by rewrite entry unit mulr1 cL.
have scaled k : babel W D k = L^-1 * babel D D k.
  have L0' : 0 <= L^-1 by rewrite invr_ge0 ltW.
  have sum i T : \sum_(j in T) `|gram W D i j| = L^-1 * \sum_(j in T) `|gram D D i j|.
    by rewrite mulr_sumr; apply: eq_bigr => j _; rewrite entry normrM (ger0_norm L0').
  apply/le_anti/andP; split.
    apply: babel_le => [|i T iT Tk]; first by rewrite mulr_ge0 ?babel_ge0.
    by rewrite sum ler_wpmul2l // le_babel.
  rewrite -[X in _ <= X](mulKf (lt0r_neq0 L0)) ler_wpmul2l //.
  apply: babel_le => [|i T iT Tk]; first by rewrite mulr_ge0 ?babel_ge0 ?ltW.
  by rewrite -(mulVKf (lt0r_neq0 L0) (\sum_(j in T) _)) -sum ler_wpmul2l ?le_babel ?(ltW L0).
by rewrite /q !scaled cL; ring.
Qed.
End IstaThresholds.
