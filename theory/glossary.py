r"""The symbols of the theorems: what each means.

They are explained here once, and again for a topic or a theorem where a letter means something
else.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

SYMBOLS: Mapping[str, str] = {
    "D": "the dictionary; its n columns are the atoms, vectors of length m",
    "d": "an atom, a column of the dictionary",
    "W": "the weights of a network, of the same shape as D",
    "w": "a column of the weights",
    "x": "the code; with an upper index k, the iterate or the state after k steps",
    r"\hat{x}": "a minimiser, or the code that is found",
    "y": "the signal",
    "e": "the noise: y = D x + e",
    "z": "another code",
    "h": "a vector that D maps to 0",
    "S": "the support of x: the places of its nonzeros",
    "S^c": "all other places",
    "s": "the number of nonzeros of x",
    "s_{loc}": "the local sparsity: the most atoms of a support that meet one atom",
    "m": "the length of a signal",
    "n": "the number of atoms",
    "k": "a number of atoms",
    "i": "a place in a code, which is the number of an atom",
    "j": "a place in a code, which is the number of an atom",
    r"\mu": "the mutual coherence: the largest |<d_i, d_j>|, or |<w_i, d_j>|, over i other than j",
    r"\mu_1": "the Babel function: the largest sum of so many |<d_i, d_j>| of one atom d_i",
    r"\operatorname{spark}": "the least number of dependent atoms, n + 1 without any",
    r"\operatorname{ERC}": "Tropp's exact recovery coefficient, max ||pinv(D_S) d_j||_1, j off S",
    r"\operatorname{supp}": "the support: the places of nonzeros",
    r"\operatorname{rank}": "the number of independent columns",
    r"\operatorname{soft}": "the soft threshold, sign(v) max(|v| - t, 0)",
    r"\operatorname{relu}": "the rectified linear unit, max(v, 0)",
    r"\operatorname{lrelu}": "the leaky rectified linear unit, max(v, a v)",
    "I": "the identity",
    "P": "the orthogonal projection onto the span of the atoms of S",
    "D_S^+": "the pseudo-inverse of the atoms of S",
    r"\operatorname{pinv}": "the pseudo-inverse",
    r"\operatorname{ceil}": "the least integer that is not smaller",
    r"\ell_1": "of the norm that adds up absolute values",
    r"\delta": "the restricted isometry constant of that order",
    r"\varphi": "the golden ratio",
    "H": "keeps the largest entries, s of them",
    r"\sigma_{\min}": "the least singular value",
    "F": "the objective, 1/2 ||y - D x||^2 + lambda ||x||_1",
    r"F^\star": "its least value",
    r"\lambda": "the weight of the l1 norm",
    "L": "a number that is at least ||D||^2; the step is 1/L",
    "t": "the numbers of FISTA: t_1 = 1, t_{k+1} = (1 + sqrt(1 + 4 t_k^2))/2",
    "T": "a set of atoms",
    r"\theta": "the thresholds, one a layer",
    r"\nu": "a bound of ||W^T e||_inf",
    r"\rho": "errors of what is handed to the activation, as the network declares them",
    "p": "errors of the activations, as the network declares them",
    "p^0": "errors of the activations off the support, as declared",
    "p^S": "errors of the activations on the support, as declared",
    "b": "the bound of the error after so many steps, or layers",
    "a": "the bound of the error in the l1 norm after so many layers",
    "q": "the rate: what an error is multiplied by in a step",
    "B": "a bound of the entries of the code",
    "K": "the number of layers",
    r"\tau_{in}": "the largest row sum of |I - W^T D| over S, in rows of S",
    r"\tau_{out}": "the largest row sum of |I - W^T D| over S, in rows off S",
    r"\kappa_{in}": "the largest row sum of |I - W^T D| over what is off S, in rows of S",
    r"\kappa_{out}": "the largest row sum of |I - W^T D| over what is off S, in rows off S",
    r"\varepsilon": "a bound of the norm of the noise",
    r"\psi": "the map from the codes of a layer to the signal of the next one",
    "l": "a Lipschitz constant of that map",
    "C": "the largest norm of a column of the weights of a layer",
    r"\hat{e}": "a bound of the error that enters a layer",
    "Q": "the inputs on which what a weight reads depends",
    "J": "the number of layers",
    "v": "what is handed to an activation",
    "tol": "the error that is wanted",
    "N": "the number of tokens",
    "A": "the attention matrix",
    r"\alpha": "the distance of attention from a shift",
    r"\beta": "the inverse temperature",
    "f": "the misfit, 1/2 ||y - D x||^2",
    r"\Omega": "the l1 norm",
}
"""What a symbol means, by its LaTeX, where nothing else is said."""

_LAYER = {"j": "the number of a layer"}
_RETURNED = {**_LAYER, "z": "what is found for a layer; z_0 is the signal"}
_CORRELATION = {"c": "the inner products of the atoms with the residual, y - D x_hat"}
_DISTANCE = {"R": "the distance of the start from a minimiser, ||x^0 - x_hat||"}

_FEATURES = {
    "z": "the features of the signal, a minimiser; with a prime, of another signal",
    "r": "what the features leave of the signal, y - D z",
    r"\lambda": "the thresholds, one an atom",
}

_PEERS = {
    r"\eta": "the step",
    r"\lambda": "an eigenvalue of the mixing matrix: the least one with the index P, and, with 2, "
    "the largest one on vectors that sum to 0; without an index the weight of the l1 norm",
    "P": "the number of peers",
    "L": "the largest squared norm of the rows of a peer",
    "z": "the codes of all peers; with a prime, those of another run",
    "r": "the factor of a step; r_+ depends on the graph",
}

OWN: Mapping[str, Mapping[str, str]] = {
    "rate": {"k": "the number of steps, or of layers", **_DISTANCE},
    "network": {"k": "the number of a layer"},
    "coding": {
        "W": "the weights that analyse a signal, as columns, as many as wanted",
        "v": "a vector to reflect at",
        "c": "the number of a basis",
        "p": "the share of a basis",
    },
    "coding.factorial": {
        "H": "the entropy of the values that occur",
    },
    "conjecture.omp_unit_atoms": {
        "k": "the number of nonzeros",
        "c": "the constant: 1, 4/(k + 4) or 1/sqrt(k)",
        "r": "the residual before a step",
    },
    "stability": {"k": "a number of nonzeros"},
    "dictionary": {"S": "a set of atoms"},
    "dictionary.fluctuation": {
        "c": "the strengths of the units, one an atom",
        "Y": "their standard deviation",
        r"\lambda": "the extreme eigenvalues of the Gram matrix",
    },
    "model.lipschitz": {
        "l": "the Lipschitz constant",
        "a": "the slope of a leaky unit",
        "w": "the size of a window",
        "u": "a vector",
        "v": "a vector",
    },
    "network.attention_shift": {"P": "a shift of the tokens", "x": "numbers, one a token"},
    "network.convolution": {
        "h": "the activation",
        "w": "filters whose shifts are the weights",
        "d": "filters whose shifts are the atoms",
    },
    "network.dense_encoder": {
        "T": "any matrix, of n rows and d columns",
        "d": "the length of the signal",
        "n": "the number of outputs",
        "p": "the length of a kernel, and its stride",
        "R": "the real numbers",
    },
    "network.filter_factorization": {
        "f": "a filter, and with a lower index one of the short ones",
        "F": "how many short filters there are",
        "S": "the degree of the filter: one less than its taps",
        "p": "the taps of a short filter",
    },
    "network.first_spike": {
        "w": "the weights of a neuron, one an input",
        "t": "the times at which inputs spike; with a prime, in another run",
        "u": "the first time at which the potential of a neuron reaches its threshold",
        r"\theta": "the threshold of the potential",
        "C": "a set of inputs",
        "s": "the spikes of the layer with that number; with a prime, in another run",
        "l": "the number of a layer",
        r"\delta": "by how much a neuron is late or early; with a prime, in another run",
    },
    "network.ista_block": {
        "x": "a code before the block, and with a prime what the block returns",
        r"\gamma": "the size of the step",
        "u": "any code without negative entries",
    },
    "network.relu_pair": {"a": "the slope of the leaky unit", "t": "the threshold"},
    "network.ridge": {
        r"\Phi": "what the network returns",
        r"\varphi": "the sum of a function of each feature",
        "g": "a convex function; with two primes, its curvature",
        "M": "a bound of the curvature",
        "R": "a bound of the features",
        "N": "how many linear pieces there are",
        "d": "an atom, which is a feature; with no index, the length of the signal",
        "p": "the length of a kernel, and its stride",
        "s": "a function with linear pieces",
        "u": "a feature",
    },
    "network.smooth_activation": {
        r"\sigma": "a smooth rectified unit: softplus, GELU, SiLU or ELU",
        "c": "the largest distance of that unit from the rectified one",
        "t": "the threshold",
    },
    "network.spiking": {
        "M": "the weights between the neurons of two layers",
        r"\beta": "the weights of the clock, 1 - sum_i M_{ji}",
        "A": "how long before the deadline of its inputs the clock of a layer spikes",
        "c": "by how much the deadline of a layer is later than that of its inputs",
        "g": "what the neurons of a layer take off",
        "t": "the tick of the clock",
    },
    "network.thresholding": {
        "h": "the thresholding function",
        r"\theta": "the threshold",
        "a": "the shape of the threshold of SCAD",
        r"\gamma": "the shape of the firm threshold, and of that of MCP",
    },
    "network.transformer": {
        "H": "the norms ||W^T D|| (with the index x) and ||W^T|| (y), from l_inf to l_inf"
    },
    "rate.connected": {
        "j": "the number of a state; in d_j, of an atom",
        "k": "the number of a layer",
        "r": "errors of what is handed to the activation",
        r"\alpha": "the weights of the states that enter a layer",
        r"\sigma": "their sum",
    },
    "rate.depth": {"c": "the error that noise leaves for ever"},
    "rate.deep": {
        **_RETURNED,
        "K": "the iterations of a layer; without an index, the least of these numbers",
        "M": "constants: M_1 = B_1, M_j = B_j + 2 C_j l_j sqrt(s_{j-1}) M_{j-1} / (1 - q_j)",
    },
    "rate.features": {
        "z": "the features of the signal, or another fixed point of the layers",
        r"\lambda": "the threshold of that fixed point",
        "S": "the support of z: the places of its nonzeros",
        "c": "the largest |<w_j, y - D z>| off S; without the modulus, of nonnegative features",
    },
    "rate.label": {
        **{name: said for name, said in _FEATURES.items() if name != "r"},
        "y": "the signal; with a prime, that of the network",
        "j": "another class",
        "m": "the margin of the features to a class",
        "N": "the most that is read out of a code with a fit of norm 1, for a class",
    },
    "rate.deep_local": {
        **_RETURNED,
        "K": "the iterations of a layer",
        "P": "the most entries of the layer below that one weight depends on",
    },
    "rate.block": {
        "A": "spectral norms of the blocks of I - W^T D",
        "S": "the blocks that the code meets",
        "h": "the activation of a layer",
        "B": "a bound of the norms of the blocks of the code",
        r"\nu": "a bound of the norms of the blocks of W^T e",
        "i": "the number of a block",
        "j": "the number of a block",
        r"\tau_{in}": "the largest row sum of A over S, in rows of S",
        r"\tau_{out}": "the largest row sum of A over S, in rows off S",
        r"\kappa_{in}": "the largest row sum of A over what is off S, in rows of S",
        r"\kappa_{out}": "the largest row sum of A over what is off S, in rows off S",
    },
    "rate.fista": {
        "i": "the number of a step",
        "W": "the length of the walk: how far steps of length 1 go, with the momentum",
    },
    "rate.momentum": {
        r"\beta": "the momentum: the share of the last move that is made again",
        "j": "the number of a step",
        "W": "the length of the walk: how far steps of length 1 go, with the momentum",
        "C": "numbers that follow from the momentum; the text says how",
    },
    "rate.identification": {
        **_CORRELATION,
        "j": "an atom off the support of the minimiser",
    },
    "rate.peers": _PEERS,
    "rate.topk": {
        "c": "the largest sum of 2 s entries of a row of |I - W^T D|",
        "s": "how many entries are kept",
        "b": "the bound of the error after so many steps",
        "v": "what entries are chosen from",
    },
    "rate.nonnegative": {"h": "the activation of a layer"},
    "selection.backward": {
        "C": "the atoms, of which some are left",
        "S": "a set of atoms; in an index, those columns; its index is how many they are",
        "F": "what is to be explained, a semidefinite matrix",
        "f": "what is left of it",
        r"\lambda": "the weight of the ridge",
        r"\operatorname{tr}": "the trace",
        "r": "a bound of how many atoms are independent",
        "s": "how many atoms there are at first",
        "k": "how many atoms are left",
    },
    "selection.cost": {
        "z": "a code without the atoms that are removed",
        "R": "the atoms that are removed",
        "r": "how many atoms are removed",
        "k": "how many other entries of the two codes differ",
    },
    "selection.front": {
        "g": "how many other atoms have an inner product above t with an atom, in modulus",
        "t": "the threshold",
        "p": "how many atoms are kept",
        "T": "the atoms that are kept",
        "c": "how many groups of atoms there are that are all above t to each other",
    },
    "selection.gains": {
        "C": "the atoms, of which some are chosen",
        "S": "a set of atoms; in an index, those columns",
        "T": "a set of other atoms, in an index; else the transpose",
        "F": "what is to be explained, a semidefinite matrix",
        "f": "what is left of it",
        r"\lambda": "the weight of the ridge; with an index, the least eigenvalue",
        r"\operatorname{tr}": "the trace",
        "K": "the products of the atoms of T, where those of S are known",
        "M": "the matrix of the ridge regression, lambda I + C_S C_S^T",
        "g": "what an atom is worth alone",
        "v": "an atom",
    },
    "selection.greedy": {
        "C": "the atoms, of which some are chosen",
        "S": "the atoms that are chosen; in an index, how many",
        "T": "any other set of as many atoms",
        "F": "what is to be explained, a semidefinite matrix",
        "f": "what is left of it; f(0) where nothing is chosen",
        "h": "what a set is worth, f(0) less what is left",
        r"\operatorname{tr}": "the trace",
        r"\lambda": "the weight of the ridge",
        "a": "how nearly submodular f is, for all sets",
        "v": "an atom",
        "r": "a bound of how many atoms are independent",
        "k": "how many atoms are kept",
    },
    "selection.merge": {
        "c": "the inner product of the two atoms that are merged, in modulus",
        "d": "an atom; with a prime, the normalised sum of two atoms, with signs aligned",
        "l": "the number of another atom",
    },
    "stability.features": {
        **_FEATURES,
        "g": "the gaps of the atoms, lambda_j - <d_j, r>",
        "T": "as an index, a set of atoms; else the transpose",
    },
    "stability.near_minimiser": {
        "x": "what a solver returned",
        "z": "a minimiser",
        "P": "the objective",
        "r": "what the minimiser leaves of the signal",
        r"\varepsilon": "the tolerance that the solver states",
    },
    "stability.near_basis_pursuit": {
        "x": "what a solver returned",
        "z": "a code that explains the signal",
        "w": "a point of the dual polytope, of which no inner product with an atom exceeds 1",
        "c": "the norm of the signal over that of the longest atom",
        r"\sigma": "a bound of the norm of what is left of the signal",
        r"\varepsilon": "the tolerance that the solver states",
    },
    "stability.gap_safe": {
        **_FEATURES,
        r"\theta": "a point of the dual polytope",
        "P": "the objective",
        "Q": "the dual objective",
        "G": "the duality gap, P(x) - Q(theta)",
        "v": "what is read out of features, linearly",
        "N": "the most that is read out of a code with a fit of norm 1",
        "x": "approximate features",
    },
    "stability.bpdn": {"z": "a code of least l1 norm among those that explain the signal"},
    "stability.classification": {
        "z": "what a network returns for the code",
        "b": "a bound of its errors on the support of the code",
        "p": "a bound of them off it",
        "g": "the weights of the label less those of another one",
        "c": "the biases, one a label",
        "u": "the label of the code",
        "v": "another label",
    },
    "stability.compressible": {
        r"\rho": "the null space constant: the maximum in the statement",
        r"\sigma": "the sum of the sizes of all entries but the s largest",
        r"\theta": "s mu / (1 + mu)",
        "S": "a set of s places",
    },
    "stability.deep": _RETURNED,
    "stability.lasso_coherence": {
        "a": "the size of the noise, along the atoms of S and off them",
        **_CORRELATION,
    },
    "stability.lasso_oracle": {
        "a": "a bound of the products of the atoms with the noise",
        "h": "any code in the cone of the statement",
        **_CORRELATION,
        r"\kappa": "the least ||D h||^2 / ||h||^2 in that cone, or a number below",
    },
    "stability.lasso_witness": _CORRELATION,
    "stability.layered_basis_pursuit": {
        **_RETURNED,
        "a": "the size of the noise that enters a layer",
        "c": "the inner products of the atoms of a layer with its residual",
    },
    "stability.layered_thresholding": {
        **_RETURNED,
        "S": "the soft threshold",
        r"\beta": "the threshold of a layer",
    },
    "stability.projection": {
        "E": "the product of all dictionaries",
        "N": "the norms of the columns of E; with an index, of the atoms of a layer",
        "t": "the number of nonzeros of the difference of two codes of a layer",
        "z": "the codes of another chain",
        r"\mu_1": "the Babel function of the product or of a layer",
    },
    "stability.peers": {
        **{name: said for name, said in _PEERS.items() if name != "r"},
        "z": "the codes of all peers in the limit",
        "c": "their mean",
        "d": "how far the codes of the peers are from their mean",
        "p": "the number of a peer",
        "g": "the gradients of the peers at the least squares code",
        "h": "the least eigenvalue of D^T D over the number of peers",
        "l": "the largest eigenvalue of the peers' matrices D_p^T D_p on disagreements",
    },
    "stability.omp": {"z": "the code after some steps", "r": "the residual after some steps"},
    "stability.weights": {
        "A": "what multiplies a state; with a prime, after weights were changed",
        "W": "the weights of the signal; with a prime, after they were changed",
        "z": "the states of the network whose weights were changed",
        "b": "the bound of the distance of the states",
    },
    "training.alternating": {
        "F": "the objective, 1/2 ||Y - D X||_F^2 + lambda ||X||_1; as an index, of all entries",
        "X": "the codes, a column for each sample",
        "Y": "the samples",
        "L": "the inverse of a step, that of the codes or that of the atoms",
    },
    "training.atom_update": {
        "Y": "the samples, one in each row",
        "X": "the codes, a row for each sample; with a prime, after a step",
        "F": "as an index, of all entries",
    },
    "training.basis_local": {
        "t": "the least largest coefficient that represents u_j, for each atom",
        "n": "the number of a sample, and the number of atoms",
        "e": "coefficients of samples; e_2 bounds what is of second order",
        "u": "the part of the derivative that is linear, for each atom",
        "F": "the l1 norm of the codes of all samples in a basis",
        "Y": "the samples",
        "w": "weights of the samples",
        "a": "how much of an atom is added to each other one",
        "A": "all of these numbers",
        "X": "the codes, a column for each sample",
        "c": "how much is added to an atom, in sum",
        "m": "sums of |<a_j, x_n>| over the samples that do not use j",
        r"\operatorname{span}": "all linear combinations",
        "R": "the real numbers",
    },
    "training.certified_radius": {
        **_FEATURES,
        "R": "the certified radius",
        r"\delta": "what is added to the signal",
        r"\varphi": "the least cost of features with another label on some atoms",
        r"\psi": "the price of an atom that enters",
        r"\emptyset": "the empty set",
        "j": "another class, or an atom",
        "m": "the margin to a class",
        r"\beta": "the length of an atom's dual point",
    },
    "training.circulant": {
        "W": "the weights of a layer, before and after a step",
        "S": "the sum of y y^T over all data",
        "C": "the sum of x y^T over all data",
        "y": "an input",
        "x": "an output",
        "F": "as an index, of all entries",
        "N": "the number of positions of a channel",
        "Y": "the fluctuation: the standard deviation of the row sums of W in a channel",
        r"\gamma": "the size of the step",
        r"\sigma": "the eigenvalues of S; with the index 0, its row sum",
        r"\rho": "the largest |1 - gamma sigma|",
        "P": "takes the mean over all simultaneous shifts",
    },
    "training.code_drift": {
        **{name: meaning for name, meaning in _FEATURES.items() if name != r"\lambda"},
        "E": "how far the atoms moved, D' - D",
        "h": "how far the features moved, z' - z",
    },
    "training.lazy": {
        "J": "the Jacobian of the network at the parameters of a step",
        "M": "the Lipschitz constant of the Jacobian",
        "r": "what the network misses of the signal",
        r"\eta": "the step",
        r"\alpha": "the least singular value of the Jacobian at the start",
        r"\beta": "a bound of the norm of the Jacobian along the run",
        "s": "the length of the path of the parameters",
        "R": "a bound of that length",
        "q": "what the residual is multiplied by in a step, at most",
    },
    "training.certificate_drift": {
        r"\cos": "the cosine",
        r"\arccos": "the angle with that cosine",
        r"\alpha": "the largest angle by which an atom turned",
        r"\varepsilon": "a bound of the distance that any atom moved",
    },
    "training.coherence_penalty": {
        r"\Phi": "the penalty: a norm of the inner products of different atoms",
        "p": "half the exponent of that norm",
    },
    "training.connectivity": {
        "K": "the kernel of a node, inner products of the data after it",
        "v": "the number of a node of the graph",
        "u": "the number of the node at which an edge begins",
        "e": "the number of an edge",
        "w": "the shares of the edges that end at a node",
        "b": "a floor of the least eigenvalue at a node",
        r"\varphi": "the kernel of an edge, a function of inner products, entry by entry",
        "c": "the coefficients of its power series",
        "r": "what the last layer leaves of the data; or the number of a coefficient",
        r"\lambda": "the eigenvalues",
        r"\gamma": "the size of the step",
        "k": "the number of steps",
    },
    "training.group_decay": {
        "k": "the number of a unit",
        "a": "the output weight of a unit",
        "w": "the other weights of a unit, and its bias",
        "t": "a factor by which an output weight is multiplied",
        r"\varepsilon": "any positive number",
    },
    "training.itkm_step": {
        "t": "the tangent of the largest angle by which an atom is turned",
        "c": "the least modulus of a nonzero entry",
        "C": "the largest modulus",
        "U": "what the step gives, one column an atom",
        "u": "a column of it",
        "X": "the codes, a column for each sample",
        r"\sigma": "the signs of the codes",
        "n": "the number of a sample",
    },
    "training.kernel_coherence": {
        r"\varphi": "the kernel, a function of inner products, entry by entry",
        "c": "the coefficients of its power series",
        "r": "the number of a coefficient, which is the power",
        "t": "an inner product",
        "G": "the inner products of the data, which are the atoms",
        "R": "how many terms of the kernel are left out",
        r"\lambda": "the eigenvalues",
    },
    "training.parseval_step": {
        "E": "the Gram matrix less the identity",
        "s": "a singular value",
        "i": "the number of a singular value, or of an atom",
        r"\beta": "the size of the step",
    },
    "training.path_monotone": {
        "x": "a minimiser, for a weight",
        "p": "the number of a weight",
        "P": "how many weights there are",
    },
    "training.tensor_power": {
        "E": "the mean over all samples",
        "v": "the variance of an entry of a code",
        "c": "the excess of an entry: its fourth moment less 3 v^2",
        "a": "the coordinates of the weights",
        "w": "the weights of a unit, before and after a step",
        "t": "the tangent of the angle between the weights and the line of an atom",
        "r": "the largest |a_i| but one, over the largest",
        "k": "the number of steps",
        "n": "the number of atoms that codes have",
        "l": "the number of an atom",
    },
    "training.threshold_nested": {
        "h": "what the layer returns",
        "t": "the thresholds",
    },
    "training.two_factor": {
        "u": "a factor of the code",
        "v": "the other factor of the code",
        r"\gamma": "the size of the step",
        r"\lambda": "the weight decay",
        "L": "the number of factors",
        "l": "the number of a factor",
    },
    "rate.cosamp": {
        "U": "the support of x^k, and the 2s largest entries of D^T (y - D x^k)",
        "u": "least squares on U",
        r"\delta": "the restricted isometry constant of order 4s, of D over a common factor",
    },
    "rate.homotopy": {
        "k": "the number of nonzeros of x",
        "A": "the atoms that have joined",
        "G": "the products of the normalised atoms, here of those of A",
        "c": "the products of the atoms with the residual where the next one joins",
        r"\lambda": "the weight at which it joins",
        "s": "the signs of x",
    },
    "rate.htp": {
        "L": "halfway between the largest and the smallest squared norm of an atom",
        "T": "the s largest entries of x^k + D^T (y - D x^k)/L",
        r"\delta": "the restricted isometry constant of that order, of D over the root of L",
    },
    "rate.optista": {
        r"\theta": "the numbers of OptISTA, which depend on how many steps there are",
        "N": "the number of steps, which is fixed in advance",
        "y": "the signal; with an index, an iterate",
    },
    "rate.matching_pursuit": {
        "r": "the residual; with an upper index k, after k steps",
    },
    "uniqueness.basis_pursuit": {r"\theta": "s mu / (1 + mu), with s the number of nonzeros of x"},
    "uniqueness.block": {
        "D": "the dictionary; with an index, a block of normalised atoms",
        "i": "the number of a block",
        "j": "the number of a block",
        "S": "the blocks that x meets",
        "k": "how many they are",
        r"\rho": "the largest spectral norm of the products of two blocks",
        "r": "the residual before a step",
    },
    "uniqueness.deep": _LAYER,
    "uniqueness.rip": {
        "k": "a number of nonzeros",
        "c": "the null space constant of so many entries",
        "z": "another code, of no larger l1 norm, that explains the signal as well",
    },
    "uniqueness.omp_rip": {
        "k": "the number of nonzeros",
        "r": "the residual before a step",
    },
    "uniqueness.thresholding": {r"\nu": "the largest |<d_i, e>|"},
    "uniqueness.mmv": {
        "X": "codes of several signals, one a column; with a prime, others of the same signals",
        "Y": "their signals, one a column",
        "k": "the number of nonzero rows of X",
    },
    "uniqueness.nonnegative": {
        "w": "a vector that has positive products with all atoms",
        "c": "its products with the atoms",
        "a": "an atom over its product",
        r"\alpha": "the largest positive <a_i, a_j> / ||a_i||^2, or 0",
        r"\beta": "the largest size of a negative one, or 0",
        "z": "another nonnegative code",
    },
    "uniqueness.nonnegative_coherence": {
        r"\alpha": "the largest positive inner product of two normalised atoms, or 0",
        r"\beta": "the largest size of a negative one, or 0",
        "z": "a nonnegative code of the same signal",
    },
    "uniqueness.nonnegative_witness": {
        "w": "a vector whose products with the atoms of the code are 1",
        r"\delta": "how far its other products are below 1",
        "z": "another nonnegative code",
        "r": "what the code leaves of the signal",
    },
    "network.activity": {"Y": "the standard deviation of activities, one an atom"},
    "network.amortisation_gap": {
        "g": "the entries of W^T D, rows scaled so that those on the diagonal are positive",
        "p": "the sum of the largest positive entries of a row of W^T D, beside the diagonal",
        "n": "the number of atoms; with a row, the same of the negative ones, in modulus",
        "t": "the same of both, in modulus",
        "h": "what the units answer to what they see, each a function of one number",
        "B": "the largest entry of a code",
    },
    "network.in_context": {
        "a": "a row of the dictionary, which is a token, together with its entry of the signal",
        "c": "the code, in the residual stream; with a prime, after a block",
        "t": "the number of a token",
        "v": "the code after attention",
        "L": "the inverse step, which is in the weights",
    },
    "network.coupling_necessary": {
        "M": "V + U D",
        "V": "the weights of the state",
        "U": "the weights of the signal",
        "t": "the entry of a code",
        "q": "how far a column of M is from that of the identity, as the statement measures it",
        r"\theta": "the threshold",
        "e": "with an index, a column of the identity",
        "B": "the largest entry of the codes",
        "j": "the number of an atom",
    },
    "network.encoder_step": {
        "g": "the entries of W^T D",
        "p": "the sum of the largest positive entries of a row of W^T D, beside the diagonal",
        "n": "the same of the negative ones, in modulus",
        "v": "W^T y + b, what the units get",
        "b": "the bias",
        r"\theta": "the thresholds",
        "B": "the largest entry of a code",
    },
    "uniqueness.greedy": {"r": "the residual before a step", "k": "the number of steps done"},
    "uniqueness.features": _FEATURES,
    "uniqueness.lasso": _CORRELATION,
    "uniqueness.null_space": {
        "S": "a set of s places",
        "c": "the null space constant, c(s): the maximum in the statement",
    },
}
"""What symbols mean in one topic, or in one theorem, if that is something else."""

_LAYOUT = {
    f"\\{name}"
    for name in """
    frac tfrac sqrt left right quad implies iff le ge ne notin subseteq cup cdots dots min max
    sup limits langle rangle bigl bigr Bigl Bigr log lceil rceil setminus ker infty to sum times arg
    overline star mathsf cdot in
    """.split()  # noqa: SIM905 - a list of so many strings is not read
}
_SPECIAL = sorted(
    (name for name in SYMBOLS if len(name) > 1 and not re.fullmatch(r"\\[a-z]+", name)),
    key=len,
    reverse=True,
)
_TOKEN = re.compile(
    "|".join([*map(re.escape, _SPECIAL), r"\\operatorname\{[^}]*\}", r"\\[A-Za-z]+", "[A-Za-z]"])
)


def symbols(latex: str, theorem: str = "") -> dict[str, str]:
    r"""List the symbols of a statement, and what they mean.

    Parameters
    ----------
    latex : str
        The statement.
    theorem : str
        Its identifier: a letter may mean something else there.

    Returns
    -------
    dict
        Meanings by LaTeX, in the order of their appearance; an unknown symbol has an empty one.

    Examples
    --------
    >>> list(symbols(r"\|x\|_0 < \tfrac{1}{2} \operatorname{spark}(D) \text{ always}"))
    ['x', '\\operatorname{spark}', 'D']
    >>> list(symbols("h_{S^c}"))
    ['h', 'S^c']
    >>> symbols("k", "rate.ista")["k"]
    'the number of steps, or of layers'
    """
    found: dict[str, str] = {}
    known = {**SYMBOLS, **OWN.get(theorem.partition(".")[0], {}), **OWN.get(theorem, {})}
    for token in _TOKEN.findall(_plain(latex)):
        if token in _LAYOUT or token == r"\operatorname{arg\,min}":
            continue
        found.setdefault(token, known.get(token, ""))
    return found


def _plain(latex: str) -> str:
    """Leave out text, transposes, and the name of the largest entry."""
    latex = re.sub(r"\\text\{[^}]*\}", " ", latex).replace(r"e^\beta", r"\beta")
    return re.sub(r"\^T|\^\{\\mathsf\{T\}\}|_\{max\}", " ", latex)
