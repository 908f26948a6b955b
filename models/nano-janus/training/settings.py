"""What the model's world is and how large everything is."""

from dataclasses import dataclass

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

# Nine cells, row by row; these are also the answers to "Where is ...?".
PLACES = ("top left", "top", "top right", "left", "centre", "right", "bottom left", "bottom", "bottom right")

# A drawn size: how many tokens wide its box is, its first token counted from the cell's corner, its largest side in pixels.
SIZES = {"small": (4, 1, 56), "medium": (5, 1, 78), "large": (7, 0, 108)}


@dataclass(frozen=True)
class Settings:
    shapes: tuple = ("circle", "square", "triangle", "diamond", "star", "cross")
    colours: tuple = tuple(RGB)
    backgrounds: tuple = tuple(BACKGROUND)
    sizes: tuple = tuple(SIZES)
    # First token row and column of the three cell rows and columns; a cell is seven tokens wide. Row 0 holds the plan.
    cell_rows: tuple = (2, 9, 16)
    cell_columns: tuple = (1, 9, 17)
    # How many things without a named place -> the cells they take, in the order named.
    layout: tuple = ((), (4,), (3, 5), (3, 4, 5), (0, 2, 6, 8), (0, 2, 4, 6, 8))
    # Combinations that no training picture, prompt or question contains, and the share of the ordered pairs of the rest.
    held_out: tuple = (("star", "green"), ("circle", "purple"), ("square", "orange"), ("triangle", "blue"), ("cross", "red"), ("diamond", "cyan"))
    held_out_pairs: float = 0.12
    most: int = 5
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
    vision_layers: int = 6
    vision_heads: int = 4
    # VQ model
    vq_base: int = 64
    vq_multiplier: tuple = (1, 1, 1, 1, 2)
    vq_blocks: int = 1
    vq_latent: int = 64
    # default sampling, written to generation_config.json
    guidance: float = 1.5
    temperature: float = 0.1

    @property
    def grid(self):
        return self.image // self.patch


SETTINGS = Settings()
