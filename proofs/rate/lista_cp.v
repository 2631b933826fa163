(** [rate.lista_cp]: LISTA with coupled weights converges linearly in the l1 norm. *)
From sparsebound Require Import model rate.network rate.row_sums.

Section ListaCp.
Variables (R : realFieldType) (m n : nat) (D W : 'M[R]_(m, n)).
Variables (x : 'cV[R]_n) (e : 'cV[R]_m).
Variables (K : nat) (h : nat -> 'I_n -> R -> R) (xs : nat -> 'cV[R]_n) (nu : R) (a : nat -> R).
Let mu := cross_coherence W D.
Let S := supp x.
Let s := sparsity x.

Hypothesis diagonal : normalised W D.
Hypothesis noise : forall i, `|(W^T *m e) i 0| <= nu.
Hypothesis bounded : l1 x <= a 0%N.
Hypothesis recursion : forall k, (k < K)%N -> a k.+1 = mu *+ (2 * s).-1 * a k + nu *+ (2 * s).
Hypothesis activation : forall k i, (k < K)%N -> thresholding (mu * a k + nu) (h k i).
Hypothesis start : xs 0%N = 0.
Hypothesis step : forall k, (k < K)%N -> layer D W (D *m x + e) (h k) (xs k) (xs k.+1).

(** Before an activation, an entry misses its own error. *)
Lemma preactivation_le k i : supported S (xs k) ->
  `|preactivation D W (D *m x + e) (xs k) i 0 - x i 0| <=
  mu * l1_on (S :\ i) (xs k - x) + nu.
Proof.
move=> support; rewrite error; apply: le_trans (ler_norm_add _ _) _; apply: ler_add => //.
apply: le_trans (ler_norm_sum _ _ _) _.
rewrite (bigID (fun j => j \in S :\ i)) /= [X in _ + X]big1 ?addr0 => [|j].
  rewrite mulr_sumr; apply: ler_sum => j; rewrite !inE => /andP[ji _].
  rewrite normrM ler_wpmul2r // residual_off 1?eq_sym // normrN.
  by apply: le_cross_coherence; rewrite eq_sym.
rewrite in_setD1 negb_and negbK => /orP[/eqP->|jS].
  by rewrite residual_diagonal diagonal subrr mul0r normr0.
by rewrite !mxE support // (suppP x j jS) subrr mulr0 normr0.
Qed.

Theorem lista_cp k : (k <= K)%N -> l1 (xs k - x) <= a k /\ supported S (xs k).
Proof.
have mu0 : 0 <= mu := cross_coherence_ge0 W D.
elim: k => [_|k IH kK].
  rewrite start; split=> [|i _]; last by rewrite mxE.
  apply: le_trans bounded; rewrite /l1 ler_sum // => i _.
  by rewrite !mxE sub0r normrN.
have [le support] := IH (ltnW kK).
have split_l1 : l1 (xs k - x) = l1_on S (xs k - x).
  rewrite (l1_split S) /l1_off [X in _ + X]big1 ?addr0 // => i iS.
  by rewrite !mxE support // (suppP x i iS) subrr normr0.
have le_on (T : {set 'I_n}) : T \subset S -> l1_on T (xs k - x) <= a k.
  move=> /subsetP TS; apply: le_trans le; rewrite split_l1 /l1_on.
  rewrite [X in _ <= X](bigID (fun i => i \in T)) /= ler_paddr ?sumr_ge0 //.
  rewrite le_eqVlt; apply/orP; left; apply/eqP; apply: eq_bigl => i.
  by case iT: (i \in T); rewrite ?andbF // TS.
have zero : supported S (xs k.+1).
  move=> i iS; rewrite step // (activation i kK).1 //.
  have := preactivation_le i support; rewrite (suppP x i iS) subr0 => bound.
  apply: le_trans bound _; rewrite ler_add2r ler_wpmul2l // le_on //.
  by rewrite subsetDl.
split=> //.
have -> : l1 (xs k.+1 - x) = l1_on S (xs k.+1 - x).
  rewrite (l1_split S) /l1_off [X in _ + X]big1 ?addr0 // => i iS.
  by rewrite !mxE zero // (suppP x i iS) subrr normr0.
have each i : `|(xs k.+1 - x) i 0| <=
    mu * l1_on (S :\ i) (xs k - x) + nu + (mu * a k + nu).
  rewrite !mxE step //; set v := preactivation _ _ _ _ i 0.
  have -> : h k i v - x i 0 = (v - x i 0) + (h k i v - v) by ring.
  apply: le_trans (ler_norm_add _ _) _; apply: ler_add; first exact: preactivation_le.
  exact: (activation i kK).2.
apply: le_trans (ler_sum _ (fun i _ => each i)) _.
rewrite !big_split /= !sumr_const -/(sparsity x) -/s -mulr_sumr.
have -> : \sum_(i in S) l1_on (S :\ i) (xs k - x) = l1_on S (xs k - x) *+ s.-1.
  have row i : i \in S -> l1_on (S :\ i) (xs k - x) = l1_on S (xs k - x) - `|(xs k - x) i 0|.
    by move=> iS; rewrite /l1_on [in RHS](big_setD1 i) //= addrAC subrr add0r.
  rewrite (eq_bigr _ row) sumrB sumr_const -/(sparsity x) -/s -/(l1_on S _).
  case E: s => [|t]; last by rewrite mulrSr addrK.
  by rewrite /l1_on big_pred0 ?subr0 // => i; rewrite /S (cards0_eq E) inE.
rewrite recursion // -twice_less_one mul2n -addnn; case E: s => [|t]; first by rewrite !mulr0n
  !mulr0 mul0r !addr0.
have le_S : l1_on S (xs k - x) *+ t <= a k *+ t by rewrite ler_wmuln2r // le_on.
apply: (le_from (ler_wpmul2l mu0 le_S)); rewrite [t.+1.-1]/=; ring.
Qed.
End ListaCp.
