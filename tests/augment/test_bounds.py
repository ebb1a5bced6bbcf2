"""Values that are absurd for an image have a caution at their field, and no value that a step starts with has one."""

from typing import Any

import pytest

from explorer.augment.bounds import MAX_SECONDS, Load, cautions
from explorer.augment.catalog import catalog
from explorer.augment.checks import check_step
from explorer.augment.costs import estimate, memory
from explorer.augment.drivers import Role, drivers, visible
from explorer.augment.parameters import NUMERIC
from explorer.augment.pipeline import Pipeline, Step, walk
from explorer.augment.presets import presets
from explorer.augment.sizes import made_size, step_sizes
from explorer.data.photographs import photographs
from explorer.data.sample import MAX_PIXELS

SIZE = (341, 512)  # px
MEMORY = 2 << 30  # bytes
ASKS = 300.0  # ms: of one step that is not drawn unasked

MILLION = [10**7, 10**7]
# What took a server down or held it up, and the field at which it is said.
HURT: list[tuple[str, dict[str, Any], str, Role | Load]] = [
    ("Morphological", {"scale": [2000, 2000]}, "scale", Role.KERNEL),
    ("GridElasticDeform", {"num_grid_xy": [1000, 1000]}, "num_grid_xy", Role.CELLS),
    ("ThinPlateSpline", {"num_control_points": 150}, "num_control_points", Load.MEMORY),
    ("PiecewiseAffine", {"nb_rows": [300, 300], "nb_cols": [300, 300]}, "nb_rows", Load.TIME),
    ("PiecewiseAffine", {"nb_rows": [300, 300], "nb_cols": [300, 300]}, "nb_cols", Load.TIME),
    ("ZoomBlur", {"max_factor": [1e5, 1e5]}, "max_factor", Load.TIME),
    ("ZoomBlur", {"step_factor": [1e-7, 1e-7]}, "step_factor", Load.TIME),
    ("RandomFog", {"fog_coef_range": [0.0, 0.0]}, "fog_coef_range", Load.TIME),
    ("RandomSunFlare", {"src_radius": 10**8}, "src_radius", Role.REACH),
    ("RandomSunFlare", {"num_flare_circles_range": MILLION}, "num_flare_circles_range", Role.COUNT),
    ("RandomShadow", {"num_shadows_limit": MILLION}, "num_shadows_limit", Role.COUNT),
    ("RandomShadow", {"shadow_dimension": 10**7}, "shadow_dimension", Role.COUNT),
    ("RandomGravel", {"number_of_patches": 10**7}, "number_of_patches", Role.COUNT),
    ("XYMasking", {"num_masks_x": MILLION}, "num_masks_x", Role.COUNT),
    ("ElasticTransform", {"sigma": 1e5}, "sigma", Role.SIGMA),
    ("GaussianBlur", {"sigma_limit": [1e5, 1e5]}, "sigma_limit", Role.SIGMA),
    ("GlassBlur", {"sigma": 1e5}, "sigma", Role.SIGMA),
    ("CoarseDropout", {"num_holes_range": MILLION}, "num_holes_range", Role.COUNT),
    ("GridDropout", {"holes_number_xy": [5000, 5000]}, "holes_number_xy", Role.CELLS),
    ("CLAHE", {"tile_grid_size": [8000, 8000]}, "tile_grid_size", Role.CELLS),
    ("Blur", {"blur_limit": [100_001, 100_001]}, "blur_limit", Role.KERNEL),
    ("MotionBlur", {"blur_limit": [7001, 7001]}, "blur_limit", Role.KERNEL),
    ("Defocus", {"radius": [5000, 5000]}, "radius", Role.REACH),
    ("ToGray", {"num_output_channels": 10**6}, "num_output_channels", Role.CHANNELS),
    ("RandomScale", {"scale_limit": [99.0, 99.0]}, "scale_limit", Load.PIXELS),
    ("PadIfNeeded", {"min_height": 40_000, "min_width": 40_000}, "min_width", Load.PIXELS),
    ("Pad", {"padding": 20_000}, "padding", Load.PIXELS),
    ("CropAndPad", {"percent": None, "px": 40_000}, "px", Load.PIXELS),  # made as large, and then resized
    ("CropAndPad", {"percent": [100.0, 100.0]}, "percent", Load.PIXELS),
    ("Resize", {"height": 30_000, "width": 30_000}, "height", Load.PIXELS),
    ("RandomResizedCrop", {"size": [30_000, 30_000]}, "size", Load.PIXELS),
    ("LongestMaxSize", {"max_size": 30_000}, "max_size", Load.PIXELS),
    ("Affine", {"scale": [100.0, 100.0], "fit_output": True}, "scale", Load.PIXELS),
    ("Mosaic", {"target_size": [20_000, 20_000], "cell_shape": [10_000, 10_000]}, "target_size", Load.PIXELS),
    ("Mosaic", {"cell_shape": [20_000, 20_000]}, "cell_shape", Load.PIXELS),
    ("RandomGridShuffle", {"grid": [5000, 5000]}, "grid", Role.CELLS),
]


def _params(transform: str, params: dict[str, Any]) -> dict[str, Any]:
    return {**catalog()[transform].starts, **params}


def test_a_value_that_hurts_has_a_caution_at_its_field_and_is_not_drawn_unasked(subtests: pytest.Subtests) -> None:
    for transform, params, field, about in HURT:
        with subtests.test(transform, params=params):
            whole = _params(transform, params)
            assert not check_step(transform, whole)  # it is no error
            found = cautions(transform, whole, SIZE, MEMORY)
            assert found[field].about == about
            assert set(found) <= set(params)
            assert estimate(transform, whole, SIZE) > ASKS


def test_with_the_value_that_the_caution_proposes_there_is_none(subtests: pytest.Subtests) -> None:
    without_proposal = []
    for transform, params, field, _ in HURT:
        with subtests.test(transform, params=params):
            found = cautions(transform, _params(transform, params), SIZE, MEMORY)
            changed = dict(params)
            for name, caution in found.items():
                if caution.bound is not None:
                    assert (caution.bound > caution.value) == caution.at_least
                    bound = caution.bound if caution.bound < 1 else int(caution.bound)
                    changed[name] = [bound, bound] if isinstance(params[name], list) else bound
            if any(caution.bound is None for caution in found.values()):
                without_proposal.append((transform, field))
            else:
                assert not cautions(transform, _params(transform, changed), SIZE, MEMORY)
    assert without_proposal == [("Mosaic", "target_size")]  # another parameter has to change too


def test_no_step_starts_with_a_caution() -> None:
    sizes = [photograph.load().size for photograph in photographs().values()]
    for transform, offered in catalog().items():
        for size in sizes:
            assert not cautions(transform, dict(offered.starts), size, MEMORY)
            assert not cautions(transform, {**offered.starts, **offered.gentle}, size, MEMORY)


def test_no_slider_leads_to_more_pixels_or_memory_than_there_are() -> None:
    """At one end of one slider; time is said where people wait for it."""
    wrong = []
    for transform, offered in catalog().items():
        for name, parameter in offered.parameters.items():
            for end in (parameter.soft_low, parameter.soft_high):
                if parameter.kind in NUMERIC and end is not None:
                    value = [end, end] if parameter.kind.endswith(("range", "pair")) else end
                    found = cautions(transform, _params(transform, {name: value}), SIZE, MEMORY)
                    if {caution.about for caution in found.values()} & {Load.PIXELS, Load.MEMORY}:
                        wrong.append((transform, name, end))
    assert wrong == []


def test_no_preset_has_a_caution() -> None:
    for photograph in photographs().values():
        size = photograph.load().size
        for preset in presets().values():
            pipeline = Pipeline(nodes=preset.nodes)
            sizes = step_sizes(pipeline, size)
            steps = [node for node, _ in walk(pipeline.nodes) if isinstance(node, Step)]
            assert not [
                found for step in steps if (found := cautions(step.transform, step.params, sizes[step.id], MEMORY))
            ]


def test_no_number_is_too_large_to_be_reckoned_with(subtests: pytest.Subtests) -> None:
    extremes = (2**62, -(2**62), 1e308, -1e308, 1e-300, 0)
    shapes = [shape for n in extremes for shape in (n, [n, n], [0, n], {"x": [n, n], "y": [n, n]})]
    accepted = 0
    for transform, offered in catalog().items():
        with subtests.test(transform):
            numeric = [name for name, parameter in offered.parameters.items() if parameter.kind in NUMERIC]
            for params in (_params(transform, {name: value}) for name in numeric for value in shapes):
                if not check_step(transform, params):
                    accepted += 1
                    assert estimate(transform, params, SIZE) > 0
                    assert memory(transform, params, SIZE) > 0
                    assert min(made_size(transform, params, SIZE)) > 0
                    cautions(transform, params, SIZE, MEMORY)
    assert accepted > 100


@pytest.mark.parametrize(
    ("role", "transform", "field"),
    [
        (Role.KERNEL, "GaussianBlur", "blur_limit"),
        (Role.SIGMA, "ElasticTransform", "sigma"),
        (Role.REACH, "RandomSunFlare", "src_radius"),
        (Role.COUNT, "CoarseDropout", "num_holes_range"),
        (Role.CELLS, "RandomGridShuffle", "grid"),
        (Role.CHANNELS, "ToGray", "num_output_channels"),
    ],
)
def test_what_can_be_seen_depends_on_the_image(role: Role, transform: str, field: str) -> None:
    small, large = (30, 40), (3000, 4000)
    most = int(visible(role, small))
    pair = catalog()[transform].parameters[field].kind.endswith(("range", "pair"))

    def caution(value: int, size: tuple[int, int]) -> bool:
        return field in cautions(transform, {field: [value, value] if pair else value}, size, MEMORY)

    assert not caution(most, small)
    assert caution(most + 1, small)
    assert caution(most + 1, large) == (role is Role.CHANNELS)


def test_a_caution_says_how_much_there_is_and_how_much_may_be() -> None:
    size = {"height": 30_000, "width": 3_000}
    caution = cautions("Resize", size, SIZE, MEMORY)["height"]
    assert (caution.about, caution.value, caution.load, caution.most) == (Load.PIXELS, 30_000, 90e6, MAX_PIXELS)
    assert caution.bound == 21_000  # x 3000 px
    slow = cautions("ZoomBlur", {"max_factor": [1.0, 1e5]}, SIZE, MEMORY)["max_factor"]
    assert slow.load > slow.most == MAX_SECONDS


def test_only_parameters_without_a_bound_drive_a_cost() -> None:
    found = {name: {one.name for one in drivers(name)} for name in catalog() if drivers(name)}
    assert "Illumination" not in found  # its sigma is a share, at most 1
    assert "Posterize" not in found  # bits are no things
    assert found["RandomSunFlare"] == {"src_radius", "num_flare_circles_range"}
    assert found["CoarseDropout"] == {"num_holes_range"}
