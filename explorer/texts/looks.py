"""Words of the ledger of looks at validation images, and of the final set that is set aside."""


class Looks:
    LOOKED = "These validation images have been looked at {times}."
    LOOKED_ALL = "The validation images of these runs have been looked at {times}."
    ONCE = "once"
    TIMES = "{count:,} times"
    HELP = (
        "By {validations} of {runs}, and by {studies}, in this folder of runs. Each look that leads to a change adapts "
        "you a little to just these images: the best of many runs looks better on them than it is. Intervals do not "
        "know about it. For a number that is free of it, set a final set aside before you begin, and open it once."
    )
    CONFIRMED = "Of these looks, {count:,} are by studies: a confirmation counts with each validation of its runs."
    VALIDATION, VALIDATIONS = "one validation", "{count:,} validations"
    RUN, RUNS = "one training run", "{count:,} training runs"
    STUDY, STUDIES, NO_STUDY = "one study", "{count:,} studies", "no study"
    PROBLEM = "The ledger of looks cannot be written: {problem}. Runs that are deleted are no longer counted."
    FINAL = "Final set"
    FINAL_HELP = (
        "Images that were set aside before the training, of each class the same share. No run or study with this "
        "setting has seen them, so that their score is free of the choices that its validation images have made. Runs "
        "and studies that have set nothing aside, or less, may have learned from them."
    )
    FINAL_WAITS = "A final set of {share:.0%} of each class is set aside. It can be opened when the run has finished."
    FINAL_CLOSED = "A final set of {share:.0%} of each class is set aside, and was not opened for this run."
    FINAL_OPEN = "Open the final set"
    FINAL_ONCE = (
        "The best checkpoint judges these images once. Open it when you have chosen this run, not in order to choose: "
        "after that they are no longer unseen, for any run."
    )
    FINAL_NOW = "Open it now"
    FINAL_OPENING = "The best checkpoint judges the final set"
    FINAL_INSIST = "Open it all the same: its result will say that these images were seen before"
    FINAL_LOSS = "Loss"
    FINAL_OPENED = "Final set, opened once on {date}"
    FINAL_OPENED_AGAIN = "Final set, opening number {count} on {date}, so no longer unseen"
    FINAL_OPENED_PART = (
        "Final set, opened on {date} when {seen:,} of its images had been opened before, so not all of it was unseen"
    )
    FINAL_SINCE = "In all, images of it have been opened {count} times so far."
    AND = " and "
    FINAL_NOT_FREE = (
        "This final set is not free of what came before: {earlier} of the same data set set nothing or less aside, and "
        "may have used its images."
    )
    FINAL_RESTS = "{label} ({images:,} images, judged by the best checkpoint, that of epoch {epoch})."
    DAMAGED = "{count:,} lines of the ledger are damaged and not counted."
