(** What theorems on dictionaries, and false strengthenings of them, say of rational data. *)
From Coq Require Import ZArith QArith.
From sparsebound Require Import model lasso computed decided search certificates.
From sparsebound Require dictionary.welch dictionary.babel_growth dictionary.gershgorin.
From sparsebound Require dictionary.spark_coherence dictionary.cross_coherence.
Local Open Scope ring_scope.

Section Tied.
Variable R : realFieldType.
Implicit Types (m n k : nat) (d w : rows) (h x z y : seq Q) (c : Q) (s : seq bool).

(** The coherence itself. *)
Definition coherence m n d c (D := matrix R m n d) : tie (model.coherence D = val R c).
Proof. tie_statement. Defined.

Definition welch m n d (D := matrix R m n d) : tie (type_of (@welch.welch R m n D)).
Proof. tie_theorem. Defined.
Definition welch_times c m n d (D := matrix R m n d) :
  tie (unit_atoms D -> (m < n)%N ->
       val R c ^+ 2 * ((n - m)%:R / (m * n.-1)%:R) <= model.coherence D ^+ 2).
Proof. tie_statement. Defined.

Definition babel_growth m n d k (D := matrix R m n d) :
  tie (type_of (@babel_growth.babel_growth R m n D k)).
Proof. tie_theorem. Defined.
Definition babel_growth_fewer m n d k (D := matrix R m n d) :
  tie ((1 < k)%N -> babel D D k <= model.coherence D *+ k.-1).
Proof. tie_statement. Defined.

Definition gershgorin m n d s h (D := matrix R m n d) :
  tie (type_of (@gershgorin.gershgorin R m n D (chosen n s) (column R n h))).
Proof. tie_theorem. Defined.
Definition gershgorin_fewer m n d s h (D := matrix R m n d) (S := chosen n s) (v := column R n h) :
  tie (unit_atoms D -> supported S v ->
       `|sqnorm (D *m v) - sqnorm v| <= babel D D #|S|.-2 * sqnorm v).
Proof. tie_statement. Defined.

Definition spark_coherence (cert : spark_certificate) m n d k (D := matrix R m n d) :
  tie (type_of (fun unit => @spark_coherence.spark_coherence R m n D unit k)).
Proof. tie_theorem. Defined.
Definition spark_coherence_fewer (cert : spark_certificate) m n d k (D := matrix R m n d) :
  tie (unit_atoms D -> is_spark D k -> (k <= n)%N -> 1 <= model.coherence D *+ k.-2).
Proof. tie_statement. Defined.

Definition cross_coherence (cert : analytic_certificate) m n w d (D := matrix R m n d) (W := matrix
  R m n w) :
  tie (type_of (@cross_coherence.cross_coherence R m n W D)).
Proof. tie_theorem. Defined.
Definition cross_coherence_times c (cert : analytic_certificate) m n w d (D := matrix R m n d) (W
  := matrix R m n w) :
  tie (unit_atoms D -> cross_coherence.analytic W D ->
       model.cross_coherence W D <= val R c * model.coherence D).
Proof. tie_statement. Defined.
End Tied.
