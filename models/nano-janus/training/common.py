"""What every stage shares: device, checkpoints, logs, learning-rate schedule."""

import json
import os
import pathlib
import time

import torch

WORK = pathlib.Path(os.environ.get("NANO_JANUS_WORK", "work"))  # checkpoints and logs, outside git
DEVICE = torch.device("cuda" if torch.cuda.is_available() else "cpu")


def half():
    return torch.autocast(DEVICE.type, torch.bfloat16)


def schedule(step, steps, warm=100, decay=0.35):
    """Warm up, stay, then fall linearly to zero over the last part."""
    return min(1.0, (step + 1) / warm, (steps - step) / (steps * decay))


def save(name, **state):
    WORK.mkdir(parents=True, exist_ok=True)
    path = WORK / f"{name}.pt"
    torch.save(state, path.with_suffix(".tmp"))
    path.with_suffix(".tmp").rename(path)


def load(name):
    path = WORK / f"{name}.pt"
    return torch.load(path, map_location=DEVICE, weights_only=False) if path.exists() else None


class Log:
    """Means of named numbers between prints; one JSON line per print, kept for the curves."""

    def __init__(self, name):
        WORK.mkdir(parents=True, exist_ok=True)
        self.path, self.sums, self.start, self.cpu = WORK / f"{name}.jsonl", {}, time.time(), time.process_time()

    def add(self, **numbers):
        for k, v in numbers.items():
            s = self.sums.setdefault(k, [0.0, 0])
            s[0] += float(v)
            s[1] += 1

    def print(self, step, **more):
        line = {"step": step, "seconds": round(time.time() - self.start), "cpu": round(time.process_time() - self.cpu)}
        line |= {k: round(s / n, 5) for k, (s, n) in self.sums.items()} | more
        self.sums = {}
        with open(self.path, "a") as f:
            f.write(json.dumps(line) + "\n")
        print(json.dumps(line), flush=True)
