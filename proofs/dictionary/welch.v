(** [dictionary.welch]: more atoms than dimensions cannot all be nearly orthogonal. *)
From sparsebound Require Import model.

Section Welch.
Variables (R : realFieldType) (m n : nat) (D : 'M[R]_(m, n)).

(** The sum of the squares of all entries. *)
Definition squares p q (A : 'M[R]_(p, q)) : R := \sum_i \sum_j A i j ^+ 2.

Lemma trace_sqr_le p (A : 'M[R]_p) : (\tr A) ^+ 2 <= squares A *+ p.
Proof.
have -> : \tr A = dot (\col_i A i i) (const_mx 1).
  by apply: eq_bigr => i _; rewrite !mxE mulr1.
apply: le_trans (dot_sqr_le _ _) _.
have -> : sqnorm (const_mx 1 : 'cV[R]_p) = p%:R.
  rewrite /sqnorm /dot (eq_bigr (fun=> 1)) => [|i _]; last by rewrite !mxE mulr1.
  by rewrite sumr_const card_ord.
rewrite mulr_natr; apply: ler_wmuln2r; apply: ler_sum => i _.
rewrite !mxE -expr2 (bigD1 i) //= ler_addl.
by apply: sumr_ge0 => j _; exact: sqr_ge0.
Qed.

Lemma squares_transposed : squares (D *m D^T) = squares (gram D D).
Proof.
have trace p (A : 'M[R]_p) : A^T = A -> squares A = \tr (A *m A).
  move=> At; apply: eq_bigr => i _; rewrite mxE; apply: eq_bigr => j _.
  by rewrite -{3}At mxE expr2.
rewrite !trace ?trmx_mul ?trmxK // /gram -mulmxA mxtrace_mulC.
by rewrite !mulmxA.
Qed.

Lemma squares_gram_le : unit_atoms D ->
  squares (gram D D) <= n%:R + coherence D ^+ 2 *+ (n * n.-1).
Proof.
move=> unit; have -> : n%:R + coherence D ^+ 2 *+ (n * n.-1) =
    \sum_(i < n) (1 + coherence D ^+ 2 *+ n.-1).
  by rewrite sumr_const card_ord mulrnDl mulnC mulrnA.
apply: ler_sum => i _; rewrite (bigD1 i) //= unit expr1n ler_add2l.
rewrite -[X in _ *+ X.-1](card_ord n) -(cardC1 i) -sumr_const; apply: ler_sum => j ji.
rewrite -[X in X <= _](real_normK (num_real _)).
by rewrite ler_sqr ?nnegrE ?coherence_ge0 ?normr_ge0 // le_coherence // eq_sym.
Qed.

Theorem welch : unit_atoms D -> (m < n)%N ->
  (n - m)%:R / (m * n.-1)%:R <= coherence D ^+ 2.
Proof.
move=> unit mn; have [->|mn1] := posnP (m * n.-1)%N; first by rewrite invr0 mulr0 sqr_ge0.
have n0 : (0 < n)%N := leq_ltn_trans (leq0n m) mn.
have pos : 0 < n%:R :> R by rewrite ltr0n.
rewrite ler_pdivr_mulr ?ltr0n // -(ler_pmul2l pos).
have trace : \tr (D *m D^T) = n%:R.
  rewrite mxtrace_mulC /mxtrace -/(gram D D) (eq_bigr (fun=> 1)) => [|i _]; last exact: unit.
  by rewrite sumr_const card_ord.
have := trace_sqr_le (D *m D^T); rewrite trace squares_transposed => le.
have := le_trans le (ler_wmuln2r m (squares_gram_le unit)) => {}le.
apply: (le_from le); rewrite natrB ?(ltnW mn) // -(mulr_natr (_ + _) m) -(mulr_natr (_ ^+ 2))
  !natrM.
by move: (coherence D ^+ 2) n%:R n.-1%:R m%:R => c a a' d; ring.
Qed.
End Welch.

(** Sharp: one atom twice. *)
Lemma sharp (R : realFieldType) (D : 'M[R]_(1, 2) := const_mx 1) :
  unit_atoms D /\ (2 - 1)%:R / (1 * 1)%:R = coherence D ^+ 2.
Proof.
have one i j : gram D D i j = 1 by rewrite /gram mxE big_ord1 !mxE mulr1.
split=> [i|]; first exact: one.
suff -> : coherence D = 1 by rewrite divr1 expr1n.
apply/le_anti/andP; split; first by apply: largest_le => [|p _]; rewrite ?ler01 ?one ?normr1.
by have := le_coherence D (i := 0) (j := 1); rewrite one normr1; exact.
Qed.
