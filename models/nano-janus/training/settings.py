"""What the model's world is and how large everything is. An edition is one value of `Settings`."""

import os
from dataclasses import dataclass, field

RGB = {
    "red": (220, 30, 30),
    "green": (30, 160, 60),
    "blue": (40, 70, 220),
    "yellow": (245, 215, 40),
    "orange": (245, 130, 20),
    "purple": (130, 40, 170),
    "pink": (250, 130, 190),
    "cyan": (40, 200, 220),
}
BACKGROUND = {"white": (255, 255, 255), "gray": (128, 128, 128), "black": (0, 0, 0)}


@dataclass(frozen=True)
class Cell:
    """A place on the 24x24 lattice where a drawing may put a shape: top row, left column, width in tokens."""

    name: str
    row: int
    column: int
    width: int


@dataclass(frozen=True)
class Settings:
    name: str
    shapes: tuple
    colours: tuple
    # How many shapes -> which cells they take, in the order named.
    cells: tuple
    layout: dict
    # Combinations and pairs that no training picture, prompt or question contains.
    held_out: tuple
    held_out_pairs: float = 0.12
    most_shapes: int = 2
    image: int = 384
    patch: int = 16
    # language model
    width: int = 256
    layers: int = 4
    head: int = 64
    inner: int = 704
    vocabulary: int = 1024
    # picture tokens
    code: int = 32
    # vision tower
    vision_width: int = 128
    vision_layers: int = 5
    vision_heads: int = 4
    # VQ model
    vq_base: int = 64
    vq_multiplier: tuple = (1, 1, 1, 1, 2)
    vq_blocks: int = 1
    vq_latent: int = 64
    # default sampling, written to generation_config.json
    guidance: float = 1.2

    @property
    def grid(self):
        return self.image // self.patch


FIRST = Settings(
    name="first",
    shapes=("circle", "square", "triangle", "star"),
    colours=("red", "green", "blue", "yellow", "orange", "purple"),
    cells=(Cell("centre", 7, 7, 10), Cell("left", 8, 2, 9), Cell("right", 8, 13, 9)),
    layout={1: (0,), 2: (1, 2)},
    held_out=(("star", "green"), ("circle", "purple"), ("square", "orange"), ("triangle", "blue")),
)

# Not trained yet: three rows of three cells below the plan row. Sizes, backgrounds, places and relations need
# more words in language.py; the tokens, the plan row and the training loop are the same.
SECOND = Settings(
    name="second",
    shapes=("circle", "square", "triangle", "diamond", "star", "cross"),
    colours=tuple(RGB),
    cells=tuple(Cell(f"cell{r}{c}", 2 + 7 * r, 1 + 8 * c, 6) for r in range(3) for c in range(3)),
    layout={1: (4,), 2: (3, 5), 3: (3, 4, 5), 4: (0, 2, 6, 8), 5: (0, 2, 4, 6, 8)},
    held_out=(("star", "green"), ("circle", "purple"), ("square", "orange"), ("triangle", "blue"),
              ("cross", "red"), ("diamond", "cyan")),
    most_shapes=5,
)

EDITIONS = {s.name: s for s in (FIRST, SECOND)}
SETTINGS = EDITIONS[os.environ.get("NANO_JANUS_EDITION", "first")]
