"""The entries of the table of metrics that only several labels for an image have."""

from explorer.base.task_names import TaskName
from explorer.metrics import label_values, rates
from explorer.metrics.metric import Metric
from explorer.metrics.values import precisions

_LABELS: tuple[TaskName, ...] = ("labels",)

LABEL_ENTRIES = (
    Metric(
        "mean_precision",
        "mAP",
        "Mean average precision: of each label the mean precision over the thresholds at which one more image with it "
        "is found, and of that the mean over the labels. It is the average precision, macro, of scikit-learn.",
        "val_map",
        "labels",
        label_values.mean_precision,
        precisions,
        formula=r"\frac{1}{L}\sum_{l} \mathrm{AP}_l",
        class_formula=r"\sum_k (R_k-R_{k-1})\,P_k",
        deceives="Guessing gives the share of images with the label and not 0.5, so a rare label lowers it, and values "
        "of data sets with other shares cannot be compared.",
        compute=label_values.mean_precision_known,
        tasks=_LABELS,
    ),
    Metric(
        "f1_labels",
        "F1, micro",
        "F1 of the TP, FP and FN of all labels together. Frequent labels count more.",
        "val_f1_labels",
        "counts",
        label_values.f1_micro,
        formula=r"\frac{2\sum TP}{2\sum TP+\sum FP+\sum FN}",
        deceives="A frequent label hides a rare one that is never found.",
        rate=rates.f1_micro,
        compute=rates.f1_micro,
        tasks=_LABELS,
    ),
    Metric(
        "f1_samples",
        "F1, samples",
        "For each image the F1 of its predicted labels, and of that the mean over the images. Images that have no "
        "label and get none are left out.",
        "val_f1_samples",
        "labels",
        label_values.f1_samples,
        formula=r"\frac{1}{n}\sum_i \frac{2\,|Y_i\cap P_i|}{|Y_i|+|P_i|}",
        deceives="An image without a label counts as 0 as soon as one is predicted, and not at all if none is.",
        compute=label_values.f1_samples_known,
        tasks=_LABELS,
    ),
    Metric(
        "subset_accuracy",
        "Subset accuracy",
        "Share of validation images for which exactly the right labels are predicted, none too many and none missing.",
        "val_subset_accuracy",
        "labels",
        label_values.subset_accuracy,
        formula=r"\frac{1}{n}\sum_i [Y_i=P_i]",
        deceives="With many labels it is low although nearly all of them are right, and where most images have no "
        "label it is high for a network that predicts none.",
        tasks=_LABELS,
    ),
    Metric(
        "hamming_loss",
        "Hamming loss",
        "Share of all answers, one for each image and label, that are wrong. Lower is better.",
        "val_hamming_loss",
        "labels",
        label_values.hamming_loss,
        formula=r"\frac{\sum FP+\sum FN}{n\,L}",
        deceives="Where labels are rare, always answering no label has a low value.",
        better="lower",
        tasks=_LABELS,
    ),
)
