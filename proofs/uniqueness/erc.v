(** [uniqueness.erc]: Tropp's condition; basis pursuit and orthogonal matching pursuit find the
    code. *)
From sparsebound Require Import model uniqueness.null_vectors uniqueness.null_space.

Section Erc.
Variables (R : realFieldType) (m n : nat) (D : 'M[R]_(m, n)) (S : {set 'I_n}) (C : 'M[R]_n).
Implicit Types (a h x z : 'cV[R]_n) (i j : 'I_n).

(** Column [j] of [C] has the coefficients of the projection of the atom [d_j] onto the atoms of
    [S]: those of [pinv(D_S) d_j], by the normal equations. *)
Definition projects := (forall i j, i \notin S -> C i j = 0) /\
  (forall i j, i \in S -> (gram D D *m C) i j = gram D D i j).

(** [ERC(S)], the largest [||pinv(D_S) d_j||_1] off [S]. *)
Definition recovery : R := \largest_(j | j \notin S) l1 (col j C).

Hypothesis projected : projects.
Hypothesis rank : independent D S.

Let c := recovery.
Let c0 : 0 <= c := largest_ge0 _ _.

(** Coefficients that are orthogonal to the atoms of [S] are zero. *)
Lemma orthogonal_eq0 a : supported S a -> (forall i, i \in S -> (gram D D *m a) i 0 = 0) -> a = 0.
Proof.
move=> support none; apply: rank => //; apply/eqP; rewrite -sqnorm_eq0 /sqnorm dot_adjoint.
apply/eqP; apply: big1 => i _; rewrite mulmxA -/(gram D D).
by have [iS|iS] := boolP (i \in S); [rewrite none ?mulr0 | rewrite support ?mul0r].
Qed.

Lemma column_le j : j \notin S -> \sum_(i in S) `|C i j| <= c.
Proof.
move=> jS; apply: le_trans (le_largest (fun j => l1 (col j C)) jS).
rewrite [X in _ <= X](l1_split S) ler_paddr ?l1_off_ge0 //.
by rewrite le_eqVlt; apply/orP; left; apply/eqP; apply: eq_bigr => i _; rewrite mxE.
Qed.

(** ** Basis pursuit *)

Lemma null_vector_on h i : D *m h = 0 -> i \in S -> h i 0 = - (C *m (h - part S h)) i 0.
Proof.
move=> Dh iS; pose u := part S h + C *m (h - part S h).
suff : u i 0 = 0 by rewrite mxE [part S h i 0]mxE iS => /eqP; rewrite addr_eq0 => /eqP.
suff -> : u = 0 by rewrite mxE.
apply: orthogonal_eq0 => [k kS|k kS].
  rewrite mxE part_supported // add0r mxE big1 // => j _.
  by rewrite projected.1 // mul0r.
have same : (gram D D *m (C *m (h - part S h))) k 0 = (gram D D *m (h - part S h)) k 0.
  rewrite mulmxA mxE [RHS]mxE; apply: eq_bigr => j _.
  by rewrite projected.2.
have all_ : gram D D *m part S h + gram D D *m (h - part S h) = 0.
  by rewrite -mulmxDr addrC subrK /gram -mulmxA Dh mulmx0.
have add (a b : 'cV[R]_n) : (a + b) k 0 = a k 0 + b k 0 by rewrite mxE.
by rewrite mulmxDr add same -add all_ mxE.
Qed.

(** The value that decides: on [S], null vectors have at most the share [ERC(S)]. *)
Theorem value h : D *m h = 0 -> l1_on S h <= c * l1_off S h.
Proof.
move=> Dh; apply: (@le_trans _ _ (\sum_(i in S) \sum_(j | j \notin S) `|C i j| * `|h j 0|)).
  apply: ler_sum => i iS; rewrite (null_vector_on Dh iS) normrN mxE.
  apply: le_trans (ler_norm_sum _ _ _) _.
  rewrite (bigID (fun j => j \in S)) /= [X in X + _]big1 ?add0r => [|j jS]; last first.
    by rewrite !mxE jS subrr mulr0 normr0.
  by apply: ler_sum => j jS; rewrite normrM !mxE (negbTE jS) subr0.
rewrite exchange_big /= mulr_sumr; apply: ler_sum => j jS.
by rewrite -mulr_suml ler_wpmul2r ?column_le.
Qed.

Lemma recovered_null_space : c < 1 -> null_space_property D S.
Proof.
move=> c1 h Dh h0; have le := value Dh; have := l1_gt0 h0; rewrite (l1_split S) => pos.
have off : 0 < l1_off S h.
  rewrite lt_def l1_off_ge0 andbT; apply: contraTneq pos => z.
  by rewrite z addr0 -leNgt; apply: le_trans le _; rewrite z mulr0.
by apply: le_lt_trans le _; rewrite gtr_pmull.
Qed.

(** ** Orthogonal matching pursuit *)

(** Off [S], a residual in the span of [D_S] correlates less, by the factor [ERC(S)]. *)
Lemma correlation_off a j b : supported S a -> j \notin S -> 0 <= b ->
  (forall i, i \in S -> `|(gram D D *m a) i 0| <= b) -> `|(gram D D *m a) j 0| <= c * b.
Proof.
move=> support jS b0 le.
have -> : (gram D D *m a) j 0 = \sum_(i in S) C i j * (gram D D *m a) i 0.
  transitivity (\sum_i a i 0 * (gram D D *m C) i j).
    rewrite mxE; apply: eq_bigr => i _; have [iS|iS] := boolP (i \in S).
      by rewrite projected.2 // mulrC gramC.
    by rewrite support // mulr0 mul0r.
  rewrite (eq_bigr (fun i => \sum_l C l j * (gram D D l i * a i 0))) => [|i _]; last first.
    by rewrite mxE mulr_sumr; apply: eq_bigr => l _; rewrite (gramC D i l) mulrC -mulrA [RHS]mulrCA.
  rewrite exchange_big /= (bigID (fun l => l \in S)) /= [X in _ + X]big1 ?addr0 => [|l lS].
    by apply: eq_bigr => l _; rewrite mxE mulr_sumr.
  by apply: big1 => i _; rewrite projected.1 // mul0r.
apply: le_trans (ler_norm_sum _ _ _) _.
apply: (@le_trans _ _ (\sum_(i in S) `|C i j| * b)).
  by apply: ler_sum => i iS; rewrite normrM ler_wpmul2l // le.
by rewrite -mulr_suml ler_wpmul2r ?column_le.
Qed.

(** The first of the atoms [picks 0, picks 1, ...]. *)
Fixpoint taken (picks : nat -> 'I_n) k : {set 'I_n} :=
  if k is k'.+1 then picks k' |: taken picks k' else set0.

(** In each step, an atom whose product with what is left of the signal is largest; then
    coefficients of those so far, such that the rest is orthogonal to them. *)
Definition pursuit x (picks : nat -> 'I_n) (zs : nat -> 'cV[R]_n) := forall k,
  supported (taken picks k) (zs k) /\
  (forall i, i \in taken picks k -> (D^T *m (D *m x - D *m zs k)) i 0 = 0) /\
  (forall i, `|(D^T *m (D *m x - D *m zs k)) i 0|
             <= `|(D^T *m (D *m x - D *m zs k)) (picks k) 0|).

Section Pursuit.
Variables (x : 'cV[R]_n) (picks : nat -> 'I_n) (zs : nat -> 'cV[R]_n).
Hypothesis pursued : pursuit x picks zs.
Hypothesis support : supp x = S.
Hypothesis c1 : c < 1.

Lemma rest k : D^T *m (D *m x - D *m zs k) = gram D D *m (x - zs k).
Proof. by rewrite -mulmxBr mulmxA. Qed.

Lemma rest_supported k : taken picks k \subset S -> supported S (x - zs k).
Proof.
move=> /subsetP sub i iS; have [zero _] := pursued k; rewrite subE zero; last first.
  by apply: contra iS; exact: sub.
by rewrite subr0; apply/suppP; rewrite support.
Qed.

(** Fewer atoms than there are in [S] leave something. *)
Lemma rest_neq0 k : (#|taken picks k| < #|S|)%N -> x - zs k != 0.
Proof.
move=> few; have : ~~ (S \subset taken picks k).
  by apply/negP => /subset_leq_card; rewrite leqNgt few.
move=> /subsetPn[i iS it]; apply/eqP => /matrixP/(_ i 0) /eqP; have [zero _] := pursued k.
by rewrite subE mxE zero // subr0; move: iS; rewrite -support inE => /negbTE->.
Qed.

Lemma pick_in k : taken picks k \subset S -> x - zs k != 0 -> picks k \in S.
Proof.
move=> sub left_; have aS := rest_supported sub; have [_ [_ largest]] := pursued k.
set a := x - zs k in left_ aS; rewrite rest -/a in largest.
apply: contraR left_ => jS.
have le := correlation_off aS jS (normr_ge0 _) (fun i _ => largest i).
have none : (gram D D *m a) (picks k) 0 = 0.
  apply/eqP; rewrite -normr_le0 leNgt; apply/negP => pos.
  by move: le; rewrite leNgt gtr_pmull // c1.
apply/eqP; apply: orthogonal_eq0 => // i _; apply/eqP.
by rewrite -normr_le0 -(normr0 R) -none largest.
Qed.

Lemma taken_in_S k : (k <= #|S|)%N -> taken picks k \subset S /\ #|taken picks k| = k.
Proof.
elim: k => [_|k IH kS]; first by rewrite sub0set cards0.
have [sub card] := IH (ltnW kS); have left_ : x - zs k != 0 by apply: rest_neq0; rewrite card.
have pS := pick_in sub left_; split; first by rewrite /= subUset sub1set pS.
rewrite /= cardsU1 card; suff -> : picks k \notin taken picks k by [].
apply: contra left_ => it; have [_ [zero largest]] := pursued k; rewrite rest in zero largest.
apply/eqP; apply: orthogonal_eq0 (rest_supported sub) _ => i _; apply/eqP.
by rewrite -normr_le0 -(normr0 R) -(zero _ it) largest.
Qed.
End Pursuit.

(** Both find the code; the pursuit in exactly [|S|] steps. *)
Theorem erc x : supp x = S -> recovery < 1 ->
  (forall z, D *m z = D *m x -> z != x -> l1 x < l1 z) /\
  (forall picks zs, pursuit x picks zs ->
   taken picks #|S| = S /\ zs #|S| = x /\
   forall k, (k < #|S|)%N -> picks k \in S /\ D *m zs k != D *m x).
Proof.
move=> support c1; split=> [z|picks zs pursued].
  apply: only_minimiser (recovered_null_space c1) _; rewrite -support; exact: supported_supp.
have [sub card] := taken_in_S pursued support c1 (leqnn _).
have all_ : taken picks #|S| = S by apply/eqP; rewrite eqEcard sub card leqnn.
split=> //; split=> [|k kS].
  apply/esym/eqP; rewrite -subr_eq0; apply/eqP.
  apply: orthogonal_eq0 (rest_supported pursued support sub) _ => i iS.
  have [_ [zero _]] := pursued #|S|; by rewrite rest in zero; rewrite zero // all_.
have [sub' card'] := taken_in_S pursued support c1 (ltnW kS).
have left_ : x - zs k != 0 by apply: (rest_neq0 pursued support); rewrite card'.
split; first exact: (pick_in pursued support c1).
apply: contra left_ => /eqP same; apply/eqP; apply: rank.
  exact: (rest_supported pursued support).
by rewrite mulmxBr same subrr.
Qed.
End Erc.
