#!/usr/bin/env python3
"""Makes the sheet of 24 drawings with their prompts that the README shows: fixed prompts, one fixed seed, no picking.

    sheet.py --bifrons build/demos/bifrons --model models/nano-janus docs/drawn.png

A drawing that the judge finds wrong keeps its place and gets a red line under its prompt.
"""

import argparse
import pathlib
import tempfile

from PIL import Image, ImageDraw, ImageFont

import judge
import quality
from judge import Wanted

SEED = 1
COLUMNS, PICTURE, TEXT, GAP = 6, 192, 38, 8  # pixels

# (prompt, what it must show)
PROMPTS = (
    ("a star", Wanted((("star", None),))),
    ("a cross", Wanted((("cross", None),))),
    ("a red star", Wanted((("star", "red"),))),
    ("a pink diamond", Wanted((("diamond", "pink"),))),
    ("Draw a green star.", Wanted((("star", "green"),))),
    ("a purple circle, please", Wanted((("circle", "purple"),))),
    ("a small red star", Wanted((("star", "red", "small"),))),
    ("a large cyan square", Wanted((("square", "cyan", "large"),))),
    ("a yellow triangle on a black background", Wanted((("triangle", "yellow"),), "black")),
    ("an orange cross on a gray background", Wanted((("cross", "orange"),), "gray")),
    ("a blue square in the top left", Wanted((("square", "blue", None, "top left"),))),
    ("a green diamond in the bottom right", Wanted((("diamond", "green", None, "bottom right"),))),
    ("a star and a circle", Wanted((("star", None), ("circle", None)))),
    ("a triangle and a cross", Wanted((("triangle", None), ("cross", None)))),
    ("a red star and a blue circle", Wanted((("star", "red"), ("circle", "blue")))),
    ("a yellow square and a purple diamond", Wanted((("square", "yellow"), ("diamond", "purple")))),
    ("a cyan circle and an orange square", Wanted((("circle", "cyan"), ("square", "orange")))),
    ("two pink triangles", Wanted((("triangle", "pink"),) * 2)),
    ("three green squares", Wanted((("square", "green"),) * 3)),
    ("four blue diamonds", Wanted((("diamond", "blue"),) * 4)),
    ("five red circles on a black background", Wanted((("circle", "red"),) * 5, "black")),
    ("a red star to the left of a blue circle", Wanted((("star", "red"), ("circle", "blue")), relation="left of")),
    ("a yellow cross above a purple square", Wanted((("cross", "yellow"), ("square", "purple")), relation="above")),
    ("a green circle below an orange triangle", Wanted((("circle", "green"), ("triangle", "orange")), relation="below")),
)


def wrapped(draw, text, font, width):
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if draw.textlength(longer, font=font) > width and lines[-1]:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--bifrons", required=True)
    p.add_argument("--model", required=True)
    p.add_argument("out")
    args = p.parse_args()
    tests = [{"prompt": text, "wanted": wanted, "seed": SEED} for text, wanted in PROMPTS]
    rows = -(-len(tests) // COLUMNS)
    cell = (PICTURE + GAP, PICTURE + TEXT + GAP)
    sheet = Image.new("RGB", (COLUMNS * cell[0] + GAP, rows * cell[1] + GAP), (232, 232, 232))
    draw = ImageDraw.Draw(sheet)
    font = ImageFont.load_default(size=13)
    with tempfile.TemporaryDirectory() as folder:
        quality.draw(args.bifrons, args.model, tests, pathlib.Path(folder))
        for i, t in enumerate(tests):
            x, y = GAP + i % COLUMNS * cell[0], GAP + i // COLUMNS * cell[1]
            sheet.paste(Image.fromarray(judge.load(t["file"])).resize((PICTURE, PICTURE), Image.LANCZOS), (x, y))
            for k, line in enumerate(wrapped(draw, t["prompt"], font, PICTURE)):
                draw.text((x, y + PICTURE + 3 + 16 * k), line, fill=(20, 20, 20), font=font)
            if t["faults"]:
                draw.rectangle((x, y + PICTURE + TEXT - 3, x + PICTURE - 1, y + PICTURE + TEXT - 1), fill=(200, 0, 0))
                print(f"wrong: {t['prompt']}: {', '.join(t['faults'])}: {judge.told(t['seen'])}")
    # Flat colours: a palette of 256 halves the file and nobody sees it.
    sheet.quantize(256, dither=Image.Dither.NONE).save(args.out, optimize=True)
    print(f"{args.out}: {sum(not t['faults'] for t in tests)} of {len(tests)} right")


if __name__ == "__main__":
    main()
