(** What Coq computes of a rational instance, by binary arithmetic, and that it is what the theorems
    speak of.  Data are lists of fractions; each lemma says that a computed number, or verdict, is
    that of the definitions in [model.v] and [rate/network.v] over the rationals. *)
From Coq Require Import ZArith QArith Qabs Qreduction.
From mathcomp Require Import ssrZ.
From sparsebound Require Import model rate.network.
Local Open Scope ring_scope.

Section Fractions.
Definition whole (z : Z) : rat := (int_of_Z z)%:~R.

Lemma wholeD a b : whole (a + b)%Z = whole a + whole b.
Proof. by rewrite /whole (rmorphD [rmorphism of int_of_Z]) rmorphD. Qed.

Lemma wholeM a b : whole (a * b)%Z = whole a * whole b.
Proof. by rewrite /whole (rmorphM [rmorphism of int_of_Z]) rmorphM. Qed.

Lemma wholeN a : whole (- a)%Z = - whole a.
Proof. by rewrite /whole (rmorphN [rmorphism of int_of_Z]) rmorphN. Qed.

Lemma whole_le a b : (whole a <= whole b) = Z.leb a b.
Proof.
rewrite /whole ler_int -[in RHS](int_of_ZK a) -[in RHS](int_of_ZK b) !ZInstances.Z_of_intE.
exact: esym (ler_int [numDomainType of Z] _ _).
Qed.

Lemma whole_gt0 p : 0 < whole (Z.pos p).
Proof. by rewrite (_ : 0 = whole 0) // ltNge whole_le. Qed.

Lemma whole_neq0 p : whole (Z.pos p) != 0.
Proof. by rewrite lt0r_neq0 // whole_gt0. Qed.

(** The rational number that a fraction stands for. *)
Definition val (q : Q) : rat := whole (Qnum q) / whole (Z.pos (Qden q)).

Lemma val_le q r : (val q <= val r) = Qle_bool q r.
Proof.
rewrite /val ler_pdivr_mulr ?whole_gt0 // mulrAC ler_pdivl_mulr ?whole_gt0 //.
by rewrite -!wholeM whole_le.
Qed.

Lemma val_eq q r : Qeq q r -> val q = val r.
Proof.
rewrite /Qeq => e; apply/eqP; rewrite /val eqr_div ?whole_neq0 // -!wholeM; apply/eqP.
by congr whole.
Qed.

Definition plus q r := Qred (Qplus q r).
Definition times q r := Qred (Qmult q r).

Lemma val_plus q r : val (plus q r) = val q + val r.
Proof.
rewrite (val_eq (Qred_correct _)) /val /Qplus /= wholeD !wholeM.
rewrite addf_div ?whole_neq0 //; congr (_ / _); exact: (wholeM (Z.pos _) (Z.pos _)).
Qed.

Lemma val_times q r : val (times q r) = val q * val r.
Proof.
rewrite (val_eq (Qred_correct _)) /val /Qmult /= wholeM mulf_div.
by congr (_ / _); exact: (wholeM (Z.pos _) (Z.pos _)).
Qed.

Lemma val_opp q : val (Qopp q) = - val q.
Proof. by rewrite /val /= wholeN mulNr. Qed.

Definition zero := Qmake Z0 xH.
Definition one := Qmake (Z.pos xH) xH.

Lemma val_0 : val zero = 0. Proof. by rewrite /val mul0r. Qed.
Lemma val_1 : val one = 1. Proof. by rewrite /val divff // whole_neq0. Qed.

Definition size q := if Qle_bool zero q then q else Qopp q.
Lemma val_size q : val (size q) = `|val q|.
Proof.
rewrite /size -val_le val_0; case: ifP => [/ger0_norm->//|/negbT]; rewrite -ltNge => /ltW.
by move=> /ler0_norm->; exact: val_opp.
Qed.

Definition larger q r := if Qle_bool q r then r else q.
Lemma val_larger q r : val (larger q r) = Num.max (val q) (val r).
Proof.
rewrite /larger -val_le; case: leP => //.
Qed.

Definition sum n (f : nat -> Q) := foldr (fun k a => plus (f k) a) zero (iota 0 n).
Lemma val_sum n f : val (sum n f) = \sum_(i < n) val (f i).
Proof.
rewrite -(big_mkord xpredT (fun i => val (f i))) /index_iota subn0 /sum.
by elim: (iota 0 n) => [|k s IH]; rewrite ?big_nil ?val_0 //= big_cons val_plus IH.
Qed.

Definition largest n (P : pred nat) (f : nat -> Q) :=
  foldr (fun k a => if P k then larger (f k) a else a) zero (iota 0 n).
Lemma val_largest n P f : val (largest n P f) = \big[Num.max/0]_(i < n | P i) val (f i).
Proof.
rewrite -(big_mkord P (fun i => val (f i))) /index_iota subn0 /largest.
elim: (iota 0 n) => [|k s IH]; rewrite ?big_nil ?val_0 //= big_cons.
by case: (P k); rewrite ?val_larger IH.
Qed.
End Fractions.

(** A list of rows, and of numbers. *)
Definition at_ (d : seq (seq Q)) i j := nth zero (nth [::] d i) j.
Definition matrix m n d : 'M[rat]_(m, n) := \matrix_(i, j) val (at_ d i j).
Definition column n (v : seq Q) : 'cV[rat]_n := \col_i val (nth zero v i).

Section Matrices.
Variables (m n : nat) (d w : seq (seq Q)).
Let D := matrix m n d.
Let W := matrix m n w.

Definition product i j := sum m (fun k => times (at_ w k i) (at_ d k j)).
Lemma val_product (i j : 'I_n) : val (product i j) = gram W D i j.
Proof. by rewrite val_sum /gram mxE; apply: eq_bigr => k _; rewrite val_times !mxE. Qed.

Definition residual i j := if i == j then plus one (Qopp (product i j)) else Qopp (product i j).
Lemma val_residual (i j : 'I_n) : val (residual i j) = network.residual D W i j.
Proof.
rewrite /residual; case: (eqVneq i j) => [<-|ij].
  by rewrite eqxx val_plus val_opp val_1 val_product residual_diagonal.
rewrite (_ : (i == j :> nat) = false) ?residual_off ?val_opp ?val_product //.
by apply/negbTE.
Qed.

(** The row sums of a block; [P] and [Q] are lists of truth values. *)
Definition block (P Q : seq bool) :=
  largest n (nth false P) (fun i => sum n (fun j => if nth false Q j then size (residual i j) else
    zero)).
Lemma val_block (P Q : seq bool) :
  val (block P Q) = network.block D W (fun i => nth false P i) (fun j => nth false Q j).
Proof.
rewrite val_largest; apply: eq_bigr => i _; rewrite val_sum [RHS]big_mkcond; apply: eq_bigr => j _.
by case: ifP => _; rewrite ?val_0 // val_size val_residual.
Qed.

(** The coherence of weights and atoms. *)
Definition coherence :=
  largest n xpredT (fun i => largest n (fun j => i != j) (fun j => size (product i j))).
Lemma val_coherence : val coherence = cross_coherence W D.
Proof.
rewrite val_largest; apply/le_anti/andP; split.
  apply: largest_le => [|i _]; first exact: cross_coherence_ge0.
  rewrite val_largest; apply: largest_le => [|j ij]; first exact: cross_coherence_ge0.
  by rewrite val_size val_product le_cross_coherence.
apply: largest_le => [|[i j] /= ij]; first exact: largest_ge0.
have le := le_largest (fun i : 'I_n => val (largest n (fun j => nat_of_ord i != j)
  (fun j => size (product i j)))) (isT : xpredT i).
apply: le_trans le; rewrite val_largest -val_product -val_size.
exact: (le_largest (P := fun j : 'I_n => i != j :> nat) (fun j : 'I_n => val (size (product i j)))).
Qed.
End Matrices.
