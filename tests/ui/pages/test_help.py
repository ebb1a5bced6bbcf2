"""The documentation inside the app."""

import importlib.metadata
import re
from pathlib import Path

from streamlit.testing.v1 import AppTest

from explorer.ui.pages import handbook

PROJECT = Path(__file__).resolve().parents[3]
PAGE = "explorer/ui/pages/help.py"


def test_every_document_is_a_topic_with_its_images_and_links_that_stay_inside() -> None:
    documents = {file.stem: file.read_text(encoding="utf-8") for file in (PROJECT / "docs").glob("*.md")}
    assert set(handbook.topics()) == set(documents)
    for name, text in documents.items():
        pieces = handbook.pieces(name, "?topic={name}")
        images = [piece.image for piece in pieces if piece.image]
        assert len(images) == text.count("](screenshots/"), name
        assert all(image.is_file() for image in images), name
        words = "".join(piece.text for piece in pieces if not piece.image)
        assert ".md)" not in words, name
    assert set(re.findall(r"\]\(([a-z_]+)\.md\)", documents["index"])) == set(documents) - {"index"}
    links = [
        name
        for name in documents
        if f"?topic={name}" in "".join(p.text for t in documents for p in handbook.pieces(t, "?topic={name}"))
    ]
    assert links == [name for name in documents if any(f"]({name}.md" in text for text in documents.values())]


def test_the_page_shows_documents_keys_and_versions_and_an_unknown_topic_says_so() -> None:
    app = AppTest.from_file(str(PROJECT / "app.py"), default_timeout=60).run()
    app.switch_page(PAGE).run()
    assert not app.exception
    assert any("The first half hour" in str(block.value) for block in app.markdown)
    app.query_params["topic"] = "augment"
    app.run()
    assert any("`OneOf`" in str(block.value) for block in app.markdown)
    app.session_state["help_topic"] = "keys"
    keys = handbook.keys()
    for document in (PROJECT / "docs").glob("*.md"):
        for line in document.read_text(encoding="utf-8").split("| keys")[1:]:
            for row in line.split("|---|---|\n")[1].partition("\n\n")[0].splitlines():
                assert row.strip() in keys
    assert f"torch {importlib.metadata.version('torch')}" in handbook.about()
    assert "MIT" in handbook.about()
    app.query_params["topic"] = "nothing"
    app.run()
    assert "no help topic" in app.warning[0].value
