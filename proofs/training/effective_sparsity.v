(** [training.effective_sparsity]: the ratio of two norms bounds the number of nonzeros from below,
    and the rest of a code. *)
From sparsebound Require Import model.

Section EffectiveSparsity.
Variables (R : realFieldType) (n : nat) (x : 'cV[R]_n).

Theorem effective_sparsity : l1 x ^+ 2 <= sqnorm x *+ sparsity x.
Proof.
pose a : 'cV[R]_n := \col_i `|x i 0|; pose b : 'cV[R]_n := \col_i (x i 0 != 0)%:R.
have -> : l1 x = dot a b.
  by apply: eq_bigr => i _; rewrite !mxE; case: eqP => [->|_]; rewrite ?normr0 ?mul0r ?mulr1.
apply: le_trans (dot_sqr_le a b) _; have -> : sqnorm b = (sparsity x)%:R.
  rewrite /sparsity -sum1_card natr_sum [RHS]big_mkcond; apply: eq_bigr => i _.
  by rewrite !mxE inE; case: (x i 0 == 0); rewrite ?mulr0 ?mulr1.
have -> : sqnorm a = sqnorm x.
  by apply: eq_bigr => i _; rewrite mxE -!expr2 real_normK ?num_real.
by rewrite mulr_natr.
Qed.

(** Stechkin: [T] has the [s] entries of largest modulus. *)
Theorem rest (T : {set 'I_n}) : (forall i j, i \in T -> j \notin T -> `|x j 0| <= `|x i 0|) ->
  (\sum_(j | j \notin T) x j 0 ^+ 2) *+ #|T| *+ 4 <= l1 x ^+ 2.
Proof.
move=> largest; rewrite (l1_split T); set a := l1_on T x; set b := l1_off T x.
have b0 : 0 <= b := l1_off_ge0 T x.
apply: le_trans (_ : a * b *+ 4 <= _); last by apply: (@le_from _ 0 ((a - b) ^+ 2)); [exact:
  sqr_ge0 | ring].
rewrite ler_wmuln2r // -sumrMnl mulr_sumr; apply: ler_sum => j jT.
rewrite -(real_normK (num_real (x j 0))) expr2 -mulrnAl; apply: ler_wpmul2r => //.
by rewrite -sumr_const; apply: ler_sum => i iT; exact: largest.
Qed.
End EffectiveSparsity.

(** Sharp: entries of one modulus. *)
Lemma sharp (R : realFieldType) n (x : 'cV[R]_n := const_mx 1) :
  l1 x ^+ 2 = sqnorm x *+ sparsity x.
Proof.
have s : sparsity x = n.
  rewrite /sparsity (_ : supp x = setT) ?cardsT ?card_ord //.
  by apply/setP => i; rewrite !inE mxE oner_eq0.
have -> : l1 x = n%:R.
  rewrite /l1 (eq_bigr (fun=> 1)) => [|i _]; last by rewrite mxE normr1.
  by rewrite sumr_const card_ord.
have -> : sqnorm x = n%:R.
  rewrite /sqnorm /dot (eq_bigr (fun=> 1)) => [|i _]; last by rewrite mxE mulr1.
  by rewrite sumr_const card_ord.
by rewrite s expr2 mulr_natr.
Qed.
