"""Words of the immunity map: how well pipelines and trained networks bear distorted images."""


class Immunity:
    # The map of a study
    TITLE = "Immunity map"
    TITLE_HELP = (
        "How well each row bears images that are distorted, in five strengths. Blue is better than training with no "
        "augmentation, orange is worse. A dot marks a difference whose interval leaves out 0. The intervals are 95% "
        "and hold for all cells of a row at once."
    )
    RUNS_TITLE = "Robustness"
    RUNS_TITLE_HELP = (
        "How much each run loses on its validation images when they are distorted, in five strengths. Orange is worse "
        "than on clean images. A dot marks a difference whose interval leaves out 0. The intervals are 95%, hold for "
        "all cells of a row at once, and are about these very models: they contain what other images would change, and "
        "not what another training run would."
    )
    FROZEN = (
        "With heads on a frozen backbone, {repeats} repeats, {images:,} images, each judged by heads that have not "
        "seen it."
    )
    FROZEN_ONE = (
        "With heads on a frozen backbone, one repeat, {images:,} images, each judged by a head that has not seen it."
    )
    MODELS = "{images:,} validation images of the first run, clean and distorted. The intervals are about these models."
    PARTLY = (
        "{done} of {planned} distortions are done. Intervals hold for all cells of a row, so they become a little "
        "wider with each one."
    )
    WAITS = "The clean images are judged first. The map grows with each distortion that is finished."
    COMPUTING = "Computing intervals…"
    PROGRESS = "distortion {distortion} of {distortions}, strength {strength} of {strengths}"
    PROGRESS_CLEAN = "the images without distortion"
    METRIC = "Metric"
    METRIC_HELP = "In which the rows are compared. All of them come from the same answers."
    HALF = "The answers are kept with half precision, for all of them would take more than {most}."
    SCORES = (
        "Only accuracy and log loss can be shown: the answers to all images would take more than {most}, so only "
        "whether each is right, and its loss, was kept."
    )
    DAMAGED = "The map cannot be shown: {reason}"

    # Rows
    PIPELINE = "The pipeline"
    NOTHING = "No augmentation"
    WITHOUT = "Without {step}"

    # Headlines
    HEADLINE = (
        "**{row}**: better than no augmentation in {better} of {cells} cells, worse in {worse}, and not clear in the "
        "others. On clean images {clean}."
    )
    HEADLINE_THESE_HEADS = (
        "**{row}**: on clean images {clean}. The intervals hold for these heads: with fewer than 3 repeats it is not "
        "known what other heads would do."
    )
    MOST = "Most under {distortion} {strength}: {effect}."
    HEADLINE_RUN = "**{row}**: {metric} {clean} on clean images. It loses most under {distortion} {strength}: {effect}."
    HEADLINE_RUN_NONE = "**{row}**: {metric} {clean} on clean images."
    EFFECT = "{amount} ({ends})"
    UNDEFINED = "undefined"
    MORE_ROWS = "More rows"

    # Cells
    LEGEND = (
        "Orange: worse by {most} or more. Blue: better by {most} or more. Between them colors are paler, to none at 0. "
        "Dot: the 95% interval leaves out 0, so only cells with a dot are clearly better or worse."
    )
    CLEAN = "Clean"
    CLEAN_HELP = "Images without distortion: what the immunity costs."
    HEAT_LABEL = "{title}, {metric}."
    HEAT_KEYS = "Arrow keys move between cells, Enter shows the curve and the images."
    HEAT_HINT = (
        "Point at a cell, or move to one with the arrow keys, to read it. Choose it to see its curve and its images."
    )
    CELL = "{row} · {place}: {metric} {value} [{low}, {high}]"
    CELL_EFFECT = " · {amount} against {reference}, 95% interval {ends}"
    CELL_UNDEFINED = "{row} · {place}: {metric} is undefined, {why}"
    AGAINST_NOTHING = "no augmentation"
    AGAINST_CLEAN = "clean images"
    PLACE = "{distortion} {strength} of 5 ({amount})"
    PLACE_CLEAN = "clean images"

    # Curves
    CURVES = "All distortions"
    CURVES_HELP = (
        "The metric against the strength; 0 is clean. Bars are pointwise 95% intervals of each row by itself: whether "
        "two rows differ is what the cells of the map say."
    )
    CURVE = "{distortion}"
    STRENGTH_AXIS = "Strength"
    HOVER = "%{fullData.name}<br>strength %{x}: %{y:.3f} [%{customdata[0]:.3f}, %{customdata[1]:.3f}]<extra></extra>"

    # Images
    STRIP = "One image, as it was judged"
    STRIP_LABEL = "An image under {distortion} in five strengths"
    ANOTHER = "Another image"
    STRENGTH = "Strength {number}"
    NO_IMAGES = "The images cannot be shown: {reason}"
    PICTURE_ALT = "{id}, {title}"

    # Starting
    ACTION = "Immunity map"
    ACTION_HELP = (
        "How well the heads of this study bear noise, blur, JPEG and other distortions, each in five strengths."
    )
    DISTORTIONS = "Distortions"
    DISTORTIONS_HELP = "Each in five strengths, and always applied. They are steps of the editor."
    ADD = "Another step as a distortion"
    ADD_STEP = "Step"
    ADD_PARAMETER = "Parameter that grows"
    ADD_PARAMETER_HELP = "Its slider is divided in five."
    ADD_FALLING = "Smaller is stronger"
    ADD_BUTTON = "Add"
    NOTHING_GROWS = "No parameter of {step} can grow in five steps on its own."
    ADDED_AGAIN = "{title} is there already."
    NONE_CHOSEN = "Choose at least one distortion."
    START = "Start the map"
    COST = "{pictures:,} distorted images are drawn and pass through the network once."
    TAKES = "At most about {takes}, by the pace of earlier studies on this computer."
    NAME = "Immunity map: {pipeline} on {dataset}"
    RUN_NAME = "Robustness: {name}"
    SECTION = "Robustness"
    ASK_RUN = "How robust is this run?"
    ASK_RUNS = "How robust are these runs?"
    ASK_HELP = (
        "The best checkpoint judges the validation images under distortions of rising strength. This is a job of its "
        "own, which waits for its turn in the queue."
    )
    NO_CHECKPOINT = "There is no checkpoint yet that could be asked."
    OPEN = "Open its page"
    STILL = "“{name}” is {state}."
    AGAIN = "Start another map"
