"""Shapes of Janus models that nobody tuned for. Each says only what differs from `plain`; `why` is the reason it is here.

text: hidden, layers, heads, kv_heads, head_dim, mlp, vocab (embedding rows; the tokenizer has fewer), theta, eps, tied
vision: width, layers, heads, patch, grid (patches a side; the picture is patch * grid, and `rest` pixels that no patch covers), ratio (MLP), eps
projectors: depth (layers of the aligner), draw_depth (of the drawing aligner)
vq: base, multipliers, blocks, latent, codebook, code_width
dtype: of the stored weights
"""

PLAIN = dict(
    hidden=64, layers=2, heads=4, kv_heads=4, head_dim=16, mlp=128, vocab=512, theta=10000.0, eps=1e-6, tied=False,
    width=64, vision_layers=2, vision_heads=4, patch=4, grid=4, ratio=2.0, vision_eps=1e-6,
    base=32, multipliers=[1, 1, 2], blocks=1, latent=32, codebook=64, code_width=8,
    depth=2, draw_depth=2, rest=0, dtype="bfloat16", why="every number a power of two",
)

SHAPES = {
    "plain": {},
    "grouped": dict(heads=6, kv_heads=2, head_dim=16, hidden=96, mlp=200, vocab=601, why="three query heads to a key head"),
    "one-key-head": dict(heads=5, kv_heads=1, head_dim=24, hidden=120, mlp=333, vocab=577, why="five to one, head size 24"),
    "wide-heads": dict(heads=2, kv_heads=2, head_dim=80, hidden=160, mlp=111, dtype="float32", why="head size 80, odd MLP, f32 weights"),
    "own-head-dim": dict(heads=3, kv_heads=3, head_dim=40, hidden=72, mlp=90, dtype="float16", why="heads * head_dim is not the width; f16 weights"),
    "odd-width": dict(hidden=76, heads=2, kv_heads=1, head_dim=38, mlp=101, vocab=523, why="widths that no vector divides"),
    "tied": dict(tied=True, vocab=539, why="no lm_head in the file"),
    "theta": dict(theta=500000.0, eps=1e-5, why="another rotary base and norm epsilon"),
    "vision-odd": dict(width=54, vision_heads=3, vision_layers=3, patch=8, grid=3, ratio=2.5, multipliers=[1, 2, 1, 2],
                       why="three heads of 18, an odd grid, an MLP of 135"),
    "vision-72": dict(width=144, vision_heads=2, patch=16, grid=2, ratio=3.0, multipliers=[1, 1, 1, 1, 2], hidden=48, heads=2, kv_heads=2, head_dim=24,
                      why="vision heads of 72 above a narrower model, five VQ levels"),
    "patch-14": dict(width=40, vision_heads=5, patch=14, grid=3, multipliers=[1, 2], why="the picture drawn is smaller than the picture seen"),
    "vq-deep": dict(multipliers=[1, 3, 2], blocks=3, latent=20, codebook=77, code_width=5, why="odd codebook and code, three residual blocks"),
    "vq-wide": dict(base=64, multipliers=[2, 1, 1], latent=48, codebook=300, code_width=12, grid=5, why="levels that narrow, 25 tokens"),
    "deep-projectors": dict(depth=4, draw_depth=3, why="aligners of four and three layers"),
    "flat-projectors": dict(depth=1, draw_depth=1, why="aligners of one layer"),
    "rest": dict(patch=7, grid=3, rest=5, why="pixels at the right and the bottom that no patch covers"),
    "one-layer": dict(layers=1, vision_layers=1, hidden=32, heads=1, kv_heads=1, head_dim=32, mlp=48, why="the least there can be"),
}

# The Janus-Pro-1B shape; layers can be cut by --layers to fit small machines.
FULL = dict(
    hidden=2048, layers=24, heads=16, kv_heads=16, head_dim=128, mlp=5632, vocab=102400, theta=10000.0, eps=1e-6, tied=False,
    width=1024, vision_layers=24, vision_heads=16, patch=16, grid=24, ratio=4.0, vision_eps=1e-6,
    base=128, multipliers=[1, 1, 2, 2, 4], blocks=2, latent=256, codebook=16384, code_width=8,
    depth=2, draw_depth=2, rest=0, dtype="bfloat16", why="Janus-Pro-1B",
)


def shape(name):
    return {**PLAIN, **(FULL if name == "full" else SHAPES[name])}


def random_shape(rng):
    """One that nobody chose: every number drawn, whatever still makes a model."""
    pick = lambda *of: of[int(rng.integers(len(of)))]
    number = lambda least, most: int(rng.integers(least, most + 1))
    kv_heads, head_dim, vision_heads, levels = number(1, 4), 2 * number(2, 70), number(1, 5), number(1, 5)
    heads = kv_heads * number(1, 4)
    patch, grid = number(2, 17), number(2, 6)
    return {**PLAIN, **dict(
        hidden=pick(heads * head_dim, heads * number(2, 40)), layers=number(1, 4), heads=heads, kv_heads=kv_heads, head_dim=head_dim, mlp=number(5, 400),
        vocab=number(500, 900), theta=pick(10000.0, 1000.0, 1e6, 12345.5), eps=pick(1e-6, 1e-5, 1e-8, 1e-3), tied=pick(False, False, False, True),
        width=vision_heads * number(3, 80), vision_layers=number(1, 4), vision_heads=vision_heads, patch=patch, grid=grid, ratio=pick(4.0, 2.0, 1.0, 2.7, 4.3),
        vision_eps=pick(1e-6, 1e-6, 1e-6, 1e-5), base=32 * number(1, 2), multipliers=[number(1, 3) for _ in range(levels)], blocks=number(1, 2), latent=32 * number(1, 2) // pick(1, 2),
        codebook=number(20, 1000), code_width=number(1, 17), depth=number(1, 3), draw_depth=number(1, 3), rest=pick(0, 0, number(1, patch - 1)),
        dtype=pick("bfloat16", "float16", "float32"), why="drawn by lot")}
