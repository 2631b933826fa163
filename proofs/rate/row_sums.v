(** What bounds the row sums of [|I - W^T D|] on a support. *)
From sparsebound Require Import model rate.network.

Section RowSums.
Variables (R : realFieldType) (m n : nat) (D W : 'M[R]_(m, n)) (S : {set 'I_n}).
Implicit Types (i j : 'I_n) (c d : R).

Lemma tau_out_le c : 0 <= c ->
  (forall i, i \notin S -> \sum_(j in S) `|gram W D i j| <= c) -> tau_out D W S <= c.
Proof.
move=> c0 le; apply: largest_le => // i iS; apply: le_trans (le i iS).
apply: ler_sum => j jS; rewrite residual_off ?normrN //.
by apply: contraNneq iS => ->.
Qed.

Lemma tau_in_le c d : 0 <= d + c ->
  (forall i, i \in S -> `|1 - gram W D i i| <= d) ->
  (forall i, i \in S -> \sum_(j in S :\ i) `|gram W D i j| <= c) -> tau_in D W S <= d + c.
Proof.
move=> dc0 diagonal le; apply: largest_le => // i iS.
rewrite /on (bigD1 i) //= residual_diagonal; apply: ler_add; first exact: diagonal.
apply: le_trans (le i iS); rewrite le_eqVlt; apply/orP; left; apply/eqP.
apply: eq_big => [j|j /andP[_ ji]]; first by rewrite !inE andbC.
by rewrite residual_off ?normrN // eq_sym.
Qed.

(** By the Babel function of the weights, and what the diagonal leaves. *)
Lemma tau_out_le_babel : tau_out D W S <= babel W D #|S|.
Proof. by apply: tau_out_le => [|i iS]; [exact: babel_ge0 | exact: le_babel]. Qed.

Lemma tau_in_le_babel d : 0 <= d -> (forall i, `|1 - gram W D i i| <= d) ->
  tau_in D W S <= d + babel W D #|S|.-1.
Proof.
move=> d0 diagonal; apply: tau_in_le => [|//|i iS]; first by rewrite addr_ge0 ?babel_ge0.
by apply: le_babel; rewrite ?inE ?eqxx // (cardsD1 i S) iS.
Qed.

(** By the cross coherence. *)
Hypothesis diagonal : normalised W D.

Lemma tau_out_le_mu : tau_out D W S <= cross_coherence W D *+ #|S|.
Proof. exact: le_trans tau_out_le_babel (babel_le_cross_coherence _ _ _). Qed.

Lemma tau_in_le_mu : tau_in D W S <= cross_coherence W D *+ #|S|.-1.
Proof.
rewrite -[X in _ <= X]add0r.
have d0 i : `|1 - gram W D i i| <= 0 by rewrite diagonal subrr normr0.
apply: le_trans (tau_in_le_babel (lexx 0) d0) _.
by rewrite ler_add2l babel_le_cross_coherence.
Qed.
End RowSums.

Lemma twice_less_one s : (s.-1 + s = (2 * s).-1)%N.
Proof. by case: s => // s; rewrite mul2n doubleS /= -addnn addnS. Qed.
