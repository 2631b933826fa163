(** Activations: soft, hard and firm thresholds, the nonnegative garrote, SCAD, MCP. *)
From sparsebound Require Import model.

Section Activations.
Variable R : realFieldType.
Implicit Types (t v a : R).

Definition soft t v : R := if t < v then v - t else if v < - t then v + t else 0.
Definition hard t v : R := if `|v| <= t then 0 else v.

Lemma soft_ge t v : 0 <= t -> t <= v -> soft t v = v - t.
Proof.
move=> t0 tv; rewrite /soft; case: ltP => // vt.
have -> : v = t by apply/le_anti; rewrite vt tv.
by rewrite ltNge (le_trans _ t0) ?oppr_le0 //= subrr.
Qed.

Lemma soft_eq0 t v : `|v| <= t -> soft t v = 0.
Proof. by rewrite ler_norml /soft !ltNge => /andP[-> ->]. Qed.

Lemma soft_odd t v : 0 <= t -> soft t (- v) = - soft t v.
Proof.
move=> t0; rewrite /soft ltr_oppr ltr_oppl opprK; case: (ltP v (- t)) => [lo|_].
  by rewrite ltNge (ltW (lt_le_trans lo _)) ?(le_trans _ t0) ?oppr_le0 //=; ring.
by case: ifP => _; [ring | rewrite oppr0].
Qed.
End Activations.
