"""The images of a data set, found by the names that files of annotations give them.

A name is only looked up among the images that were found in the folder of the data set, so that it leads nowhere else.
"""

import re
from pathlib import Path

from explorer.base.names import plain
from explorer.data.listing import images_below
from explorer.data.marks.parts import is_other, is_own
from explorer.data.roots import OutsideRoots, refuse_outside

_DRIVE = re.compile(r"^([A-Za-z]:)?/+")


class ImageNames:
    """All images in a folder and in the folders in it.

    Attributes:
        root: the folder.
        outside: links to images outside of the folders that pages may read, which are not followed.
        others: sentences about files that are no images.

    Raises:
        DatasetError: the folder cannot be read.
        OutsideRoots: a link to a folder leads outside.
    """

    def __init__(self, root: Path, *, inside: bool) -> None:
        self.root = root
        self.outside: list[Path] = []
        listed = images_below(root, (lambda place: refuse_outside([place], root)) if inside else None)
        self._images: dict[str, Path] = {}
        self._stems: dict[str, Path] = {}  # by the name without its suffix
        self._last: dict[str, str | None] = {}  # by the last part of the name; None where there are several
        self._folders: dict[str, None] = {}  # the names of all folders with images
        for path in listed.images:
            if inside and path.is_symlink() and _leads_outside(path, root):
                self.outside.append(path)
                continue
            name = plain(path.relative_to(root).as_posix())
            self._images.setdefault(name, path)
            self._stems.setdefault(name.removesuffix(path.suffix), path)
            last = plain(path.name).casefold()
            self._last[last] = None if last in self._last else name
            self._folders |= dict.fromkeys(name.split("/")[:-1])

    def __len__(self) -> int:
        return len(self._images)

    def below(self, folder: str) -> list[tuple[str, Path]]:
        """The images in a folder, each with its name relative to it, sorted. folder: relative to the root, or ""."""
        start = f"{plain(folder)}/" if folder else ""
        return [(name[len(start) :], path) for name, path in self._images.items() if name.startswith(start)]

    def of_stem(self, stem: str, folders: tuple[str, ...]) -> Path | None:
        """The image whose name is `stem` with any suffix, in the first of the folders that has one."""
        names = (f"{folder}/{stem}" if folder else stem for folder in folders)
        return next((found for name in names if (found := self._stems.get(name))), None)

    def find(self, name: str, folders: tuple[str, ...], part: str = "") -> Path | None:
        """The image that a file calls `name`.

        Names with the folders of another computer, also those of Windows, are found by their last part where the folder
        or the whole data set has one such image only. Where the part has a folder of its own, an image of that name in
        the folder of another part is not meant: of 8.jpg in val/ nothing is known by 8.jpg in train/.

        Args:
            name: the name.
            folders: the folders that it may be relative to, relative to the root.
            part: the name of the part that the image is in; "" if it may be in any.
        """
        cleaned = _DRIVE.sub("", plain(name).replace("\\", "/")).removeprefix("./")
        last = cleaned.rpartition("/")[2]
        for wanted in dict.fromkeys((cleaned, last)):
            for folder in folders:
                if found := self._images.get(f"{folder}/{wanted}" if folder else wanted):
                    return found
        found_name = self._last.get(last.casefold())
        if found_name is None or self._is_elsewhere(found_name, part):
            return None
        return self._images[found_name]

    def _is_elsewhere(self, name: str, part: str) -> bool:
        """Whether an image is in the folder of another part, although its part has one."""
        return any(is_other(folder, part) for folder in name.split("/")[:-1]) and any(
            is_own(folder, part) for folder in self._folders
        )


def _leads_outside(path: Path, root: Path) -> bool:
    try:
        refuse_outside([path], root)
    except OutsideRoots:
        return True
    return False
