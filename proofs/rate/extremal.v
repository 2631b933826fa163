(** The instance on which rates are attained, at every depth and for every sparsity.

    [s] atoms with inner products [- mu] to the weights of each other, one further atom at [mu],
    equal entries [B], soft thresholds, no noise.  On it the hypotheses of [rate.unfolded],
    [rate.alista] (for any weights), [rate.local], [rate.lista_cp] and [rate.depth] hold, so that
    none of them is vacuous, and the error is exactly what they allow. *)
From sparsebound Require Import model rate.network network.activations rate.row_sums rate.local.

Section Extremal.
Variables (R : realFieldType) (s : nat) (mu B : R).
Hypothesis s0 : (0 < s)%N.
Hypothesis mu0 : 0 <= mu.
Hypothesis B0 : 0 < B.
Let q := mu *+ (2 * s).-1.
Hypothesis q1 : q <= 1.

Definition S : {set 'I_s.+1} := [set i | i != ord_max].
Definition sign (i j : 'I_s.+1) : R := if (i == ord_max) || (j == ord_max) then -1 else 1.
Definition W : 'M[R]_s.+1 := 1%:M.
Definition D : 'M[R]_s.+1 := \matrix_(i, j) (if i == j then 1 else - (mu * sign i j)).
Definition x : 'cV[R]_s.+1 := \col_i (if i \in S then B else 0).
Definition b k := q ^+ k * B.
Definition xs k : 'cV[R]_s.+1 := \col_i (if i \in S then B - b k else 0).
Definition h k (i : 'I_s.+1) := soft (mu *+ s * b k).

Lemma gram_entry i j : gram W D i j = if i == j then 1 else - (mu * sign i j).
Proof. by rewrite /gram trmx1 mul1mx mxE. Qed.

Lemma diagonal : normalised W D.
Proof. by move=> i; rewrite gram_entry eqxx. Qed.

Lemma entry i j : residual D W i j = if i == j then 0 else mu * sign i j.
Proof.
case: (eqVneq i j) => [<-|ij]; first by rewrite residual_diagonal diagonal subrr.
by rewrite residual_off // gram_entry (negbTE ij) opprK.
Qed.

Lemma size i j : i != j -> `|gram W D i j| = mu.
Proof.
move=> /negbTE ij; rewrite gram_entry ij normrN /sign.
by case: ifP => _; rewrite ?mulrN1 ?normrN ?mulr1 ger0_norm.
Qed.

Lemma first_in_S : ord0 \in S.
Proof. by rewrite inE -val_eqE /= neq_ltn s0. Qed.

Lemma cross_coherence_mu : cross_coherence W D = mu.
Proof.
apply/le_anti/andP; split.
  by apply: largest_le => // p ij; rewrite size.
have /[!inE] ij := first_in_S; rewrite -[X in X <= _](size ij); exact: le_cross_coherence.
Qed.

Lemma card_S : #|S| = s.
Proof.
have -> : S = [set~ ord_max] by apply/setP => i; rewrite !inE.
by rewrite cardsC1 card_ord.
Qed.

Lemma card_others i : i \in S -> #|S :\ i| = s.-1.
Proof. by move=> iS; have := cardsD1 i S; rewrite iS card_S add1n => /(congr1 predn) /= ->. Qed.

Lemma supp_x : supp x = S.
Proof.
by apply/setP => i; rewrite /supp inE mxE; case: ifP => iS; rewrite ?eqxx ?lt0r_neq0 // -iS.
Qed.

Lemma sparsity_x : sparsity x = s. Proof. by rewrite /sparsity supp_x card_S. Qed.

Lemma row_on i : i \in S -> \sum_(j in S) residual D W i j = mu *+ s.-1.
Proof.
move=> iS; rewrite (big_setD1 i) //= entry eqxx add0r -(card_others iS) -sumr_const.
apply: eq_bigr => j; move: iS; rewrite !inE entry /sign => /negbTE-> /andP[ji /negbTE->].
by rewrite eq_sym (negbTE ji) mulr1.
Qed.

Lemma row_off : \sum_(j in S) residual D W ord_max j = - (mu *+ s).
Proof.
rewrite -mulNrn -[in RHS]card_S -sumr_const; apply: eq_bigr => j; rewrite inE => jm.
by rewrite entry eq_sym (negbTE jm) /sign eqxx /= mulrN1.
Qed.

Lemma q_ge0 : 0 <= q. Proof. exact: mulrn_wge0. Qed.

Lemma b_ge0 k : 0 <= b k. Proof. by rewrite mulr_ge0 ?exprn_ge0 ?q_ge0 // ltW. Qed.

Lemma threshold_ge0 k : 0 <= mu *+ s * b k.
Proof. by rewrite mulr_ge0 ?mulrn_wge0 ?b_ge0. Qed.

Lemma q_split : q = mu *+ s.-1 + mu *+ s.
Proof. by rewrite /q -twice_less_one mulrnDr. Qed.

Lemma tau_in_mu : tau_in D W S = mu *+ s.-1.
Proof.
apply/le_anti/andP; split.
  by have := tau_in_le_mu S diagonal; rewrite card_S cross_coherence_mu.
have le := le_largest (fun i => \sum_(j in S) `|residual D W i j|) (first_in_S : on S _).
apply: le_trans le; rewrite -(row_on first_in_S); exact: ler_sum (fun j _ => ler_norm _).
Qed.

Lemma tau_out_mu : tau_out D W S = mu *+ s.
Proof.
apply/le_anti/andP; split.
  by have := tau_out_le_mu D W S; rewrite card_S cross_coherence_mu.
have last : off S ord_max by rewrite /off inE negbK.
have le := le_largest (fun i => \sum_(j in S) `|residual D W i j|) last.
apply: le_trans le; rewrite -[mu *+ s]opprK -row_off -sumrN.
by apply: ler_sum => j _; rewrite -normrN ler_norm.
Qed.

(** These are the iterates. *)
Lemma step k : layer D W (D *m x + 0) (h k) (xs k) (xs k.+1).
Proof.
move=> i; have -> : preactivation D W (D *m x + 0) (xs k) i 0 =
    x i 0 - b k * \sum_(j in S) residual D W i j.
  have := error D W x 0 (xs k) i; rewrite mulmx0 [(0 : 'cV_ _) i 0]mxE addr0 => /eqP; rewrite
    subr_eq => /eqP->.
  rewrite addrC; congr (_ + _); rewrite mulr_sumr -sumrN [RHS]big_mkcond.
  by apply: eq_bigr => j _; rewrite !mxE; case: ifP => _; ring.
have bB : b k <= B.
  by rewrite -[X in _ <= X]mul1r ler_wpmul2r ?exprn_ile1 ?q_ge0 // ltW.
rewrite !mxE; case: ifPn => iS; last first.
  move: iS; rewrite inE negbK => /eqP->; rewrite row_off mulrN opprK add0r mulrC.
  by rewrite /h soft_eq0 // ger0_norm // threshold_ge0.
rewrite row_on // /h soft_ge ?threshold_ge0 //; last first.
  rewrite ler_subr_addl; apply: le_trans bB; rewrite [_ * (mu *+ _)]mulrC -mulrDl.
  by rewrite -[X in _ <= X]mul1r ler_wpmul2r ?b_ge0 // -q_split.
by rewrite /b exprS q_split; ring.
Qed.

Lemma local_sparsity_x : 0 < mu -> local_sparsity D W x = s.
Proof.
move=> mup; apply/eqP; rewrite eqn_leq; apply/andP; split.
  apply/bigmax_leqP => i _; rewrite -[X in (_ <= X)%N]sparsity_x.
  by apply/subset_leq_card/subsetP => j; rewrite inE => /andP[].
rewrite -[X in (X <= _)%N]sparsity_x; apply: leq_trans (leq_bigmax ord_max).
apply/subset_leq_card/subsetP => j jx; rewrite inE jx /=; apply: contraT => /apart.
have /[!inE] jm : j \in S by rewrite -supp_x.
move=> z; have := size (j := j) (i := ord_max); rewrite z normr0 => /(_ _) e.
by move: mup; rewrite -e ?ltxx // eq_sym.
Qed.

(** Every hypothesis but those that name these quantities, and the error of every layer. *)
Theorem sharp :
  [/\ normalised W D, cross_coherence W D = mu, sparsity x = s & supported S x] /\
  [/\ tau_in D W S = mu *+ s.-1 & tau_out D W S = mu *+ s] /\
  [/\ forall i, `|(W^T *m (0 : 'cV[R]_s.+1)) i 0| <= 0, forall i, `|x i 0| <= b 0%N & xs 0%N = 0] /\
  [/\ forall k, b k.+1 = q * b k + 0 *+ 2,
      forall k i, soft (mu *+ s * b k + 0) = h k i &
      forall k, layer D W (D *m x + 0) (h k) (xs k) (xs k.+1)] /\
  forall k i, i \in S -> `|xs k i 0 - x i 0| = b k.
Proof.
do !split.
- exact: diagonal.
- exact: cross_coherence_mu.
- exact: sparsity_x.
- by rewrite -supp_x; exact: supported_supp.
- exact: tau_in_mu.
- exact: tau_out_mu.
- by move=> i; rewrite mulmx0 mxE normr0.
- move=> i; rewrite mxE /b expr0 mul1r; case: ifP => _; last by rewrite normr0 ltW.
  by rewrite ger0_norm // ltW.
- by apply/matrixP => i j; rewrite !mxE /b expr0 mul1r subrr if_same.
- by move=> k; rewrite /b exprS mul0rn addr0 mulrA.
- by move=> k i; rewrite addr0.
- exact: step.
move=> k i iS; rewrite !mxE iS (_ : B - b k - B = - b k); last by ring.
by rewrite normrN ger0_norm ?b_ge0.
Qed.
End Extremal.
