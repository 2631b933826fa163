(** What theorems on stability and training, and false strengthenings of them, say of rational
    data. *)
From Coq Require Import ZArith QArith.
From sparsebound Require Import model lasso computed decided search certificates.
From sparsebound Require stability.p0 stability.local stability.bpdn stability.features.
From sparsebound Require stability.gap_safe training.code_drift training.effective_sparsity.
From sparsebound Require training.path_monotone.
Local Open Scope ring_scope.

Section Tied.
Variable R : realFieldType.
Implicit Types (m n k : nat) (d w : rows) (h x z y l : seq Q) (c : Q) (s : seq bool).

Definition p0 m n d y x z k c (D := matrix R m n d) :
  tie (type_of (@p0.p0 R m n D (column R m y) (column R n x) (column R n z) k (val R c))).
Proof. tie_theorem. Defined.
Definition p0_with a i m n d y x z k c (D := matrix R m n d) (v := column R m y)
    (u := column R n x) (u' := column R n z) (eps := val R c) :
  tie (unit_atoms D -> (sparsity u <= k)%N -> (sparsity u' <= k)%N ->
       sqnorm (v - D *m u) <= eps ^+ 2 -> sqnorm (v - D *m u') <= eps ^+ 2 ->
       babel D D (2 * k - i) < 1 ->
       sqnorm (u - u') <= val R a * eps ^+ 2 / (1 - babel D D (2 * k - i))).
Proof. tie_statement. Defined.

Definition local m n d y x z k c (D := matrix R m n d) :
  tie (type_of (@stability.local.local R m n D (column R m y) (column R n x) (column R n z) k
    (val R c))).
Proof. tie_theorem. Defined.
Definition local_with a m n d y x z k c (D := matrix R m n d) (v := column R m y)
    (u := column R n x) (u' := column R n z) (eps := val R c)
    (s_loc := rate.local.local_sparsity D D) :
  tie (unit_atoms D -> (s_loc u <= k)%N -> (s_loc u' <= k)%N ->
       sqnorm (v - D *m u) <= eps ^+ 2 -> sqnorm (v - D *m u') <= eps ^+ 2 ->
       coherence D *+ (2 * k).-1 < 1 ->
       sqnorm (u - u') <= val R a * eps ^+ 2 / (1 - coherence D *+ (2 * k).-1)).
Proof. tie_statement. Defined.

Definition bpdn m n d y x z c (D := matrix R m n d) :
  tie (type_of (@bpdn.bpdn R m n D (column R m y) (column R n x) (column R n z) (val R c))).
Proof. tie_theorem. Defined.
Definition bpdn_with a m n d y x z c (D := matrix R m n d) (v := column R m y)
    (u := column R n x) (u' := column R n z) (eps := val R c) :
  tie (unit_atoms D -> l1 u' <= l1 u ->
       sqnorm (v - D *m u) <= eps ^+ 2 -> sqnorm (v - D *m u') <= eps ^+ 2 ->
       coherence D *+ (4 * sparsity u).-1 < 1 ->
       sqnorm (u - u') <= val R a * eps ^+ 2 / (1 - coherence D *+ (4 * sparsity u).-1)).
Proof. tie_statement. Defined.

(** The equality of two signals, and what follows of fits. *)
Definition features m n d l signed y y' z z' (D := matrix R m n d) 
    (lam := fun j : 'I_n => val R (row_at l j)) :
  tie (type_of (@stability.features.features R m n D lam signed (column R m y) (column R m y')
    (column R n z) (column R n z'))).
Proof. tie_theorem. Defined.
Definition features_with a b m n d l signed y y' z z' (D := matrix R m n d)
    (lam := fun j : 'I_n => val R (row_at l j)) (v := column R m y) (v' := column R m y')
    (u := column R n z) (u' := column R n z') :
  tie ((forall j, 0 < lam j) -> minimiser D v lam signed u -> minimiser D v' lam signed u' ->
       sqnorm (v - v') = sqnorm (D *m (u - u')) + sqnorm (residual D v u - residual D v' u')
         + (\sum_j price D v lam u j (u' j 0)) * val R a
         + (\sum_j price D v' lam u' j (u j 0)) * val R b).
Proof. tie_statement. Defined.
Definition features_enters m n d l signed y y' z z' (D := matrix R m n d)
    (lam := fun j : 'I_n => val R (row_at l j)) :
  tie (type_of (@stability.features.enters R m n D lam signed (column R m y) (column R m y')
    (column R n z) (column R n z'))).
Proof. tie_theorem. Defined.

Definition gap_safe m n d y l signed z x t (D := matrix R m n d)
    (lam := fun j : 'I_n => val R (row_at l j)) :
  tie (type_of (@gap_safe.gap_safe R m n D (column R m y) lam signed (column R n z) (column R n x)
    (column R m t))).
Proof. unfold gap_safe.dual, type_of; tie_statement. Defined.
Definition gap_safe_with a m n d y l signed z x t (D := matrix R m n d) (v := column R m y)
    (u := column R n z) (u' := column R n x) (theta := column R m t)
    (lam := fun j : 'I_n => val R (row_at l j)) :
  tie ((forall j, 0 < lam j) -> minimiser D v lam signed u -> allowed signed u' ->
       (forall j, 0 <= lam j - (if signed then `|(D^T *m theta) j 0| else (D^T *m theta) j 0)) ->
       sqnorm (D *m (u' - u)) + sqnorm (theta - residual D v u) <=
         (objective D v lam u' - gap_safe.dual v theta) * val R a).
Proof. unfold gap_safe.dual; tie_statement. Defined.

Definition code_drift m n d e y l signed z z' (D := matrix R m n d) (E := matrix R m n e)
    (lam := fun j : 'I_n => val R (row_at l j)) :
  tie (type_of (@code_drift.code_drift R m n D E (column R m y) lam signed (column R n z)
    (column R n z'))).
Proof. tie_theorem. Defined.
Definition code_drift_with a b m n d e y l signed z z' (D := matrix R m n d) (E := matrix R m n e)
    (lam := fun j : 'I_n => val R (row_at l j)) (v := column R m y) (u := column R n z)
    (u' := column R n z') :
  tie ((forall j, 0 < lam j) -> minimiser D v lam signed u -> minimiser (D + E) v lam signed u' ->
       sqnorm (D *m (u' - u)) + sqnorm ((D + E) *m (u' - u)) <=
       val R a * (dot (residual (D + E) v u') (E *m u') *+ 2 - dot (residual D v u) (E *m u) *+ 2
         + val R b * (sqnorm (E *m u) + sqnorm (E *m u')))).
Proof. tie_statement. Defined.

Definition effective_sparsity n x :
  tie (type_of (@effective_sparsity.effective_sparsity R n (column R n x))).
Proof. tie_theorem. Defined.
Definition effective_sparsity_turned n x (u := column R n x) :
  tie (sqnorm u *+ sparsity u <= l1 u ^+ 2).
Proof. tie_statement. Defined.
Definition rest n x s (T := chosen n s) : tie (type_of (@effective_sparsity.rest R n (column R n x)
  T)).
Proof. tie_theorem. Defined.
Definition rest_with a n x s (T := chosen n s) (u := column R n x) :
  tie ((forall i j, i \in T -> j \notin T -> `|u j 0| <= `|u i 0|) ->
       (\sum_(j | j \notin T) u j 0 ^+ 2) *+ #|T| <= (val R a * l1 u) ^+ 2).
Proof. tie_statement. Defined.

Definition path_distance m n d y a b x z (D := matrix R m n d) (v := column R m y)
    (u := column R n x) (u' := column R n z) :
  tie (type_of (@path_monotone.distance R m n D v (val R a) (val R b) u u')).
Proof. tie_theorem. Defined.
Definition path_distance_times c m n d y a b x z (D := matrix R m n d) (v := column R m y)
    (u := column R n x) (u' := column R n z) :
  tie (0 < val R a -> 0 < val R b ->
       minimiser D v (fun=> val R a) true u -> minimiser D v (fun=> val R b) true u' ->
       sqnorm (D *m (u - u')) <= val R c * ((val R b - val R a) * (l1 u - l1 u'))).
Proof. tie_statement. Defined.
(** That the penalty falls and the misfit rises, and, which is false, the number of nonzeros. *)
Definition path_sides m n d y a b x z (D := matrix R m n d) (v := column R m y)
    (u := column R n x) (u' := column R n z) :
  tie (0 < val R a -> val R a < val R b ->
       minimiser D v (fun=> val R a) true u -> minimiser D v (fun=> val R b) true u' ->
       l1 u' <= l1 u /\ misfit D v u <= misfit D v u').
Proof. tie_statement. Defined.
Definition path_counted m n d y a b x z (D := matrix R m n d) (v := column R m y)
    (u := column R n x) (u' := column R n z) :
  tie (0 < val R a -> val R a < val R b ->
       minimiser D v (fun=> val R a) true u -> minimiser D v (fun=> val R b) true u' ->
       (sparsity u' <= sparsity u)%N).
Proof. tie_statement. Defined.
End Tied.
