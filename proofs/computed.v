(** What Coq computes of rational data, by binary arithmetic, and that it is what the theorems speak
    of.  A fraction stands for a number of every real field; data are lists of fractions. *)
From Coq Require Import ZArith QArith Qabs Qreduction.
From mathcomp Require Import ssrint ssrZ.
From sparsebound Require Import model.
Local Open Scope ring_scope.

Section Fractions.
Variable R : realFieldType.
Definition whole (z : Z) : R := (int_of_Z z)%:~R.

Lemma wholeD a b : whole (Z.add a b) = whole a + whole b.
Proof. by rewrite /whole (rmorphD [rmorphism of int_of_Z] a b) rmorphD. Qed.

Lemma wholeM a b : whole (Z.mul a b) = whole a * whole b.
Proof. by rewrite /whole (rmorphM [rmorphism of int_of_Z] a b) rmorphM. Qed.

Lemma wholeN a : whole (Z.opp a) = - whole a.
Proof. by rewrite /whole (rmorphN [rmorphism of int_of_Z] a) rmorphN. Qed.

Lemma whole_le a b : (whole a <= whole b) = Z.leb a b.
Proof.
rewrite /whole ler_int -[in RHS](int_of_ZK a) -[in RHS](int_of_ZK b) !ZInstances.Z_of_intE.
exact: esym (ler_int [numDomainType of Z] _ _).
Qed.

Lemma whole_gt0 p : 0 < whole (Z.pos p).
Proof. by rewrite (_ : 0 = whole 0) // ltNge whole_le. Qed.

Lemma whole_neq0 p : whole (Z.pos p) != 0.
Proof. by rewrite lt0r_neq0 // whole_gt0. Qed.

(** The number that a fraction stands for. *)
Definition val (q : Q) : R := whole (Qnum q) / whole (Z.pos (Qden q)).

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
Definition zero := Qmake Z0 xH.
Definition one := Qmake (Z.pos xH) xH.
Definition same_number q r := Qle_bool q r && Qle_bool r q.
Definition size q := if Qle_bool zero q then q else Qopp q.
Definition larger q r := if Qle_bool q r then r else q.
Definition power q k := iter k (times q) one.
Definition multiple q k := iter k (plus q) zero.

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

Lemma val_inv q : val (Qinv q) = (val q)^-1.
Proof.
case: q => [[|a|a] b]; rewrite /val /Qinv /=; first by rewrite !mul0r invr0.
  by rewrite invf_div.
rewrite -!Pos2Z.opp_pos !wholeN invf_div invrN mulrN mulNr.
by [].
Qed.

Lemma val_0 : val zero = 0. Proof. by rewrite /val mul0r. Qed.
Lemma val_1 : val one = 1. Proof. by rewrite /val divff // whole_neq0. Qed.

Lemma val_same q r : (val q == val r) = same_number q r.
Proof. by rewrite eq_le !val_le. Qed.

Lemma val_size q : val (size q) = `|val q|.
Proof.
rewrite /size -val_le val_0; case: ifP => [/ger0_norm->//|/negbT]; rewrite -ltNge => /ltW.
by move=> /ler0_norm->; exact: val_opp.
Qed.

Lemma val_larger q r : val (larger q r) = Num.max (val q) (val r).
Proof. by rewrite /larger -val_le; case: leP. Qed.

Lemma val_power q k : val (power q k) = val q ^+ k.
Proof. by elim: k => [|k IH]; rewrite ?val_1 // /power iterS val_times exprS -IH. Qed.

Lemma val_multiple q k : val (multiple q k) = val q *+ k.
Proof. by elim: k => [|k IH]; rewrite ?val_0 // /multiple iterS val_plus mulrS -IH. Qed.

Definition sum n (P : pred nat) (f : nat -> Q) :=
  foldr (fun k a => if P k then plus (f k) a else a) zero (iota 0 n).
Lemma val_sum n (P : pred nat) f : val (sum n P f) = \sum_(i < n | P i) val (f i).
Proof.
rewrite -(big_mkord P (fun i => val (f i))) /index_iota subn0 /sum.
elim: (iota 0 n) => [|k s IH]; rewrite ?big_nil ?val_0 //= big_cons.
by case: (P k); rewrite ?val_plus IH.
Qed.

Definition largest n (P : pred nat) (f : nat -> Q) :=
  foldr (fun k a => if P k then larger (f k) a else a) zero (iota 0 n).
Lemma val_largest n P f : val (largest n P f) = \largest_(i : 'I_n | P i) val (f i).
Proof.
rewrite -(big_mkord P (fun i => val (f i))) /index_iota subn0 /largest.
elim: (iota 0 n) => [|k s IH]; rewrite ?big_nil ?val_0 //= big_cons.
by case: (P k); rewrite ?val_larger IH.
Qed.
End Fractions.

(** Data: rows, a vector, a set. *)
Definition row_at (v : seq Q) k := nth zero v k.
Definition entry_at (d : seq (seq Q)) k l := row_at (nth [::] d k) l.
Definition matrix (R : realFieldType) m n d : 'M[R]_(m, n) := \matrix_(i, j) val R (entry_at d i j).
Definition column (R : realFieldType) n v : 'cV[R]_n := \col_i val R (row_at v i).
Definition chosen n (s : seq bool) : {set 'I_n} := [set i | nth false s (nat_of_ord i)].
