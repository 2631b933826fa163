(** [dictionary.babel_growth]: the Babel function grows, at least from the coherence and at most
    linearly. *)
From mathcomp Require Import binomial.
From sparsebound Require Import model.

Section BabelGrowth.
Variables (R : realFieldType) (m n : nat) (D : 'M[R]_(m, n)).

Theorem babel_growth k : (0 < k)%N ->
  coherence D <= babel D D k /\ babel D D k <= coherence D *+ k /\ babel D D k <= babel D D k.+1.
Proof.
move=> k0; split; last by split; [exact: babel_le_cross_coherence | exact: babel_mono].
apply: largest_le => [|[i j] /= ij]; first exact: babel_ge0.
have := @le_babel _ _ _ D D k i [set j]; rewrite big_set1 in_set1 cards1; exact.
Qed.

(** Equiangular atoms attain the upper bound. *)
Theorem sharp c k : (0 < k < n)%N -> 0 <= c ->
  (forall i j, i != j -> `|gram D D i j| = c) ->
  coherence D = c /\ babel D D k = c *+ k.
Proof.
move=> /andP[k0 kn] c0 equal.
have le : coherence D <= c by apply: largest_le => // p ij; rewrite equal.
have n1 : (0 < n)%N := ltn_trans k0 kn.
pose i := Ordinal n1; have [T Ti Tk] : exists2 T : {set 'I_n}, T \subset [set~ i] & #|T| = k.
  have : (0 < #|[set T : {set 'I_n} | T \subset [set~ i] & #|T| == k]|)%N.
    by rewrite cards_draws cardsC1 card_ord bin_gt0 -ltnS prednK.
  by move=> /card_gt0P[T]; rewrite inE => /andP[sub /eqP]; exists T.
have iT : i \notin T by apply/negP => /(subsetP Ti); rewrite !inE eqxx.
have row : c *+ k <= babel D D k.
  have kT : (#|T| <= k)%N by rewrite Tk.
  apply: le_trans (le_babel D D iT kT).
  rewrite -Tk -sumr_const; apply: ler_sum => j jT; rewrite equal //.
  by apply: contraNneq iT => ->.
have mu : coherence D = c.
  have [j jT] : exists j, j \in T by apply/card_gt0P; rewrite Tk.
  have ij : i != j by apply: contraNneq iT => ->.
  by apply/le_anti; rewrite le -(equal i j ij) le_coherence.
by split=> //; apply/le_anti; rewrite row -{1}mu babel_le_cross_coherence.
Qed.
End BabelGrowth.
