"""Makes the small pictures of this folder with Pillow. The picture is the pattern of tests/vision/image_test.cpp, so that the
test needs no second copy of the truth; run it again only to add a kind."""
import pathlib

import numpy as np
from PIL import Image

here = pathlib.Path(__file__).parent
width, height = 16, 12
y, x = np.mgrid[0:height, 0:width]
rgb = np.stack([(7 * x + 13 * y + 29 * c + x * y // (3 + c)) % 256 for c in range(3)], -1).astype(np.uint8)
smooth = np.stack([x * 10 + 20, y * 12 + 40, 200 - x * 5], -1).astype(np.uint8)
corners = np.zeros((16, 24, 3), np.uint8)  # red, green / blue, white
corners[:8, :12], corners[:8, 12:], corners[8:, :12], corners[8:, 12:] = (230, 20, 20), (20, 200, 30), (20, 30, 220), 255

picture = Image.fromarray(rgb)
picture.save(here / "rgb.png")
Image.fromarray(np.concatenate([rgb, (x * 16)[..., None].astype(np.uint8)], -1), "RGBA").save(here / "rgba.png")
Image.fromarray(rgb[..., 0]).save(here / "grey.png")
Image.fromarray((rgb[..., 0].astype(np.uint16) << 8) + 77).save(here / "grey16.png")
indexed = picture.quantize(256, dither=Image.Dither.NONE)
indexed.save(here / "palette.png")
picture.save(here / "rgb.bmp")
picture.save(here / "rgb.tga")
picture.save(here / "rle.tga", compression="tga_rle")
indexed.save(here / "rgb.gif")
indexed.save(here / "transparent.gif", transparency=int(np.asarray(indexed)[3, 5]))
Image.fromarray(255 - rgb).quantize(256, dither=Image.Dither.NONE).save(here / "second.gif")
indexed.save(here / "animated.gif", save_all=True, append_images=[Image.open(here / "second.gif")], duration=100, loop=0)
(here / "second.gif").unlink()
Image.fromarray(smooth).save(here / "smooth.jpg", quality=95, subsampling=0)
Image.fromarray(smooth).save(here / "progressive.jpg", quality=95, subsampling=2, progressive=True)
Image.fromarray(smooth).convert("CMYK").save(here / "cmyk.jpg", quality=95)
edge = np.full((8, 16, 3), (200, 40, 40), np.uint8)
edge[:, 14:] = (40, 40, 200)
Image.fromarray(edge).save(here / "edge422.jpg", quality=100, subsampling=1)  # colour at half the width
exif = Image.Exif()
exif[0x0112] = 6
Image.fromarray(corners).save(here / "turned.jpg", quality=95, exif=exif)
picture.save(here / "picture.webp", lossless=True)
alpha_only = Image.new("LA", (2, 2))
alpha_only.putdata([(0, 255), (0, 128), (0, 0), (255, 255)])
alpha_only.save(here / "alpha_only_2x2.png")
