(** [uniqueness.deep]: in the deep model, sparse enough codes of all layers are the only ones. *)
From sparsebound Require Import model uniqueness.null_vectors.
From sparsebound Require uniqueness.spark.

Section Deep.
Variables (R : realFieldType) (J : nat) (m n : nat -> nat).
(** Layer [j] maps what the layer below returns, and has a code in its dictionary. *)
Variables (D : forall j, 'M[R]_(m j, n j.+1)) (psi : forall j, 'cV[R]_(n j) -> 'cV[R]_(m j)).
Variables (x z : forall j, 'cV[R]_(n j)) (k : nat -> nat).

Theorem deep :
  (forall j, (j < J)%N -> is_spark (D j) (k j)) ->
  (forall j, (j < J)%N -> (2 * sparsity (x j.+1) < k j)%N) ->
  (forall j, (j < J)%N -> psi (x j) = D j *m x j.+1) ->
  (forall j, (j < J)%N -> psi (z j) = D j *m z j.+1) ->
  (forall j, (j < J)%N -> (sparsity (z j.+1) <= sparsity (x j.+1))%N) ->
  z 0%N = x 0%N ->
  forall j, (j <= J)%N -> z j = x j.
Proof.
move=> spark few codes codes' sparser start; elim=> [//|j IH jJ].
have same : D j *m z j.+1 = D j *m x j.+1 by rewrite -codes // -codes' // IH // ltnW.
apply/eqP; apply: contraT => other.
by have := spark.spark (spark j jJ) same other (few j jJ); rewrite ltnNge sparser.
Qed.
End Deep.
