(** What the theorems speak of: codes, dictionaries, supports, and what is measured of them.

    All of it is finite sums and maxima over a real field [R]: the rationals, the real algebraic
    numbers, the real numbers.  A code [x] is a column with the entries [x i 0].  Norms are squared,
    since a real field need not have roots. *)
From mathcomp Require Export ssreflect ssrfun ssrbool eqtype ssrnat seq choice fintype bigop finset.
From mathcomp Require Export order ssralg finalg ssrnum ssrint zmodp matrix.
From mathcomp Require Export ring.
Export GRing.Theory Num.Theory Order.Theory.
#[export] Set Implicit Arguments.
#[export] Unset Strict Implicit.
#[export] Unset Printing Implicit Defensive.
Open Scope ring_scope.

(** ** Inequalities that follow from a sum of others *)

Section Linear.
Variable R : realFieldType.
Implicit Types a b c d : R.

Lemma le_from c d a b : c <= d -> b - a = d - c -> a <= b.
Proof. by move=> cd e; rewrite -subr_ge0 e subr_ge0. Qed.

Lemma lt_from c d a b : c < d -> b - a = d - c -> a < b.
Proof. by move=> cd e; rewrite -subr_gt0 e subr_gt0. Qed.

Lemma mean_le a b : a * b *+ 2 <= a ^+ 2 + b ^+ 2.
Proof. by apply: (@le_from 0 ((a - b) ^+ 2)); [exact: sqr_ge0 | ring]. Qed.

Lemma ler_distN a b : `|a - b| = `|b - a|.
Proof. exact: distrC. Qed.
End Linear.

(** ** The largest of finitely many numbers, and at least 0: the maximum of nothing is 0 *)

Notation "\largest_ ( i | P ) F" := (\big[Num.max/0]_(i | P) F)
  (at level 41, F at level 41, i, P at level 50, format "\largest_ ( i  |  P )  F").
Notation "\largest_ ( i : t | P ) F" := (\big[Num.max/0]_(i : t | P) F)
  (at level 41, F at level 41, i at level 50, only parsing).

Section Largest.
Variables (R : realFieldType) (I : finType).
Implicit Types (P : pred I) (F : I -> R).

Lemma le_largest P F i : P i -> F i <= \largest_(j | P j) F j.
Proof.
move=> Pi; have: i \in index_enum I by rewrite mem_index_enum.
elim: (index_enum I) => // a s IH; rewrite inE big_cons.
case: eqP => [<- _|_ /= /IH le]; first by rewrite Pi le_maxr lexx.
by case: ifP => // _; rewrite le_maxr le orbT.
Qed.

Lemma largest_le P F c : 0 <= c -> (forall i, P i -> F i <= c) -> \largest_(i | P i) F i <= c.
Proof.
by move=> c0 Fc; elim/big_rec: _ => // i a Pi le; rewrite le_maxl le Fc.
Qed.

Lemma largest_ge0 P F : 0 <= \largest_(i | P i) F i.
Proof. by elim/big_rec: _ => // i a _ le; rewrite le_maxr le orbT. Qed.
End Largest.

(** ** Vectors *)

Section Vectors.
Variables (R : realFieldType) (n : nat).
Implicit Types (x z u v w : 'cV[R]_n) (S : {set 'I_n}) (i j : 'I_n).

Definition dot u v : R := \sum_i u i 0 * v i 0.
Definition sqnorm u : R := dot u u.
Definition l1 u : R := \sum_i `|u i 0|.
Definition l1_on S u : R := \sum_(i in S) `|u i 0|.
Definition l1_off S u : R := \sum_(i | i \notin S) `|u i 0|.
Definition supp x : {set 'I_n} := [set i | x i 0 != 0].
Definition sparsity x : nat := #|supp x|.
Definition supported S x := forall i, i \notin S -> x i 0 = 0.

Lemma subE u v i : (u - v) i 0 = u i 0 - v i 0. Proof. by rewrite !mxE. Qed.

Lemma dotC u v : dot u v = dot v u.
Proof. by apply: eq_bigr => i _; rewrite mulrC. Qed.

Lemma dotDl u v w : dot (u + v) w = dot u w + dot v w.
Proof. by rewrite -big_split; apply: eq_bigr => i _; rewrite mxE mulrDl. Qed.

Lemma dotNl u w : dot (- u) w = - dot u w.
Proof. by rewrite -sumrN; apply: eq_bigr => i _; rewrite mxE mulNr. Qed.

Lemma dotZl a u w : dot (a *: u) w = a * dot u w.
Proof. by rewrite mulr_sumr; apply: eq_bigr => i _; rewrite mxE mulrA. Qed.

Lemma dotBl u v w : dot (u - v) w = dot u w - dot v w.
Proof. by rewrite dotDl dotNl. Qed.

Lemma dotDr u v w : dot w (u + v) = dot w u + dot w v.
Proof. by rewrite dotC dotDl !(dotC w). Qed.

Lemma dotNr u w : dot w (- u) = - dot w u.
Proof. by rewrite dotC dotNl dotC. Qed.

Lemma dotZr a u w : dot w (a *: u) = a * dot w u.
Proof. by rewrite dotC dotZl dotC. Qed.

Lemma dotBr u v w : dot w (u - v) = dot w u - dot w v.
Proof. by rewrite dotDr dotNr. Qed.

Lemma dot0l w : dot 0 w = 0.
Proof. by rewrite /dot big1 // => i _; rewrite mxE mul0r. Qed.

Lemma dot0r w : dot w 0 = 0.
Proof. by rewrite dotC dot0l. Qed.

Lemma sqnorm_ge0 u : 0 <= sqnorm u.
Proof. by apply: sumr_ge0 => i _; rewrite -expr2 sqr_ge0. Qed.

Lemma sqnorm_eq0 u : (sqnorm u == 0) = (u == 0).
Proof.
apply/eqP/eqP => [z|->]; last by rewrite /sqnorm dot0l.
have squares : \sum_i u i 0 ^+ 2 = 0 by rewrite -[RHS]z; apply: eq_bigr => k _; rewrite expr2.
apply/matrixP => i j; rewrite ord1 mxE; apply/eqP; rewrite -sqrf_eq0; apply/eqP.
exact: (psumr_eq0P (P := xpredT) (fun k _ => sqr_ge0 (u k 0)) squares).
Qed.

Lemma sqnorm_gt0 u : (0 < sqnorm u) = (u != 0).
Proof. by rewrite lt_def sqnorm_ge0 andbT sqnorm_eq0. Qed.

Lemma sqnormD u v : sqnorm (u + v) = sqnorm u + dot u v *+ 2 + sqnorm v.
Proof. by rewrite /sqnorm !dotDl !dotDr (dotC v u); ring. Qed.

Lemma sqnormN u : sqnorm (- u) = sqnorm u.
Proof. by rewrite /sqnorm dotNl dotNr opprK. Qed.

Lemma sqnormZ a u : sqnorm (a *: u) = a ^+ 2 * sqnorm u.
Proof. by rewrite /sqnorm dotZl dotZr mulrA expr2. Qed.

Lemma sqnormB u v : sqnorm (u - v) = sqnorm u - dot u v *+ 2 + sqnorm v.
Proof. by rewrite sqnormD sqnormN dotNr mulNrn. Qed.

Lemma sqnormBC u v : sqnorm (u - v) = sqnorm (v - u).
Proof. by rewrite -opprB sqnormN. Qed.

(** Cauchy and Schwarz. *)
Lemma dot_sqr_le u v : dot u v ^+ 2 <= sqnorm u * sqnorm v.
Proof.
have [->|v0] := eqVneq v 0; first by rewrite /sqnorm !dot0r expr0n mulr0.
have pos : 0 < sqnorm v by rewrite sqnorm_gt0.
rewrite -(ler_pmul2r pos); apply: (@le_from _ 0 (sqnorm (sqnorm v *: u - dot u v *: v))).
  exact: sqnorm_ge0.
by rewrite sqnormB !sqnormZ dotZl dotZr; ring.
Qed.

Lemma l1_split S u : l1 u = l1_on S u + l1_off S u.
Proof. by rewrite /l1 (bigID (fun i => i \in S)). Qed.

Lemma l1_ge0 u : 0 <= l1 u. Proof. exact: sumr_ge0. Qed.
Lemma l1_on_ge0 S u : 0 <= l1_on S u. Proof. exact: sumr_ge0. Qed.
Lemma l1_off_ge0 S u : 0 <= l1_off S u. Proof. exact: sumr_ge0. Qed.

Lemma l1_gt0 u : u != 0 -> 0 < l1 u.
Proof.
apply: contraR; rewrite -leNgt => le; apply/eqP/matrixP => i j; rewrite ord1 mxE.
have z : l1 u = 0 by apply/le_anti; rewrite le l1_ge0.
apply/eqP; rewrite -normr_eq0; apply/eqP.
exact: (psumr_eq0P (P := xpredT) (fun k _ => normr_ge0 (u k 0)) z).
Qed.

Lemma suppP x i : reflect (x i 0 = 0) (i \notin supp x).
Proof. by rewrite inE negbK; exact: eqP. Qed.

Lemma supported_supp x : supported (supp x) x.
Proof. by move=> i /suppP. Qed.

Lemma suppB x z : supp (x - z) \subset supp x :|: supp z.
Proof.
by apply/subsetP => i; rewrite !inE !mxE -negb_and; apply: contra => /andP[/eqP-> /eqP->];
   rewrite subrr.
Qed.

Lemma sparsityB x z : (sparsity (x - z) <= sparsity x + sparsity z)%N.
Proof.
apply: leq_trans (subset_leq_card (suppB x z)) _.
by rewrite -cardsUI leq_addr.
Qed.
End Vectors.

(** ** Dictionaries: the columns of [D] are its atoms, those of [W] are weights *)

Section Dictionaries.
Variables (R : realFieldType) (m n : nat).
Implicit Types (D W : 'M[R]_(m, n)) (x h : 'cV[R]_n) (S T : {set 'I_n}) (i j : 'I_n).

(** [gram W D i j] is the inner product of the weight [w_i] and the atom [d_j]. *)
Definition gram W D : 'M[R]_n := W^T *m D.
Definition normalised W D := forall i, gram W D i i = 1.
Definition unit_atoms D := normalised D D.

(** [mu(W, D)], the largest inner product of a weight and another atom; [mu(D)] is [mu(D, D)]. *)
Definition cross_coherence W D : R :=
  \largest_(p : 'I_n * 'I_n | p.1 != p.2) `|gram W D p.1 p.2|.
Definition coherence D := cross_coherence D D.

(** The Babel function: the largest sum of [k] inner products of one weight with other atoms. *)
Definition babel W D k : R :=
  \largest_(p : 'I_n * {set 'I_n} | (p.1 \notin p.2) && (#|p.2| <= k)%N)
    \sum_(j in p.2) `|gram W D p.1 j|.

(** The least number of dependent atoms; [n + 1] if all are independent. *)
Definition is_spark D (k : nat) :=
  (forall h, D *m h = 0 -> h != 0 -> (k <= sparsity h)%N) /\
  (k = n.+1 \/ exists h, [/\ D *m h = 0, h != 0 & sparsity h = k]).

(** The atoms of [S] are independent. *)
Definition independent D S := forall h, supported S h -> D *m h = 0 -> h = 0.

Lemma gramC D i j : gram D D i j = gram D D j i.
Proof. by rewrite /gram !mxE; apply: eq_bigr => k _; rewrite !mxE mulrC. Qed.

Lemma cross_coherence_ge0 W D : 0 <= cross_coherence W D. Proof. exact: largest_ge0. Qed.
Lemma coherence_ge0 D : 0 <= coherence D. Proof. exact: largest_ge0. Qed.
Lemma babel_ge0 W D k : 0 <= babel W D k. Proof. exact: largest_ge0. Qed.

Lemma le_cross_coherence W D i j : i != j -> `|gram W D i j| <= cross_coherence W D.
Proof.
exact: (le_largest (P := fun p : 'I_n * 'I_n => p.1 != p.2)
                   (fun p => `|gram W D p.1 p.2|) (i := (i, j))).
Qed.

Lemma le_coherence D i j : i != j -> `|gram D D i j| <= coherence D.
Proof. exact: le_cross_coherence. Qed.

Lemma le_babel W D k i T :
  i \notin T -> (#|T| <= k)%N -> \sum_(j in T) `|gram W D i j| <= babel W D k.
Proof.
move=> iT Tk; have P : (i \notin T) && (#|T| <= k)%N by rewrite iT.
exact: (le_largest (P := fun p : 'I_n * {set 'I_n} => (p.1 \notin p.2) && (#|p.2| <= k)%N)
                   (fun p => \sum_(j in p.2) `|gram W D p.1 j|) (i := (i, T)) P).
Qed.

Lemma babel_le W D k c : 0 <= c ->
  (forall i T, i \notin T -> (#|T| <= k)%N -> \sum_(j in T) `|gram W D i j| <= c) ->
  babel W D k <= c.
Proof. by move=> c0 le; apply: largest_le => // -[i T] /andP[]; exact: le. Qed.

(** A sum of inner products is at most their number times the coherence. *)
Lemma row_le_cross_coherence W D i T : i \notin T ->
  \sum_(j in T) `|gram W D i j| <= cross_coherence W D *+ #|T|.
Proof.
move=> iT; rewrite -sumr_const; apply: ler_sum => j jT; apply: le_cross_coherence.
by apply: contraNneq iT => ->.
Qed.

Lemma babel_le_cross_coherence W D k : babel W D k <= cross_coherence W D *+ k.
Proof.
apply: babel_le => [|i T iT Tk]; first exact: mulrn_wge0 (cross_coherence_ge0 W D).
apply: le_trans (row_le_cross_coherence W D iT) _.
exact: ler_wpmuln2l (cross_coherence_ge0 W D) _ _ Tk.
Qed.

Lemma babel_mono W D k l : (k <= l)%N -> babel W D k <= babel W D l.
Proof.
move=> kl; apply: babel_le => [|i T iT Tk]; first exact: babel_ge0.
exact: le_babel iT (leq_trans Tk kl).
Qed.

Lemma dot_gram D x h : dot (D *m x) (D *m h) = \sum_i x i 0 * \sum_j gram D D i j * h j 0.
Proof.
have <- : dot x (gram D D *m h) = dot (D *m x) (D *m h).
  have e p (u v : 'cV[R]_p) : dot u v = (u^T *m v) 0 0.
    by rewrite mxE; apply: eq_bigr => k _; rewrite mxE.
  by rewrite !e trmx_mul /gram !mulmxA.
by apply: eq_bigr => i _; rewrite mxE.
Qed.

Lemma dot_adjoint D x (u : 'cV[R]_m) : dot (D *m x) u = dot x (D^T *m u).
Proof.
have e p (a b : 'cV[R]_p) : dot a b = (a^T *m b) 0 0.
  by rewrite mxE; apply: eq_bigr => k _; rewrite mxE.
by rewrite !e trmx_mul mulmxA.
Qed.

(** Row [i] of [D^T D h = 0]. *)
Lemma null_row D h i : unit_atoms D -> D *m h = 0 ->
  h i 0 = - \sum_(j | j != i) gram D D i j * h j 0.
Proof.
move=> unit Dh; have : (gram D D *m h) i 0 = 0 by rewrite /gram -mulmxA Dh mulmx0 mxE.
by rewrite mxE (bigD1 i) //= unit mul1r => /eqP; rewrite addr_eq0 => /eqP.
Qed.
End Dictionaries.
