"""Picture tokens: a table made by hand, not learned.

Every id says where it is and what it belongs to, so the language model can continue from the last id alone:
  plan ids        one for the background, then for each cell one for (shape and size, or none) and one for the colour (or
                  none); they look like the background and stand at the start of row 0
  paper ids       (background, row, column)
  shape ids       (shape, size, row and column within the shape, colour); one 16x16 tile of the shape's coverage
Ids that look alike have the same codebook row (they are twins for the VQ decoder), but rows of their own in the
language model, made of factors that are shared between ids. A tile on an outline does not say what is behind it: the
decoder sees that from its neighbours.
"""

import numpy as np
import torch

import scenes
from settings import BACKGROUND, RGB, SETTINGS as S

N, G = S.patch, S.grid
KINDS = [None] + [(s, z) for s in S.shapes for z in S.sizes]  # what a cell may hold


class Tokens:
    def __init__(self):
        self.count, self.factor, self.factors = 0, {}, []
        self.tile, self.tint, self.ground = [], [], []  # by id: index into tiles; colour or -1; background or -1
        self.tiles = [np.zeros((N, N), np.float32)]
        grounds = range(len(S.backgrounds))
        plan = lambda g, *factors: self._new(0, -1, g, "plan", ("behind", g), *factors)
        self.plan_ground = [plan(g, ("told", g), "-", "-", "-") for g in grounds]
        self.plan_kind = [[[plan(g, ("cell", c), ("shape", k and k[0]), ("size", k and k[1]), ("kind", c, k)) for k in KINDS] for c in range(9)] for g in grounds]
        self.plan_colour = [[[plan(g, ("tint", c), ("colour", v), "tint", ("hue", c, v)) for v in (None, *S.colours)] for c in range(9)] for g in grounds]
        self.plan_length = 19
        self.paper = np.array([[[self._new(0, -1, g, "paper", ("row", r), ("column", c), ("paper", r, c), ("ground", g), "-") for c in range(G)] for r in range(G)] for g in grounds])
        self.drawn = {}
        for shape in S.shapes:
            for size in S.sizes:
                a = scenes.shape_tiles(shape, size)
                spots = {}
                for r in range(len(a) // N):
                    for c in range(len(a) // N):
                        tile = np.round(a[r * N : r * N + N, c * N : c * N + N] * 64) / 64
                        if tile.mean() < 0.004:
                            continue
                        t = self._tile(tile)
                        spots[r, c] = [self._new(t, i, -1, ("shape", shape), ("size", size), ("down", size, r), ("across", size, c), ("spot", shape, size, r, c), ("colour", colour))
                                       for i, colour in enumerate(S.colours)]
                self.drawn[shape, size] = spots
        self.factors = torch.tensor(self.factors)
        # As inputs, shape tokens keep quiet about their colour: the plan has said it, and so a combination that
        # was never drawn in training goes in like any other.
        self.inputs = self.factors.clone()
        self.inputs[torch.tensor(self.tint) >= 0, 5] = self.factor.setdefault("quiet", len(self.factor))
        self.tiles = np.stack(self.tiles)
        self.tile, self.tint, self.ground = np.array(self.tile), np.array(self.tint), np.array(self.ground)

    def _tile(self, tile):
        """The number of a tile; tiles that the eye cannot tell apart are one."""
        for i, known in enumerate(self.tiles):
            if np.abs(known - tile).mean() < 0.004:
                return i
        self.tiles.append(tile)
        return len(self.tiles) - 1

    def _new(self, tile, tint, ground, *factors):
        self.factors.append([self.factor.setdefault(f, len(self.factor)) for f in factors])
        self.tile.append(tile)
        self.tint.append(tint)
        self.ground.append(ground)
        self.count += 1
        return self.count - 1

    def plan(self, scene):
        """The first ids of row 0."""
        g, at = S.backgrounds.index(scene.background), scene.at()
        ids = [self.plan_ground[g]]
        for cell in range(9):
            shape, colour, size = at.get(cell, (None, None, None))
            ids.append(self.plan_kind[g][cell][KINDS.index((shape, size) if shape else None)])
            ids.append(self.plan_colour[g][cell][1 + S.colours.index(colour) if colour else 0])
        return ids

    def encode(self, scene):
        """All ids, [grid, grid]."""
        ids = self.paper[S.backgrounds.index(scene.background)].copy()
        ids[0, : self.plan_length] = self.plan(scene)
        for cell, shape, colour, size in scene.things:
            row, column, _ = scenes.box(cell, size)
            i = S.colours.index(colour)
            for (r, c), choice in self.drawn[shape, size].items():
                ids[row + r, column + c] = choice[i]
        return ids

    def pixels(self, ids, background):
        """What ids look like exactly before a background: float [h*16, w*16, 3], 0..255."""
        h, w = ids.shape
        a = self.tiles[self.tile[ids]][..., None]
        grounds = np.array([BACKGROUND[g] for g in S.backgrounds] + [BACKGROUND[background]], np.float32)
        back = grounds[self.ground[ids]][:, :, None, None]
        colours = np.array([RGB[c] for c in S.colours] + [(0, 0, 0)], np.float32)
        p = back + a * (colours[self.tint[ids]][:, :, None, None] - back)
        return p.transpose(0, 2, 1, 3, 4).reshape(h * N, w * N, 3)

    def codebook(self):
        """Unit rows [count, code]: which colour or background, and the tile by its principal components."""
        flat = self.tiles.reshape(len(self.tiles), -1)
        more = len(S.colours) + len(S.backgrounds)
        n = S.code - more
        _, values, vectors = np.linalg.svd(flat - flat.mean(0), full_matrices=False)
        part = (flat - flat.mean(0)) @ vectors[:n].T / (values[:n] / len(flat) ** 0.5 + 0.15 * values[0] / len(flat) ** 0.5)
        part /= np.linalg.norm(part, axis=1).mean()
        rows = np.zeros((self.count, S.code), np.float32)
        rows[:, : part.shape[1]] = part[self.tile]
        coloured, grounded = self.tint >= 0, self.ground >= 0
        rows[coloured, n + self.tint[coloured]] = 0.8
        rows[grounded, n + len(S.colours) + self.ground[grounded]] = 0.8
        # Exactly what a bf16 file holds, so twins stay twins.
        return torch.nn.functional.normalize(torch.from_numpy(rows), dim=-1).bfloat16().float()

    def structure(self):
        """A start for the language model's input table: what the factors mean, by factor, [factors, code]."""
        rows = np.zeros((len(self.factor), S.code), np.float32)
        rng = np.random.default_rng(3)
        turn = lambda v: [f(2 * np.pi * v * k / (2 * G)) for k in (1, 2, 5) for f in (np.sin, np.cos)]
        for f, i in self.factor.items():
            name = f[0] if isinstance(f, tuple) else f
            if name in ("-", "quiet", "tint", "plan", "paper") and not isinstance(f, tuple):
                rows[i] = rng.normal(0, 0.15, S.code)
            elif name == "row":
                rows[i, 0:6] = turn(f[1])
            elif name == "column":
                rows[i, 6:12] = turn(f[1])
            elif name == "down":
                rows[i, 0:6] = [1.3 * v for v in turn(3 * f[2] + 1)][::-1]
            elif name == "across":
                rows[i, 6:12] = [1.3 * v for v in turn(3 * f[2] + 1)][::-1]
            elif name == "shape":
                rows[i, 12 + (S.shapes.index(f[1]) if f[1] else 0)] = 1.5 if f[1] else -1
            elif name == "size":
                rows[i, 18 + (S.sizes.index(f[1]) if f[1] else 0)] = 1.5 if f[1] else -1
            elif name == "colour":
                rows[i, 21 + (S.colours.index(f[1]) if f[1] else 0)] = 1.5 if f[1] else -1
            elif name in ("ground", "told"):
                rows[i, 29 + f[1]] = 1.5
            elif name == "behind":
                rows[i, 29 + f[1]] = 0.5
            else:
                rows[i] = rng.normal(0, 0.3 if name in ("cell", "tint") else 0.15, S.code)
        return torch.from_numpy(rows)


TOKENS = Tokens()
