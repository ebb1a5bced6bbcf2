"""Words in charts."""


class Charts:
    FAILED = "The charts could not be loaded: the page found no plotly.min.js. Start the app again; it is then copied."
    EPOCH_AXIS = "epoch"
    LOSS_AXIS = "loss"
    AUROC = "AUROC"
    F1 = "F1"
    ACCURACY = "accuracy"
    RATE = "learning rate"
    RATE_PLANNED = "planned"
    RATE_DONE = "so far"
    RATE_SMOOTH = "running mean"
    RATE_RAW = "each step"
    RATE_SUGGESTION = "suggestion {rate}"
    MACRO = "macro"
    TRAIN_STEP = "training, each step"
    TRAIN_EPOCH = "training, epoch"
    VAL_EPOCH = "validation"
    TRUE = "true"
    PREDICTED = "predicted"
    CLASS = "class {number}"
    # In plotly's own language: %{...} are its values.
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
