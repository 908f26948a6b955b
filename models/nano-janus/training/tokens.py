"""Picture tokens: a table made by hand, not learned.

Every id says where it is and what it belongs to, so the language model can continue from the last id alone:
  plan ids        (cell, shape or none) and (cell, colour or none); they look white and stand at the start of row 0
  paper ids       (row, column); white
  shape ids       (cell, shape, row, column, colour); one 16x16 tile of the shape's coverage in that colour
Ids that look alike have the same codebook row (they are twins for the VQ decoder), but rows of their own in the
language model, made of factors that are shared between ids.
"""

import numpy as np
import torch

import scenes
from settings import RGB, SETTINGS as S

N, G = S.patch, S.grid


class Tokens:
    def __init__(self):
        self.count, self.factor, self.factors = 0, {}, []
        self.tile, self.tint = [], []  # by id: index into tiles; colour index or -1
        self.tiles = [np.zeros((N, N), np.float32)]
        self.plan_shape = [[self._new(0, -1, "plan", ("plan", c), ("a", v), ("shape", v), ("p", c, v)) for v in (None, *S.shapes)] for c in range(len(S.cells))]
        self.plan_colour = [[self._new(0, -1, "plan", ("tint", c), ("b", v), ("colour", v), ("q", c, v)) for v in (None, *S.colours)] for c in range(len(S.cells))]
        self.plan_length = 2 * len(S.cells)
        self.paper = np.array([[self._new(0, -1, "paper", ("row", r), ("column", c), ("paper", r, c), "paper") for c in range(G)] for r in range(G)])
        self.drawn = {}
        for k, cell in enumerate(S.cells):
            for shape in S.shapes:
                a = scenes.in_cell(shape, cell)
                spots = {}
                for r in range(cell.row, cell.row + cell.width):
                    for c in range(cell.column, cell.column + cell.width):
                        tile = np.round(a[r * N : r * N + N, c * N : c * N + N] * 64) / 64
                        if tile.mean() < 0.004:
                            continue
                        t = self._tile(tile)
                        spots[r, c] = [self._new(t, i, ("row", r), ("column", c), ("shape", shape), ("colour", colour), ("spot", k, shape, r, c)) for i, colour in enumerate(S.colours)]
                self.drawn[k, shape] = spots
        self.factors = torch.tensor(self.factors)
        # As inputs, shape tokens keep quiet about their colour: the plan has said it, and so a combination that
        # was never drawn in training goes in like any other.
        self.inputs = self.factors.clone()
        quiet = self.factor.setdefault("quiet", len(self.factor))
        spots = torch.tensor([t >= 0 for t in self.tint])
        self.inputs[spots, 3] = quiet
        self.tiles = np.stack(self.tiles)
        self.tile, self.tint = np.array(self.tile), np.array(self.tint)

    def _tile(self, tile):
        """The number of a tile; tiles that the eye cannot tell apart are one."""
        for i, known in enumerate(self.tiles):
            if np.abs(known - tile).mean() < 0.004:
                return i
        self.tiles.append(tile)
        return len(self.tiles) - 1

    def _new(self, tile, tint, *factors):
        self.factors.append([self.factor.setdefault(f, len(self.factor)) for f in factors])
        self.tile.append(tile)
        self.tint.append(tint)
        self.count += 1
        return self.count - 1

    def plan(self, things):
        """The first ids of row 0 for a lattice scene {cell: (shape, colour)}."""
        ids = []
        for k in range(len(S.cells)):
            shape, colour = things.get(k, (None, None))
            ids.append(self.plan_shape[k][0 if shape is None else 1 + S.shapes.index(shape)])
            ids.append(self.plan_colour[k][0 if colour is None else 1 + S.colours.index(colour)])
        return ids

    def encode(self, things):
        """All ids, [grid, grid]."""
        ids = self.paper.copy()
        ids[0, : self.plan_length] = self.plan(things)
        for k, (shape, colour) in things.items():
            i = S.colours.index(colour)
            for (r, c), choice in self.drawn[k, shape].items():
                ids[r, c] = choice[i]
        return ids

    def pixels(self, ids):
        """What ids look like exactly: float [grid*16, grid*16, 3], 0..255."""
        ids = np.asarray(ids).reshape(-1, ids.shape[-1])
        h, w = ids.shape
        a = self.tiles[self.tile[ids]][..., None]
        colours = np.array([RGB[c] for c in S.colours] + [(255, 255, 255)], np.float32)
        p = 255 + a * (colours[self.tint[ids]][:, :, None, None] - 255)
        return p.transpose(0, 2, 1, 3, 4).reshape(h * N, w * N, 3)

    def codebook(self):
        """Unit rows [count, code]: which colour, and the tile by its principal components."""
        flat = self.tiles.reshape(len(self.tiles), -1)
        n = S.code - len(S.colours)
        _, values, vectors = np.linalg.svd(flat - flat.mean(0), full_matrices=False)
        part = (flat - flat.mean(0)) @ vectors[:n].T / (values[:n] / len(flat) ** 0.5 + 0.15 * values[0] / len(flat) ** 0.5)
        part /= np.linalg.norm(part, axis=1).mean()
        rows = np.zeros((self.count, S.code), np.float32)
        rows[:, : part.shape[1]] = part[self.tile]
        coloured = self.tint >= 0
        rows[coloured, n + self.tint[coloured]] = 0.8
        # Exactly what a bf16 file holds, so twins stay twins.
        return torch.nn.functional.normalize(torch.from_numpy(rows), dim=-1).bfloat16().float()

    def structure(self):
        """A start for the language model's input table: what the factors mean, by factor, [factors, code]."""
        rows = np.zeros((len(self.factor), S.code), np.float32)
        rng = np.random.default_rng(3)
        turn = lambda v: [f(2 * np.pi * v * k / (2 * G)) for k in (1, 2, 5) for f in (np.sin, np.cos)]
        for f, i in self.factor.items():
            if not isinstance(f, tuple):
                rows[i, 31] = {"plan": 1, "paper": -1, "quiet": 0}[f]
            elif f[0] == "row":
                rows[i, 0:6] = turn(f[1])
            elif f[0] == "column":
                rows[i, 6:12] = turn(f[1])
            elif f[0] == "shape" and f[1]:
                rows[i, 12 + S.shapes.index(f[1])] = 1.5
            elif f[0] == "colour" and f[1]:
                rows[i, 18 + S.colours.index(f[1])] = 1.5
            elif f[0] in ("plan", "tint"):
                rows[i, 26 + f[1] % 5] = 1.5 if f[0] == "plan" else -1.5
            elif f[0] in ("a", "b"):
                rows[i] = rng.normal(0, 0.2, S.code)
            else:
                rows[i] = rng.normal(0, 0.15, S.code)
        return torch.from_numpy(rows)


TOKENS = Tokens()
