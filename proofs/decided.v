(** Statements about rational data that a computation decides.

    [computes a q]: the number [a] is the fraction [q].  [decides P b]: [P] holds if and only if [b]
    is true.  The lemmas take definitions and statements apart; [search.v] applies them. *)
From Coq Require Import ZArith QArith.
From sparsebound Require Import model lasso rate.network network.activations computed.
From sparsebound Require rate.local dictionary.welch rate.nonnegative
  uniqueness.nonnegative_coherence.
Local Open Scope ring_scope.

Definition same n (i : 'I_n) (k : nat) := nat_of_ord i = k.
Definition counts (k l : nat) := k = l.
Variant decides (P : Prop) : bool -> Prop :=
  | Yes of P : decides P true
  | No of ~ P : decides P false.
Lemma Decides (P : Prop) (b : bool) : P <-> b -> decides P b.
Proof. by case: b => -[to from]; [apply: Yes; exact: from | apply: No => /to]. Qed.
Lemma decided P b : decides P b -> P <-> b. Proof. by case=> [p|np]; split. Qed.
Lemma both_ways P b : decides P b -> (P -> b) /\ (b -> P). Proof. by move=> d; apply decided in d.
  Qed.
Lemma decidedb (P b : bool) : decides P b -> P = b.
Proof. by move=> d; have [to from] := both_ways d; apply/idP/idP. Qed.
Lemma same_decision P Q b : P <-> Q -> decides P b -> decides Q b.
Proof.
by move=> [PQ QP] d; have [Pb bP] := both_ways d; apply: Decides; split=> [/QP/Pb|/bP/PQ].
Qed.
(** What has been decided to be true is true; of premises no more is needed. *)
Definition shows (P : Prop) (b : bool) := b -> P.

Section Numbers.
Variable R : realFieldType.
Implicit Types (a b : R) (q r : Q) (n k l : nat).
Definition computes a q := val R q = a.

Lemma computes_val q : computes (val R q) q. Proof. by []. Qed.
Lemma computes_val_at n v (i : 'I_n) k : same i k -> computes (val R (row_at v i)) (row_at v k).
Proof. by move=> <-. Qed.
Lemma computes_0 : computes 0 zero. Proof. exact: val_0. Qed.
Lemma computes_1 : computes 1 one. Proof. exact: val_1. Qed.
Lemma computes_add a b q r : computes a q -> computes b r -> computes (a + b) (plus q r).
Proof. by rewrite /computes val_plus => -> ->. Qed.
Lemma computes_mul a b q r : computes a q -> computes b r -> computes (a * b) (times q r).
Proof. by rewrite /computes val_times => -> ->. Qed.
Lemma computes_opp a q : computes a q -> computes (- a) (Qopp q).
Proof. by rewrite /computes val_opp => ->. Qed.
Lemma computes_inv a q : computes a q -> computes (a^-1) (Qinv q).
Proof. by rewrite /computes val_inv => ->. Qed.
Lemma computes_size a q : computes a q -> computes `|a| (size q).
Proof. by rewrite /computes val_size => ->. Qed.
Lemma computes_max a b q r : computes a q -> computes b r -> computes (Num.max a b) (larger q r).
Proof. by rewrite /computes val_larger => -> ->. Qed.
Lemma computes_multiple a q k l : computes a q -> counts k l -> computes (a *+ k) (multiple q l).
Proof. by rewrite /computes val_multiple => -> ->. Qed.
Lemma computes_power a q k l : computes a q -> counts k l -> computes (a ^+ k) (power q l).
Proof. by rewrite /computes val_power => -> ->. Qed.

Lemma computes_if (P : bool) a b p q r : decides P p -> computes a q -> computes b r ->
  computes (if P then a else b) (if p then q else r).
Proof. by move=> /decidedb -> qa rb; case: p. Qed.

Lemma computes_sum n (P : pred 'I_n) (F : 'I_n -> R) p f :
  (forall i k, same i k -> decides (P i) (p k)) ->
  (forall i k, same i k -> computes (F i) (f k)) ->
  computes (\sum_(i | P i) F i) (sum n p f).
Proof.
move=> Pp Ff; rewrite /computes val_sum; apply: eq_big => i; last by move=> _; exact: Ff.
exact/esym/decidedb/Pp.
Qed.

Lemma computes_sum_nat n (F : nat -> R) f : (forall k, computes (F k) (f k)) ->
  computes (\sum_(0 <= k < n) F k) (sum n xpredT f).
Proof. by move=> Ff; rewrite /computes val_sum big_mkord; apply: eq_bigr => i _; exact: Ff. Qed.

Lemma computes_largest n (P : pred 'I_n) (F : 'I_n -> R) p f :
  (forall i k, same i k -> decides (P i) (p k)) ->
  (forall i k, same i k -> computes (F i) (f k)) ->
  computes (\largest_(i | P i) F i) (largest n p f).
Proof.
move=> Pp Ff; rewrite /computes val_largest; apply: eq_big => i; last by move=> _; exact: Ff.
exact/esym/decidedb/Pp.
Qed.

(** Over all pairs of different atoms. *)
Definition entries n (F : 'I_n -> 'I_n -> R) (f : nat -> nat -> Q) :=
  forall i k, same i k -> forall j l, same j l -> computes (F i j) (f k l).
Definition over_pairs n (f : nat -> nat -> Q) :=
  largest n xpredT (fun k => largest n (fun l => k != l) (f k)).
Lemma computes_pairs n (F : 'I_n -> 'I_n -> R) f :
  entries F f ->
  computes (\largest_(p : 'I_n * 'I_n | p.1 != p.2) F p.1 p.2) (over_pairs n f).
Proof.
move=> Ff; rewrite /computes val_largest; apply/le_anti/andP; split.
  apply: largest_le => [|i _]; first exact: largest_ge0.
  rewrite val_largest; apply: largest_le => [|j ij]; first exact: largest_ge0.
  rewrite (Ff i i erefl j j erefl).
  exact: (le_largest (P := fun p : 'I_n * 'I_n => p.1 != p.2) (fun p => F p.1 p.2) (i := (i, j))).
apply: largest_le => [|[i j] /= ij]; first exact: largest_ge0.
have le := le_largest (fun i : 'I_n => val R (largest n (fun l => nat_of_ord i != l)
  (f i))) (isT : xpredT i).
apply: le_trans le; rewrite val_largest -(Ff i i erefl j j erefl).
exact: (le_largest (P := fun j : 'I_n => i != j :> nat) (fun j : 'I_n => val R (f i j))).
Qed.

Lemma computes_cross_coherence m n (W D : 'M[R]_(m, n)) f :
  entries (fun i j => `|gram W D i j|) f -> computes (cross_coherence W D) (over_pairs n f).
Proof. exact: computes_pairs. Qed.
Lemma computes_positive_coherence m n (D : 'M[R]_(m, n)) f :
  entries (fun i j => gram D D i j) f ->
  computes (nonnegative_coherence.positive_coherence D) (over_pairs n f).
Proof. exact: computes_pairs. Qed.
Lemma computes_negative_coherence m n (D : 'M[R]_(m, n)) f :
  entries (fun i j => - gram D D i j) f ->
  computes (nonnegative_coherence.negative_coherence D) (over_pairs n f).
Proof. exact: computes_pairs. Qed.

(** The Babel function, over all sets of [k] atoms. *)
Fixpoint masks n : seq (seq bool) :=
  if n is n'.+1 then map (cons false) (masks n') ++ map (cons true) (masks n') else [:: [::]].
Lemma mem_masks n (s : seq bool) : seq.size s = n -> s \in masks n.
Proof.
elim: n s => [|n IH] [|b s] //= [/IH sn]; rewrite mem_cat; apply/orP; case: b; [right|left];
  exact: map_f.
Qed.
Lemma size_masks n s : s \in masks n -> seq.size s = n.
Proof.
elim: n s => [|n IH] s; first by rewrite inE => /eqP->.
by rewrite mem_cat => /orP[] /mapP[t /IH tn ->] /=; rewrite tn.
Qed.
Definition in_mask (s : seq bool) k := nth false s k.
Definition over_sets n (P : pred (seq bool)) (f : seq bool -> Q) :=
  foldr (fun s q => if P s then larger (f s) q else q) zero (masks n).
Lemma over_sets_ge n (P : pred (seq bool)) f s : seq.size s = n -> P s -> val R (f s) <= val R
  (over_sets n P f).
Proof.
rewrite /over_sets => /mem_masks; elim: (masks n) => // t l IH; rewrite inE /=.
move=> /orP[/eqP<- ->|sl Ps]; first by rewrite val_larger le_maxr lexx.
by case: (P t); rewrite ?val_larger ?le_maxr IH ?orbT.
Qed.
Lemma over_sets_le n (P : pred (seq bool)) f c : 0 <= c -> (forall s, seq.size s = n -> P s -> val
  R (f s) <= c) ->
  val R (over_sets n P f) <= c.
Proof.
move=> c0 le; rewrite /over_sets.
have : {subset masks n <= masks n} by []. 
move: {1 3}(masks n) => l; elim: l => [|s l IH] sub /=; first by rewrite val_0.
have rest : val R (foldr (fun s q => if P s then larger (f s) q else q) zero l) <= c.
  by apply: IH => t tl; apply: sub; rewrite inE tl orbT.
case Ps: (P s) => //; rewrite val_larger le_maxl rest andbT le //.
by apply: size_masks; apply: sub; rewrite inE eqxx.
Qed.
Definition members n (s : seq bool) := count (in_mask s) (iota 0 n).
Lemma members_card n s : members n s = #|chosen n s|.
Proof.
rewrite -sum1_card /members -sum1_count.
have -> : iota 0 n = index_iota 0 n by rewrite /index_iota subn0.
by rewrite big_mkord; apply: eq_bigl => i; rewrite inE.
Qed.
Definition mask_of n (T : {set 'I_n}) := [seq i \in T | i <- enum 'I_n].
Lemma size_mask_of n (T : {set 'I_n}) : seq.size (mask_of T) = n.
Proof. by rewrite size_map size_enum_ord. Qed.
Lemma in_mask_of n (T : {set 'I_n}) (i : 'I_n) : in_mask (mask_of T) i = (i \in T).
Proof. by rewrite /in_mask (nth_map i) ?size_enum_ord // nth_ord_enum. Qed.
Lemma chosen_mask_of n (T : {set 'I_n}) : chosen n (mask_of T) = T.
Proof. by apply/setP => i; rewrite inE -/(in_mask _ _) in_mask_of. Qed.

Definition largest_row_sum n (f : nat -> nat -> Q) k := largest n xpredT (fun i =>
  over_sets n (fun s => ~~ in_mask s i && (members n s <= k)%N) (fun s => sum n (in_mask s) (f i))).
Lemma computes_babel m n (W D : 'M[R]_(m, n)) f k l :
  entries (fun i j => `|gram W D i j|) f ->
  counts k l -> computes (babel W D k) (largest_row_sum n f l).
Proof.
move=> Ff <- {l}; rewrite /computes val_largest; apply/le_anti/andP; split.
  apply: largest_le => [|i _]; first exact: babel_ge0.
  apply: over_sets_le => [|s sn /andP[is_ sk]]; first exact: babel_ge0.
  rewrite val_sum (eq_big (fun j => j \in chosen n s) (fun j => `|gram W D i j|)) => [|j|j _]; last
    2 first.
  - by rewrite inE.
  - exact: Ff.
  by apply: le_babel; [rewrite inE | rewrite -members_card].
apply: babel_le => [|i T iT Tk]; first exact: largest_ge0.
apply: le_trans (le_largest (P := xpredT) _ (isT : xpredT i)) => /=.
have := @over_sets_ge n (fun s => ~~ in_mask s i && (members n s <= k)%N)
  (fun s => sum n (in_mask s) (f i)) (mask_of T).
rewrite size_mask_of in_mask_of iT members_card chosen_mask_of Tk => /(_ erefl isT).
apply: le_trans; rewrite val_sum le_eqVlt; apply/orP; left; apply/eqP.
by apply: eq_big => j; [rewrite in_mask_of | move=> _; exact/esym/Ff].
Qed.

(** Entries. *)
Lemma computes_matrix m n d (i : 'I_m) (j : 'I_n) k l : same i k -> same j l ->
  computes (matrix R m n d i j) (entry_at d k l).
Proof. by move=> <- <-; rewrite /computes mxE. Qed.
Lemma computes_column n v (i : 'I_n) (j : 'I_1) k : same i k ->
  computes (column R n v i j) (row_at v k).
Proof. by move=> <-; rewrite /computes mxE. Qed.
Lemma computes_entry_add m n (A B : 'M[R]_(m, n)) i j q :
  computes (A i j + B i j) q -> computes ((A + B) i j) q.
Proof. by rewrite mxE. Qed.
Lemma computes_entry_opp m n (A : 'M[R]_(m, n)) i j q :
  computes (- A i j) q -> computes ((- A) i j) q.
Proof. by rewrite mxE. Qed.
Lemma computes_entry_0 m n (i : 'I_m) (j : 'I_n) : computes ((0 : 'M[R]_(m, n)) i j) zero.
Proof. by rewrite mxE; exact: val_0. Qed.
Lemma computes_entry_1 n (i j : 'I_n) k l : same i k -> same j l ->
  computes ((1%:M : 'M[R]_n) i j) (if k == l then one else zero).
Proof. by move=> <- <-; rewrite mxE -val_eqE /computes; case: eqP; rewrite ?val_1 ?val_0. Qed.
Lemma computes_entry_mul m n p (A : 'M[R]_(m, n)) (B : 'M[R]_(n, p)) i j q :
  computes (\sum_k A i k * B k j) q -> computes ((A *m B) i j) q.
Proof. by rewrite mxE. Qed.
Lemma computes_entry_tr m n (A : 'M[R]_(m, n)) i j q : computes (A j i) q -> computes (A^T i j) q.
Proof. by rewrite mxE. Qed.
Lemma computes_entry_scale m n a (A : 'M[R]_(m, n)) i j q :
  computes (a * A i j) q -> computes ((a *: A) i j) q.
Proof. by rewrite mxE. Qed.
Lemma computes_entry_fun m n (F : 'I_m -> 'I_n -> R) i j q :
  computes (F i j) q -> computes ((\matrix_(i, j) F i j) i j) q.
Proof. by rewrite mxE. Qed.
Lemma computes_entry_col m n (A : 'M[R]_(m, n)) j0 i j q :
  computes (A i j0) q -> computes ((col j0 A) i j) q.
Proof. by rewrite mxE. Qed.

(** Comparisons. *)
Lemma decides_le a b q r : computes a q -> computes b r -> decides (a <= b) (Qle_bool q r).
Proof. by move=> <- <-; apply: Decides; rewrite val_le. Qed.
Lemma decides_lt a b q r : computes a q -> computes b r -> decides (a < b) (~~ Qle_bool r q).
Proof. by move=> <- <-; apply: Decides; rewrite ltNge val_le. Qed.
Lemma decides_eq a b q r : computes a q -> computes b r -> decides (a = b) (same_number q r).
Proof. by move=> <- <-; apply: Decides; rewrite -(val_same R); split=> [->|/eqP]. Qed.
Lemma decides_eqb a b q r : computes a q -> computes b r -> decides (a == b) (same_number q r).
Proof. by move=> <- <-; apply: Decides; rewrite val_same. Qed.
Lemma decides_matrices m n (A B : 'M[R]_(m, n)) p :
  decides (forall i j, A i j = B i j) p -> decides (A = B) p.
Proof. by apply: same_decision; split=> [/matrixP//|-> //]. Qed.
Lemma decides_matricesb m n (A B : 'M[R]_(m, n)) p :
  decides (A = B) p -> decides (A == B) p.
Proof. by apply: same_decision; split=> [->|/eqP]. Qed.

(** Soft thresholds are the thresholding function of one threshold. *)
Lemma decides_soft (t t' : R) p : decides ((0 <= t) /\ (t = t')) p ->
  decides (thresholding t (soft t')) p.
Proof.
apply: same_decision; split=> [[t0 <-]|[zero_ near]].
  split=> v; first exact: soft_eq0.
  rewrite /soft; case: ltP => tv.
    by rewrite (_ : v - t - v = - t); [rewrite normrN ger0_norm | ring].
  case: ltP => vt; first by rewrite (_ : v + t - v = t); [rewrite ger0_norm | ring].
  by rewrite sub0r normrN ler_norml vt tv.
have t0 : 0 <= t by apply: le_trans (near 0); exact: normr_ge0.
split=> //; have [t'0|t'0] := leP 0 t'; last first.
  have := zero_ 0; rewrite normr0 => /(_ t0) /eqP; rewrite /soft t'0 sub0r oppr_eq0.
  by rewrite lt_eqF.
apply/le_anti/andP; split.
  have := zero_ t; rewrite (ger0_norm t0) => /(_ (lexx t)); rewrite /soft; case: ltP => // lt e.
  by move: lt; rewrite -subr_gt0 e ltxx.
have own : `|t'| <= t' by rewrite ger0_norm.
by have := near t'; rewrite (soft_eq0 own) sub0r normrN ger0_norm.
Qed.
End Numbers.

Section Statements.
Implicit Types (P Q : Prop) (p q : bool) (n k l : nat).
Lemma decides_true : decides True true. Proof. exact: Yes. Qed.
Lemma decides_bool p : decides p p. Proof. by apply: Decides. Qed.
Lemma decides_and P Q p q : decides P p -> decides Q q -> decides (P /\ Q) (p && q).
Proof.
move=> dP dQ; have [[Pp pP] [Qq qQ]] := (both_ways dP, both_ways dQ); apply: Decides; split=>
  [[/Pp-> /Qq->]//|/andP[/pP ? /qQ ?]].
by split.
Qed.
Lemma decides_andb (P Q : bool) p q : decides P p -> decides Q q -> decides (P && Q) (p && q).
Proof. by move=> /decidedb-> /decidedb->; exact: decides_bool. Qed.
Lemma decides_orb (P Q : bool) p q : decides P p -> decides Q q -> decides (P || Q) (p || q).
Proof. by move=> /decidedb-> /decidedb->; exact: decides_bool. Qed.
Lemma decides_negb (P : bool) p : decides P p -> decides (~~ P) (~~ p).
Proof. by move=> /decidedb->; exact: decides_bool. Qed.
Lemma decides_imp P Q p q : decides P p -> decides Q q -> decides (P -> Q) (p ==> q).
Proof.
move=> dP dQ; have [[Pp pP] [Qq qQ]] := (both_ways dP, both_ways dQ); apply: Decides; split=>
  [PQ|/implyP pq /Pp/pq/qQ//].
by apply/implyP => /pP/PQ/Qq.
Qed.
Lemma decides_all n (P : 'I_n -> Prop) (p : pred nat) :
  (forall i k, same i k -> decides (P i) (p k)) -> decides (forall i, P i) (all p (iota 0 n)).
Proof.
move=> Pp; apply: Decides; split=> [all_|/allP all_ i].
  apply/allP => k; rewrite mem_iota => /= kn; exact/(decided (Pp (Ordinal kn) k erefl)).
by apply/(decided (Pp i i erefl))/all_; rewrite mem_iota add0n ltn_ord.
Qed.
Lemma decides_any n (P : pred 'I_n) (p : pred nat) :
  (forall i k, same i k -> decides (P i) (p k)) -> decides [exists i, P i] (has p (iota 0 n)).
Proof.
move=> Pp; apply: Decides; split=> [/existsP[i Pi]|/hasP[k]].
  apply/hasP; exists (nat_of_ord i); first by rewrite mem_iota add0n ltn_ord.
  exact/(decided (Pp i i erefl)).
rewrite mem_iota => /= kn pk; apply/existsP; exists (Ordinal kn).
exact/(decided (Pp (Ordinal kn) k erefl)).
Qed.
(** Below a number. *)
Lemma decides_below K (P : nat -> Prop) (p : pred nat) : (forall k, decides (P k) (p k)) ->
  decides (forall k, (k < K)%N -> P k) (all p (iota 0 K)).
Proof.
move=> Pp; apply: Decides; split=> [all_|/allP all_ k kK].
  by apply/allP => k; rewrite mem_iota => /= kK; exact/(decided (Pp k))/all_.
by apply/(decided (Pp k))/all_; rewrite mem_iota add0n.
Qed.
Lemma decides_up_to K (P : nat -> Prop) (p : pred nat) : (forall k, decides (P k) (p k)) ->
  decides (forall k, (k <= K)%N -> P k) (all p (iota 0 K.+1)).
Proof. exact: (@decides_below K.+1). Qed.
Lemma decides_below_and (n : nat -> nat) K (P : forall k, 'I_(n k) -> Prop) (p : nat -> pred nat) :
  (forall k (i : 'I_(n k)) l, same i l -> decides (P k i) (p k l)) ->
  decides (forall k i, (k < K)%N -> P k i) (all (fun k => all (p k) (iota 0 (n k))) (iota 0 K)).
Proof.
move=> Pp; have each k := decides_all (Pp k).
apply: same_decision (decides_below K each); split=> all_ k; [move=> i kK | move=> kK i];
  exact: all_.
Qed.

Lemma decides_same n (i j : 'I_n) k l : same i k -> same j l -> decides (i == j) (k == l).
Proof. by move=> <- <-; apply: Decides. Qed.
Lemma decides_chosen n s (i : 'I_n) k : same i k -> decides (i \in chosen n s) (in_mask s k).
Proof. by move=> <-; apply: Decides; rewrite inE. Qed.
Lemma decides_in_set n (P : pred 'I_n) i p : decides (P i) p -> decides (i \in [set i | P i]) p.
Proof. by rewrite inE. Qed.
Lemma decides_in_setD1 n (S : {set 'I_n}) i j p :
  decides ((i != j) && (i \in S)) p -> decides (i \in S :\ j) p.
Proof. by rewrite in_setD1. Qed.
Lemma decides_subset n (S T : {set 'I_n}) p :
  decides (forall i, i \in S -> i \in T) p -> decides (S \subset T) p.
Proof. by apply: same_decision; split=> /subsetP. Qed.
Lemma decides_sets n (S T : {set 'I_n}) p :
  decides (forall i, (i \in S -> i \in T) /\ (i \in T -> i \in S)) p -> decides (S = T) p.
Proof.
apply: same_decision; split=> [same_|-> //].
by apply/setP => i; have [st ts] := same_ i; apply/idP/idP.
Qed.

(** Numbers of things. *)
Lemma counts_nat k : counts k k. Proof. by []. Qed.
Lemma counts_pred k l : counts k l -> counts k.-1 l.-1. Proof. by move=> ->. Qed.
Lemma counts_succ k l : counts k l -> counts k.+1 l.+1. Proof. by move=> ->. Qed.
Lemma counts_add a b k l : counts a k -> counts b l -> counts (a + b)%N (k + l)%N.
Proof. by move=> -> ->. Qed.
Lemma counts_mul a b k l : counts a k -> counts b l -> counts (a * b)%N (k * l)%N.
Proof. by move=> -> ->. Qed.
Lemma counts_sub a b k l : counts a k -> counts b l -> counts (a - b)%N (k - l)%N.
Proof. by move=> -> ->. Qed.
Lemma counts_card n (S : {set 'I_n}) (p : pred nat) : (forall i k, same i k -> decides (i \in S) (p
  k)) ->
  counts #|S| (count p (iota 0 n)).
Proof.
move=> Sp; rewrite /counts -sum1_card -sum1_count.
have -> : iota 0 n = index_iota 0 n by rewrite /index_iota subn0.
rewrite big_mkord.
by apply: eq_bigl => i; exact/decidedb/Sp.
Qed.
Lemma counts_max n (F : 'I_n -> nat) f : (forall i k, same i k -> counts (F i) (f k)) ->
  counts (\max_i F i) (foldr (fun k => maxn (f k)) 0%N (iota 0 n)).
Proof.
move=> Ff; rewrite /counts (eq_bigr (fun i : 'I_n => f i)) => [|i _]; last exact: Ff.
rewrite -(big_mkord xpredT f) /index_iota subn0.
by elim: (iota 0 n) => [|k s IH]; rewrite ?big_nil // big_cons IH.
Qed.
Lemma decides_leq a b k l : counts a k -> counts b l -> decides (a <= b)%N (k <= l)%N.
Proof. by move=> -> ->; apply: Decides. Qed.
Lemma decides_eqn (a b : nat) k l : counts a k -> counts b l -> decides (a = b) (k == l).
Proof. by move=> -> ->; apply: Decides; split=> [->|/eqP]. Qed.
End Statements.

Lemma decides_not (P : Prop) p : decides P p -> decides (~ P) (~~ p).
Proof. by move=> dP; have [Pp pP] := both_ways dP; apply: Decides; split=> [nP|/negP np /Pp//];
  apply/negP => /pP. Qed.
Lemma decides_false : decides False false. Proof. exact: No. Qed.
