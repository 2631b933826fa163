(** [stability.layered_thresholding]: one convolution and one threshold a layer. *)
From sparsebound Require Import model rate.network.
From sparsebound Require rate.unfolded.

Section Layer.
Variables (R : realFieldType) (m n : nat) (D W : 'M[R]_(m, n)).
(** What enters the layer, and what would enter without noise: [psi(z)] and [psi(x) = D c]. *)
Variables (u : 'cV[R]_m) (c z : 'cV[R]_n) (S : {set 'I_n}) (h : 'I_n -> R -> R) (nu beta B : R).

Lemma layer :
  supported S c -> (forall i, `|c i 0| <= B) ->
  (forall i, `|(W^T *m (u - D *m c)) i 0| <= nu) ->
  tau_out D W S * B + nu <= beta ->
  (forall i, thresholding beta (h i)) -> (forall i, z i 0 = h i ((W^T *m u) i 0)) ->
  (forall i, i \in S -> `|z i 0 - c i 0| <= tau_in D W S * B + nu + beta) /\ supported S z.
Proof.
move=> support bounded noise covered activation step.
pose xs k : 'cV[R]_n := if k is 0%N then 0 else z.
pose b k : R := if k is 0%N then B else tau_in D W S * B + nu + beta.
have [|||||||on off] := @unfolded.unfolded _ _ _ D W c (u - D *m c) S 1 (fun=> h) xs (fun=> 0)
  (fun=> 0)
  nu (fun=> beta) (fun=> 0) (fun=> 0) (fun=> 0) b support noise _ _ _ erefl _ bounded (lexx 0) _ _ _
  1%N (leqnn 1) => //.
- by move=> *; rewrite mxE normr0.
- by move=> *; rewrite mxE normr0.
- by move=> *; rewrite mxE normr0.
- case=> // i _ /=; rewrite step [(0 : 'cV_n) i 0]mxE addr0; congr (h i (_ i 0)).
  by rewrite /preactivation mulmx0 subr0 add0r addr0 addrC subrK.
- by case=> // _; rewrite mulr0 !addr0.
- by case=> // _; rewrite mulr0 !addr0.
by split=> // i iS; apply/eqP; rewrite -normr_le0; exact: off.
Qed.

(** Where the threshold leaves all entries of the support, none is missed. *)
Lemma supports_equal :
  (forall i, i \in S -> `|z i 0 - c i 0| <= tau_in D W S * B + nu + beta) ->
  (forall i, i \in S -> tau_in D W S * B + nu + beta < `|c i 0|) ->
  forall i, i \in S -> z i 0 != 0.
Proof.
move=> near large i iS; apply: contraTneq (near i iS) => ->.
by rewrite sub0r normrN -ltNge large.
Qed.
End Layer.

Section LayeredThresholding.
Variables (R : realFieldType) (J : nat) (m n : nat -> nat).
Variables (D W : forall j, 'M[R]_(m j, n j.+1)) (psi : forall j, 'cV[R]_(n j) -> 'cV[R]_(m j)).
Variables (x z : forall j, 'cV[R]_(n j)) (h : forall j, 'I_(n j.+1) -> R -> R) (nu beta B : nat ->
  R).
Let S j := supp (x j.+1).
Let error j := tau_in (D j) (W j) (S j) * B j + nu j + beta j.

Theorem layered_thresholding :
  (forall j, (j < J)%N -> psi (x j) = D j *m x j.+1) ->
  (forall j i, (j < J)%N -> z j.+1 i 0 = @h j i (((W j)^T *m psi (z j)) i 0)) ->
  (forall j i, (j < J)%N -> thresholding (beta j) (@h j i)) ->
  (forall j i, (j < J)%N -> `|x j.+1 i 0| <= B j) ->
  (forall j i, (j < J)%N -> `|((W j)^T *m (psi (z j) - psi (x j))) i 0| <= nu j) ->
  (forall j, (j < J)%N -> tau_out (D j) (W j) (S j) * B j + nu j <= beta j) ->
  forall j, (j < J)%N ->
  (forall i, i \in S j -> `|z j.+1 i 0 - x j.+1 i 0| <= error j) /\
  supported (S j) (z j.+1) /\
  ((forall i, i \in S j -> error j < `|x j.+1 i 0|) -> supp (z j.+1) = S j).
Proof.
move=> codes step activation bounded noise covered j jJ.
have entering i : `|((W j)^T *m (psi (z j) - D j *m x j.+1)) i 0| <= nu j.
  by rewrite -codes // noise.
have [near support] := layer (@supported_supp _ _ (x j.+1)) (bounded j ^~ jJ) entering
  (covered j jJ) (activation j ^~ jJ) (step j ^~ jJ).
split=> //; split=> // large; apply/setP => i; apply/idP/idP.
  by apply: contraLR => /support /suppP.
by move=> iS; rewrite inE (supports_equal near large iS).
Qed.
End LayeredThresholding.
