"""The runs that are compared, as they stand in the address."""

from explorer.ui.session import selection


def test_of_an_address_without_end_only_the_first_places_are_read() -> None:
    ids = [f"run-{number}" for number in range(selection.MOST_PLACES + 1)]
    assert [one.id for one in selection.read(",".join(ids))] == ids[:-1]
    assert selection.is_cut(",".join(ids))
    assert not selection.is_cut(",".join(ids[:-1]))
