"""The entries of the table of metrics for masks, in the order in which they are shown."""

from functools import partial

from explorer.metrics import mask_values, rates, values
from explorer.metrics.mask_values import ABSENT, NEVER_PREDICTED, UNSEEN, of_counts, of_images
from explorer.metrics.metric import Metric
from explorer.metrics.values import of_each

_F1 = r"\frac{2\cdot TP}{2\cdot TP+FP+FN}"
_IOU = r"\frac{TP}{TP+FP+FN}"
_OF_SET = "Large images and large objects make most of it, and one thin class that is lost moves the mean by 1 / C."

MASKS = (
    Metric(
        "iou",
        "Mean IoU over the set",
        "Intersection over union (Jaccard index) of a class: its pixels that are found, divided by all pixels that are "
        "of the class or predicted as it. Pixels of all validation images are counted together; the mean is over the "
        "classes that occur or are predicted.",
        "val_iou",
        "counts",
        partial(of_counts, compute=rates.iou_mean, note=values.unseen),
        partial(of_each, compute=rates.iou, why=UNSEEN),
        formula=r"\frac{1}{C}\sum_{c} \mathrm{IoU}_c",
        class_formula=_IOU,
        deceives=_OF_SET,
        rate=rates.iou_mean,
        compute=rates.iou_mean,
        per_class=rates.iou,
        short="IoU",
        tasks=("segmentation",),
    ),
    Metric(
        "dice",
        "Mean Dice over the set",
        "Dice of a class, which is the F1 of its pixels: twice the pixels that are found, divided by its pixels plus "
        "those predicted as it. Pixels of all validation images are counted together; the mean is over the classes "
        "that occur or are predicted.",
        "val_dice",
        "counts",
        partial(of_counts, compute=rates.f1_macro, note=values.unseen),
        partial(of_each, compute=rates.f1, why=UNSEEN),
        formula=r"\frac{1}{C}\sum_{c} \mathrm{Dice}_c",
        class_formula=_F1,
        deceives=_OF_SET,
        rate=rates.f1_macro,
        compute=rates.f1_macro,
        per_class=rates.f1,
        short="Dice",
        tasks=("segmentation",),
    ),
    Metric(
        "dice_images",
        "Mean Dice per image",
        "Dice (F1) of each image by itself, as a mean over the classes that occur or are predicted in it, and then the "
        "mean over the images. Each image counts the same, whatever its size.",
        "val_dice_images",
        "pixels",
        partial(of_images, compute=rates.f1_images, rate=rates.f1_macro),
        partial(mask_values.of_each, compute=rates.f1_each),
        formula=r"\frac{1}{N}\sum_{i} \frac{1}{C_i}\sum_{c} \mathrm{Dice}_{i,c}",
        class_formula=r"\frac{1}{N_c}\sum_{i} \mathrm{Dice}_{i,c}",
        deceives="One wrong pixel of a class that an image does not have adds a Dice of 0 to the mean of that image.",
        rate=rates.f1_macro,
        compute=rates.f1_images,
        per_class=rates.f1_each,
        short="Dice per image",
        tasks=("segmentation",),
    ),
    Metric(
        "iou_images",
        "Mean IoU per image",
        "IoU of each image by itself, as a mean over the classes that occur or are predicted in it, and then the mean "
        "over the images.",
        "val_iou_images",
        "pixels",
        partial(of_images, compute=rates.iou_images, rate=rates.iou_mean),
        partial(mask_values.of_each, compute=rates.iou_each),
        formula=r"\frac{1}{N}\sum_{i} \frac{1}{C_i}\sum_{c} \mathrm{IoU}_{i,c}",
        class_formula=r"\frac{1}{N_c}\sum_{i} \mathrm{IoU}_{i,c}",
        deceives="One wrong pixel of a class that an image does not have adds an IoU of 0 to the mean of that image.",
        rate=rates.iou_mean,
        short="IoU per image",
        tasks=("segmentation",),
    ),
    Metric(
        "pixel_precision",
        "Precision of pixels",
        "Share of the pixels predicted as a class that are of this class. The mean is over the classes that are "
        "predicted.",
        "val_pixel_precision",
        "counts",
        partial(of_counts, compute=rates.precision_predicted, note=mask_values.never_predicted),
        partial(of_each, compute=rates.precision, why=NEVER_PREDICTED),
        formula=r"\frac{1}{C}\sum_{c} \mathrm{precision}_c",
        class_formula=r"\frac{TP}{TP+FP}",
        deceives="A network that marks only the middle of each object has a high precision.",
        rate=rates.precision_predicted,
        per_class=rates.precision,
        short="Precision",
        tasks=("segmentation",),
    ),
    Metric(
        "pixel_recall",
        "Recall of pixels",
        "Share of the pixels of a class that are predicted as it (sensitivity). The mean is over the classes that "
        "occur.",
        "val_pixel_recall",
        "counts",
        partial(of_counts, compute=rates.balanced_accuracy, note=mask_values.absent),
        partial(of_each, compute=rates.recall, why=ABSENT),
        formula=r"\frac{1}{C}\sum_{c} \mathrm{recall}_c",
        class_formula=r"\frac{TP}{TP+FN}",
        deceives="A network that calls every pixel this class has a recall of 1.",
        rate=rates.balanced_accuracy,
        per_class=rates.recall,
        short="Recall",
        tasks=("segmentation",),
    ),
    Metric(
        "pixel_auroc",
        "AUROC of pixels",
        "The probability that a random pixel of the class gets a higher score than a random pixel of another class. "
        "0.5 is guessing, 1 is perfect. It is computed from histograms of the scores of pixels.",
        "val_pixel_auroc",
        "scores",
        mask_values.auroc,
        mask_values.areas,
        formula=r"\frac{1}{C}\sum_{c} \mathrm{AUROC}_c",
        class_formula=r"\frac{\#(s_{+}>s_{-})+\frac{1}{2}\#(s_{+}=s_{-})}{P\cdot N}",
        deceives="Pixels far from any object are easy and many, so it is close to 1 although the borders are poor.",
        short="AUROC",
        no_skill="guessing",
        tasks=("segmentation",),
    ),
    Metric(
        "border_f1",
        "Boundary F1",
        "F1 of the border pixels of each class: those of the prediction that are near the true border (precision) and "
        "those of the true border that are near the predicted one (recall). Near means within 0.75% of the diagonal of "
        "the image at the size at which it is validated, rounded, and at least 1 px. The rims of the image and of "
        "pixels that do not count are not borders.",
        "val_border_f1",
        "borders",
        mask_values.borders,
        mask_values.borders_of_classes,
        formula=r"\frac{1}{C}\sum_{c} \frac{2 P_c R_c}{P_c+R_c}",
        class_formula=r"\frac{2 P R}{P+R}",
        deceives="It says nothing about the inside of an object, and masks drawn by hand are no more exact than the "
        "tolerance.",
        rate=rates.border_f1_mean,
        per_class=rates.border_f1,
        tasks=("segmentation",),
    ),
    Metric(
        "pixel_accuracy",
        "Pixel accuracy",
        "Share of the pixels of the validation images that count and whose class is right. Pixels of all images are "
        "counted together.",
        "val_pixel_accuracy",
        "counts",
        partial(values.of_counts, compute=rates.accuracy, note=values.nothing),
        formula=r"\frac{\sum TP}{n}",
        deceives="Where one class is large, such as a background, always answering it already gives its share.",
        rate=rates.accuracy,
        compute=rates.accuracy,
        tasks=("segmentation",),
    ),
)
