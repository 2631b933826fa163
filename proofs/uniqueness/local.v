(** [uniqueness.local]: a code that is sparse everywhere is the locally sparsest one. *)
From sparsebound Require Import model dictionary.rows uniqueness.null_vectors.
From sparsebound Require rate.local.

Section Local.
Variables (R : realFieldType) (m n : nat) (D : 'M[R]_(m, n)) (x z : 'cV[R]_n).
Hypothesis unit : unit_atoms D.
Hypothesis same_signal : D *m z = D *m x.
Hypothesis other : z != x.
Let s_loc := local.local_sparsity D D.

(** The atoms that an atom of the support meets there, beside itself. *)
Lemma others_le (h : 'cV[R]_n) i : i \in supp h ->
  (#|[set j in supp h :\ i | local.meets D D i j]| <= (s_loc h).-1)%N.
Proof.
move=> iS; have own : local.meets D D i i by rewrite /local.meets eqxx.
rewrite -ltnS prednK; last first.
  by apply: leq_trans (leq_bigmax i); apply/card_gt0P; exists i; rewrite in_set iS own.
apply: leq_trans (leq_bigmax i); apply: proper_card; apply/properP; split.
  by apply/subsetP => j; rewrite !in_set => /andP[/andP[_ ->] ->].
by exists i; [rewrite in_set iS own | rewrite in_set in_setD1 eqxx].
Qed.

Lemma null_vector_local (h : 'cV[R]_n) : D *m h = 0 -> h != 0 ->
  1 <= coherence D *+ (s_loc h).-1.
Proof.
move=> Dh h0; have [i iS le] := null_vector_row unit Dh h0; apply: le_trans le _.
apply: le_trans (local.row_le _ _ _) _; first by rewrite in_setD1 eqxx.
by apply: ler_wpmuln2l; [exact: coherence_ge0 | exact: others_le].
Qed.

Lemma local_sparsity_sub : (s_loc (z - x) <= s_loc z + s_loc x)%N.
Proof.
apply/bigmax_leqP => i _.
pose near (u : 'cV[R]_n) := [set j in supp u | local.meets D D i j].
apply: (@leq_trans (#|near z| + #|near x|)); last by apply: leq_add; exact: leq_bigmax.
rewrite -cardsUI; apply: leq_trans (leq_addr _ _); apply/subset_leq_card/subsetP => j.
have := subsetP (suppB z x) j; rewrite !inE => sub /andP[/sub/orP[]->->]; rewrite ?orbT //.
Qed.

Theorem local_sum : 1 <= coherence D *+ (s_loc x + s_loc z).-1.
Proof.
apply: le_trans (null_vector_local (null_difference same_signal) (difference_neq0 other)) _.
apply: ler_wpmuln2l; first exact: coherence_ge0.
by rewrite -!subn1 leq_sub2r // addnC local_sparsity_sub.
Qed.

Theorem local : coherence D *+ (2 * s_loc x).-1 < 1 -> (s_loc x < s_loc z)%N.
Proof.
move=> sparse; rewrite ltnNge; apply/negP => le; move: sparse; apply/negP; rewrite -leNgt.
apply: le_trans local_sum _; apply: ler_wpmuln2l; first exact: coherence_ge0.
by rewrite -!subn1 leq_sub2r // mul2n -addnn leq_add2l.
Qed.
End Local.
