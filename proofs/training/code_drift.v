(** [training.code_drift]: how far features move when the dictionary does. *)
From sparsebound Require Import model lasso.

Section CodeDrift.
Variables (R : realFieldType) (m n : nat) (D E : 'M[R]_(m, n)) (y : 'cV[R]_m) (lam : 'I_n -> R).
Variables (signed : bool) (z z' : 'cV[R]_n).
Let D' := D + E.
Let r := residual D y z.
Let r' := residual D' y z'.
Let h := z' - z.

Theorem code_drift : (forall j, 0 < lam j) ->
  minimiser D y lam signed z -> minimiser D' y lam signed z' ->
  sqnorm (D *m h) + sqnorm (D' *m h) <=
  dot r' (E *m z') *+ 2 - dot r (E *m z) *+ 2 + sqnorm (E *m z) + sqnorm (E *m z').
Proof.
move=> positive least least'.
have grows A (u x : 'cV[R]_n) : minimiser A y lam signed u -> allowed signed x ->
    objective A y lam u + sqnorm (A *m (x - u)) / 2%:R <= objective A y lam x.
  move=> min x0; have [_ conditions] := minimiser_optimal positive min.
  rewrite (objective_gap x (fun j => (conditions j).2)) ler_addl sumr_ge0 // => j _.
  by apply: price_ge0 => //; exact: (conditions j).1.
have one := grows D z z' least least'.1; have two := grows D' z' z least' least.1.
have fit' : y - D *m z' = r' + E *m z'.
  by rewrite /r' /residual /D' mulmxDl opprD addrA subrK.
have fit : y - D' *m z = r - E *m z by rewrite /D' mulmxDl opprD addrA.
have same : sqnorm (D' *m (z - z')) = sqnorm (D' *m h).
  by rewrite /h -(opprB z z') mulmxN sqnormN.
move: one two; rewrite /objective /misfit same fit fit' -/(residual D y z) -/(residual D' y z').
rewrite -/r -/r' -/h (sqnormD r') (sqnormB r) => one two.
have pos : (0 : R) <= 2%:R by rewrite ler0n.
apply: (le_from (ler_wpmul2l pos (ler_add one two))).
move: (sqnorm (D *m h)) (sqnorm (D' *m h)) (sqnorm r) (sqnorm r') => a b c d.
by move: (dot r' _) (dot r _) => e f; field.
Qed.
End CodeDrift.
