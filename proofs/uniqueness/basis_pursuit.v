(** [uniqueness.basis_pursuit]: a code sparse enough for the coherence is what basis pursuit
    finds. *)
From sparsebound Require Import model uniqueness.null_vectors.

Section BasisPursuit.
Variables (R : realFieldType) (m n : nat) (D : 'M[R]_(m, n)) (S : {set 'I_n}).
Hypothesis unit : unit_atoms D.
Let mu := coherence D.
Let s := #|S|.
Let theta := mu *+ s / (1 + mu).

Let mu0 : 0 <= mu := coherence_ge0 D.
Let mu1 : 0 < 1 + mu := ltr_paddr mu0 ltr01.

(** No entry of a null vector is more than its share. *)
Lemma entry_le (h : 'cV[R]_n) i : D *m h = 0 -> (1 + mu) * `|h i 0| <= mu * l1 h.
Proof.
move=> Dh; have le : `|h i 0| <= mu * \sum_(j | j != i) `|h j 0|.
  rewrite {1}(null_row i unit Dh) normrN mulr_sumr; apply: le_trans (ler_norm_sum _ _ _) _.
  by apply: ler_sum => j ji; rewrite normrM ler_wpmul2r // le_coherence // eq_sym.
by apply: (le_from le); rewrite /l1 (bigD1 i) //=; ring.
Qed.

Lemma part_le (h : 'cV[R]_n) : D *m h = 0 -> (1 + mu) * l1_on S h <= mu *+ s * l1 h.
Proof.
move=> Dh; rewrite mulr_sumr mulrnAl -sumr_const.
by apply: ler_sum => i _; exact: entry_le.
Qed.

(** The value that decides: [<sign(x_S), h_S> <= theta / (1 - theta)] for [||h_off||_1 <= 1]. *)
Theorem value (h : 'cV[R]_n) : D *m h = 0 -> (1 - theta) * l1_on S h <= theta * l1_off S h.
Proof.
move=> Dh; have := part_le Dh; rewrite (l1_split S) -(ler_pmul2l (x := (1 + mu)^-1)) ?invr_gt0 //.
rewrite mulKf ?lt0r_neq0 // mulrA => le; apply: (le_from le).
by rewrite /theta -mulrC; ring.
Qed.

Lemma smaller_half : mu *+ (2 * s).-1 < 1 -> null_space_property D S.
Proof.
move=> sparse h Dh h0; rewrite ltNge; apply/negP => large.
have small : mu *+ s *+ 2 < 1 + mu.
  case E: s sparse => [|t] sparse; first by rewrite mulr0n mul0rn.
  by apply: (lt_from sparse); rewrite mul2n doubleS -[(t.*2.+2).-1]/(t.*2.+1) -addnn; ring.
have pos := l1_gt0 h0; move: pos (part_le Dh); rewrite (l1_split S) => pos le.
have on0 : 0 < l1_on S h.
  rewrite lt_def l1_on_ge0 andbT; apply: contraTneq pos => z.
  by move: large; rewrite z add0r leNgt.
have : mu *+ s * (l1_on S h + l1_off S h) <= mu *+ s * (l1_on S h *+ 2).
  by rewrite ler_wpmul2l ?mulrn_wge0 // mulr2n ler_add2l.
apply/negP; rewrite -ltNge; apply: lt_le_trans le.
by apply: (lt_from (_ : mu *+ s *+ 2 * l1_on S h < (1 + mu) * l1_on S h));
  [rewrite ltr_pmul2r | ring].
Qed.

Theorem basis_pursuit (x z : 'cV[R]_n) : mu *+ (2 * s).-1 < 1 -> supported S x ->
  D *m z = D *m x -> z != x -> l1 x < l1 z.
Proof. by move=> /smaller_half; exact: only_minimiser. Qed.
End BasisPursuit.
