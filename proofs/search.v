(** The search for what decides a statement, and what a theorem comes to on data.

    The tactic [judge] follows the form of a statement, and finds what [computes] and [decides] ask
    for: functions of the data that have only numbers and truth values in them. *)
From Coq Require Import ZArith QArith.
From sparsebound Require Import model lasso rate.network network.activations computed decided.
From sparsebound Require rate.local rate.nonnegative rate.connected.
From sparsebound Require uniqueness.nonnegative_coherence uniqueness.erc.
Local Open Scope ring_scope.

Ltac known := eassumption.
Ltac judge :=
  cbv beta;
  lazymatch goal with
  | |- forall i, _ => intro; judge
  | |- same _ _ => known
  | |- computes _ _ => number; judge
  | |- entries _ _ => unfold entries; judge
  | |- counts _ _ => count_; judge
  | |- decides _ _ => statement; judge
  | |- _ => idtac
  end
with number :=
  lazymatch goal with
  | |- computes (val _ _) _ => first [eapply computes_val_at | apply computes_val]
  | |- computes 0 _ => apply computes_0
  | |- computes 1 _ => apply computes_1
  | |- computes (_ + _) _ => eapply computes_add
  | |- computes (- _) _ => eapply computes_opp
  | |- computes (_ * _) _ => eapply computes_mul
  | |- computes (_^-1) _ => eapply computes_inv
  | |- computes (_ *+ _) _ => eapply computes_multiple
  | |- computes (_ ^+ _) _ => eapply computes_power
  | |- computes `|_| _ => eapply computes_size
  | |- computes (Num.max _ _) _ => eapply computes_max
  | |- computes (if _ then _ else _) _ => eapply computes_if
  | |- computes (babel _ _ _) _ => eapply computes_babel
  | |- computes (cross_coherence _ _) _ => eapply computes_cross_coherence
  | |- computes (nonnegative_coherence.positive_coherence _) _ =>
      eapply computes_positive_coherence
  | |- computes (nonnegative_coherence.negative_coherence _) _ =>
      eapply computes_negative_coherence
  | |- computes (BigOp.bigop _ _ _) _ =>
      first [eapply computes_sum | eapply computes_largest | eapply computes_sum_nat]
  | |- computes (fun_of_matrix ?A _ _) _ => entry A
  | |- computes _ _ => unfolded
  end
with entry A :=
  lazymatch A with
  | matrix _ _ _ _ => eapply computes_matrix
  | column _ _ _ => eapply computes_column
  | (_ + _) => eapply computes_entry_add
  | (- _) => eapply computes_entry_opp
  | 0 => eapply computes_entry_0
  | 1%:M => eapply computes_entry_1
  | (_ *m _) => eapply computes_entry_mul
  | (_^T) => eapply computes_entry_tr
  | (_ *: _) => eapply computes_entry_scale
  | (\matrix_(i, j) _) => eapply computes_entry_fun
  | (col _ _) => eapply computes_entry_col
  | _ => unfolded
  end
with unfolded :=
  progress unfold model.coherence, gram, dot, sqnorm, l1, l1_on, l1_off, sparsity,
    unit_atoms, normalised, supported, network.residual, tau_in, tau_out, kappa_in, kappa_out,
    block, on, off, preactivation, layer, local.local_sparsity, local.meets, soft,
    lasso.optimal, lasso.allowed, lasso.gap, lasso.correlation, lasso.residual, lasso.objective,
    lasso.misfit, lasso.penalty, lasso.price, nonnegative.relu,
    connected.mixed, connected.total, connected.entering, erc.projects, erc.recovery
with count_ :=
  lazymatch goal with
  | |- counts #|_| _ => eapply counts_card
  | |- counts (\max_(_ | _) _) _ => eapply counts_max
  | |- counts _.-1 _ => eapply counts_pred
  | |- counts _.+1 _ => eapply counts_succ
  | |- counts (_ + _)%N _ => eapply counts_add
  | |- counts (_ * _)%N _ => eapply counts_mul
  | |- counts (_ - _)%N _ => eapply counts_sub
  | |- counts (sparsity _) _ => unfolded
  | |- counts (local.local_sparsity _ _ _) _ => unfolded
  | |- counts ?k _ =>
      tryif (match k with context [sparsity _] => idtac end) then fail else apply counts_nat
  end
with statement :=
  lazymatch goal with
  | |- decides True _ => apply decides_true
  | |- decides False _ => apply decides_false
  | |- decides (_ /\ _) _ => eapply decides_and
  | |- decides (~ _) _ => eapply decides_not
  | |- decides (?P -> ?Q) _ => first [eapply decides_all | eapply decides_imp]
  | |- decides (forall _, _) _ => first
      [ eapply decides_all | eapply decides_below | eapply decides_up_to
      | eapply decides_below_and]
  | |- decides (thresholding _ (soft _)) _ => eapply decides_soft
  | |- decides (@eq _ _ _) _ =>
      first [eapply decides_eq | eapply decides_matrices | eapply decides_eqn | eapply decides_sets]
  | |- decides (is_true ?b) _ => truth b
  | |- decides _ _ => unfolded
  end
with truth b :=
  lazymatch b with
  | true => apply decides_bool
  | (_ && _) => eapply decides_andb
  | (_ || _) => eapply decides_orb
  | (~~ _) => first [eapply decides_any | eapply decides_negb]
  | (_ <= _)%O => eapply decides_le
  | (_ < _)%O => eapply decides_lt
  | (_ <= _)%N => eapply decides_leq
  | (_ \in _) => first
      [eapply decides_chosen | eapply decides_in_setD1 | progress unfold supp | eapply
        decides_in_set]
  | (_ \subset _) => eapply decides_subset
  | (_ == _) => first [eapply decides_same | eapply decides_eqb | eapply decides_matricesb]
  | _ => first [unfolded | is_var b; apply decides_bool]
  end.

(** ** A theorem, what it assumes, and what it claims, of data *)

Record tie (T : Prop) := Tie { premises : bool; claim : bool; tied : T -> premises -> claim }.
Definition tie_claim C c (h : decides C c) : tie C := @Tie C true c (fun t _ => proj1 (decided h)
  t).
Lemma tied_premise P T p (h : shows P p) (t : tie T) : (P -> T) -> p && premises t -> claim t.
Proof. by move=> PT /andP[/h/PT all_ ok]; exact: tied ok. Qed.
Definition tie_premise P T p (h : shows P p) (t : tie T) : tie (P -> T) :=
  Tie (tied_premise h (t := t)).
Lemma shown P p : decides P p -> shows P p. Proof. by move=> d; have [] := both_ways d. Qed.
(** A computation can refute what somebody claims. *)
Lemma refuted T (t : tie T) v : (premises t, claim t) = v -> v = (true, false) -> ~ T.
Proof. by move=> <- [p c] all_; have := tied all_ p; rewrite c. Qed.
