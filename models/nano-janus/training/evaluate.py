"""Judges the model in PyTorch with the programs in tests/quality, on prompts, pictures and combinations held out of training.

    python evaluate.py [--drawings N] [--questions N] [--guidance W ...] [--vq] [--sheet FILE]
"""

import argparse
import pathlib
import random
import sys

import numpy as np
import torch
from PIL import Image

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[3] / "tests" / "quality"))
import judge
import quality
import world

import export
import language
import sample
from common import WORK
from settings import SETTINGS as S
from tokens import TOKENS


def to_input(picture):
    """What the processor does: fit into the square, gray around it."""
    h, w = picture.shape[:2]
    scale = S.image / max(h, w)
    small = Image.fromarray(picture).resize((int(w * scale), int(h * scale)), Image.BICUBIC)
    square = Image.new("RGB", (S.image, S.image), (127, 127, 127))
    square.paste(small, ((S.image - small.width) // 2, (S.image - small.height) // 2))
    return torch.from_numpy(np.asarray(square).copy()).permute(2, 0, 1).float() / 127.5 - 1


@torch.no_grad()
def pictures(ids, vq=None):
    if vq is None:
        return [np.clip(TOKENS.pixels(i), 0, 255).astype(np.uint8) for i in ids]
    out = []
    for i in ids:
        y = vq.decode(torch.from_numpy(i)[None])[0].permute(1, 2, 0).clamp(-1, 1)
        out.append(((y + 1) * 127.5).numpy().astype(np.uint8))
    return out


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--drawings", type=int, default=40)
    p.add_argument("--questions", type=int, default=100)
    p.add_argument("--guidance", type=float, nargs="*", default=[1.0])
    p.add_argument("--temperature", type=float, default=1.0)
    p.add_argument("--vq", action="store_true", help="judge what the VQ decoder shows instead of the exact tiles")
    p.add_argument("--sheet")
    args = p.parse_args()
    vision, janus, vq = export.trained()
    words = language.Words(WORK / "tokenizer.json")
    tests = quality.drawings(args.drawings)
    for w in args.guidance if args.drawings else []:
        ids = sample.draw(janus, words, [t["prompt"] for t in tests], w, args.temperature)
        shown = pictures(ids, vq if args.vq else None)
        good = [judge.right(judge.shapes_in(s), t["expected"]) for s, t in zip(shown, tests)]
        print(f"guidance {w}:", quality.summary([t["kind"] for t in tests], good))
        for t, g, s in zip(tests, good, shown):
            if not g:
                print("   wrong:", t["prompt"], "->", [f[:2] for f in judge.shapes_in(s)])
        if args.sheet:
            rows = [np.concatenate([np.array(Image.fromarray(s).resize((160, 160))) for s in (shown + [np.zeros_like(shown[0])] * 7)[i : i + 8]], 1) for i in range(0, len(shown), 8)]
            Image.fromarray(np.concatenate(rows)).save(args.sheet.replace(".png", f"-{w:g}.png"))
    if args.questions:
        tests = quality.questions(args.questions)
        said = []
        for i in range(0, len(tests), 20):
            part = tests[i : i + 20]
            said += sample.answer(janus, vision, words, torch.stack([to_input(t["picture"]) for t in part]), [t["question"] for t in part])
        good = [s == t["answer"] for s, t in zip(said, tests)]
        print("questions:", quality.summary([t["kind"] for t in tests], good))
        for t, s, g in zip(tests, said, good):
            if not g:
                print("   wrong:", t["kinds"], t["question"], "->", s)


if __name__ == "__main__":
    main()
