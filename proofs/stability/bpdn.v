(** [stability.bpdn]: basis pursuit denoising comes near a sparse code. *)
From sparsebound Require Import model stability.p0.

Section Bpdn.
Variables (R : realFieldType) (m n : nat) (D : 'M[R]_(m, n)) (y : 'cV[R]_m).
Variables (x z : 'cV[R]_n) (eps : R).
Let mu := coherence D.
Let k := sparsity x.
Let h := z - x.
Let S := supp x.

(** Off the support a vector of no larger l1 norm has no more than on it. *)
Lemma cone : l1 z <= l1 x -> l1_off S h <= l1_on S h.
Proof.
rewrite !(l1_split S) [l1_off S x]big1 ?addr0 => [le|i /suppP->]; last by rewrite normr0.
have -> : l1_off S h = l1_off S z by apply: eq_bigr => i /suppP xi; rewrite subE xi subr0.
have on : l1_on S x <= l1_on S z + l1_on S h.
  rewrite -big_split; apply: ler_sum => i _.
  by rewrite subE -[X in `|X| <= _](subKr (z i 0)) ler_norm_sub.
by apply: (le_from (ler_add le on)); ring.
Qed.

Lemma l1_on_sqr_le : l1_on S h ^+ 2 <= sqnorm h *+ k.
Proof.
pose a : 'cV[R]_n := \col_i `|h i 0|; pose b : 'cV[R]_n := \col_i (if i \in S then 1 else 0).
have -> : l1_on S h = dot a b.
  by rewrite /l1_on big_mkcond; apply: eq_bigr => i _; rewrite !mxE; case: ifP => _;
     rewrite ?mulr1 ?mulr0.
apply: le_trans (dot_sqr_le a b) _; have -> : sqnorm b = k%:R.
  rewrite /sqnorm /dot (eq_bigr (fun i => if i \in S then 1 else 0)) => [|i _]; last first.
    by rewrite !mxE; case: ifP => _; rewrite ?mulr1 ?mulr0.
  by rewrite -big_mkcond sumr_const.
have -> : sqnorm a = sqnorm h.
  by apply: eq_bigr => i _; rewrite mxE -!expr2 real_normK ?num_real.
by rewrite mulr_natr.
Qed.

Lemma quadratic_form : unit_atoms D ->
  (1 + mu) * sqnorm h - mu * l1 h ^+ 2 <= sqnorm (D *m h).
Proof.
move=> unit; rewrite [X in _ <= X]dot_gram.
have -> : (1 + mu) * sqnorm h - mu * l1 h ^+ 2 =
    \sum_i ((1 + mu) * h i 0 ^+ 2 - \sum_j mu * (`|h i 0| * `|h j 0|)).
  rewrite sumrB; congr (_ - _); first by rewrite mulr_sumr; apply: eq_bigr => i _; rewrite expr2.
  rewrite expr2 {1}/l1 mulr_suml mulr_sumr; apply: eq_bigr => i _.
  by rewrite /l1 !mulr_sumr.
apply: ler_sum => i _; rewrite (bigD1 i) //= [X in _ <= _ * X](bigD1 i) //= unit mul1r.
have others : `|\sum_(j | j != i) h i 0 * (gram D D i j * h j 0)| <=
    \sum_(j | j != i) mu * (`|h i 0| * `|h j 0|).
  apply: le_trans (ler_norm_sum _ _ _) _; apply: ler_sum => j ji.
  rewrite !normrM mulrCA ler_wpmul2r ?mulr_ge0 //.
  by rewrite le_coherence // eq_sym.
have := others; rewrite ler_norml => /andP[low _]; rewrite mulrDr mulr_sumr.
have own : `|h i 0| * `|h i 0| = h i 0 * h i 0 by rewrite -!expr2 real_normK ?num_real.
apply: (le_from low); rewrite own.
by move: (h i 0) (\sum_(j | j != i) h i 0 * _) (\sum_(j | j != i) mu * _) => a b c; ring.
Qed.

Theorem bpdn : unit_atoms D -> l1 z <= l1 x ->
  sqnorm (y - D *m x) <= eps ^+ 2 -> sqnorm (y - D *m z) <= eps ^+ 2 ->
  mu *+ (4 * k).-1 < 1 ->
  sqnorm (x - z) <= 4%:R * eps ^+ 2 / (1 - mu *+ (4 * k).-1).
Proof.
move=> unit shorter fit_x fit_z small.
rewrite ler_pdivl_mulr ?subr_gt0 //; apply: le_trans (misfits fit_x fit_z).
rewrite -(opprB z x) mulmxN !sqnormN -/h; apply: le_trans (quadratic_form unit).
have mu0 : 0 <= mu := coherence_ge0 D.
have l1_le : l1 h ^+ 2 <= sqnorm h *+ (4 * k).
  have twice : l1 h <= l1_on S h *+ 2 by rewrite (l1_split S) mulr2n ler_add2l cone.
  apply: le_trans (_ : (l1_on S h *+ 2) ^+ 2 <= _).
    by rewrite ler_sqr ?nnegrE ?l1_ge0 // mulrn_wge0 // l1_on_ge0.
  rewrite exprMn_n mulnC mulrnA; exact: ler_wmuln2r l1_on_sqr_le.
have [k0|kp] := posnP k.
  have h0 : sqnorm h = 0.
    apply/eqP; rewrite sqnorm_eq0; apply: contraT => /l1_gt0 pos; move: l1_le.
    by rewrite k0 muln0 mulr0n leNgt exprn_gt0.
  by apply: (le_from (ler_wpmul2l mu0 l1_le)); rewrite h0 mul0rn; ring.
have -> : mu *+ (4 * k).-1 = mu *+ (4 * k) - mu.
  by rewrite -[X in _ = mu *+ X - _]prednK ?muln_gt0 // mulrSr addrK.
apply: (le_from (ler_wpmul2l mu0 l1_le)).
by rewrite -(mulr_natr mu) -(mulr_natr (sqnorm h)); move: (4 * k)%:R => c; ring.
Qed.
End Bpdn.
