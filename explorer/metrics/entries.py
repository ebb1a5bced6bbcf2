"""The entries of the table of metrics, in the order in which they are shown."""

from functools import partial

from explorer.metrics import rates, scores, values
from explorer.metrics.label_entries import LABEL_ENTRIES
from explorer.metrics.mask_entries import MASKS
from explorer.metrics.metric import Metric
from explorer.metrics.values import ABSENT, NEVER_PREDICTED, NO_OTHERS, UNSEEN, of_counts, of_each

HEADLINE = "auroc"  # what lists and messages show first, and the default monitor
LOSS = "val_loss"

_F1 = r"\frac{2\cdot TP}{2\cdot TP+FP+FN}"
_RECALL = r"\frac{TP}{TP+FN}"
# Pairs of an image of the class and another in which the first scores higher, of all pairs.
_AREA = r"\frac{\#(s_{+}>s_{-})+\frac{1}{2}\#(s_{+}=s_{-})}{P\cdot N}"

ENTRIES = (
    Metric(
        HEADLINE,
        "AUROC",
        "Area under the ROC curve: the probability that a random image of the class gets a higher score than a random "
        "image of another class. 0.5 is guessing, 1 is perfect. With more than 2 classes, each class is compared with "
        "all others, and macro is the mean. Of several labels for an image, each compares the images with it and those "
        "without, and macro is the mean of the labels.",
        "val_auroc",
        "scores",
        values.auroc,
        values.areas,
        formula=r"\frac{1}{C}\sum_{c} \mathrm{AUROC}_c",
        class_formula=_AREA,
        deceives="Where a class or label is rare it stays high although most of the images predicted so are wrong, and "
        "it says nothing about the threshold that is used.",
        compute=scores.mean_area,
        per_class=tuple,
        no_skill="guessing",
        tasks=("classification", "labels"),
    ),
    Metric(
        "auroc_weighted",
        "AUROC, weighted",
        "Mean of the AUROC of each class against all others, or of each label, weighted by its images.",
        "val_auroc_weighted",
        "scores",
        values.auroc_weighted,
        values.areas,
        formula=r"\frac{1}{n}\sum_{c} n_c\,\mathrm{AUROC}_c",
        class_formula=_AREA,
        deceives="A large class or label hides a rare one that the network cannot tell from the others.",
        no_skill="guessing",
        tasks=("classification", "labels"),
    ),
    Metric(
        "average_precision",
        "Average precision, macro",
        "Mean precision over the thresholds at which one more image of the class is found: the area under the "
        "precision-recall curve without interpolation. Macro is the mean over all classes, also with 2.",
        "val_average_precision",
        "images",
        values.average_precision_macro,
        values.precisions,
        formula=r"\frac{1}{C}\sum_{c} \mathrm{AP}_c",
        class_formula=r"\sum_k (R_k-R_{k-1})\,P_k",
        deceives="Guessing gives the share of the class and not 0.5, so values of data sets with other shares cannot "
        "be compared.",
        short="Average precision",
    ),
    Metric(
        "f1_macro",
        "F1, macro",
        "Harmonic mean of precision and recall. Macro is the plain mean over all classes or labels, however many "
        "images they have.",
        "val_f1",
        "counts",
        partial(of_counts, compute=rates.f1_macro, note=values.unseen),
        partial(of_each, compute=rates.f1, why=UNSEEN),
        formula=r"\frac{1}{C}\sum_{c} F_{1,c}",
        class_formula=_F1,
        deceives="It ignores true negatives and depends on one threshold; a rare class or label moves the macro "
        "mean as much as a large one, so it is noisy.",
        rate=rates.f1_macro,
        compute=rates.f1_macro,
        per_class=rates.f1,
        short="F1",
        tasks=("classification", "labels"),
    ),
    Metric(
        "f1_micro",
        "F1, micro",
        "F1 of the TP, FP and FN of all classes together. Where each image has one class, it equals the accuracy.",
        "val_f1_micro",
        "counts",
        partial(of_counts, compute=rates.accuracy, note=values.nothing),
        formula=r"\frac{2\sum TP}{2\sum TP+\sum FP+\sum FN}",
        deceives="It looks like an F1 and is the accuracy, so it rises when a network prefers a large class.",
        rate=rates.accuracy,
    ),
    Metric(
        "f1_weighted",
        "F1, weighted",
        "Mean of the F1 of each class or label, weighted by its images.",
        "val_f1_weighted",
        "counts",
        partial(of_counts, compute=rates.f1_weighted, note=values.nothing),
        partial(of_each, compute=rates.f1, why=UNSEEN),
        formula=r"\frac{1}{n}\sum_{c} n_c\,F_{1,c}",
        class_formula=_F1,
        deceives="A large class or label hides a rare one that is never found.",
        rate=rates.f1_weighted,
        tasks=("classification", "labels"),
    ),
    Metric(
        "precision",
        "Precision, macro",
        "Share of the images predicted as a class, or to have a label, that are of the class, or have the label. Macro "
        "is the plain mean over all classes or labels.",
        "val_precision",
        "counts",
        partial(of_counts, compute=rates.precision_macro, note=values.never_predicted),
        partial(of_each, compute=rates.precision, why=NEVER_PREDICTED),
        formula=r"\frac{1}{C}\sum_{c} \mathrm{precision}_c",
        class_formula=r"\frac{TP}{TP+FP}",
        deceives="A network that predicts a class or label only when it is quite sure has a high precision and misses "
        "most images; and precision falls by itself where it is rarer than in validation.",
        rate=rates.precision_macro,
        tasks=("classification", "labels"),
    ),
    Metric(
        "recall",
        "Recall, macro",
        "Share of the images of a class, or with a label, that are predicted so (sensitivity). Macro is the plain mean "
        "over all classes or labels.",
        "val_recall",
        "counts",
        partial(of_counts, compute=rates.recall_macro, note=values.only_predicted),
        partial(of_each, compute=rates.recall, why=ABSENT),
        formula=r"\frac{1}{C}\sum_{c} \mathrm{recall}_c",
        class_formula=_RECALL,
        deceives="A network that predicts this class or label for every image has a recall of 1.",
        rate=rates.recall_macro,
        tasks=("classification", "labels"),
    ),
    Metric(
        "specificity",
        "Specificity, macro",
        "Share of the images of other classes that are not predicted as this class. Macro is the plain mean over all "
        "classes.",
        "val_specificity",
        "counts",
        values.specificity,
        partial(of_each, compute=rates.specificity, why=NO_OTHERS),
        formula=r"\frac{1}{C}\sum_{c} \mathrm{specificity}_c",
        class_formula=r"\frac{TN}{TN+FP}",
        deceives="With many classes nearly all images are of other classes, so it is close to 1 even for a poor "
        "network.",
        rate=rates.specificity_macro,
    ),
    *MASKS,
    Metric(
        "accuracy",
        "Accuracy",
        "Share of validation images that are classified correctly.",
        "val_accuracy",
        "counts",
        partial(of_counts, compute=rates.accuracy, note=values.nothing),
        formula=r"\frac{\sum TP}{n}",
        deceives="Where one class is large, always answering it already gives its share.",
        rate=rates.accuracy,
        compute=rates.accuracy,
    ),
    Metric(
        "balanced_accuracy",
        "Balanced accuracy",
        "Mean over the classes of the share of their images that are found (recall). Unlike accuracy, it does not rise "
        "when a network prefers a large class.",
        "val_balanced_accuracy",
        "counts",
        partial(of_counts, compute=rates.balanced_accuracy, note=values.absent),
        partial(of_each, compute=rates.recall, why=ABSENT),
        formula=r"\frac{1}{C}\sum_{c} \mathrm{recall}_c",
        class_formula=_RECALL,
        deceives="A class with a handful of images counts as much as a large one, so its chance decides; and it says "
        "nothing about precision.",
        rate=rates.balanced_accuracy,
        compute=rates.balanced_accuracy,
        per_class=rates.recall,
    ),
    Metric(
        "mcc",
        "MCC",
        "Matthews correlation coefficient between true and predicted classes, from all cells of the confusion matrix. "
        "0 is guessing, 1 is perfect, below 0 is worse than guessing. It stays honest where classes differ in size.",
        "val_mcc",
        "counts",
        values.mcc,
        formula=r"\frac{n\sum TP-\sum_c t_c p_c}{\sqrt{(n^2-\sum_c t_c^2)(n^2-\sum_c p_c^2)}}",
        deceives="It depends on the shares of the classes, so values of data sets with other shares cannot be "
        "compared.",
        rate=rates.mcc,
        compute=rates.mcc,
        low=-1.0,
        no_skill="guessing",
    ),
    Metric(
        "kappa",
        "Cohen's kappa",
        "Agreement of predictions and truth beyond what chance would give with the same shares of classes. 0 is "
        "chance, 1 is perfect.",
        "val_kappa",
        "counts",
        values.kappa,
        formula=r"\frac{n\sum TP-\sum_c t_c p_c}{n^2-\sum_c t_c p_c}",
        deceives="Where one class is rare, chance agrees often and kappa is low although nearly all answers are right.",
        rate=rates.kappa,
        low=-1.0,
    ),
    Metric(
        "top_k",
        "Top-k accuracy",
        "Share of images whose true class is among the k highest scores. k is 5 from 10 classes on, 3 from 5 on, and 2 "
        "with 3 or 4.",
        "val_top_k",
        "images",
        values.top_k,
        formula=r"\frac{1}{n}\sum_i [\mathrm{rank}_i\le k]",
        deceives="With few classes even guessing gives k / C.",
        no_skill="guessing",
    ),
    Metric(
        "brier",
        "Brier score",
        "Mean squared difference between the probabilities and the truth: summed over the classes (0 to 2), and with 2 "
        "classes that of one class (0 to 1). Lower is better. It falls with better ranking and better calibration.",
        "val_brier",
        "images",
        values.brier,
        formula=r"\frac{1}{n}\sum_i\sum_c (p_{i,c}-y_{i,c})^2",
        deceives="Where a class is rare, a low value may come from always giving it a low probability.",
        better="lower",
    ),
    Metric(
        "log_loss",
        "Log loss",
        "Mean of -log of the probability of the true class (cross entropy without weights). Lower is better; always "
        "answering 1 / C gives log C.",
        "val_log_loss",
        "images",
        values.log_loss,
        formula=r"-\frac{1}{n}\sum_i \ln p_{i,y_i}",
        deceives="A few images that are wrong with great confidence, perhaps with a wrong label, make most of it.",
        better="lower",
    ),
    Metric(
        "ece",
        "ECE",
        "Expected calibration error: how far the confidence in a prediction is from the share that is right, as a mean "
        "over 15 bins of equally many images. 0 is perfect. The prediction is the most probable class here, also where "
        "a run answers by a threshold other than 0.5.",
        "val_ece",
        "images",
        values.ece,
        formula=r"\sum_b \frac{n_b}{n}\,|\mathrm{right}_b-\mathrm{confidence}_b|",
        deceives="With few images chance alone makes it larger than 0, and a network that always answers the share of "
        "the largest class has an ECE of 0.",
        better="lower",
    ),
    *LABEL_ENTRIES,
    Metric(
        LOSS,
        "Validation loss",
        "Cross entropy, BCE or focal loss, as set. A validation loss that rises again while the training loss falls is "
        "a sign of overfitting.",
        "val_loss",
        "loss",
        values.loss,
        deceives="With class weights or label smoothing it cannot be compared with that of a run without.",
        compute=float,
        better="lower",
        tasks=("classification", "segmentation", "labels"),
    ),
)
