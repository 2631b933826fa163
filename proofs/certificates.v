(** Statements about all vectors that data decide, with a certificate: spark, independence, least
    cross coherence, minimisers.  A certificate is not trusted: what it has to be is computed. *)
From Coq Require Import ZArith QArith.
From sparsebound Require Import model lasso computed decided search.
From sparsebound Require dictionary.cross_coherence.
Local Open Scope ring_scope.

Definition rows := seq (seq Q).

Lemma has_exists T (p : pred T) s : has p s -> exists x, p x.
Proof. by elim: s => //= x s IH /orP[px|/IH//]; exists x. Qed.

Section LeftInverse.
Variables (R : realFieldType) (m n : nat).

(** [L D] is the identity on the atoms of a set. *)
Definition left_inverse (l d : rows) (s : seq bool) := all (fun i => all (fun j =>
  in_mask s i ==> in_mask s j ==>
  same_number (sum m xpredT (fun k => times (entry_at l i k) (entry_at d k j)))
    (if i == j then one else zero)) (iota 0 n)) (iota 0 n).

Lemma left_inverse_entry l d s (i j : 'I_n) : left_inverse l d s ->
  i \in chosen n s -> j \in chosen n s -> (matrix R n m l *m matrix R m n d) i j = (i == j)%:R.
Proof.
have iota_mem (k : 'I_n) : nat_of_ord k \in iota 0 n by rewrite mem_iota add0n ltn_ord.
move=> /allP/(_ _ (iota_mem i))/allP/(_ _ (iota_mem j)); rewrite !inE -!/(in_mask _ _).
move=> /implyP inv /inv /implyP {}inv /inv; rewrite -(val_same R) val_sum => /eqP e.
rewrite mxE; rewrite (eq_bigr (fun k : 'I_m => val R (times (entry_at l i k) (entry_at d k j)))).
  by rewrite e -val_eqE; case: eqP; rewrite ?val_1 ?val_0.
by move=> k _; rewrite val_times !mxE.
Qed.

Lemma independent_by l d s : left_inverse l d s ->
  independent (matrix R m n d) (chosen n s).
Proof.
move=> inv h support Dh; apply/matrixP => i j; rewrite ord1 mxE.
have [iS|/support//] := boolP (i \in chosen n s).
have : (matrix R n m l *m matrix R m n d *m h) i 0 = 0 by rewrite -mulmxA Dh mulmx0 mxE.
rewrite mxE (bigD1 i) //= big1 => [|k ki]; last first.
  have [kS|/support->] := boolP (k \in chosen n s); last by rewrite mulr0.
  by rewrite (left_inverse_entry inv) // eq_sym (negbTE ki) mul0r.
by rewrite (left_inverse_entry inv) // eqxx mul1r addr0.
Qed.

Definition independence_certificate := rows.
Lemma shows_independent (c : independence_certificate) d s :
  shows (independent (matrix R m n d) (chosen n s)) (left_inverse c d s).
Proof. exact: independent_by. Qed.

(** A null vector of so many nonzeros, and left inverses for sets that hold all smaller ones. *)
Definition spark_certificate := (seq Q * seq (seq bool * rows))%type.
Definition covered (c : spark_certificate) d s := has (fun p => left_inverse p.2 d p.1 &&
  all (fun i => in_mask s i ==> in_mask p.1 i) (iota 0 n)) c.2.
Definition is_null (d : rows) (v : seq Q) := all (fun i =>
  same_number (sum n xpredT (fun j => times (entry_at d i j) (row_at v j))) zero) (iota 0 m).
Definition nonzeros (v : seq Q) := count (fun j => ~~ same_number (row_at v j) zero) (iota 0 n).
Definition has_spark (c : spark_certificate) d k :=
  all (fun s => (members n s < k)%N ==> covered c d s) (masks n) &&
  ((k == n.+1) || [&& is_null d c.1, (0 < nonzeros c.1)%N & nonzeros c.1 == k]).

Lemma sparsity_nonzeros v : sparsity (column R n v) = nonzeros v.
Proof.
apply: counts_card => i k ik; apply/decides_in_set/decides_negb/decides_eqb; last first.
  exact: computes_0.
exact: computes_column.
Qed.

Lemma shows_spark (c : spark_certificate) d k : shows (is_spark (matrix R m n d) k) (has_spark c d
  k).
Proof.
move=> /andP[small attained]; split=> [h Dh h0|].
  rewrite leqNgt; apply/negP => few; have := allP small (mask_of (supp h)).
  rewrite (mem_masks (size_mask_of _)) => /(_ isT).
  rewrite members_card chosen_mask_of => /implyP/(_ few); move=> /has_exists[[s l] /andP[/= inv
    /allP sub]].
  case/eqP: h0; apply: (independent_by inv) => // i is_; apply/suppP; apply: contra is_ => hi.
  have := sub i; rewrite mem_iota add0n ltn_ord in_mask_of hi => /(_ isT).
  by rewrite inE.
case/orP: attained => [/eqP->|/and3P[null some /eqP e]]; [by left | right].
exists (column R n c.1); rewrite sparsity_nonzeros; split=> //.
  suff null_ : decides (matrix R m n d *m column R n c.1 = 0) (is_null d c.1).
    by have [_ from] := both_ways null_; exact: from.
  apply/decides_matrices/Decides; split.
  - move=> all_; apply/allP => r; rewrite mem_iota => /= rm; rewrite -(val_same R) val_sum val_0.
    have := all_ (Ordinal rm) 0; rewrite !mxE => e0; apply/eqP; rewrite -[RHS]e0.
    by apply: eq_bigr => j _; rewrite val_times !mxE.
  - move=> /allP all_ i j; have := all_ i; rewrite mem_iota add0n ltn_ord => /(_ isT).
    rewrite -(val_same R) val_sum val_0 => /eqP e'; rewrite !mxE -[RHS]e'.
    by apply: eq_bigr => l _; rewrite val_times !mxE.
apply: contraTneq some => z; rewrite -sparsity_nonzeros z /sparsity.
by rewrite (_ : supp _ = set0) ?cards0 //; apply/setP => i; rewrite !inE mxE eqxx.
Qed.
End LeftInverse.

Section Analytic.
Variables (R : realFieldType) (m n : nat).
(** The atom of which no weights do better, and the dual of its column. *)
Definition analytic_certificate := (nat * seq Q)%type.
Definition is_analytic (c : analytic_certificate) (normal : bool) (mu : Q) d := [&& normal,
  (c.1 < n)%N,
  Qle_bool (sum n (fun j => j != c.1) (fun j => size (row_at c.2 j))) one &
  all (fun k => same_number (times mu (entry_at d k c.1))
    (sum n (fun j => j != c.1) (fun j => times (row_at c.2 j) (entry_at d k j)))) (iota 0 m)].
Lemma shows_analytic (c : analytic_certificate) (W : 'M[R]_(m, n)) d normal mu :
  decides (normalised W (matrix R m n d)) normal ->
  computes (model.cross_coherence W (matrix R m n d)) mu ->
  shows (cross_coherence.analytic W (matrix R m n d)) (is_analytic c normal mu d).
Proof.
move=> d_; have [_ normal_] := both_ways d_; move=> e /and4P[/normal_ ok kn small /allP atom];
  split=> // V diagonal.
rewrite -e.
pose i := Ordinal kn.
have other (j : 'I_n) : (nat_of_ord j != c.1) = (j != i) by rewrite -val_eqE.
apply: (@cross_coherence.dual _ _ _ V (matrix R m n d) i (fun j => val R (row_at c.2 j))) => //.
  move=> k; have := atom k; rewrite mem_iota add0n ltn_ord => /(_ isT).
  rewrite -(val_same R) val_times val_sum => /eqP; rewrite !mxE /= => ->.
  by apply: eq_big => [j|j _]; rewrite ?other // val_times !mxE.
rewrite -(val_1 R); move: small; rewrite -(val_le R) val_sum; apply: le_trans.
rewrite le_eqVlt; apply/orP; left; apply/eqP.
by apply: eq_big => [j|j _]; rewrite ?other // val_size.
Qed.
End Analytic.

(** Minimisers meet the conditions of optimality. *)
Lemma shows_minimiser (R : realFieldType) m n (D : 'M[R]_(m, n)) y lam signed z p :
  decides ((forall j, 0 < lam j) /\ optimal D y lam signed z) p ->
  shows (minimiser D y lam signed z) p.
Proof. by move=> d; have [_ from] := both_ways d; move=> /from[lam0]; exact: optimal_minimiser. Qed.

(** Every premise and the claim of a statement, one after the other. *)
Ltac show :=
  lazymatch goal with
  | c : spark_certificate |- shows (is_spark _ _) _ => apply (@shows_spark _ _ _ c)
  | c : independence_certificate |- shows (independent _ _) _ => apply (@shows_independent _ _ _ c)
  | c : analytic_certificate |- shows (cross_coherence.analytic _ _) _ =>
      eapply (@shows_analytic _ _ _ c); judge
  | |- shows (minimiser _ _ _ _ _) _ => eapply shows_minimiser; judge
  | |- shows _ _ => eapply shown; judge
  end.
Ltac tie_up :=
  cbv zeta beta;
  lazymatch goal with
  | |- tie (?P -> ?T) => eapply tie_premise; [show | tie_up]
  | |- tie _ => eapply tie_claim; judge
  end.
Definition type_of (T : Prop) (_ : T) := T.
Ltac tie_statement := repeat match goal with x := _ |- _ => subst x end; tie_up.
Ltac tie_theorem := unfold type_of; tie_statement.
