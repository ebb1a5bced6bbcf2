"""Words of the findings about a data set, and of what was decided about its images."""

from typing import ClassVar

from explorer.texts.common import Common
from explorer.texts.mistakes import Mistakes


class Findings:
    TITLE = "Findings"
    TITLE_HELP = (
        "What is wrong with this data set, the worst first. Open a finding to see its images; there it can be acted "
        "on. Each action can be undone, and no file is changed or deleted."
    )
    WAIT = "Copies and odd images are found as soon as the images are measured, see below."
    COMPARING = "Comparing the images"

    # What was looked at
    NO_LEAK = "No leak was found among {images}."
    NO_LEAK_ONE_PART = "The data set has one part, so nothing can leak from it into another one."
    NOTHING_ELSE = "Nothing else was found either."
    LOOKED = (
        "A leak is an image that is in two parts. Looked for were equal pixels, and images whose difference hashes "
        "differ in at most {bits} of 64 bits and whose thumbnails are alike. So images that were resized, saved again, "
        "cropped a little or made a little brighter are found; images that were mirrored, rotated or cropped a lot are "
        "not."
    )
    LOOKED_EXACT = "Only images with equal pixels were looked for."
    SAMPLED = (
        "{images:,} of {total:,} images were measured. Copies of the other images are not known: measure all of them "
        "to be sure."
    )
    RANDOM = (
        "The data set does not say which images validate. Findings about parts hold for the division by data seed "
        "{seed} with a validation share of {share:.0%}."
    )

    # Findings
    PARTS_AND = ", and "
    LEAK_EXACT = "{parts}, with the same pixels."
    LEAK_NEAR = "{parts}, as near duplicates: resized, saved again or brightened."
    LEAK_PART = ("image of {part} is also in {earlier}", "images of {part} are also in {earlier}")
    LEAK_CONFLICTS = ("of them has another label there.", "of them have another label there.")
    CONFLICT_EXACT = "{images} the same pixels as another image with a different label: {examples}."
    CONFLICT_EXACT_IMAGES = ("image has", "images have")
    CONFLICT_NEAR = "{images} like another image with a different label: {examples}."
    CONFLICT_NEAR_IMAGES = ("image looks", "images look")
    CONFLICT_EXAMPLE = "{first} and {second} ({count:,})"
    UNDECODABLE = "{images} cannot be decoded."
    REFUSED = "{reason}"
    MASK_UNUSABLE = "The masks of {images} cannot be used: {reasons}."
    MASK_REASON = "{reason} ({count:,})"
    GROUP_DIVIDED = "Groups in more than one part: {groups}, with {images} outside of their first part."
    CLASS_MISSING = "Classes without images: {missing}."
    LABEL_MISSING = "Labels without images: {missing}."
    CLASS_MISSING_PART = "{part} has none of {names}"
    MASK_CLASS_MISSING = "Classes without a pixel: {missing}."
    MASK_IMBALANCE = (
        "{most} covers {ratio:.3g} times as many pixels of the training images as {least} ({most_percent:.3g}% and "
        "{least_percent:.2g}%). {least} is in {images} of training."
    )
    CLASS_CASE = "Class names that differ only in case, spaces or underscores: {names}."
    CLASS_SMALL = "Classes with fewer than {few} images in a part: {small}."
    LABEL_SMALL = "Labels with fewer than {few} images in a part: {small}."
    CLASS_SMALL_PART = "{name} ({count} in {part})"
    DUPLICATES_EXACT = "Copies within one part: {images} besides the first ones, in {groups}."
    DUPLICATES_NEAR = "Near duplicates within one part: {images} besides the first ones, in {groups}."
    IMBALANCE = "{most} has {ratio:.3g} times as many training images as {least} ({most_count:,} and {least_count:,})."
    PART_DIFFERS = "{part} differs from {train} in {by}."
    DIFFERS: ClassVar = {
        "brightness": "brightness ({ours:.0f} and {theirs:.0f} of 255)",
        "contrast": "contrast ({ours:.0f} and {theirs:.0f} gray levels)",
        "sharpness": "sharpness ({ours:.0f} and {theirs:.0f}, variance of the Laplacian)",
        "side": "size ({ours:.0f} and {theirs:.0f} px on average)",
        "classes": "the shares of its classes (at least {ours:.0%} of the images)",
        "formats": "its file formats (at least {ours:.0%} of the images)",
    }
    SINGLE_COLOR = "{images} of one color only."
    BRIGHTNESS_FAR = "{images} much brighter or darker than the others."
    SIZE_FAR = "{images} much larger or smaller than the others."
    AND_MORE = "and {count:,} more"

    TO_DO: ClassVar = {
        "leak_exact": "The network has seen these images in training, so scores on them are too good. Leave them out, "
        "or keep copies in the same part.",
        "leak_near": "A network recognizes such images, so scores on them are too good. Look whether they are the "
        "same, then leave them out or keep them in the same part.",
        "conflict_exact": "At most one of the labels is right. Correct the files, or leave these images out.",
        "conflict_near": "Look at each pair: if both show the same, one label is wrong. Different things may look "
        "alike.",
        "refused": "A run refuses to start with this data set, whichever of its images are left out.",
        "mask_unusable": "A run refuses to start with them. Correct the masks, or leave these images out.",
        "undecodable": "A run refuses to start with them. Leave them out, or replace the files.",
        "group_divided": "Images of a group, such as those of a patient, resemble each other, so scores are too good. "
        "Keep groups together.",
        "class_missing": "F1 and AUROC of a class cannot be computed without images of it, and a class without "
        "training images cannot be learned. Add images, or divide the data in another way.",
        "class_case": "Are they the same class? Give their folders or rows the same name, otherwise a network is "
        "punished for confusing them.",
        "class_small": "The score of such a class changes by a tenth or more with a single image. Add images, or use "
        "cross-validation.",
        "duplicates_exact": "Copies count several times in training and in scores, and another division may put them "
        "into different parts. Leave copies out; the first of each group stays.",
        "duplicates_near": "Frames of a video and photographs in a row are often meant to be there. Keep them "
        "together, so that no division puts them into different parts.",
        "imbalance": "Judge by balanced accuracy, F1 or AUROC. Weights make rare classes count as much as frequent "
        "ones: {weights}.",
        "mask_class_missing": "IoU and Dice of a class cannot be computed without pixels of it, and a class without "
        "training pixels cannot be learned. Add images, or divide the data in another way.",
        "mask_imbalance": "Judge by IoU or Dice of each class: pixel accuracy hardly changes when a rare class is "
        "missed. Dice loss counts each class alike; class weights make pixels of rare classes count more in any loss.",
        "part_differs": "A score on it says how the network does on other images than those of training. If that is "
        "not what you want to know, divide the data in another way.",
        "single_color": "They teach nothing. Look at them, and leave out those that are broken.",
        "brightness_far": "Look at them: they may be broken, or a real part of the data.",
        "size_far": "Look at them: they may be icons or scans that do not belong here.",
    }
    TO_DO_OF_LABELS: ClassVar = {  # where an image can have several labels
        "class_missing": "F1 and AUROC of a label cannot be computed without images that have it, and a label without "
        "training images cannot be learned. Add images, or divide the data in another way.",
        "class_case": "Are they the same label? Give them the same name, otherwise a network is punished for confusing "
        "them.",
        "class_small": "The score of such a label changes by a tenth or more with a single image. Add images, or use "
        "cross-validation.",
        "imbalance": "Judge by F1 or AUROC of each label. pos_weight makes images with a rare label count as much as "
        "those without it: {weights}.",
    }
    POS_WEIGHT = "pos_weight {value:.3g} for BCE, class weights {weights}"
    CLASS_WEIGHTS = "class weights {weights}"

    # Looking and acting
    PAIR = "{first} | {second}"
    FIRST_IMAGE = "{part}: {name}"
    ACTIONS: ClassVar = {
        "together": "Keep together",
        "leave_out_later": "Leave out the copies in {later}",
        "leave_out_earlier": "Leave out the copies in {earlier}",
        "leave_out_copies": "Leave out {copies}",
        "leave_out": "Leave out {count:,}",
        "weights": "Use weights on the Train page",
    }
    ACTION_HELP: ClassVar = {
        "together": "The images of a group are always in the same part, whichever seed divides the data set. {groups}.",
        "leave_out_later": "{images}. Training keeps all of its images, and scores are those of the rest.",
        "leave_out_earlier": "{images}. Validation stays as it is, so scores can be compared with others'.",
        "leave_out_copies": "The first image of each group stays.",
        "leave_out": "All images of this finding.",
        "weights": "Sets the weights of the loss to “balanced”: each run computes them from its training images.",
    }
    COPIES = ("copy", "copies")
    LEAVE_ONE_OUT = "Leave out this image"
    LEAVE_NAMED_OUT = "Leave out {name}"
    DONE_LEFT_OUT = ("image is left out from now on.", "images are left out from now on.")
    DONE_TOGETHER = ("group stays together from now on.", "groups stay together from now on.")
    WEIGHTS_SET = "The Train page uses balanced weights now."
    WEIGHTS_BACK = "Undo"
    NOT_DONE = "Nothing was changed. {reason}"

    REASONS: ClassVar = {
        "leak_exact": "The same pixels as {other} in {part}.",
        "leak_near": "A near duplicate of {other} in {part}.",
        "conflict_exact": "The same pixels as {other}, which has another label.",
        "conflict_near": "Looks like {other}, which has another label.",
        "duplicates_exact": "The same pixels as {other}.",
        "duplicates_near": "A near duplicate of {other}.",
        "refused": "The data set cannot be trained on.",
        "mask_unusable": "Its mask cannot be used.",
        "undecodable": "Cannot be decoded.",
        "group_divided": "Its group is also in another part.",
        "single_color": "Shows one color only.",
        "brightness_far": "Much brighter or darker than the others.",
        "size_far": "Much larger or smaller than the others.",
        "label": "Its label {label} is probably wrong: {suggested} is more probable.",
    }

    # What was decided
    LEFT_OUT_MARK = "left out"
    LEFT_OUT = ("image is left out", "images are left out")
    TOGETHER = ("group of {images:,} images stays together", "groups of {images:,} images stay together")
    DECIDED = "{decided}."
    FROM_NOW_ON = "In runs from now on, {decided}"
    CHANGE_IT = "Change on the Data page"
    CHANGE_IT_HELP = "Runs and studies of this data set start without these images. Earlier runs stay as they are."
    UNDO = "Undo: {step}"
    STEPS: ClassVar = {
        "leave_out": "left out {count:,}",
        "take_back": "used {count:,} again",
        "together": "kept {count:,} together",
        "apart": "ungrouped {count:,}",
    }
    LIST = "What was decided"
    LIST_EMPTY = "Nothing is left out or kept together."
    LIST_HELP = "It is kept for this data set, and used by all runs and studies that are started from now on."
    LIST_COLUMNS: ClassVar = ("Use again", "Image", "Reason")
    LIST_CUT = Common.LIST_CUT
    TAKE_BACK = "Use the marked images again"
    TAKE_ALL_BACK = "Use all {count:,} again"
    APART = "Ungroup all"
    SAVE = Common.LIST_SAVE
    FILE = "decided.csv"
    LOAD = "Read a list (CSV)"
    LOAD_HELP = (
        "A file that was saved here, or any CSV with a column “image” that names images of this data set: these are "
        "left out. A column “left_out” gives the reason, a column “group” the number of a group that stays together."
    )
    LOADED = "Leave out {images} and keep {groups} together"
    LOADED_UNKNOWN = (
        "name is not in this data set, and was skipped: {names}.",
        "names are not in this data set, and were skipped: {names}.",
    )
    LEFT_OUT_GONE = (
        "of these images is no longer in the data set.", "of these images are no longer in the data set.",
    )  # fmt: skip

    # What it cost
    COST = "What the leak cost"
    COST_HELP = (
        "Computed from the scores that a run has stored for its best epoch: once for all of its validation images, "
        "once without those that have a copy among its training images. Both are scores of the same network, so that "
        "the interval of the difference is paired: the images are drawn with replacement, and both scores computed "
        "from the same draw (bootstrap, {draws:,} draws, as many images of each class, and of these as many copies, "
        "as there are)."
    )
    COST_LINE = (
        "**{metric} {every} → {rest} without the leak** in [{name}]({link}): {leaked} a copy in "
        "its training images. Difference {difference}."
    )
    COST_LEAKED = ("of {images:,} validation images has", "of {images:,} validation images have")
    COST_UNCLEAR = " The interval includes 0, so there may be no effect."
    COST_NONE = "[{name}]({link}): none of its {images:,} validation images has a copy in its training images."
    COST_UNDEFINED = "[{name}]({link}): {metric} is undefined without the {leaked}, because {why}."
    COST_LEAKED_IMAGES = ("image that leaked", "images that leaked")
    COST_NO_RUN = (
        "There is no finished run on this data set yet, so that the cost is not known. Train once as it is: the score "
        "without the leak is then shown here. Or act on the leak first, and nothing has to be subtracted."
    )
    COST_NOT = "{name}: the cost is not known. {reason}"
    COST_MORE = "Earlier runs ({count:,})"
    COST_OTHER_DATA = "The data set of “{name}” cannot be opened as it was. {reason}"
    COST_OTHER_DIVISION = "The data set of “{name}” has changed since: it has other validation images now."
    COMPUTING = "Computing scores without the leak"
    VALUE = "{value:.3f} ({low:.3f} to {high:.3f})"
    VALUE_ALONE = "{value:.3f}"
    DIFFERENCE = "{value:+.3f} (95 % interval {low:+.3f} to {high:+.3f})"

    # Probable label errors
    LABELS = "Probable label errors"
    LABELS_HELP = (
        "Confident learning (Northcutt et al., 2021) on out-of-fold scores: each image was judged by a network that "
        "was not trained on it. An image is suspicious if the network gives it to another class as surely as it gives "
        "other images of that class to it. It can be wrong: look at each."
    )
    LABELS_NONE = (
        "No study has judged all images of this data set yet. A study trains heads on features of a frozen network, "
        "and judges each image by heads that were not trained on it, without augmentation and with flips."
    )
    LABELS_START = "Start a study for it"
    LABELS_DAMAGED = "Leave out the images that cannot be decoded first: a study refuses to start with them."
    LABELS_ENDED = "The last study has no result: [{name}]({link}) is {state}."
    LABELS_FOLDS = "“Train k folds” on the Train page gives such scores too, from whole networks."
    LABELS_NOT_STARTED = "The study cannot be started. {reason}"
    LABELS_NAME = "Label errors in {name}"
    LABELS_RUNS = "A study is under way: [{name}]({link}). Its scores are used when it is done."
    LABELS_OF = "By the out-of-fold scores of [{name}]({link}), {images}, {repeats}."
    LABELS_REPEATS = ("division into folds", "divisions into folds")
    LABELS_LOOK = Mistakes.SEARCH
    LABELS_LOOKING = Mistakes.SEARCHING
    LABELS_FAILED = "Label errors could not be looked for. {reason}"
    LABELS_TOO_FEW = "There are too few images: at least two classes need more than {few}."
    LABELS_LEFT_OUT = "Not suspected, because they have {few} images or fewer: {names}."
    LABELS_FOUND = "**{labels}.** Open an image, and leave it out if you agree."
    LABELS_WRONG = ("label is probably wrong", "labels are probably wrong")
    LABELS_COPIES = (
        "image has a copy with another label, see the findings above.",
        "images have a copy with another label, see the findings above.",
    )
    LABELS_CLEAN = "Confident learning marks no label."
    LABELS_CAPTION = "{label}, or {suggested}?"
    LABELS_NOTE = "{label} {own}, {suggested} {share}"
    LABELS_ALL = "Leave out all {count:,}"
    LABELS_GONE = (
        "of the suspicious images is left out already, or no longer in the data set.",
        "of the suspicious images are left out already, or no longer in the data set.",
    )
