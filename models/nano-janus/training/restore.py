"""Makes checkpoints of a model folder, so that training goes on from shipped weights: export.py backwards.

    NANO_JANUS_WORK=FOLDER python restore.py MODEL_FOLDER [STEP]      (STEP: the language model's, to go on from)

Optimisers start anew. Tables are factored again by least squares; what the registers tell, which export.py folded into the aligner, is
fitted on pictures within the rows that the aligner still reads.
"""

import pathlib
import random
import shutil
import sys

import torch
from safetensors.torch import load_file

import train_vision
from common import WORK, half, save
from model import VQ, Janus, Vision
from settings import SETTINGS as S
from tokens import TOKENS


def factored(rows, index):
    """Factors [F, width] whose sums over `index` [N, k] come nearest to `rows` [N, width]; the smallest such."""
    sums = torch.zeros(len(rows), int(index.max()) + 1, dtype=torch.float64)
    sums.scatter_add_(1, index, torch.ones_like(index, dtype=torch.float64))
    factors = torch.linalg.lstsq(sums, rows.double(), driver="gelsd").solution
    print(f"table of {len(rows)}: largest difference {(sums @ factors - rows).abs().max():.4f} of {rows.abs().max():.2f}")
    return factors.float()


@torch.no_grad()
def telling(vision, read, pictures=160):
    """Two linear maps: what the tower sees to what registers should tell, and that to what `read` [width', width] makes of what it sees.

    Each as (weight, bias). The second is no inverse of the first: what is told comes in blocks that sum to one, so an inverse is not defined.
    """
    inside = torch.linalg.svd(read.double(), full_matrices=False)[2][: train_vision.TOLD]
    rng = random.Random(31)
    seen, goal, counts = [], [], []
    for _ in range(pictures // 8):
        b = train_vision.batch(rng, 8, 0, odd=0.0)
        with half():
            x = vision(train_vision.unit(b["patches"])).double()
        n = train_vision.REGISTERS
        rest = x[:, n:].reshape(-1, x.shape[-1])[::40]
        seen += [x[:, :n].reshape(-1, x.shape[-1]), rest]
        goal += [b["told"].double().reshape(-1, train_vision.TOLD), rest.new_zeros(len(rest), train_vision.TOLD)]
        counts += [b["counts"].double().reshape(-1, train_vision.TOLD), rest.new_ones(len(rest), train_vision.TOLD)]
    x, y, c = torch.cat(seen) @ inside.T, torch.cat(goal), torch.cat(counts)
    x = torch.cat((x, x.new_ones(len(x), 1)), 1)
    w = torch.stack([torch.linalg.lstsq(x * c[:, i : i + 1], y[:, i] * c[:, i], driver="gelsd").solution for i in range(train_vision.TOLD)])
    print(f"registers tell: mean square {((x @ w.T - y).square() * c).mean():.5f}")
    # As in training, what is told comes a little noisy: that also keeps the second map small where pictures say nothing.
    y = torch.where(c > 0, y, x @ w.T)
    loud = torch.cat([torch.cat((y + 0.04 * torch.randn(y.shape, generator=torch.Generator().manual_seed(8), dtype=y.dtype), y.new_ones(len(y), 1)), 1) for _ in range(8)])
    goal = x[:, :-1] @ inside @ read.T
    back = torch.linalg.lstsq(loud, goal.repeat(8, 1), driver="gelsd").solution.T
    miss = torch.cat((y, y.new_ones(len(y), 1)), 1) @ back.T - goal
    print(f"aligner reads them: mean square {miss.square().mean():.5f} of {goal.square().mean():.3f}")
    return (w[:, :-1] @ inside, w[:, -1]), (back[:, :-1], back[:, -1])


@torch.no_grad()
def main(folder, step=1):
    weights = {}
    for path in sorted(pathlib.Path(folder).glob("*.safetensors")):
        weights |= {k: v.float() for k, v in load_file(path).items()}
    WORK.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(pathlib.Path(folder) / "tokenizer.json", WORK / "tokenizer.json")
    part = lambda front: {k.removeprefix(front): v for k, v in weights.items() if k.startswith(front)}

    vision = Vision(S)
    vision.load_state_dict(part("model.vision_model."))
    vq = VQ(S, TOKENS.codebook())
    vq.load_state_dict(part("model.vqmodel."))
    for name in ("vq-decoder", "vq-encoder"):
        save(name, vq=vq.state_dict(), step=10**9)

    heads = train_vision.Heads()
    read = weights["model.aligner.fc1.weight"].double()
    (tell, bias), (first, offset) = telling(vision.eval(), read)
    heads.tell.weight.copy_(tell)
    heads.tell.bias.copy_(bias)
    save("vision-final", vision=vision.state_dict(), heads=heads.state_dict())

    janus = Janus(S, TOKENS.inputs, TOKENS.factors, train_vision.TOLD)
    state = {k.removeprefix("model."): v for k, v in weights.items() if not k.startswith(("model.vision_model.", "model.vqmodel."))}
    state["generation_embeddings.factors"] = factored(state.pop("generation_embeddings.weight"), TOKENS.inputs)
    state["generation_head.vision_head.factors"] = factored(state.pop("generation_head.vision_head.weight"), TOKENS.factors)
    del state["generation_head.vision_head.bias"]
    state["aligner.fc1.weight"] = first.float()
    state["aligner.fc1.bias"] = (state["aligner.fc1.bias"].double() + offset).float()
    janus.load_state_dict(state)
    save("language", model=janus.state_dict(), step=int(step))


if __name__ == "__main__":
    main(*sys.argv[1:])
