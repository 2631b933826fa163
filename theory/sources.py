"""Where the theorems come from."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Source:
    """A publication, or several for one theorem.

    Parameters
    ----------
    text : str
        Authors, year, title and place; the theorem's number where it is known.
    link : str
        An address, empty where there is none.

    Examples
    --------
    >>> (Source("Welch 1974") & Source("Rosenfeld 1997")).text
    'Welch 1974; Rosenfeld 1997'
    """

    text: str
    link: str = ""

    def __and__(self, other: Source) -> Source:
        """Cite both."""
        return Source(f"{self.text}; {other.text}", self.link or other.link)


def _doi(identifier: str) -> str:
    return f"https://doi.org/{identifier}"


INDEPENDENT = Source("Stated and proved independently, in this project")

NUTINI_SCHMIDT_HARE_2019 = Source("Nutini, Schmidt, Hare 2019")
OPEN = Source("Open: nobody has proved it, as far as this catalogue knows")

ELEMENTARY = Source("Elementary")

AHARON_ELAD_BRUCKSTEIN_2006 = Source("Aharon, Elad, Bruckstein 2006")
BAI_2023 = Source("Bai et al. 2023")
BAO_JI_QUAN_SHEN_2014 = Source(
    "Bao, Ji, Quan, Shen 2014, L0 norm based dictionary learning by proximal methods with global "
    "convergence, IEEE Conference on Computer Vision and Pattern Recognition"
)
BECK_TEBOULLE_2009 = Source(
    "Beck, Teboulle 2009, A fast iterative shrinkage-thresholding algorithm for linear inverse "
    "problems, SIAM J. Imaging Sciences 2(1), Theorem 4.4",
    _doi("10.1137/080716542"),
)
BENEDETTO_FICKUS_2003 = Source(
    "Benedetto, Fickus 2003, Finite normalized tight frames, "
    "Advances in Computational Mathematics 18"
)
BICKEL_RITOV_TSYBAKOV_2009 = Source("Bickel, Ritov, Tsybakov 2009")
BJORCK_BOWIE_1971 = Source(
    "Bjorck, Bowie 1971, An iterative algorithm for computing the best estimate of an orthogonal "
    "matrix, SIAM J. Numerical Analysis 8(2)"
)
BLUMENSATH_DAVIES_2009 = Source(
    "Blumensath, Davies 2009, Iterative hard thresholding for compressed sensing, "
    "Applied and Computational Harmonic Analysis 27(3)",
    _doi("10.1016/j.acha.2009.04.002"),
)
BOLTE_SABACH_TEBOULLE_2014 = Source(
    "Bolte, Sabach, Teboulle 2014, Proximal alternating linearized minimization for nonconvex and "
    "nonsmooth problems, Mathematical Programming 146"
)
BREIMAN_1995 = Source(
    "Breiman 1995, Better subset regression using the nonnegative garrote, Technometrics 37(4)",
    _doi("10.1080/00401706.1995.10484371"),
)
CARO_WEI = Source("Caro; Wei: how many nodes of a graph have no edge between them")
CAI_ZHANG_2014 = Source("Cai, Zhang 2014")
CHEN_HUANG_GONG_HANIN_WANG_2022 = Source(
    "Chen, Huang, Gong, Hanin, Wang 2022, arXiv:2205.05662 (related)",
    "https://arxiv.org/abs/2205.05662",
)
CHEN_LIU_WANG_YIN_2018 = Source(
    "Chen, Liu, Wang, Yin 2018, Theoretical linear convergence of unfolded ISTA and its "
    "practical weights and thresholds, NeurIPS",
    "https://arxiv.org/abs/1808.10038",
)
CHEN_HUO_2006 = Source("Chen, Huo 2006")
CISSE_2017 = Source(
    "Cisse, Bojanowski, Grave, Dauphin, Usunier 2017, Parseval networks: improving robustness to "
    "adversarial examples, International Conference on Machine Learning",
    "https://arxiv.org/abs/1704.08847",
)
CORDONNIER_LOUKAS_JAGGI_2020 = Source(
    "Cordonnier, Loukas, Jaggi 2020, On the relationship between self-attention and "
    "convolutional layers, ICLR",
    "https://arxiv.org/abs/1911.03584",
)
COHEN_DAHMEN_DEVORE_2009 = Source("Cohen, Dahmen, DeVore 2009")
CONWAY_HARDIN_SLOANE_1996 = Source("Conway, Hardin, Sloane 1996")
DAVIES_ELDAR_2012 = Source("Davies, Eldar 2012")
DONOHO_ELAD_2003 = Source(
    "Donoho, Elad 2003, Optimally sparse representation in general (nonorthogonal) dictionaries "
    "via l1 minimization, PNAS 100(5)",
    _doi("10.1073/pnas.0437847100"),
)
DONOHO_ELAD_TEMLYAKOV_2006 = Source(
    "Donoho, Elad, Temlyakov 2006, Stable recovery of sparse overcomplete representations in the "
    "presence of noise, IEEE Trans. Information Theory 52(1)",
    _doi("10.1109/TIT.2005.860430"),
)
DONOHO_TSAIG_2008 = Source("Donoho, Tsaig 2008")
ELDAR_KUPPINGER_BOLCSKEI_2010 = Source("Eldar, Kuppinger, Bolcskei 2010")
ENGAN_AASE_HUSOY_1999 = Source("Engan, Aase, Husoy 1999")
FAN_LI_2001 = Source(
    "Fan, Li 2001, Variable selection via nonconcave penalized likelihood and its oracle "
    "properties, Journal of the American Statistical Association 96(456)",
    _doi("10.1198/016214501753382273"),
)
FOUCART_2011 = Source("Foucart 2011")
FOUCART_RAUHUT_BOOK_2013 = Source(
    "Foucart, Rauhut 2013, A mathematical introduction to compressive sensing, Birkhauser"
)
FOUCART_RAUHUT_2013 = Source(
    "Foucart, Rauhut 2013, A mathematical introduction to compressive sensing, Birkhauser, "
    "Theorem 2.5"
)
BRUCKSTEIN_ELAD_ZIBULEVSKY_2008 = Source(
    "Bruckstein, Elad, Zibulevsky 2008, On the uniqueness of nonnegative sparse solutions to "
    "underdetermined systems of equations, IEEE Trans. Information Theory 54(11)",
    _doi("10.1109/TIT.2008.929920"),
)
FUCHS_2004 = Source(
    "Fuchs 2004, On sparse representations in arbitrary redundant bases, "
    "IEEE Trans. Information Theory 50(6)",
    _doi("10.1109/TIT.2004.828141"),
)
FUCHS_2005 = Source(
    "Fuchs 2005, Recovery of exact sparse representations in the presence of bounded noise, "
    "IEEE Trans. Information Theory 51(10)",
    _doi("10.1109/TIT.2005.855614"),
)
GAO_BRUCE_1997 = Source("Gao, Bruce 1997, WaveShrink with firm shrinkage, Statistica Sinica 7(4)")
GERSHGORIN_1931 = Source(
    "Gershgorin 1931, Ueber die Abgrenzung der Eigenwerte einer Matrix, "
    "Izv. Akad. Nauk SSSR, Ser. Mat. 6"
)
GRIBONVAL_NIELSEN_2003 = Source(
    "Gribonval, Nielsen 2003, Sparse representations in unions of bases, "
    "IEEE Trans. Information Theory 49(12)",
    _doi("10.1109/TIT.2003.820031"),
)
GRIBONVAL_SCHNASS_2010 = Source(
    "Gribonval, Schnass 2010, Dictionary identification: sparse matrix factorization via "
    "l1-minimization, IEEE Trans. Information Theory 56(7)"
)
GRIBONVAL_VANDERGHEYNST_2006 = Source("Gribonval, Vandergheynst 2006")
HOFF_2017 = Source(
    "Hoff 2017, Lasso, fractional norm and structured sparse estimation using a Hadamard product "
    "parametrization, Computational Statistics and Data Analysis 115"
)
INGROSSO_GOLDT_2022 = Source(
    "Ingrosso, Goldt 2022, arXiv:2202.00565 (related)", "https://arxiv.org/abs/2202.00565"
)
JANG_DAS_GUPTA_RYU_2025 = Source("Jang, Das Gupta, Ryu 2025, Mathematical Programming")
LIU_CHEN_WANG_YIN_2019 = Source(
    "Liu, Chen, Wang, Yin 2019, ALISTA: analytic weights are as good as learned weights in LISTA, "
    "ICLR",
    "https://openreview.net/forum?id=B1lnzn0ctQ",
)
LIU_2025 = Source("Liu et al. 2025, ICLR")
LI_FENG_ZHOU_2022 = Source(
    "Li, Feng, Zhou 2022, arXiv:2210.09041 (related)", "https://arxiv.org/abs/2210.09041"
)
NEGAHBAN_RAVIKUMAR_WAINWRIGHT_YU_2012 = Source("Negahban, Ravikumar, Wainwright, Yu 2012")
NEYSHABUR_TOMIOKA_SREBRO_2015 = Source(
    "Neyshabur, Tomioka, Srebro 2015, Norm-based capacity control in neural networks, "
    "Conference on Learning Theory"
)
LEVENSHTEIN = Source("Levenshtein: bounds by polynomials on how near lines have to be")
MEHTA_GRAY_2013 = Source(
    "Mehta, Gray 2013, Sparsity-based generalization bounds for predictive sparse coding, "
    "International Conference on Machine Learning",
)
MO_2015 = Source("Mo 2015")
MO_SHEN_2012 = Source("Mo, Shen 2012")
WEN_ZHOU_WANG_TANG_MO_2017 = Source("Wen, Zhou, Wang, Tang, Mo 2017")
NDIAYE_FERCOQ_GRAMFORT_SALMON_2017 = Source(
    "Ndiaye, Fercoq, Gramfort, Salmon 2017, Gap safe screening rules for sparsity enforcing "
    "penalties, Journal of Machine Learning Research 18",
)
ONEILL_GUMRAN_KLINDT_2025 = Source(
    "O'Neill, Gumran, Klindt 2025, Compute optimal inference and provable amortisation gap in "
    "sparse autoencoders, ICML, PMLR 267",
    "https://proceedings.mlr.press/v267/o-neill25a.html",
)
PAPYAN_ROMANO_ELAD_2017 = Source(
    "Papyan, Romano, Elad 2017, Convolutional neural networks analyzed via convolutional sparse "
    "coding, Journal of Machine Learning Research 18(83)",
    "https://jmlr.org/papers/v18/16-505.html",
)
PAPYAN_SULAM_ELAD_2017 = Source(
    "Papyan, Sulam, Elad 2017, Working locally thinking globally: theoretical guarantees for "
    "convolutional sparse coding, IEEE Trans. Signal Processing 65(21)",
    _doi("10.1109/TSP.2017.2733447"),
)
ROMANO_ABERDAM_SULAM_ELAD_2020 = Source("Romano, Aberdam, Sulam, Elad 2020")
SCHNASS_2015 = Source(
    "Schnass 2015, Local identification of overcomplete dictionaries, "
    "Journal of Machine Learning Research 16"
)
SHEN_LI_2017 = Source(
    "Shen, Li 2017, A tight bound of hard thresholding, Journal of Machine Learning Research 18",
    "https://jmlr.org/papers/v18/16-299.html",
)
SIDELNIKOV_1974 = Source("Sidelnikov 1974")
SONG_XIA_LIU_2013 = Source("Song, Xia, Liu 2013, with 0.5 for the limit of the constant")
SULAM_PAPYAN_ROMANO_ELAD_2018 = Source("Sulam, Papyan, Romano, Elad 2018")
SULAM_MUTHUKUMAR_ARORA_2020 = Source(
    "Sulam, Muthukumar, Arora 2020, Adversarial robustness of supervised sparse coding, "
    "Advances in Neural Information Processing Systems 33",
)
TAYLOR_HENDRICKX_GLINEUR_2017 = Source(
    "Taylor, Hendrickx, Glineur 2017, Exact worst-case performance of first-order methods for "
    "composite convex optimization, SIAM J. Optimization 27(3)",
    _doi("10.1137/16M108104X"),
)
TIBSHIRANI_2013 = Source(
    "Tibshirani 2013, The lasso problem and uniqueness, Electronic Journal of Statistics 7",
    _doi("10.1214/13-EJS815"),
)
TROPP_2004 = Source(
    "Tropp 2004, Greed is good: algorithmic results for sparse approximation, "
    "IEEE Trans. Information Theory 50(10)",
    _doi("10.1109/TIT.2004.834793"),
)
TROPP_2006 = Source(
    "Tropp 2006, Just relax: convex programming methods for identifying sparse signals in noise, "
    "IEEE Trans. Information Theory 52(3)",
    _doi("10.1109/TIT.2005.864420"),
)
VON_OSWALD_2023 = Source("Von Oswald et al. 2023")
WAINWRIGHT_2009 = Source(
    "Wainwright 2009, Sharp thresholds for high-dimensional and noisy sparsity recovery using "
    "l1-constrained quadratic programming (Lasso), IEEE Trans. Information Theory 55(5)",
    _doi("10.1109/TIT.2009.2016018"),
)
WELCH_1974 = Source(
    "Welch 1974, Lower bounds on the maximum cross correlation of signals, "
    "IEEE Trans. Information Theory 20(3)",
    _doi("10.1109/TIT.1974.1055219"),
)
YUAN_PAN_ZHOU_QIN_LIU_2021 = Source(
    "Yuan, Pan, Zhou, Qin, Liu 2021, arXiv:2105.13905 (related)", "https://arxiv.org/abs/2105.13905"
)
YU_2023 = Source(
    "Yu, Buchanan, Pai, Chu, Wu, Tong, Haeffele, Ma 2023, White-box transformers via sparse rate "
    "reduction, Advances in Neural Information Processing Systems 36",
    "https://arxiv.org/abs/2306.01129",
)
ZHANG_2010 = Source(
    "Zhang 2010, Nearly unbiased variable selection under minimax concave penalty, "
    "Annals of Statistics 38(2)",
    _doi("10.1214/09-AOS729"),
)
ZHOU_2020 = Source(
    "Zhou 2020, Universality of deep convolutional neural networks, "
    "Applied and Computational Harmonic Analysis 48(2)",
    _doi("10.1016/j.acha.2019.06.004"),
)
