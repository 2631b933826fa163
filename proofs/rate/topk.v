(** [rate.topk]: networks that keep the largest entries. *)
From sparsebound Require Import model rate.network.

Section TopK.
Variables (R : realFieldType) (m n : nat) (D W : 'M[R]_(m, n)).
Implicit Types (v z x : 'cV[R]_n) (T : {set 'I_n}).

(** The largest sum of [k] moduli in a row of [I - W^T D], its diagonal included. *)
Definition row_sum k : R :=
  \largest_(p : 'I_n * {set 'I_n} | (#|p.2| <= k)%N) \sum_(j in p.2) `|residual D W p.1 j|.

(** [z] keeps the [s] largest of the [|v i|], ties broken in any way, up to [rho]: what is dropped
    is at most what is kept, or 0 if there was room for it. *)
Definition keeps s (rho : R) v z :=
  [/\ (sparsity z <= s)%N,
      forall i, z i 0 != 0 -> `|z i 0 - v i 0| <= rho
    & forall i, z i 0 = 0 -> `|v i 0| <= rho \/
        sparsity z = s /\ forall j, z j 0 != 0 -> `|v i 0| <= `|z j 0| + rho].

Lemma row_sum_ge0 k : 0 <= row_sum k. Proof. exact: largest_ge0. Qed.

Lemma row_le k z i B : (sparsity z <= k)%N -> (forall j, `|z j 0| <= B) ->
  `|\sum_j residual D W i j * z j 0| <= row_sum k * B.
Proof.
move=> few zB; have B0 : 0 <= B := le_trans (normr_ge0 _) (zB i).
have -> : \sum_j residual D W i j * z j 0 = \sum_(j in supp z) residual D W i j * z j 0.
  by rewrite (bigID (mem (supp z))) /= [X in _ + X]big1 ?addr0 // => j /suppP ->; rewrite mulr0.
apply: le_trans (ler_norm_sum _ _ _) _.
apply: (@le_trans _ _ (\sum_(j in supp z) `|residual D W i j| * B)).
  by apply: ler_sum => j _; rewrite normrM ler_wpmul2l.
rewrite -mulr_suml ler_wpmul2r //.
exact: (le_largest (P := fun p : 'I_n * {set 'I_n} => (#|p.2| <= k)%N)
                   (fun p => \sum_(j in p.2) `|residual D W p.1 j|) (i := (i, supp z))).
Qed.

Variables (x : 'cV[R]_n) (e : 'cV[R]_m) (s : nat) (nu : R).
Hypothesis sparse : (sparsity x <= s)%N.
Hypothesis noise : forall i, `|(W^T *m e) i 0| <= nu.
Let c := row_sum (2 * s).

(** What entries are chosen from is wrong by at most this. *)
Lemma chosen_le z B i : (sparsity z <= s)%N -> (forall j, `|z j 0 - x j 0| <= B) ->
  `|preactivation D W (D *m x + e) z i 0 - x i 0| <= c * B + nu.
Proof.
move=> few zB; rewrite error; apply: le_trans (ler_norm_add _ _) (ler_add _ (noise i)).
apply: row_le => [|j]; last by rewrite subE.
apply: leq_trans (sparsityB _ _) _; rewrite mul2n -addnn; exact: leq_add.
Qed.

(** What is dropped from the support is small: another entry, off the support, was not smaller. *)
Lemma dropped_le v z rho a i : 0 <= rho -> keeps s rho v z -> (forall j, `|v j 0 - x j 0| <= a) ->
  z i 0 = 0 -> `|x i 0| <= (a + rho) *+ 2.
Proof.
move=> rho0 [few kept dropped] va zi; have a0 := le_trans (normr_ge0 _) (va i).
have xv : `|x i 0| <= `|v i 0| + a.
  have -> : x i 0 = v i 0 - (v i 0 - x i 0) by rewrite subKr.
  by apply: le_trans (ler_norm_sub _ _) _; rewrite ler_add2l.
have [xi|xi] := eqVneq (x i 0) 0; first by rewrite xi normr0 mulrn_wge0 // addr_ge0.
case: (dropped i zi) => [small|[full le]].
  apply: le_trans xv _; apply: (le_from (ler_add small (addr_ge0 a0 rho0))); ring.
have [j zj xj] : exists2 j, z j 0 != 0 & x j 0 = 0.
  have : ~~ (supp z \subset supp x :\ i).
    apply/negP => /subset_leq_card; have := cardsD1 i (supp x); rewrite inE xi -/(sparsity z) full.
    by rewrite -/(sparsity x) => e1 le1; move: sparse; rewrite e1 add1n leqNgt ltnS le1.
  move=> /subsetPn[j]; rewrite !inE => zj; rewrite negb_and negbK => /orP[/eqP ji|].
    by move: zj; rewrite ji zi eqxx.
  by rewrite negbK => /eqP; exists j.
have zv := kept j zj; have := va j; rewrite xj subr0 => vj.
have zle : `|z j 0| <= rho + a.
  have -> : z j 0 = (z j 0 - v j 0) + v j 0 by rewrite subrK.
  exact: le_trans (ler_norm_add _ _) (ler_add zv vj).
apply: le_trans xv _; apply: (le_from (ler_add (le j zj) zle)); ring.
Qed.
End TopK.

(** From any bound [B] of the error before a step: one after it, and which entries are kept; and so
    a bound after every step. *)
Theorem topk (R : realFieldType) (m n : nat) (D W : 'M[R]_(m, n)) (x : 'cV[R]_n) (e : 'cV[R]_m)
    (s K : nat) (nu : R) (rho : nat -> R) (xs : nat -> 'cV[R]_n)
    (bound := fun k B => (row_sum D W (2 * s) * B + nu + rho k) *+ 2) :
  (sparsity x <= s)%N -> (sparsity (xs 0%N) <= s)%N ->
  (forall i, `|(W^T *m e) i 0| <= nu) ->
  (forall k, (k < K)%N -> 0 <= rho k) ->
  (forall k, (k < K)%N -> keeps s (rho k) (preactivation D W (D *m x + e) (xs k)) (xs k.+1)) ->
  (forall k B, (k < K)%N -> (forall i, `|xs k i 0 - x i 0| <= B) ->
   [/\ (sparsity (xs k.+1) <= s)%N,
       forall i, `|xs k.+1 i 0 - x i 0| <= bound k B,
       forall i, bound k B < `|x i 0| -> xs k.+1 i 0 != 0
     & (forall i, x i 0 != 0 -> bound k B < `|x i 0|) -> sparsity x = s ->
       supp (xs k.+1) = supp x]) /\
  forall b, (forall i, `|xs 0%N i 0 - x i 0| <= b 0%N) ->
    (forall k, (k < K)%N -> b k.+1 = bound k (b k)) ->
    forall k, (k <= K)%N -> forall i, `|xs k i 0 - x i 0| <= b k.
Proof.
move=> sparse start noise rho0 steps.
have few k : (k <= K)%N -> (sparsity (xs k) <= s)%N by case: k => // k /steps[].
have dropped k B i : (k < K)%N -> (forall i, `|xs k i 0 - x i 0| <= B) ->
    xs k.+1 i 0 = 0 -> `|x i 0| <= bound k B.
  move=> kK near; have va j := chosen_le D sparse noise j (few k (ltnW kK)) near.
  exact: (dropped_le sparse (rho0 k kK) (steps k kK) va).
have error k B i : (k < K)%N -> (forall i, `|xs k i 0 - x i 0| <= B) ->
    `|xs k.+1 i 0 - x i 0| <= bound k B.
  move=> kK near; have [zi|zi] := eqVneq (xs k.+1 i 0) 0.
    by rewrite zi sub0r normrN; exact: dropped.
  have va := chosen_le D sparse noise i (few k (ltnW kK)) near.
  have [_ /(_ i zi) zv _] := steps k kK.
  have level0 := addr_ge0 (le_trans (normr_ge0 _) va) (rho0 k kK).
  rewrite /bound mulr2n; apply: le_trans (_ : _ <= row_sum D W (2 * s) * B + nu + rho k) _.
    set v := preactivation _ _ _ _ in zv va.
    have -> : xs k.+1 i 0 - x i 0 = (v i 0 - x i 0) + (xs k.+1 i 0 - v i 0) by ring.
    exact: le_trans (ler_norm_add _ _) (ler_add va zv).
  by rewrite ler_addl.
split=> [k B kK near|b b0 recursion].
  have survives i : bound k B < `|x i 0| -> xs k.+1 i 0 != 0.
    by apply: contraTneq => zi; rewrite -leNgt dropped.
  split=> [|i||far full]; [exact: few | exact: error | exact: survives |].
  apply/esym/eqP; rewrite eqEcard -/(sparsity _) -/(sparsity x) full few // andbT.
  by apply/subsetP => i; rewrite !inE => /far; exact: survives.
elim=> [|k IH] kK i; first exact: b0.
by rewrite recursion //; apply: error => // j; exact: IH (ltnW kK) j.
Qed.

(** Two atoms, one of them in the code and the other one in the state before; a tie is broken
    against the code, and the error is what is allowed. *)
Section Tie.
Variables (R : realFieldType) (B : R).
Hypothesis B0 : 0 < B.

Definition pair (a b : R) : 'cV[R]_2 := \col_i (if val i is 0%N then a else b).
Definition D : 'M[R]_2 := 1%:M.
Definition W : 'M[R]_2 := \matrix_(i, j) (if i == j then 1 else 2%:R^-1).

Lemma residual_tie i j : residual D W i j = if i == j then 0 else - 2%:R^-1.
Proof.
rewrite /residual /gram mulmx1 !mxE eq_sym.
by case: (eqVneq j i) => _; rewrite ?subrr ?sub0r.
Qed.

Lemma row_sum_tie : row_sum D W 2 = 2%:R^-1.
Proof.
have half0 : 0 <= 2%:R^-1 :> R by rewrite invr_ge0 ler0n.
have row (i : 'I_2) : \sum_j `|residual D W i j| = 2%:R^-1.
  rewrite big_ord_recl big_ord1 !residual_tie; case: i => [[|[|//]] l] /=;
    by rewrite normr0 normrN ger0_norm ?addr0 ?add0r.
apply/le_anti/andP; split.
  apply: largest_le => // -[i T] _ /=; rewrite -(row i) [leRHS](bigID (mem T)) /= ler_addl.
  exact: sumr_ge0.
rewrite -(row 0) -[X in X <= _](eq_bigl _ _ (fun j => in_setT j)).
apply: (le_largest (P := fun p : 'I_2 * {set 'I_2} => (#|p.2| <= 2)%N)
  (fun p => \sum_(j in p.2) `|residual D W p.1 j|) (i := (0, setT))).
by rewrite cardsT card_ord.
Qed.

(** The code, the state before, and the state after. *)
Theorem sharp (x := pair B 0) (start := pair 0 B) (next := pair 0 (B / 2%:R)) :
  [/\ sparsity x = 1%N, sparsity start = 1%N, forall i, `|(W^T *m (0 : 'cV[R]_2)) i 0| <= 0
    & keeps 1 0 (preactivation D W (D *m x + 0) start) next] /\
  (forall i, `|start i 0 - x i 0| <= B) /\
  `|next 0 0 - x 0 0| = (row_sum D W (2 * 1) * B + 0 + 0) *+ 2.
Proof.
have nB : B != 0 := lt0r_neq0 B0.
have entry (P : 'I_2 -> Prop) : P 0 -> P (lift 0 0) -> forall i, P i.
  by move=> P0 P1 i; case: (unliftP 0 i) => [j|] ->; rewrite ?(ord1 j).
have one (a b : R) : (a == 0) != (b == 0) -> sparsity (pair a b) = 1%N.
  rewrite /sparsity -sum1_card big_mkcond big_ord_recl big_ord1 !inE !mxE /=.
  by case: (a == 0); case: (b == 0).
have chosen i : preactivation D W (D *m x + 0) start i 0 = B / 2%:R.
  have -> : preactivation D W (D *m x + 0) start = start + W^T *m (x - start).
    by rewrite /preactivation !mul1mx addr0.
  by move: i; apply: entry; rewrite !mxE big_ord_recl big_ord1 !mxE /=; field.
do !split.
- by apply: one; rewrite eqxx (negbTE nB).
- by apply: one; rewrite eqxx (negbTE nB).
- by move=> i; rewrite mulmx0 mxE normr0.
- by rewrite one // eqxx mulf_eq0 invr_eq0 (negbTE nB) pnatr_eq0.
- move=> i; rewrite chosen; move: i; apply: entry; rewrite !mxE /= ?eqxx //.
  by rewrite subrr normr0.
- move=> i _; right; rewrite one ?eqxx ?mulf_eq0 ?invr_eq0 ?(negbTE nB) ?pnatr_eq0 //; split=> // j.
  rewrite chosen addr0; move: j; apply: entry; rewrite !mxE /= ?eqxx //.
- by apply: entry; rewrite !mxE /= ?sub0r ?subr0 ?normrN ger0_norm // ltW.
rewrite row_sum_tie !mxE /= sub0r normrN ger0_norm ?ltW //; by field.
Qed.
End Tie.
