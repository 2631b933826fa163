(** [rate.local]: a rate that does not depend on the length of the signal. *)
From sparsebound Require Import model rate.network rate.unfolded rate.row_sums.

Section Local.
Variables (R : realFieldType) (m n : nat) (D W : 'M[R]_(m, n)).
Variables (x : 'cV[R]_n) (e : 'cV[R]_m).
Variables (K : nat) (h : nat -> 'I_n -> R -> R) (xs : nat -> 'cV[R]_n) (nu : R) (b : nat -> R).

(** An atom meets a weight if both are not zero in some row; or if it is its own. *)
Definition meets (i j : 'I_n) := (i == j) || [exists k, (W k i != 0) && (D k j != 0)].
Definition local_sparsity := (\max_i #|[set j in supp x | meets i j]|)%N.

Let mu := cross_coherence W D.
Let s := local_sparsity.

Lemma apart i j : ~~ meets i j -> gram W D i j = 0.
Proof.
rewrite negb_or negb_exists => /andP[_ /forallP none].
rewrite /gram mxE big1 // => k _; rewrite mxE; have := none k.
by rewrite negb_and !negbK => /orP[]/eqP->; rewrite ?mul0r ?mulr0.
Qed.

(** Only the atoms that are met count in a row. *)
Lemma row_le i (T : {set 'I_n}) : i \notin T ->
  \sum_(j in T) `|gram W D i j| <= mu *+ #|[set j in T | meets i j]|.
Proof.
move=> iT; rewrite (bigID (meets i)) /= [X in _ + X]big1 ?addr0; last first.
  by move=> j /andP[_ /apart->]; rewrite normr0.
have -> : \sum_(j in T | meets i j) `|gram W D i j| =
          \sum_(j in [set j in T | meets i j]) `|gram W D i j|.
  by apply: eq_bigl => j; rewrite inE.
by apply: row_le_cross_coherence; rewrite inE (negbTE iT).
Qed.

Theorem local :
  normalised W D ->
  (forall i, `|(W^T *m e) i 0| <= nu) ->
  (forall i, `|x i 0| <= b 0%N) ->
  (forall k, (k < K)%N -> b k.+1 = mu *+ (2 * s).-1 * b k + nu *+ 2) ->
  (forall k i, (k < K)%N -> thresholding (mu *+ s * b k + nu) (h k i)) ->
  xs 0%N = 0 ->
  (forall k, (k < K)%N -> layer D W (D *m x + e) (h k) (xs k) (xs k.+1)) ->
  forall k, (k <= K)%N ->
  (forall i, `|xs k i 0 - x i 0| <= b k) /\ supported (supp x) (xs k).
Proof.
move=> diagonal noise bounded recursion.
have mu0 : 0 <= mu := cross_coherence_ge0 W D.
apply: (unfolded_exact (@supported_supp _ _ x) noise (inside := mu *+ s.-1)) => //.
- rewrite -[X in _ <= X]add0r; apply: tau_in_le => [|i _|i iS].
  + by rewrite add0r mulrn_wge0.
  + by rewrite diagonal subrr normr0.
  apply: le_trans (row_le _) _; first by rewrite !inE eqxx.
  apply: ler_wpmuln2l => //; rewrite -ltnS prednK; last first.
    apply: leq_trans (leq_bigmax i); apply/card_gt0P; exists i.
    by rewrite inE iS /meets eqxx.
  apply: leq_trans (leq_bigmax i); apply: proper_card; apply/properP; split.
    by apply/subsetP => j; rewrite !inE => /andP[/andP[_ ->] ->].
  by exists i; rewrite !inE ?eqxx //= /meets eqxx andbT; move: iS; rewrite inE.
- apply: tau_out_le => [|i iS]; first exact: mulrn_wge0.
  apply: le_trans (row_le iS) _; apply: ler_wpmuln2l => //.
  exact: (leq_bigmax (F := fun i => #|[set j in supp x | meets i j]|)).
- by move=> k kK; rewrite recursion // -twice_less_one mulrnDr.
Qed.
End Local.
