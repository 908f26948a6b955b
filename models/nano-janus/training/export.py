"""Writes the model folder: everything in the layout of Hugging Face transformers 5, weights in bf16.

    python export.py FOLDER [NAME]      (NAME: which state of the language model, "language" without)
"""

import json
import pathlib
import shutil
import sys

import torch
from safetensors.torch import save_file

import language
from common import WORK, load
from model import VQ, Janus, Vision
from settings import SETTINGS as S
from tokens import TOKENS

LARGEST = 15_000_000  # bytes in one file

TEMPLATE = (
    "{%- for m in messages -%}{%- set who = m['role'] | lower -%}{%- set ends = loop.last and not add_generation_prompt -%}"
    "{%- if who == 'user' -%}{{ '<|User|>: ' }}{%- elif who == 'assistant' -%}{{ '<|Assistant|>:' }}"
    "{%- if not (ends and m['content'][0]['type'] == 'text' and not m['content'][0]['text']) -%}{{ ' ' }}{%- endif -%}"
    "{%- else -%}{{ m['role'] | capitalize }}{{ ': ' }}{%- endif -%}{%- for item in m['content'] -%}"
    "{%- if item['type'] == 'image' -%}{{ ('' if loop.first else '\\n') + '<image_placeholder>' + ('' if loop.last else '\\n') }}"
    "{%- elif item['type'] == 'text' -%}{{ ' ' if loop.previtem is defined and loop.previtem['type'] == 'text' else '' }}"
    "{%- set t = item['text'].lstrip() if loop.first else item['text'] -%}{{ t.rstrip() if loop.last else t }}{%- endif -%}"
    "{%- endfor -%}{{ '' if ends else ('\\n\\n' if who == 'user' else eos_token) }}{%- endfor -%}"
    "{{ '<|Assistant|>:' if add_generation_prompt else '' }}"
)


def fold(janus, heads):
    """The aligner's first layer reads what a linear head tells of the tower's output: one layer in the file."""
    first, tell = janus.aligner.fc1, heads.tell
    one = torch.nn.Linear(tell.in_features, first.out_features)
    with torch.no_grad():
        one.weight.copy_(first.weight @ tell.weight)
        one.bias.copy_(first.weight @ tell.bias + first.bias)
    janus.aligner.fc1 = one


def tensors(vision, janus, vq):
    out = {f"model.vision_model.{k}": v for k, v in vision.state_dict().items()}
    for k, v in janus.state_dict().items():
        if not k.endswith("factors"):
            out[k if k.startswith("lm_head") else f"model.{k}"] = v
    out["model.generation_embeddings.weight"] = janus.generation_embeddings.rows()
    out["model.generation_head.vision_head.weight"] = janus.generation_head.vision_head.rows()
    out["model.generation_head.vision_head.bias"] = torch.zeros(TOKENS.count)
    out |= {f"model.vqmodel.{k}": v for k, v in vq.state_dict().items()}
    return {k: v.detach().to("cpu", torch.bfloat16, memory_format=torch.contiguous_format).contiguous().clone() for k, v in out.items()}


def config(ids):
    return {
        "architectures": ["JanusForConditionalGeneration"],
        "dtype": "bfloat16",
        "image_token_id": ids[language.PICTURE],
        "model_type": "janus",
        "text_config": {
            "attention_bias": False, "attention_dropout": 0.0, "bos_token_id": ids[language.BOS], "eos_token_id": ids[language.EOS],
            "head_dim": S.head, "hidden_act": "silu", "hidden_size": S.width, "initializer_range": 0.02, "intermediate_size": S.inner,
            "max_position_embeddings": 4096, "mlp_bias": False, "model_type": "llama", "num_attention_heads": S.width // S.head,
            "num_hidden_layers": S.layers, "num_key_value_heads": S.width // S.head, "pad_token_id": ids[language.PAD], "pretraining_tp": 1,
            "rms_norm_eps": 1e-06, "rope_parameters": {"rope_theta": 10000.0, "rope_type": "default"}, "tie_word_embeddings": False,
            "use_cache": True, "vocab_size": S.vocabulary,
        },
        "tie_word_embeddings": False,
        "transformers_version": "5.23.0",
        "vision_config": {
            "attention_bias": True, "attention_dropout": 0.0, "depth": 2, "hidden_act": "gelu", "hidden_dropout_rate": 0.0,
            "hidden_size": S.vision_width, "image_size": S.image, "initializer_range": 0.02, "layer_norm_eps": 1e-06, "mlp_ratio": 4.0,
            "model_type": "janus_vision_model", "num_attention_heads": S.vision_heads, "num_channels": 3, "num_hidden_layers": S.vision_layers,
            "num_image_tokens": S.grid**2, "patch_size": S.patch, "projection_dim": S.width, "projection_dropout": 0.0, "use_qk_norm": False,
        },
        "vq_config": {
            "base_channels": S.vq_base, "channel_multiplier": list(S.vq_multiplier), "double_latent": False, "dropout": 0.0, "embed_dim": S.code,
            "hidden_act": "gelu", "image_token_embed_dim": S.width, "in_channels": 3, "initializer_range": 0.02, "latent_channels": S.vq_latent,
            "model_type": "janus_vqgan", "num_embeddings": TOKENS.count, "num_hidden_layers": 2, "num_patches": S.grid, "num_res_blocks": S.vq_blocks,
            "out_channels": 3, "projection_dim": S.width,
        },
    }


def write(folder, vision, heads, janus, vq):
    fold(janus, heads)
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    for old in [*folder.glob("*.safetensors"), *folder.glob("*.safetensors.index.json")]:
        old.unlink()
    weights = tensors(vision, janus, vq)
    shards, size = [{}], 0
    for k in sorted(weights):
        n = weights[k].nbytes
        if size + n > LARGEST:
            shards.append({})
            size = 0
        shards[-1][k] = weights[k]
        size += n
    if len(shards) == 1:
        save_file(shards[0], folder / "model.safetensors", {"format": "pt"})
    else:
        names = [f"model-{i + 1:05}-of-{len(shards):05}.safetensors" for i in range(len(shards))]
        for name, shard in zip(names, shards):
            save_file(shard, folder / name, {"format": "pt"})
        put(folder / "model.safetensors.index.json", {
            "metadata": {"total_size": sum(w.nbytes for w in weights.values())},
            "weight_map": {k: name for name, shard in zip(names, shards) for k in shard},
        })
    for new in folder.glob("*.safetensors"):
        new.chmod(0o644)
    if (WORK / "tokenizer.json").resolve() != (folder / "tokenizer.json").resolve():
        shutil.copyfile(WORK / "tokenizer.json", folder / "tokenizer.json")
    ids = language.Words(folder / "tokenizer.json").id
    put(folder / "config.json", config(ids))
    put(folder / "generation_config.json", {
        "bos_token_id": ids[language.BOS], "eos_token_id": ids[language.EOS], "generation_kwargs": {"boi_token_id": ids[language.BOI]},
        "do_sample": True, "guidance_scale": S.guidance, "temperature": S.temperature, "pad_token_id": ids[language.PAD], "transformers_version": "5.23.0",
    })
    put(folder / "processor_config.json", {
        "image_processor": {
            "background_color": [127, 127, 127], "do_normalize": True, "do_pad": True, "do_rescale": True, "do_resize": True,
            "image_mean": [0.5, 0.5, 0.5], "image_processor_type": "JanusImageProcessor", "image_std": [0.5, 0.5, 0.5], "min_size": 14,
            "resample": 3, "rescale_factor": 0.00392156862745098, "size": {"height": S.image, "width": S.image},
        },
        "num_image_tokens": S.grid**2, "processor_class": "JanusProcessor", "use_default_system_prompt": True,
    })
    put(folder / "tokenizer_config.json", {
        "backend": "tokenizers", "boi_token": language.BOI, "bos_token": language.BOS, "clean_up_tokenization_spaces": False,
        "eoi_token": language.EOI, "eos_token": language.EOS, "extra_special_tokens": [], "image_token": language.PICTURE, "model_max_length": 4096,
        "pad_token": language.PAD, "padding_side": "left", "processor_class": "JanusProcessor", "tokenizer_class": "TokenizersBackend",
    })
    (folder / "chat_template.jinja").write_text(TEMPLATE + "\n")
    (folder / "known_words.txt").write_text("".join(w + "\n" for w in language.known_words()))


def put(path, value):
    path.write_text(json.dumps(value, indent=2, ensure_ascii=False) + "\n")


def averaged(module, groups, opt):
    """The averages that an optimiser keeps, put into the module."""
    with torch.no_grad():
        for p, mean in zip([p for ps, _, _ in groups for p in ps], opt["mean"]):
            p.copy_(mean)


def trained(language_name="language"):
    """(vision, heads, janus, vq): the newest state of every part; averaged weights where a stage has not ended."""
    import train_language
    import train_vision

    vision, heads, vq = Vision(S), train_vision.Heads(), VQ(S, TOKENS.codebook())
    janus = Janus(S, TOKENS.inputs, TOKENS.factors, train_vision.TOLD)
    state = load("vision-final") or load("vision")
    vision.load_state_dict(state["vision"])
    heads.load_state_dict(state["heads"])
    if "opt" in state:
        averaged(vision, train_vision.optimiser(vision, heads).groups, state["opt"])
    state = load(language_name + "-final") or load(language_name)
    janus.load_state_dict(state["model"])
    if "opt" in state:
        averaged(janus, train_language.groups_for(janus), state["opt"])
    if "tell" in state:
        heads.tell.load_state_dict(state["tell"])
    for name in ("vq-encoder", "vq-decoder"):
        state = load(name)
        if state:
            vq.load_state_dict(state["vq"])
            break
    return vision.eval(), heads.eval(), janus.eval(), vq.eval()


if __name__ == "__main__":
    write(*sys.argv[1:2], *trained(*sys.argv[2:3]))
