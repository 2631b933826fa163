(** What theorems on uniqueness, and false strengthenings of them, say of rational data. *)
From Coq Require Import ZArith QArith.
From sparsebound Require Import model lasso computed decided search certificates.
From sparsebound Require uniqueness.spark uniqueness.coherence uniqueness.local.
From sparsebound Require uniqueness.basis_pursuit uniqueness.nonnegative_coherence.
From sparsebound Require uniqueness.erc uniqueness.lasso uniqueness.features.
Local Open Scope ring_scope.

Section Tied.
Variable R : realFieldType.
Implicit Types (m n k : nat) (d w : rows) (h x z y : seq Q) (c : Q) (s : seq bool).

Definition spark (cert : spark_certificate) m n d x z k (D := matrix R m n d) :
  tie (type_of (@spark.spark R m n D (column R n x) (column R n z) k)).
Proof. tie_theorem. Defined.
Definition spark_at_equality (cert : spark_certificate) m n d x z k (D := matrix R m n d)
    (u := column R n x) (v := column R n z) :
  tie (is_spark D k -> D *m v = D *m u -> v != u -> (2 * sparsity u <= k)%N ->
       (sparsity u < sparsity v)%N).
Proof. tie_statement. Defined.

Definition coherence m n d x z (D := matrix R m n d) :
  tie (type_of (@coherence.coherence R m n D (column R n x) (column R n z))).
Proof. tie_theorem. Defined.
Definition coherence_at_equality m n d x z (D := matrix R m n d) (u := column R n x)
    (v := column R n z) :
  tie (unit_atoms D -> D *m v = D *m u -> v != u ->
       model.coherence D *+ (2 * sparsity u).-1 <= 1 -> (sparsity u < sparsity v)%N).
Proof. tie_statement. Defined.

Definition local m n d x z (D := matrix R m n d) :
  tie (type_of (@uniqueness.local.local R m n D (column R n x) (column R n z))).
Proof. tie_theorem. Defined.
Definition local_at_equality m n d x z (D := matrix R m n d) (u := column R n x)
    (v := column R n z) (s_loc := rate.local.local_sparsity D D) :
  tie (unit_atoms D -> D *m v = D *m u -> v != u ->
       model.coherence D *+ (2 * s_loc u).-1 <= 1 -> (s_loc u < s_loc v)%N).
Proof. tie_statement. Defined.

Definition basis_pursuit m n d s x z (D := matrix R m n d) :
  tie (type_of (fun unit =>
    @basis_pursuit.basis_pursuit R m n D (chosen n s) unit (column R n x) (column R n z))).
Proof. tie_theorem. Defined.
Definition basis_pursuit_at_equality m n d s x z (D := matrix R m n d) (u := column R n x)
    (v := column R n z) (S := chosen n s) :
  tie (unit_atoms D -> model.coherence D *+ (2 * #|S|).-1 <= 1 -> supported S u ->
       D *m v = D *m u -> v != u -> l1 u < l1 v).
Proof. tie_statement. Defined.

Definition erc (cert : independence_certificate) m n d s (w : rows) x z (D := matrix R m n d)
    (S := chosen n s) (C := matrix R n n w) (u := column R n x) :
  tie (type_of (fun (projected : erc.projects D S C) (rank : independent D S)
    (support : supp u = S) (c1 : erc.recovery S C < 1) =>
    (erc.erc projected rank support c1).1 (column R n z))).
Proof. tie_theorem. Defined.
Definition erc_at_equality (cert : independence_certificate) m n d s (w : rows) x z
    (D := matrix R m n d) (S := chosen n s) (C := matrix R n n w)
    (u := column R n x) (v := column R n z) :
  tie (erc.projects D S C -> independent D S -> supp u = S -> erc.recovery S C <= 1 ->
       D *m v = D *m u -> v != u -> l1 u < l1 v).
Proof. tie_statement. Defined.

Definition nonnegative_coherence m n d x z (D := matrix R m n d) :
  tie (type_of (fun unit =>
    @nonnegative_coherence.nonnegative_coherence R m n D unit (column R n x) (column R n z))).
Proof. tie_theorem. Defined.
Definition nonnegative_coherence_with c k m n d x z (D := matrix R m n d) (u := column R n x)
    (v := column R n z) (beta := nonnegative_coherence.negative_coherence D) :
  tie (unit_atoms D ->
       (val R c * nonnegative_coherence.positive_coherence D + beta) *+ sparsity u
         < 1 + beta *+ k ->
       (forall i, 0 <= u i 0) -> (forall i, 0 <= v i 0) -> D *m v = D *m u -> v != u ->
       \sum_i u i 0 < \sum_i v i 0).
Proof. tie_statement. Defined.
Definition nonnegative_coherence_at_equality m n d x z (D := matrix R m n d) (u := column R n x)
    (v := column R n z) (beta := nonnegative_coherence.negative_coherence D) :
  tie (unit_atoms D ->
       (nonnegative_coherence.positive_coherence D + beta) *+ sparsity u <= 1 + beta ->
       (forall i, 0 <= u i 0) -> (forall i, 0 <= v i 0) -> D *m v = D *m u -> v != u ->
       \sum_i u i 0 < \sum_i v i 0).
Proof. tie_statement. Defined.

Definition lasso (cert : independence_certificate) m n d y c s z x (D := matrix R m n d) :
  tie (type_of (@lasso.lasso R m n D (column R m y) (val R c) (chosen n s) (column R n z)
    (column R n x))).
Proof. tie_theorem. Defined.
Definition lasso_of_any_rank m n d y c s z x (D := matrix R m n d) (v := column R n z)
    (u := column R n x) (S := chosen n s) (lam := val R c) :
  tie (0 < lam -> minimiser D (column R m y) (fun=> lam) true v -> supported S v ->
       (forall j, j \notin S -> `|correlation D (column R m y) v j 0| < lam) ->
       minimiser D (column R m y) (fun=> lam) true u -> u = v).
Proof. tie_statement. Defined.

Definition features (cert : independence_certificate) m n d y l signed s z x
    (D := matrix R m n d) (lam := fun j : 'I_n => val R (row_at l j)) :
  tie (type_of (fun positive least support rank strict =>
    @features.features R m n D (column R m y) lam signed (chosen n s) (column R n z)
      positive least support rank strict (column R n x))).
Proof. tie_theorem. Defined.
Definition features_without_gaps (cert : independence_certificate) m n d y l signed s z x
    (D := matrix R m n d) (lam := fun j : 'I_n => val R (row_at l j)) (v := column R m y)
    (u := column R n z) (u' := column R n x) (S := chosen n s) :
  tie ((forall j, 0 < lam j) -> minimiser D v lam signed u -> supported S u -> independent D S ->
       (forall j, j \notin S -> 0 <= gap D v lam signed u j) -> minimiser D v lam signed u' ->
       u' = u).
Proof. tie_statement. Defined.
Definition features_of_any_rank m n d y l signed s z x
    (D := matrix R m n d) (lam := fun j : 'I_n => val R (row_at l j)) (v := column R m y)
    (u := column R n z) (u' := column R n x) (S := chosen n s) :
  tie ((forall j, 0 < lam j) -> minimiser D v lam signed u -> supported S u ->
       (forall j, j \notin S -> 0 < gap D v lam signed u j) -> minimiser D v lam signed u' ->
       u' = u).
Proof. tie_statement. Defined.
End Tied.
