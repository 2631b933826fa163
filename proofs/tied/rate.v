(** What theorems on networks, and false strengthenings of them, say of rational data.

    Layers use soft thresholds; what depends on the layer is a list. *)
From Coq Require Import ZArith QArith.
From sparsebound Require Import model rate.network network.activations computed decided
  search certificates.
From sparsebound Require rate.unfolded rate.alista rate.local rate.lista_cp rate.ista_thresholds.
From sparsebound Require rate.nonnegative rate.connected network.relu_pair.
From sparsebound Require training.threshold_nested.
Local Open Scope ring_scope.

Section Tied.
Variable R : realFieldType.
Notation each v := (fun k => val R (row_at v k)).
Notation layers n v := (fun k => column R n (nth [::] v k)).
Notation softs n t := (fun k (i : 'I_n) => soft (val R (row_at t k))).

(** The row sums themselves. *)
Definition row_sums m n (d w : rows) s a b c e (D := matrix R m n d) (W := matrix R m n w)
    (S := chosen n s) :
  tie (tau_in D W S = val R a /\ tau_out D W S = val R b /\ kappa_in D W S = val R c /\
       kappa_out D W S = val R e).
Proof. tie_statement. Defined.

Definition unfolded m n (d w : rows) (x e : seq Q) s K t (xs rs ps : rows) nu rho pS p0 b (D :=
  matrix R m n d)
    (W := matrix R m n w) :
  tie (type_of (@unfolded.unfolded R m n D W (column R n x) (column R m e) (chosen n s) K
    (softs n t) (layers n xs) (layers n rs) (layers n ps) (val R nu) (each t) (each rho) (each pS)
    (each p0) (each b))).
Proof. tie_theorem. Defined.

Definition connected m n (d w : rows) (x e : seq Q) s K (a : rows) t (xs rs ps : rows) nu rho pS p0
    b (D := matrix R m n d) (W := matrix R m n w) :
  tie (type_of (@connected.connected R m n D W (column R n x) (column R m e) (chosen n s) K
    (fun k j => val R (entry_at a k j)) (softs n t) (layers n xs) (layers n rs) (layers n ps)
    (val R nu) (each t) (each rho) (each pS) (each p0) (each b))).
Proof. tie_theorem. Defined.

Definition local m n d w x e K t xs nu b (D := matrix R m n d) (W := matrix R m n w) :
  tie (type_of (@rate.local.local R m n D W (column R n x) (column R m e) K (softs n t)
    (layers n xs) (val R nu) (each b))).
Proof. tie_theorem. Defined.

Definition coupled m n d w x e K t xs nu b (D := matrix R m n d) (W := matrix R m n w) :
  tie (type_of (@alista.coupled R m n D W (column R n x) (column R m e) K (softs n t)
    (layers n xs) (val R nu) (each b))).
Proof. tie_theorem. Defined.
Definition alista (cert : analytic_certificate) m n d w x e K t xs nu b (D := matrix R m n d)
    (W := matrix R m n w) :
  tie (type_of (@alista.alista R m n D W (column R n x) (column R m e) K (softs n t)
    (layers n xs) (val R nu) (each b))).
Proof. tie_theorem. Defined.
Definition lista_cp m n d w x e K t xs nu b (D := matrix R m n d) (W := matrix R m n w) :
  tie (type_of (@lista_cp.lista_cp R m n D W (column R n x) (column R m e) K (softs n t)
    (layers n xs) (val R nu) (each b))).
Proof. tie_theorem. Defined.
Definition ista_thresholds m n d w x e K t xs nu c b (D := matrix R m n d)
    (W := matrix R m n w) :
  tie (type_of (@ista_thresholds.ista_thresholds R m n D W (column R n x) (column R m e) K
    (softs n t) (layers n xs) (val R nu) (val R c) (each b))).
Proof. tie_theorem. Defined.
Definition nonnegative m n d w x e s K xs rs ps nu t rho pS p0 b (D := matrix R m n d)
    (W := matrix R m n w) :
  tie (type_of (@nonnegative.nonnegative R m n D W (column R n x) (column R m e) (chosen n s) K
    (layers n xs) (layers n rs) (layers n ps) (val R nu) (each t) (each rho) (each pS) (each p0)
    (each b))).
Proof. tie_theorem. Defined.

(** The master theorem with other numbers in the premise on thresholds, and in what is claimed:
    bounds [b] are true, and [b'] what somebody makes of them. *)
Definition master m n (D W : 'M[R]_(m, n)) (u : 'cV[R]_n) (v : 'cV[R]_m) (S : {set 'I_n}) K (theta
  : nat -> R)
    (zs r p : nat -> 'cV[R]_n) nu (rho pS p0 b b' : nat -> R) (share noise false_ fewer moved : R)
      :=
  supported S u -> (forall i, `|(W^T *m v) i 0| <= nu) ->
  (forall k i, (k < K)%N -> `|r k i 0| <= rho k) ->
  (forall k i, (k < K)%N -> i \in S -> `|p k.+1 i 0| <= pS k.+1) ->
  (forall k i, (k < K)%N -> i \notin S -> `|p k.+1 i 0| <= p0 k.+1) ->
  zs 0%N = 0 -> 0 <= p0 0%N ->
  (forall k i, (k < K)%N -> zs k.+1 i 0 =
     soft (theta k) ((preactivation D W (D *m u + v) (zs k) + r k) i 0) + p k.+1 i 0) ->
  (forall i, `|u i 0| <= b 0%N) -> b' 0%N = b 0%N ->
  (forall k, (k < K)%N -> 0 <= theta k) ->
  (forall k, (k < K)%N -> share * (tau_out D W S * b k + kappa_out D W S * (p0 k * false_)
     + noise * nu + rho k) <= theta k) ->
  (forall k, (k < K)%N -> tau_in D W S * b k + kappa_in D W S * p0 k + nu + rho k + theta k
     + pS k.+1 = b k.+1) ->
  (forall k, (k < K)%N -> (tau_in D W S - fewer * cross_coherence W D) * b' k
     + kappa_in D W S * p0 k + moved * nu + rho k + theta k + pS k.+1 = b' k.+1) ->
  forall k, (k <= K)%N ->
  (forall i, i \in S -> `|zs k i 0 - u i 0| <= b' k) /\
  (forall i, i \notin S -> `|zs k i 0| <= p0 k).
Definition unfolded_with share noise false_ fewer moved m n d w x e s K t xs rs ps nu rho pS p0 b b'
    (D := matrix R m n d) (W := matrix R m n w) :
  tie (master D W (column R n x) (column R m e) (chosen n s) K (each t) (layers n xs) (layers n rs)
    (layers n ps) (val R nu) (each rho) (each pS) (each p0) (each b) (each b') (val R share)
    (val R noise) (val R false_) (val R fewer) (val R moved)).
Proof. unfold master; tie_statement. Defined.

(** The same of a rate [q] that a corollary puts in the place of row sums, and of [q']. *)
Definition linear m n (D W : 'M[R]_(m, n)) (u : 'cV[R]_n) (v : 'cV[R]_m) K (theta : nat -> R) (zs :
  nat -> 'cV[R]_n) nu
    (b b' : nat -> R) (q q' cover share moved : R) :=
  (forall i, `|(W^T *m v) i 0| <= nu) -> (forall i, `|u i 0| <= b 0%N) -> b' 0%N = b 0%N ->
  (forall k, (k < K)%N -> b k.+1 = q * b k + nu *+ 2) ->
  (forall k, (k < K)%N -> b' k.+1 = q' * b' k + moved * nu *+ 2) ->
  (forall k, (k < K)%N -> 0 <= theta k) ->
  (forall k, (k < K)%N -> share * (cover * b k + nu) <= theta k <= cover * b k + nu) ->
  zs 0%N = 0 ->
  (forall k i, (k < K)%N ->
     zs k.+1 i 0 = soft (theta k) (preactivation D W (D *m u + v) (zs k) i 0)) ->
  forall k, (k <= K)%N ->
  (forall i, `|zs k i 0 - u i 0| <= b' k) /\ supported (supp u) (zs k).
Definition local_with share less rate moved m n d w x e K t xs nu b b' (D := matrix R m n d)
    (W := matrix R m n w) (u := column R n x) (s := rate.local.local_sparsity D W u)
    (mu := model.cross_coherence W D) :
  tie (normalised W D ->
    linear D W u (column R m e) K (each t) (layers n xs) (val R nu) (each b) (each b')
      (mu *+ (2 * s).-1) (val R rate * (mu *+ (2 * s - less))) (mu *+ s) (val R share)
      (val R moved)).
Proof. unfold linear; tie_statement. Defined.
Definition coupled_with share less rate moved m n d w x e K t xs nu b b' (D := matrix R m n d)
    (W := matrix R m n w) (u := column R n x) (s := sparsity u)
    (mu := model.cross_coherence W D) :
  tie (normalised W D ->
    linear D W u (column R m e) K (each t) (layers n xs) (val R nu) (each b) (each b')
      (mu *+ (2 * s).-1) (val R rate * (mu *+ (2 * s - less))) (mu *+ s) (val R share)
      (val R moved)).
Proof. unfold linear; tie_statement. Defined.
Definition ista_thresholds_with share step further moved m n d w x e K t xs nu c b b'
    (D := matrix R m n d) (W := matrix R m n w) (u := column R n x) (s := sparsity u) :
  tie ((forall i, 0 <= gram W D i i <= 1) -> (forall i, val R c <= gram W D i i) ->
    linear D W u (column R m e) K (each t) (layers n xs) (val R nu) (each b) (each b')
      (1 - (val R c - babel W D s.-1 - babel W D s))
      (1 - (val R c - babel W D s.-1 - babel W D (s - further)) * val R step)
      (babel W D s) (val R share) (val R moved)).
Proof. unfold linear; tie_statement. Defined.

Definition relu_pair v t :
  tie (type_of (@relu_pair.relu_pair R (val R v) (val R t))).
Proof. tie_theorem. Defined.
Definition leaky_pair v a : tie (type_of (@relu_pair.leaky_pair R (val R v) (val R a))).
Proof. unfold relu_pair.leaky, type_of; tie_statement. Defined.
Definition leaky_pair_unscaled v a :
  tie (1 - val R a ^+ 2 != 0 -> nonnegative.relu (val R v) =
       relu_pair.leaky (val R a) (val R v) + val R a * relu_pair.leaky (val R a) (- val R v)).
Proof. unfold relu_pair.leaky; tie_statement. Defined.
End Tied.
