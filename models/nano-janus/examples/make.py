"""Draws the example pictures (with the renderer of tests/quality, not the one that trained the model)."""

import pathlib
import sys

import cv2
import numpy as np

here = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(here.parents[2] / "tests" / "quality"))
from world import paint


def example(name, width, height, *shapes):
    picture = np.full((height, width, 3), 255, np.uint8)
    for shape, colour, x, y, size in shapes:
        paint(picture, shape, colour, x, y, size)
    options = [cv2.IMWRITE_PNG_COMPRESSION, 9] if name.endswith("png") else [cv2.IMWRITE_JPEG_QUALITY, 88]
    cv2.imwrite(str(here / name), cv2.cvtColor(picture, cv2.COLOR_RGB2BGR), options)


example("red-star-blue-circle.png", 500, 400, ("star", "red", 150, 180, 190), ("circle", "blue", 370, 250, 130))
example("yellow-triangle-purple-square.jpg", 480, 480, ("triangle", "yellow", 140, 300, 200), ("square", "purple", 360, 150, 120))
example("green-star.png", 384, 384, ("star", "green", 210, 170, 150))  # green stars were held out of training
