(** The hypotheses of the theorems hold together: each is applied to an instance.

    Where nothing else is said, the atoms are an orthonormal basis, its weights are the atoms, and a
    network finds a code in its first layer.  The instances on which bounds of rates are attained
    are in [rate/extremal.v]; theorems whose files have a [not_vacuous] or a [sharp] of their own
    are not repeated. *)
From sparsebound Require Import model lasso rate.network.
From sparsebound Require Import network.activations.
From sparsebound Require dictionary.cross_coherence rate.unfolded rate.alista rate.local
  rate.lista_cp.
From sparsebound Require rate.ista_thresholds rate.nonnegative rate.depth rate.connected.
From sparsebound Require uniqueness.spark uniqueness.local uniqueness.basis_pursuit.
From sparsebound Require uniqueness.null_space uniqueness.erc uniqueness.features uniqueness.lasso.
From sparsebound Require uniqueness.deep.
From sparsebound Require stability.p0 stability.local stability.bpdn stability.features.
From sparsebound Require stability.gap_safe stability.layered_thresholding.
From sparsebound Require training.path_monotone training.code_drift.

Section Orthonormal.
Variables (R : realFieldType) (n : nat).
Let I : 'M[R]_n := 1%:M.

Lemma gram_I : gram I I = 1%:M. Proof. by rewrite /gram trmx1 mulmx1. Qed.

Lemma unit : unit_atoms I.
Proof. by move=> i; rewrite gram_I mxE eqxx. Qed.

Lemma coherence_0 : cross_coherence I I = 0.
Proof.
apply/le_anti; rewrite cross_coherence_ge0 andbT; apply: largest_le => // -[i j] /= /negbTE ij.
by rewrite gram_I mxE ij normr0.
Qed.

Lemma babel_0 k : babel I I k = 0.
Proof.
apply/le_anti; rewrite babel_ge0 andbT; apply: le_trans (babel_le_cross_coherence _ _ _) _.
by rewrite coherence_0 mul0rn.
Qed.

Lemma block_0 P Q : block I I P Q = 0.
Proof.
apply/le_anti; rewrite block_ge0 andbT; apply: largest_le => // i _; rewrite big1 // => j _.
by rewrite /residual gram_I subrr mxE normr0.
Qed.

Lemma identity_thresholding : thresholding (0 : R) id.
Proof. by split=> v; rewrite ?subrr ?normr0 // normr_le0 => /eqP. Qed.

Variables (x : 'cV[R]_n) (B : R).
Hypothesis bounded : forall i, `|x i 0| <= B.

Definition xs k : 'cV[R]_n := if k is 0%N then 0 else x.
Definition b k : R := if k is 0%N then B else 0.

Lemma found z : preactivation I I (I *m x + 0) z = x.
Proof. by rewrite /preactivation trmx1 !mul1mx addr0 addrC subrK. Qed.

Lemma layer_id k : layer I I (I *m x + 0) (fun=> id) (xs k) (xs k.+1).
Proof. by move=> i; rewrite found. Qed.

Lemma quiet i : `|(I^T *m (0 : 'cV[R]_n)) i 0| <= 0.
Proof. by rewrite mulmx0 mxE normr0. Qed.

Lemma rate_unfolded (S : {set 'I_n}) K k : supported S x -> (k <= K)%N ->
  (forall i, `|xs k i 0 - x i 0| <= b k) /\ supported S (xs k).
Proof.
move=> support; apply: (unfolded.unfolded_exact (inside := 0) (outside := 0) support quiet _ _
  bounded _ _ erefl (fun k _ => layer_id k)).
- by rewrite /tau_in block_0.
- by rewrite /tau_out block_0.
- by move=> j _; rewrite addr0 mul0r add0r mul0rn.
- by move=> j i _; rewrite mul0r addr0; exact: identity_thresholding.
Qed.

(** Any graph of layers whose weights add up to 1. *)
Lemma rate_connected (S : {set 'I_n}) (alpha : nat -> nat -> R) K k : supported S x ->
  (forall k, connected.total alpha k = 1) -> (k <= K)%N ->
  (forall i, i \in S -> `|xs k i 0 - x i 0| <= b k) /\ (forall i, i \notin S -> `|xs k i 0| <= 0).
Proof.
move=> support sums.
have none P j : connected.entering I I S alpha (fun=> 0) b P j = 0.
  by rewrite /connected.entering big1 // => l _; rewrite !block_0 !mul0r addr0 mulr0.
apply: (@connected.connected _ _ _ I I x 0 S K alpha (fun _ _ => id) xs (fun=> 0) (fun=> 0) 0
  (fun=> 0) (fun=> 0) (fun=> 0) (fun=> 0) b support quiet) => //.
- by move=> *; rewrite mxE normr0.
- by move=> *; rewrite mxE normr0.
- by move=> *; rewrite mxE normr0.
- move=> j i _; rewrite ![(0 : 'cV[R]_n) i 0]mxE !addr0 -[LHS]mul1r -(sums j) mulr_suml.
  by apply: eq_bigr => l _; rewrite found.
- by move=> j _; rewrite none mulr0 !addr0.
- by move=> j _; rewrite none sums subrr normr0 mulr0 mul0r !addr0.
- by move=> *; exact: identity_thresholding.
Qed.

Lemma rate_alista K :
  (forall k, (k <= K)%N ->
   (forall i, `|xs k i 0 - x i 0| <= b k) /\ supported (supp x) (xs k)) /\
  cross_coherence I I *+ (2 * sparsity x).-1 <= coherence I *+ (2 * sparsity x).-1.
Proof.
apply: (alista.alista unit _ quiet bounded _ _ erefl (fun k _ => layer_id k)).
- exact: (cross_coherence.not_vacuous R n).2.
- by move=> j _; rewrite coherence_0 !mul0rn mul0r addr0.
- by move=> j i _; rewrite coherence_0 !mul0rn mul0r addr0; exact: identity_thresholding.
Qed.

Lemma rate_local K k : (k <= K)%N ->
  (forall i, `|xs k i 0 - x i 0| <= b k) /\ supported (supp x) (xs k).
Proof.
apply: (rate.local.local unit quiet bounded _ _ erefl (fun k _ => layer_id k)).
- by move=> j _; rewrite coherence_0 !mul0rn mul0r addr0.
- by move=> j i _; rewrite coherence_0 !mul0rn mul0r addr0; exact: identity_thresholding.
Qed.

Lemma rate_ista_thresholds K k : (k <= K)%N ->
  (forall i, `|xs k i 0 - x i 0| <= b k) /\ supported (supp x) (xs k).
Proof.
apply: (ista_thresholds.ista_thresholds (c := 1) _ _ quiet bounded _ _ erefl
  (fun k _ => layer_id k)).
- by move=> i; rewrite unit ler01 lexx.
- by move=> i; rewrite unit.
- by move=> j _; rewrite !babel_0 !subr0 subrr mul0r mul0rn addr0.
- by move=> j i _; rewrite babel_0 mul0r addr0; exact: identity_thresholding.
Qed.

Lemma rate_lista_cp K k : (k <= K)%N ->
  l1 (xs k - x) <= (if k is 0%N then l1 x else 0) /\ supported (supp x) (xs k).
Proof.
apply: (lista_cp.lista_cp (a := fun k => if k is 0%N then l1 x else 0) unit quiet (lexx _) _ _ erefl
  (fun k _ => layer_id k)).
- by move=> j _; rewrite coherence_0 !mul0rn mul0r addr0.
- by move=> j i _; rewrite coherence_0 mul0r addr0; exact: identity_thresholding.
Qed.

Lemma rate_nonnegative K k : (forall i, 0 <= x i 0) -> (k <= K)%N ->
  (forall i, i \in supp x -> `|xs k i 0 - x i 0| <= b k) /\
  (forall i, i \notin supp x -> `|xs k i 0| <= 0).
Proof.
move=> x0; apply: (@nonnegative.nonnegative _ _ _ I I x 0 (supp x) K xs (fun=> 0) (fun=> 0) 0
  (fun=> 0)
  (fun=> 0) (fun=> 0) (fun=> 0) b (@supported_supp _ _ x) x0 quiet) => //.
- by move=> *; rewrite mxE normr0.
- by move=> *; rewrite mxE normr0.
- by move=> *; rewrite mxE normr0.
- by move=> j i _; rewrite found addr0 subr0 nonnegative.relu_id // mxE addr0.
- by move=> j _; rewrite /tau_out /kappa_out !block_0 !mul0r !addr0.
- by move=> j _; rewrite /tau_in /kappa_in !block_0 !mul0r !addr0.
Qed.

Lemma rate_depth tol : 0 < tol < B ->
  forall k, (1 <= k)%N -> (forall i, `|xs k i 0 - x i 0| <= tol) /\ supported (supp x) (xs k).
Proof.
move=> /andP[tol0 tolB].
have zero : tau_in I I (supp x) + tau_out I I (supp x) = 0.
  by rewrite /tau_in /tau_out !block_0 addr0.
apply: (@depth.depth _ _ _ I I x 0 (supp x) (fun _ _ => id) xs 0 B tol 1) => //; rewrite ?zero.
- exact: ltr01.
- by rewrite mul0rn mul0r.
- by rewrite mul0rn mul0r expr1 mul0r addr0 ltW.
- exact: supported_supp.
- exact: quiet.
- by move=> j i; rewrite /tau_out block_0 mul0r addr0; exact: identity_thresholding.
- exact: layer_id.
Qed.

Lemma uniqueness_local : unit_atoms I /\
  coherence I *+ (2 * rate.local.local_sparsity I I x).-1 < 1.
Proof. by split; [exact: unit | rewrite /coherence coherence_0 mul0rn ltr01]. Qed.

Lemma uniqueness_basis_pursuit (S : {set 'I_n}) : unit_atoms I /\ coherence I *+ (2 * #|S|).-1 < 1.
Proof. by split; [exact: unit | rewrite /coherence coherence_0 mul0rn ltr01]. Qed.

Lemma uniqueness_null_space (S : {set 'I_n}) : null_vectors.null_space_property I S.
Proof. by move=> h; rewrite mul1mx => -> /eqP. Qed.

(** No other atom has a share in those of the support. *)
Lemma uniqueness_erc (C : 'M[R]_n := \matrix_(i, j) ((i \in supp x) && (i == j))%:R) z :
  z != x -> I *m z = I *m x -> l1 x < l1 z.
Proof.
have entry i j : C i j = ((i \in supp x) && (i == j))%:R by rewrite mxE.
have projected : erc.projects I (supp x) C.
  split=> i j iS; first by rewrite entry (negbTE iS).
  by rewrite gram_I mul1mx entry iS mxE.
have none : erc.recovery (supp x) C = 0.
  rewrite /erc.recovery; elim/big_rec: _ => // j a jS ->; rewrite /l1 big1 ?maxxx // => i _.
  rewrite mxE entry; case: eqP jS => [->|_ _]; last by rewrite andbF normr0.
  by move=> /negbTE->; rewrite normr0.
move=> zx same; apply: (erc.erc projected _ erefl _).1 => //; last by rewrite none ltr01.
by move=> h _; rewrite mul1mx.
Qed.

Lemma uniqueness_deep (J : nat) : (2 * sparsity x <= n)%N -> forall j, (j <= J)%N -> x = x.
Proof.
move=> few; apply: (@deep.deep R J (fun=> n) (fun=> n) (fun=> I) (fun=> id) (fun=> x) (fun=> x)
  (fun=> n.+1)) => // j _; [exact: spark.not_vacuous | by rewrite mul1mx | by rewrite mul1mx].
Qed.

(** Two explanations at a distance, and an allowance that is as large. *)
Variables (z : 'cV[R]_n) (eps : R) (k : nat).
Hypothesis wide : sqnorm (x - z) <= eps ^+ 2.

Lemma fits : sqnorm (x - I *m x) <= eps ^+ 2 /\ sqnorm (x - I *m z) <= eps ^+ 2.
Proof. by rewrite !mul1mx subrr /sqnorm dot0l sqr_ge0. Qed.

Lemma stability_p0 : (sparsity x <= k)%N -> (sparsity z <= k)%N ->
  sqnorm (x - z) <= 4%:R * eps ^+ 2 / (1 - babel I I (2 * k).-1).
Proof.
by move=> xk zk; have [fx fz] := fits; apply: (p0.p0 unit xk zk fx fz); rewrite babel_0 ltr01.
Qed.

Lemma stability_local : (rate.local.local_sparsity I I x <= k)%N ->
  (rate.local.local_sparsity I I z <= k)%N ->
  sqnorm (x - z) <= 4%:R * eps ^+ 2 / (1 - coherence I *+ (2 * k).-1).
Proof.
move=> xk zk; have [fx fz] := fits; apply: (stability.local.local unit xk zk fx fz).
by rewrite /coherence coherence_0 mul0rn ltr01.
Qed.

Lemma stability_bpdn : l1 z <= l1 x ->
  sqnorm (x - z) <= 4%:R * eps ^+ 2 / (1 - coherence I *+ (4 * sparsity x).-1).
Proof.
move=> shorter; have [fx fz] := fits; apply: (bpdn.bpdn unit shorter fx fz).
by rewrite /coherence coherence_0 mul0rn ltr01.
Qed.

Lemma stability_layered_thresholding (J j : nat) : (j < J)%N ->
  (forall i, i \in supp x -> `|x i 0 - x i 0| <= tau_in I I (supp x) * B + 0 + 0) /\
  supported (supp x) x /\
  ((forall i, i \in supp x -> tau_in I I (supp x) * B + 0 + 0 < `|x i 0|) -> supp x = supp x).
Proof.
apply: (@layered_thresholding.layered_thresholding R J (fun=> n) (fun=> n) (fun=> I) (fun=> I)
  (fun=> id) (fun=> x) (fun=> x) (fun _ _ => id) (fun=> 0) (fun=> 0) (fun=> B)) => //.
- by move=> *; rewrite mul1mx.
- by move=> *; rewrite trmx1 mul1mx.
- by move=> *; exact: identity_thresholding.
- by move=> *; rewrite subrr mulmx0 mxE normr0.
- by move=> *; rewrite /tau_out block_0 mul0r addr0.
Qed.
End Orthonormal.

(** One atom, signals beyond its threshold. *)
Section OneAtom.
Variables (R : realFieldType) (lam t t' : R).
Hypothesis lam0 : 0 < lam.
Hypothesis t0 : 0 <= t.
Hypothesis t'0 : 0 <= t'.
Let D : 'M[R]_1 := 1%:M.
Let E : 'M[R]_1 := 0.
Let y s : 'cV[R]_1 := const_mx (lam + s).
Let z s : 'cV[R]_1 := const_mx s.

Lemma least s : 0 <= s -> minimiser D (y s) (fun=> lam) true (z s).
Proof. by move=> s0; exact: (features.not_vacuous lam0 s0 erefl erefl erefl).1. Qed.

Lemma uniqueness_lasso x : minimiser D (y t) (fun=> lam) true x -> x = z t.
Proof.
apply: (lasso.lasso lam0 (least t0) (S := setT)); last by move=> j; rewrite inE.
- by move=> j; rewrite inE.
- by move=> h _; rewrite mul1mx.
Qed.

Lemma stability_features : sqnorm (D *m (z t - z t')) <= sqnorm (y t - y t').
Proof. exact: (stability.features.fits (fun=> lam0) (least t0) (least t'0)). Qed.

Lemma training_code_drift :
  sqnorm (D *m (z t - z t)) + sqnorm ((D + E) *m (z t - z t)) <=
  dot (lasso.residual (D + E) (y t) (z t)) (E *m z t) *+ 2
  - dot (lasso.residual D (y t) (z t)) (E *m z t) *+ 2 + sqnorm (E *m z t) + sqnorm (E *m z t).
Proof.
by apply: code_drift.code_drift (fun=> lam0) (least t0) _; rewrite addr0; exact: least.
Qed.

Lemma stability_gap_safe :
  sqnorm (D *m (z t' - z t)) + sqnorm (lasso.residual D (y t) (z t) - lasso.residual D (y t) (z t))
  <= (objective D (y t) (fun=> lam) (z t') - gap_safe.dual (y t) (lasso.residual D (y t) (z t))) *+
    2.
Proof.
apply: (gap_safe.gap_safe (fun=> lam0) (least t0) (x := z t') (signed := true)) => // j.
exact: ((minimiser_optimal (fun=> lam0) (least t0)).2 j).1.
Qed.
End OneAtom.

(** A pursuit of one atom takes it, and has found the code. *)
Lemma uniqueness_erc_pursuit (R : realFieldType) (a : R) (D : 'M[R]_1 := 1%:M)
    (x : 'cV[R]_1 := const_mx a) (picks := fun=> 0) (zs := fun k => if k is 0%N then 0 else x) :
  a != 0 -> erc.pursuit D x picks zs /\ zs #|supp x| = x.
Proof.
move=> a0; have support : supp x = setT by apply/setP => i; rewrite !inE mxE a0.
have pursued : erc.pursuit D x picks zs.
  by case=> [|k]; do !split; move=> i; rewrite (ord1 i) /zs ?subrr ?mulmx0 ?inE // mxE.
have projected : erc.projects D setT 1%:M.
  by split=> i j; rewrite ?inE ?mulmx1.
split=> //; rewrite support; apply: ((erc.erc projected _ support _).2 picks zs pursued).2.1.
- by move=> h _; rewrite mul1mx.
- by rewrite /erc.recovery big_pred0 ?ltr01 // => j; rewrite inE.
Qed.

(** The first of two points has the smaller misfit, the second one the smaller penalty. *)
Lemma training_path_monotone (R : realFieldType)
    (f := fun c => if c then 1 else 0 : R) (Omega := fun c => if c then 0 else 1 : R) :
  Omega true <= Omega false /\ f false <= f true.
Proof.
have half : (2%:R^-1 : R) < 1 by rewrite invf_lt1 ?ltr0n // ltr1n.
apply: (path_monotone.path_monotone (lam1 := 2%:R^-1) (lam2 := 2%:R)).
- by rewrite invr_gt0 ltr0n (lt_trans half) // ltr1n.
- by case; rewrite /f /Omega ?mulr0 ?mulr1 ?add0r ?addr0 // ltW.
- by case; rewrite /f /Omega ?mulr0 ?mulr1 ?add0r ?addr0 // ler1n.
Qed.
