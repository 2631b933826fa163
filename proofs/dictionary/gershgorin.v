(** [dictionary.gershgorin]: a few atoms of an incoherent dictionary are nearly orthonormal.

    The norm of the symmetric matrix [D_S^T D_S - I] is the largest modulus of its quadratic form
    on vectors of length 1; and [h^T (D_S^T D_S - I) h = ||D h||^2 - ||h||^2] for [h] on [S]. *)
From sparsebound Require Import model dictionary.rows.

Section Gershgorin.
Variables (R : realFieldType) (m n : nat) (D : 'M[R]_(m, n)).

Theorem gershgorin S (h : 'cV[R]_n) : unit_atoms D -> supported S h ->
  `|sqnorm (D *m h) - sqnorm h| <= babel D D #|S|.-1 * sqnorm h.
Proof.
move=> unit support; apply: quadratic_form => // i iS; apply: le_babel; rewrite ?inE ?eqxx //.
have sub : supp h \subset S by apply/subsetP => j; apply: contraLR => /support /suppP.
have := subset_leq_card sub; rewrite (cardsD1 i (supp h)) iS; case: #|S| => //.
Qed.

(** In particular the eigenvalues of [D_S^T D_S] lie in [1 - mu1(k-1), 1 + mu1(k-1)]. *)
Corollary eigenvalues S (h : 'cV[R]_n) a : unit_atoms D -> supported S h -> h != 0 ->
  (forall i, i \in S -> (gram D D *m h) i 0 = a * h i 0) ->
  `|a - 1| <= babel D D #|S|.-1.
Proof.
move=> unit support h0 eigen; have pos : 0 < sqnorm h by rewrite sqnorm_gt0.
rewrite -(ler_pmul2r pos); apply: le_trans (gershgorin unit support).
rewrite -[X in _ * X](gtr0_norm pos) -normrM mulrBl mul1r.
suff -> : sqnorm (D *m h) = a * sqnorm h by [].
rewrite [LHS]dot_gram mulr_sumr; apply: eq_bigr => i _.
have [iS|/support->] := boolP (i \in S); last by rewrite !mul0r mulr0.
by have := eigen i iS; rewrite mxE => ->; rewrite mulrCA.
Qed.
End Gershgorin.

(** The instance has [k = 2] atoms on a line, and equality. *)
Lemma sharp (R : realFieldType) (D : 'M[R]_(1, 2) := const_mx 1) (h : 'cV[R]_2 := const_mx 1) :
  unit_atoms D /\ `|sqnorm (D *m h) - sqnorm h| = babel D D 1 * sqnorm h.
Proof.
have one i j : gram D D i j = 1 by rewrite /gram mxE big_ord1 !mxE mulr1.
have two : sqnorm h = 2%:R by rewrite /sqnorm /dot !big_ord_recl big_ord0 !mxE; ring.
have four : sqnorm (D *m h) = 4%:R.
  by rewrite /sqnorm /dot big_ord1 !mxE !big_ord_recl big_ord0 !mxE; ring.
have mu : babel D D 1 = 1.
  apply/le_anti/andP; split.
    apply: babel_le => [|i T _ T1]; first exact: ler01.
    rewrite (eq_bigr (fun=> 1)) => [|j _]; last by rewrite one normr1.
    by rewrite sumr_const -[X in _ <= X](mulr1n 1) ler_nat.
  apply: le_trans (le_babel D D (i := 0) (T := [set 1]) _ _); rewrite ?inE ?cards1 //.
  by rewrite big_set1 one normr1.
split=> [i|]; first exact: one.
by rewrite mu two four mul1r (_ : 4%:R - 2%:R = 2%:R) ?normr_nat //; ring.
Qed.
