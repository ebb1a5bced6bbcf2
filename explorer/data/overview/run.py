"""`python -m explorer.data.overview.run SPEC [MOST|all] [SEED]`: measures a data set, and looks for duplicates in it.

SPEC is its spec as JSON. It prints a line with its progress from time to time, and at the end the file with what was
found, in the cache of EXPLORER_HOME. What was measured is kept, so that it goes on there when it is started again.
"""

import json
import sys

from explorer.base.confined import limit_if_for_page
from explorer.base.home import made_home
from explorer.data.dataset import DatasetError
from explorer.data.formats.spec import FileSpec
from explorer.data.overview import saved
from explorer.data.overview.kept import Kept
from explorer.data.overview.measuring import measure
from explorer.data.overview.near import compare
from explorer.data.overview.sampling import DEFAULT, Sampling
from explorer.data.specs import FORMATS


def command(spec: FileSpec, sampling: Sampling) -> list[str]:
    """The command that measures a data set in a child process."""
    most = "all" if sampling.most is None else str(sampling.most)
    given = saved.neutral(spec).model_dump_json()
    return [sys.executable, "-m", "explorer.data.overview.run", given, most, str(sampling.seed)]


def main(arguments: list[str]) -> None:
    """Measure the data set that the arguments name. Exits with a message where it cannot be listed."""
    limit_if_for_page()
    try:
        spec, sampling = _asked(arguments)
        file = saved.place(spec, sampling)
        made_home()
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        kept = Kept()
        noting = saved.Noting(file)
        measured = measure(spec.contents(), sampling, spec.depth, kept, noting.report)
        saved.write(file, measured, compare(measured))
        kept.close()
    except (DatasetError, OSError, ValueError) as error:
        sys.exit(" ".join(str(error).split()))
    print(file)


def _asked(arguments: list[str]) -> tuple[FileSpec, Sampling]:
    given, most, seed = [*arguments, *["", str(DEFAULT), "0"][len(arguments) :]][:3]
    values = json.loads(given)
    kind = FORMATS.get(str(values.get("kind"))) if isinstance(values, dict) else None
    if kind is None or not issubclass(kind, FileSpec):
        raise ValueError(f"Expected the spec of a data set in files as JSON, but got {given[:200]!r}.")
    return kind.model_validate(values), Sampling(None if most == "all" else int(most), int(seed))


if __name__ == "__main__":
    main(sys.argv[1:])
