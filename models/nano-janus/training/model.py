"""The Janus model in plain PyTorch. Parameters carry the names that Hugging Face transformers gives them."""

import math

import torch
import torch.nn.functional as F
from torch import nn


def attend(q, k, v, mask=None, causal=False):
    """Attention; on a CPU the plain form trains faster than the fused one at these sizes."""
    if q.is_cuda or q.shape[2] == 1:
        return F.scaled_dot_product_attention(q, k, v, attn_mask=mask, is_causal=causal)
    a = (q * q.shape[-1] ** -0.5) @ k.mT
    if causal:
        a = a + torch.full(a.shape[-2:], -1e4, dtype=a.dtype).triu_(1 + a.shape[-1] - a.shape[-2])
    if mask is not None:
        a = a + mask
    return a.softmax(-1).to(v.dtype) @ v


# --- vision tower (SigLIP) -------------------------------------------------------------------------------------------


class VisionAttention(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.q_proj, self.k_proj, self.v_proj = (nn.Linear(width, width) for _ in range(3))
        self.projection_layer = nn.Linear(width, width)

    def forward(self, x):
        b, n, d = x.shape
        parts = (self.q_proj, self.k_proj, self.v_proj)
        x = F.linear(x, torch.cat([f.weight for f in parts]), torch.cat([f.bias for f in parts]))
        q, k, v = x.view(b, n, 3, self.heads, -1).permute(2, 0, 3, 1, 4)
        a = attend(q, k, v)
        return self.projection_layer(a.transpose(1, 2).reshape(b, n, d))


class VisionMLP(nn.Module):
    def __init__(self, width, inner):
        super().__init__()
        self.fc1, self.fc2 = nn.Linear(width, inner), nn.Linear(inner, width)

    def forward(self, x):
        return self.fc2(F.gelu(self.fc1(x)))


class VisionLayer(nn.Module):
    def __init__(self, width, heads, inner):
        super().__init__()
        self.layer_norm1, self.layer_norm2 = nn.LayerNorm(width, eps=1e-6), nn.LayerNorm(width, eps=1e-6)
        self.self_attn, self.mlp = VisionAttention(width, heads), VisionMLP(width, inner)

    def forward(self, x):
        x = x + self.self_attn(self.layer_norm1(x))
        return x + self.mlp(self.layer_norm2(x))


class Vision(nn.Module):
    def __init__(self, s):
        super().__init__()
        w = s.vision_width
        self.embeddings = nn.Module()
        self.embeddings.patch_embedding = nn.Conv2d(3, w, s.patch, s.patch)
        self.embeddings.position_embedding = nn.Embedding(s.grid**2, w)
        self.encoder = nn.Module()
        self.encoder.layers = nn.ModuleList(VisionLayer(w, s.vision_heads, 4 * w) for _ in range(s.vision_layers))
        self.post_layernorm = nn.LayerNorm(w, eps=1e-6)

    def forward(self, patches, keep=None, taps=()):
        """patches [B,n,3*patch*patch] in [-1,1], channels first; keep [B,n]: only these take part (a training shortcut); taps: also what these layers give."""
        e = self.embeddings
        place = e.position_embedding.weight if keep is None else e.position_embedding(keep)
        x = F.linear(patches, e.patch_embedding.weight.flatten(1), e.patch_embedding.bias) + place
        between = []
        for i, layer in enumerate(self.encoder.layers):
            x = layer(x)
            if i + 1 in taps:
                between.append(x)
        x = self.post_layernorm(x)
        return (x, *between) if taps else x


def cut(pixels, n):
    """Pixels [B,3,H,W] as patches [B,(H/n)*(W/n),3*n*n]."""
    b, _, h, w = pixels.shape
    return pixels.view(b, 3, h // n, n, w // n, n).permute(0, 2, 4, 1, 3, 5).reshape(b, -1, 3 * n * n)


# --- language model (Llama) ------------------------------------------------------------------------------------------


class RMSNorm(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(width))

    def forward(self, x):
        x = x.float()
        return x * torch.rsqrt(x.square().mean(-1, keepdim=True) + 1e-6) * self.weight


def rotary(positions, head, theta=10000.0):
    angle = positions.double()[..., None] * theta ** (-torch.arange(0, head, 2, device=positions.device).double() / head)
    angle = torch.cat((angle, angle), -1)
    return angle.cos().float(), angle.sin().float()


def rotate(x, cos, sin):
    a, b = x.float().chunk(2, -1)
    return x.float() * cos + torch.cat((-b, a), -1) * sin


class Attention(nn.Module):
    def __init__(self, width, head):
        super().__init__()
        self.head = head
        self.q_proj, self.k_proj, self.v_proj, self.o_proj = (nn.Linear(width, width, bias=False) for _ in range(4))

    def forward(self, x, cos, sin, mask, cache):
        b, n, d = x.shape
        x = F.linear(x, torch.cat([f.weight for f in (self.q_proj, self.k_proj, self.v_proj)]))
        q, k, v = x.view(b, n, 3, -1, self.head).permute(2, 0, 3, 1, 4)
        q, k = rotate(q, cos, sin).to(v.dtype), rotate(k, cos, sin).to(v.dtype)
        if cache is not None:
            k, v = cache.add(self, k, v)
        a = attend(q, k, v, mask, mask is None and n > 1)
        return self.o_proj(a.transpose(1, 2).reshape(b, n, d))


class MLP(nn.Module):
    def __init__(self, width, inner):
        super().__init__()
        self.gate_proj, self.up_proj = nn.Linear(width, inner, bias=False), nn.Linear(width, inner, bias=False)
        self.down_proj = nn.Linear(inner, width, bias=False)

    def forward(self, x):
        gate, up = F.linear(x, torch.cat((self.gate_proj.weight, self.up_proj.weight))).chunk(2, -1)
        return self.down_proj(F.silu(gate) * up)


class Layer(nn.Module):
    def __init__(self, width, head, inner):
        super().__init__()
        self.input_layernorm, self.post_attention_layernorm = RMSNorm(width), RMSNorm(width)
        self.self_attn, self.mlp = Attention(width, head), MLP(width, inner)

    def forward(self, x, cos, sin, mask=None, cache=None):
        x = x + self.self_attn(self.input_layernorm(x), cos, sin, mask, cache)
        return x + self.mlp(self.post_attention_layernorm(x))


class Cache:
    """Keys and values seen so far, by layer, in buffers of a fixed length."""

    def __init__(self, length):
        self.length, self.seen = length, {}

    def add(self, layer, k, v):
        if layer not in self.seen:
            b, h, _, d = k.shape
            self.seen[layer] = [k.new_empty(b, h, self.length, d), v.new_empty(b, h, self.length, d), 0]
        keys, values, n = self.seen[layer]
        m = n + k.shape[2]
        keys[:, :, n:m], values[:, :, n:m] = k, v
        self.seen[layer][2] = m
        return keys[:, :, :m], values[:, :, :m]


class Language(nn.Module):
    def __init__(self, s):
        super().__init__()
        self.head = s.head
        self.embed_tokens = nn.Embedding(s.vocabulary, s.width)
        self.layers = nn.ModuleList(Layer(s.width, s.head, s.inner) for _ in range(s.layers))
        self.norm = RMSNorm(s.width)

    def forward(self, x, positions, mask=None, cache=None):
        cos, sin = rotary(positions, self.head)
        if positions.dim() == 2:
            cos, sin = cos[:, None], sin[:, None]
        for layer in self.layers:
            x = layer(x, cos, sin, mask, cache)
        return self.norm(x)


class Projector(nn.Module):
    """fc1, GELU, one more layer: the aligner of looking and the aligner of drawing."""

    def __init__(self, n, width):
        super().__init__()
        self.fc1, self.hidden_layers = nn.Linear(n, width), nn.ModuleList([nn.Linear(width, width)])

    def forward(self, x):
        return self.hidden_layers[0](F.gelu(self.fc1(x)))


class Table(nn.Module):
    """Rows that are sums of factors while training; `rows()` multiplies them out."""

    def __init__(self, index, width, scale):
        super().__init__()
        self.register_buffer("index", index, persistent=False)
        self.factors = nn.Parameter(torch.randn(int(index.max()) + 1, width) * scale)

    def rows(self):
        return F.embedding_bag(self.index, self.factors, mode="sum")


class Janus(nn.Module):
    """The language model with everything that feeds it and reads it, but the vision tower and the VQ model."""

    def __init__(self, s, inputs, outputs, told=0):
        """`told`: while training, the aligner reads this many numbers that a linear head makes of what the tower sees."""
        super().__init__()
        self.language_model = Language(s)
        self.aligner = Projector(told or s.vision_width, s.width)
        self.generation_embeddings = Table(inputs, s.code, 0.3)
        self.generation_aligner = Projector(s.code, s.width)
        self.generation_head = nn.Module()
        self.generation_head.proj_out = nn.Linear(s.width, s.width)
        self.generation_head.vision_head = Table(outputs, s.width, 0.03)
        self.lm_head = nn.Linear(s.width, s.vocabulary, bias=False)
        nn.init.normal_(self.language_model.embed_tokens.weight, std=0.5)
        nn.init.normal_(self.lm_head.weight, std=0.02)
        for layer in self.language_model.layers:  # start as the identity
            nn.init.zeros_(layer.self_attn.o_proj.weight)
            nn.init.zeros_(layer.mlp.down_proj.weight)

    def words(self, ids):
        return self.language_model.embed_tokens(ids)

    def tokens(self, ids, rows=None):
        """Picture tokens as inputs."""
        rows = self.generation_embeddings.rows() if rows is None else rows
        return self.generation_aligner(F.embedding(ids, rows))

    def picture_logits(self, h, rows=None):
        rows = self.generation_head.vision_head.rows() if rows is None else rows
        return F.linear(F.gelu(self.generation_head.proj_out(h)), rows)


# --- VQ model --------------------------------------------------------------------------------------------------------


def group_norm(n):
    return nn.GroupNorm(32, n, eps=1e-6)


class ResBlock(nn.Module):
    def __init__(self, a, b):
        super().__init__()
        self.norm1, self.conv1 = group_norm(a), nn.Conv2d(a, b, 3, padding=1)
        self.norm2, self.conv2 = group_norm(b), nn.Conv2d(b, b, 3, padding=1)
        if a != b:
            self.nin_shortcut = nn.Conv2d(a, b, 1)
        nn.init.normal_(self.conv2.weight, std=1e-3)

    def forward(self, x):
        h = self.conv1(F.silu(self.norm1(x)))
        h = self.conv2(F.silu(self.norm2(h)))
        return (self.nin_shortcut(x) if hasattr(self, "nin_shortcut") else x) + h


class AttnBlock(nn.Module):
    """Part of the architecture; its output projection is zero here, so training leaves it out."""

    def __init__(self, n):
        super().__init__()
        self.norm = group_norm(n)
        self.q, self.k, self.v, self.proj_out = (nn.Conv2d(n, n, 1) for _ in range(4))
        nn.init.zeros_(self.proj_out.weight)
        nn.init.zeros_(self.proj_out.bias)
        for p in self.parameters():
            p.requires_grad_(False)

    def forward(self, x):
        return x


class Mid(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.block_1, self.attn_1, self.block_2 = ResBlock(n, n), AttnBlock(n), ResBlock(n, n)

    def forward(self, x):
        return self.block_2(self.attn_1(self.block_1(x)))


class Level(nn.Module):
    def __init__(self, a, b, blocks, attention, up=False, down=False):
        super().__init__()
        self.block = nn.ModuleList(ResBlock(a if i == 0 else b, b) for i in range(blocks))
        self.attn = nn.ModuleList(AttnBlock(b) for _ in range(blocks) if attention)
        if up:
            self.upsample = nn.Module()
            self.upsample.conv = nn.Conv2d(b, b, 3, padding=1)
        if down:
            self.downsample = nn.Module()
            self.downsample.conv = nn.Conv2d(b, b, 3, stride=2)

    def forward(self, x):
        for block in self.block:
            x = block(x)
        if hasattr(self, "upsample"):
            x = self.upsample.conv(F.interpolate(x, scale_factor=2.0, mode="nearest"))
        if hasattr(self, "downsample"):
            x = self.downsample.conv(F.pad(x, (0, 1, 0, 1)))
        return x


class Decoder(nn.Module):
    def __init__(self, s):
        super().__init__()
        widths = [s.vq_base * m for m in s.vq_multiplier][::-1]
        self.conv_in = nn.Conv2d(s.vq_latent, widths[0], 3, padding=1)
        self.mid = Mid(widths[0])
        before = [widths[0]] + widths[:-1]
        last = len(widths) - 1
        self.up = nn.ModuleList(Level(a, b, s.vq_blocks + 1, i == 0, up=i < last) for i, (a, b) in enumerate(zip(before, widths)))
        self.norm_out, self.conv_out = group_norm(widths[-1]), nn.Conv2d(widths[-1], 3, 3, padding=1)

    def forward(self, x):
        x = self.mid(self.conv_in(x))
        for level in self.up:
            x = level(x)
        return self.conv_out(F.silu(self.norm_out(x)))


class Encoder(nn.Module):
    def __init__(self, s):
        super().__init__()
        widths = [s.vq_base * m for m in s.vq_multiplier]
        self.conv_in = nn.Conv2d(3, s.vq_base, 3, padding=1)
        before = [s.vq_base] + widths[:-1]
        last = len(widths) - 1
        self.down = nn.ModuleList(Level(a, b, s.vq_blocks, i == last, down=i < last) for i, (a, b) in enumerate(zip(before, widths)))
        self.mid = Mid(widths[-1])
        self.norm_out, self.conv_out = group_norm(widths[-1]), nn.Conv2d(widths[-1], s.vq_latent, 3, padding=1)

    def forward(self, x):
        x = self.conv_in(x)
        for level in self.down:
            x = level(x)
        return self.conv_out(F.silu(self.norm_out(self.mid(x))))


class VQ(nn.Module):
    def __init__(self, s, codebook):
        super().__init__()
        self.encoder, self.decoder = Encoder(s), Decoder(s)
        self.quantize = nn.Module()
        self.quantize.embedding = nn.Embedding(*codebook.shape)
        self.quantize.embedding.weight = nn.Parameter(codebook.clone(), requires_grad=False)
        self.quant_conv = nn.Conv2d(s.vq_latent, s.code, 1)
        self.post_quant_conv = nn.Conv2d(s.code, s.vq_latent, 1)

    def decode(self, ids):
        """ids [B,h,w] -> pixels [B,3,16h,16w] in about [-1,1]."""
        rows = F.normalize(self.quantize.embedding.weight, dim=-1)
        return self.decoder(self.post_quant_conv(F.embedding(ids, rows).permute(0, 3, 1, 2)))

    def encode(self, pixels):
        """Latents before the nearest-row rule, [B,code,h,w]."""
        return self.quant_conv(self.encoder(pixels))


def sincos(grid, width):
    """2-D sine and cosine positions, [grid*grid, width]."""
    y, x = torch.meshgrid(torch.arange(grid).double(), torch.arange(grid).double(), indexing="ij")
    n = width // 4
    f = 10000 ** (-torch.arange(n).double() / n) * math.pi / 2
    parts = [g(v.reshape(-1, 1) * f) for v in (y, x) for g in (torch.sin, torch.cos)]
    return torch.cat(parts, 1).float()
