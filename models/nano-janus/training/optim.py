"""Muon for the hidden matrices, AdamW for everything else, and an average of the weights for judging."""

import torch


def orthogonal(g):
    """Newton-Schulz: the nearest matrix with equal singular values, roughly."""
    x = g.bfloat16()
    tall = x.shape[-2] > x.shape[-1]
    if tall:
        x = x.mT
    x = x / (x.norm(dim=(-2, -1), keepdim=True) + 1e-7)
    for _ in range(5):
        a = x @ x.mT
        x = 3.4445 * x + (-4.7750 * a + 2.0315 * a @ a) @ x
    return (x.mT if tall else x).to(g.dtype)


class Optimiser:
    """groups: (parameters, 'muon' or 'adam', rate). `step(scale)` multiplies every rate by `scale`."""

    def __init__(self, groups, momentum=0.95, betas=(0.9, 0.98), decay=0.0, average=0.0):
        self.groups, self.momentum, self.betas, self.decay = groups, momentum, betas, decay
        self.all = [p for g in groups for p in g[0]]
        self.m = {p: torch.zeros_like(p) for p in self.all}
        self.v = {p: torch.zeros_like(p) for ps, kind, _ in groups if kind == "adam" for p in ps}
        self.t = 0
        self.average = average
        self.mean = {p: p.detach().clone() for p in self.all} if average else {}

    @torch.no_grad()
    def step(self, scale=1.0):
        self.t += 1
        b1, b2 = self.betas
        by_shape = {}
        for params, kind, rate in self.groups:
            for p in params:
                if p.grad is None:
                    continue
                if kind == "muon":
                    m = self.m[p]
                    m.mul_(self.momentum).add_(p.grad)
                    u = p.grad.add(m, alpha=self.momentum)
                    by_shape.setdefault((tuple(u.reshape(len(u), -1).shape), rate), []).append((p, u))
                else:
                    m, v = self.m[p], self.v[p]
                    m.lerp_(p.grad, 1 - b1)
                    v.lerp_(p.grad * p.grad, 1 - b2)
                    h = (v / (1 - b2**self.t)).sqrt_().add_(1e-8)
                    p.addcdiv_(m, h, value=-rate * scale / (1 - b1**self.t))
        for (shape, rate), work in by_shape.items():
            u = orthogonal(torch.stack([u.reshape(shape) for _, u in work]))
            size = max(1.0, shape[0] / shape[1]) ** 0.5
            for (p, _), d in zip(work, u):
                p.mul_(1 - rate * scale * self.decay).add_(d.reshape(p.shape), alpha=-rate * scale * size)
        if self.average:
            w = min(self.average, 1 - 1 / (self.t + 1))
            for p, q in self.mean.items():
                q.lerp_(p, 1 - w)
        for p in self.all:
            p.grad = None

    def state(self):
        ps = self.all
        return {"t": self.t, "m": [self.m[p] for p in ps], "v": [self.v.get(p) for p in ps], "mean": [self.mean.get(p) for p in ps]}

    def restore(self, s):
        self.t = s["t"]
        with torch.no_grad():
            for p, m, v, a in zip(self.all, s["m"], s["v"], s["mean"]):
                self.m[p].copy_(m)
                if v is not None:
                    self.v[p].copy_(v)
                if a is not None and self.average:
                    self.mean[p].copy_(a)

    @torch.no_grad()
    def swap(self):
        """Exchanges the weights and their average (call again to go back)."""
        for p, q in self.mean.items():
            t = p.detach().clone()
            p.copy_(q)
            q.copy_(t)


def split(module, muon_rate, adam_rate, skip=()):
    """Hidden matrices and convolutions to Muon; tables, norms, biases, first and last layers (`skip`) to AdamW."""
    muon, adam = [], []
    for name, p in module.named_parameters():
        if not p.requires_grad:
            continue
        (muon if p.ndim >= 2 and not any(s in name for s in skip) else adam).append(p)
    return [(muon, "muon", muon_rate), (adam, "adam", adam_rate)]
