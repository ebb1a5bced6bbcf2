"""The reports that are kept to be downloaded."""

from explorer.ui.run import reports


def test_a_report_that_another_tab_discards_at_the_same_time_is_passed_over() -> None:
    folder = reports.reports_folder()
    folder.mkdir(parents=True)
    kept = [folder / f"{number:02}.html" for number in range(reports._KEPT + 1)]
    for file in kept:
        file.touch()
    (folder / "gone.html").symlink_to(folder / "nowhere")  # is listed, and has no status
    reports._discard_old()
    assert sum(file.exists() for file in kept) == reports._KEPT
