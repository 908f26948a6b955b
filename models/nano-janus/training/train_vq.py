"""Stage 3: the VQ decoder learns what the table of tokens looks like; the encoder learns to read it back.

Convolutions start from the model folder's own weights if there are any of the same shape: a new table needs new first
layers, but the way from numbers to outlines is the same.
"""

import os
import pathlib
import random
import sys

import numpy as np
import torch
import torch.nn.functional as F

import scenes
from common import DEVICE, Log, half, load, save, schedule
from model import VQ
from optim import Optimiser
from settings import SETTINGS as S
from tokens import TOKENS

# step at which a phase ends, crop in tokens, crops per step, largest learning rate
DECODER = ((300, 4, 6, 1.0), (400, 8, 2, 0.5), (1100, 8, 2, 1.0), (1130, 24, 1, 0.25))
ENCODER = ((500, 6, 3, 1.0), (560, 24, 1, 0.3))
FOLDER = pathlib.Path(__file__).resolve().parents[1]


def crops(rng, crop, count):
    """ids [n,h,w], pixels [n,3,16h,16w] in [-1,1], boundary weight of each pixel."""
    ids, pixels, weights = [], [], []
    for _ in range(count):
        kinds = scenes.TRAIN_KINDS
        cells = rng.sample(range(9), rng.randint(1, 6))
        plan = scenes.Plan(rng.choice(S.backgrounds), tuple((c, *rng.choice(kinds), rng.choice(S.sizes)) for c in cells))
        all_ids = TOKENS.encode(plan)
        top = S.grid - crop
        if crop < S.grid:
            cell, _, _, size = rng.choice(plan.things)
            row, column, wide = scenes.box(cell, size)
            r = min(max(row + rng.randint(-2, wide + 1) - crop // 2, 0), top)
            c = min(max(column + rng.randint(-2, wide + 1) - crop // 2, 0), top)
        else:
            r = c = 0
        part = all_ids[r : r + crop, c : c + crop]
        tile = TOKENS.tiles[TOKENS.tile[part]]
        if crop < S.grid and (TOKENS.tint[part] >= 0).all() and ((tile.max((2, 3)) - tile.min((2, 3))) > 0.2).any():
            part = all_ids[:crop, :crop]  # an outline whose background cannot be seen is no lesson
            tile = TOKENS.tiles[TOKENS.tile[part]]
        ids.append(part)
        pixels.append(TOKENS.pixels(part, plan.background))
        edge = (tile.max((2, 3)) - tile.min((2, 3))) > 0.2
        weights.append(np.kron(1 + 2 * edge, np.ones((S.patch, S.patch))))
    x = torch.from_numpy(np.stack(pixels)).permute(0, 3, 1, 2).float() / 127.5 - 1
    w = torch.from_numpy(np.stack(weights)).float()[:, None]
    return torch.from_numpy(np.stack(ids)).to(DEVICE), x.to(DEVICE), w.to(DEVICE)


def inherit(vq):
    """Encoder and decoder as in the model folder."""
    from safetensors.torch import load_file

    for file in FOLDER.glob("*.safetensors"):
        for name, value in load_file(file).items():
            name = name.removeprefix("model.vqmodel.")
            if name.startswith(("encoder.", "decoder.")):
                mine = vq.state_dict().get(name)
                if mine is not None and mine.shape == value.shape:
                    mine.copy_(value.float())


def phase(table, step):
    """(crop, count, rate) at a step; the rate falls linearly within the last two phases."""
    start = 0
    for end, crop, count, rate in table:
        if step < end:
            fall = 1.0 if start == 0 and step < end * 0.6 else (end - step) / (end - (start or end * 0.6))
            return crop, count, rate * (0.25 + 0.75 * fall) if end != table[-1][0] else rate * fall
        start = end
    raise IndexError


def groups(parts, rate, last):
    muon, adam = [], []
    for part in parts:
        for name, p in part.named_parameters():
            if p.requires_grad:
                (muon if p.ndim == 4 and not any(k in name for k in last) else adam).append(p)
    return [(muon, "muon", rate), (adam, "adam", 0.002)]


def psnr(a, b):
    return 10 * np.log10(4 / max(1e-9, (a - b).square().mean().item()))


def fit(kind):
    torch.manual_seed(4)
    vq = VQ(S, TOKENS.codebook()).to(DEVICE, memory_format=torch.channels_last)
    done = load("vq-decoder")
    if kind == "encoder" and done:
        vq.load_state_dict(done["vq"])
    table = DECODER if kind == "decoder" else ENCODER
    if kind == "decoder":
        opt = Optimiser(groups([vq.decoder, vq.post_quant_conv], 0.02, ("conv_out",)))
    else:
        opt = Optimiser(groups([vq.encoder, vq.quant_conv], 0.02, ("conv_in",)))
        unique, index = torch.unique(vq.quantize.embedding.weight, dim=0, return_inverse=True)
        index = index.to(DEVICE)
    name = "vq-" + kind
    if not load(name) and kind == "decoder":
        inherit(vq)
    first, state = 0, load(name)
    if state:
        vq.load_state_dict(state["vq"])
        first = state["step"]
        if "opt" in state:
            opt.restore(state["opt"])
    log, rng = Log(name), random.Random(300 + first)
    for step in range(first, table[-1][0]):
        crop, count, rate = phase(table, step)
        ids, x, w = crops(rng, crop, count)
        with half():
            if kind == "decoder":
                y = vq.decode(ids).float()
                d = y - x
                loss = ((d.abs() + d.square()) * w).sum() / w.sum() / 3
                log.add(loss=loss.item(), psnr=psnr(y.clamp(-1, 1), x))
            else:
                noisy = x + torch.randn_like(x) * 0.02 * rng.random()
                z = F.normalize(vq.encode(noisy).float().permute(0, 2, 3, 1), dim=-1)
                goal = index[ids].flatten()
                logits = z.flatten(0, 2) @ unique.T * 30
                ce = F.cross_entropy(logits, goal, reduction="none")
                busy = (torch.from_numpy(TOKENS.tint).to(DEVICE)[ids] >= 0).flatten()
                weight = torch.where(busy, 1.0, 0.2)
                loss = (ce * weight).sum() / weight.sum()
                log.add(loss=loss.item(), right=(logits.argmax(1) == goal)[busy].float().mean().item() if busy.any() else 1)
        loss.backward()
        opt.step(rate * min(1, (step + 1) / 20))
        if step % 20 == 19:
            log.print(step + 1, crop=crop)
        if step % 60 == 59 or step + 1 == table[-1][0]:
            save(name, vq=vq.state_dict(), opt=opt.state(), step=step + 1)


if __name__ == "__main__":
    torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS", os.cpu_count())))
    fit(sys.argv[1])
