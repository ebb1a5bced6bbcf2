"""Words in charts."""

from typing import ClassVar


class Charts:
    FAILED = "The charts could not be loaded, because plotly.min.js is missing. Restart the app to restore it."
    # The buttons that save a figure, and a column of its table.
    SAVING: ClassVar = {
        "png": "Save as PNG",
        "svg": "Save as SVG",
        "csv": "Save the data as CSV",
        "series": "series",
    }
    EPOCH_AXIS = "epoch"
    LOSS_AXIS = "loss"
    RATE = "learning rate"
    RATE_PLANNED = "planned"
    RATE_DONE = "so far"
    RATE_SMOOTH = "running mean"
    RATE_RAW = "each step"
    RATE_SUGGESTION = "suggestion {rate}"
    MACRO = "macro"
    FLOOR = "{name}: {value:.2f}"
    FLOOR_BELOW = "axis is cut; {name}: {value:.2f} ↓"
    FLOOR_ABOVE = "{name}: {value:.2f} ↑"
    TRAIN_STEP = "training, each step"
    TRAIN_MEANS = "training, means of steps"
    THINNED = "The curves of the steps are thinned to {points:,} points: each is the mean of about {mean} {read}."
    THINNED_ALL = "reported steps"
    THINNED_READ = "of the reported steps; one in {one_in:,} is read"
    UNSURE = (
        "In {count} epochs the AUROC of some classes is not drawn. The run was trained by an older version, which kept "
        "only histograms of so many scores. They do not determine it to within 0.001."
    )
    TRAIN_EPOCH = "training, epoch"
    VAL_EPOCH = "validation"
    ROC = "ROC"
    PRECISION_RECALL = "precision and recall"
    F1 = "F1"
    OBSERVED = "observed"
    IMAGES = "images"
    GUESSING = "guessing"
    SHARE_OF_CLASS = "share of the class among all images"
    CALIBRATED = "perfectly calibrated"
    FALSE_POSITIVE_RATE = "false positive rate (1 − specificity)"
    RECALL_AXIS = "recall"
    AXIS_PART = "{title}, {low:.2g} to {high:.2g} only"  # where the rest of the axis would show nothing
    PRECISION_AXIS = "precision"
    THRESHOLD_AXIS = "threshold"
    PROBABILITY_AXIS = "predicted probability"
    SHARE_AXIS = "share of the images"
    OBSERVED_AXIS = "observed share"
    TRUE = "true"
    PREDICTED = "predicted"
    # Templates of Plotly, which fills in %{...}.
    HOVER_STEP = "step %{customdata[0]}<br>loss %{y:.4f}<br>learning rate %{customdata[1]:.3g}<extra></extra>"
    HOVER_EPOCH = "epoch %{x}: loss %{y:.4f}<extra>%{fullData.name}</extra>"
    HOVER_ACCURACY = "step %{customdata}: %{y:.1%} of the last batches<extra></extra>"
    HOVER_RATE = "step %{customdata}: %{y:.3g}<extra>%{fullData.name}</extra>"
    HOVER_TRIED = "learning rate %{x:.3g}: loss %{y:.4f}<extra>%{fullData.name}</extra>"
    HOVER_SCORE = "epoch %{x}: %{y:.3f}<extra>%{fullData.name}</extra>"
    HOVER_CELL = (
        "true %{customdata[2]}, predicted %{customdata[3]}<br>"
        "%{customdata[0]} of %{customdata[1]} images (%{z:.1%})<extra></extra>"
    )
    HOVER_CELL_PIXELS = (
        "true %{customdata[2]}, predicted %{customdata[3]}<br>"
        "%{customdata[0]:,} of %{customdata[1]:,} pixels (%{z:.1%})<extra></extra>"
    )
    HOVER_NAME = "%{fullData.name}<extra></extra>"
    HOVER_ROC = "false positive rate %{x:.3f}, recall %{y:.3f}<extra></extra>"
    HOVER_PR = "recall %{x:.3f}, precision %{y:.3f}<extra></extra>"
    HOVER_F1 = "threshold %{customdata}: F1 %{y:.3f}<extra></extra>"
    HOVER_CALIBRATION = (
        "predicted %{x:.3f}, observed %{y:.3f}<br>95% interval %{customdata[1]:.3f} to %{customdata[2]:.3f}<br>"
        "%{customdata[0]} images<extra></extra>"
    )
    HOVER_BAR_PROBABILITY = "%{y} images with a probability of about %{x:.3f}<extra></extra>"
    HOVER_BAR_CLASS = (
        "%{customdata[1]} images (%{y:.1%}) with a probability of about %{customdata[0]}<extra>%{fullData.name}</extra>"
    )
