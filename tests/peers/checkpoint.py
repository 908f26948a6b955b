"""Random Janus checkpoints of any shape: the model with Hugging Face transformers, a small trained tokenizer, and the same weights
saved three ways: as transformers saves them, and with the original's names as sharded safetensors and as one pytorch_model.bin."""
import collections, json, math, os, re
import torch
from safetensors.torch import save_file
from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, processors, trainers
from transformers import JanusConfig, JanusForConditionalGeneration

BOS, EOS, PAD = "<｜begin▁of▁sentence｜>", "<｜end▁of▁sentence｜>", "<｜▁pad▁｜>"
BOI, EOI, PLACEHOLDER = "<begin_of_image>", "<end_of_image>", "<image_placeholder>"
SPECIALS = [BOS, EOS, PAD, BOI, EOI, PLACEHOLDER, "<|User|>", "<|Assistant|>"]

CORPUS = """A picture of a door in the rain, and a cat on the roof of the house. What is near the door? Draw a red star,
please. There are three ships; one of them is blue. The quick brown fox jumps over the lazy dog. How many birds are there
in the tree? It's 12:45 on the 3rd of May, 1998. Größe, façade, naïve, Ångström. Картина дождя. 一只猫在房子上。""" * 4


def make_tokenizer(rows):
    """A byte-level BPE with a pre-tokenizer of DeepSeek's kind; at most `rows` tokens, all 256 bytes among them."""
    t = Tokenizer(models.BPE())
    split = lambda pattern: pre_tokenizers.Split(Regex(pattern), "isolated")
    t.pre_tokenizer = pre_tokenizers.Sequence([
        split(r"[\r\n]"), split(r"\s?[A-Za-zµÀ-ÖØ-öø-ƺА-Яа-я]+"), split(r"\s?[!-/:-~！-／：-～‘-‟　-。]+"), split(r"\s+$"), split(r"[一-龥ࠀ-一가-퟿]+"),
        pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])
    t.decoder = decoders.ByteLevel()
    size = min(rows - len(SPECIALS) - 3, 480)  # fewer tokens than embedding rows, as published models have
    t.train_from_iterator([CORPUS], trainers.BpeTrainer(vocab_size=size, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False))
    t.add_special_tokens(SPECIALS)
    bos = t.token_to_id(BOS)
    t.post_processor = processors.TemplateProcessing(single=f"{BOS} $A", pair=f"{BOS} $A {BOS} $B", special_tokens=[(BOS, bos)])
    return t


def side_of(s):
    return s["patch"] * s["grid"] + s["rest"]


def make_config(s, tokenizer):
    ids = {name: tokenizer.token_to_id(name) for name in SPECIALS}
    return JanusConfig(
        image_token_id=ids[PLACEHOLDER], tie_word_embeddings=s["tied"],
        text_config=dict(model_type="llama", hidden_size=s["hidden"], num_hidden_layers=s["layers"], num_attention_heads=s["heads"],
                         num_key_value_heads=s["kv_heads"], head_dim=s["head_dim"], intermediate_size=s["mlp"], vocab_size=s["vocab"],
                         rope_parameters=dict(rope_theta=s["theta"], rope_type="default"), rms_norm_eps=s["eps"], max_position_embeddings=4096,
                         tie_word_embeddings=s["tied"], bos_token_id=ids[BOS], eos_token_id=ids[EOS], pad_token_id=ids[PAD]),
        vision_config=dict(hidden_size=s["width"], num_hidden_layers=s["vision_layers"], num_attention_heads=s["vision_heads"],
                           patch_size=s["patch"], image_size=side_of(s), depth=s["depth"], mlp_ratio=s["ratio"], layer_norm_eps=s["vision_eps"],
                           projection_dim=s["hidden"], num_image_tokens=s["grid"] ** 2, hidden_act="gelu"),
        vq_config=dict(num_hidden_layers=s["draw_depth"], base_channels=s["base"], channel_multiplier=s["multipliers"], num_res_blocks=s["blocks"], latent_channels=s["latent"],
                       embed_dim=s["code_width"], num_embeddings=s["codebook"], projection_dim=s["hidden"], image_token_embed_dim=s["hidden"]))


def make_model(s, config, seed):
    """Weights of a size that keeps every activation alive (gains near 1, rows of deviation 1/sqrt(inputs)), rounded to the stored type."""
    kind = getattr(torch, s["dtype"])
    torch.manual_seed(seed)
    before = torch.get_default_dtype()
    torch.set_default_dtype(torch.float32)
    model = JanusForConditionalGeneration(config).eval()
    torch.set_default_dtype(before)
    with torch.no_grad():
        for name, p in model.named_parameters():
            norm = re.search(r"norm", name.split(".")[-2]) is not None
            if name.endswith(".bias"):
                p.normal_(0, 0.1)
            elif norm:
                p.normal_(1, 0.2)
            elif "embed" in name.split(".")[-2] and p.dim() == 2:
                p.normal_(0, 1 if "position" not in name else 0.3)
            else:
                p.normal_(0, 1 / math.sqrt(p[0].numel()))
            p.copy_(p.to(kind).float())
        if s["tied"]:
            model.lm_head.weight = model.model.language_model.embed_tokens.weight
    return model


def write_json(folder, name, value):
    with open(os.path.join(folder, name), "w") as f:
        json.dump(value, f, indent=1, ensure_ascii=False)


def write_tokenizer(folder, tokenizer):
    tokenizer.save(os.path.join(folder, "tokenizer.json"))
    write_json(folder, "tokenizer_config.json", dict(tokenizer_class="LlamaTokenizer", bos_token=BOS, eos_token=EOS, pad_token=PAD,
                                                     clean_up_tokenization_spaces=False, model_max_length=4096))


def save_port(folder, s, model, tokenizer):
    os.makedirs(folder)
    kind = getattr(torch, s["dtype"])
    # Not model.to(kind) and back: that would round the rotary frequencies of the running model too.
    tensors = {name: tensor.detach().to(kind).contiguous() for name, tensor in model.state_dict().items() if not (s["tied"] and name == "lm_head.weight")}
    model.save_pretrained(folder, state_dict=tensors)
    with open(os.path.join(folder, "config.json")) as f:
        config = json.load(f)
    write_json(folder, "config.json", dict(config, dtype=s["dtype"]))
    write_tokenizer(folder, tokenizer)
    write_json(folder, "generation_config.json", dict(
        bos_token_id=tokenizer.token_to_id(BOS), eos_token_id=tokenizer.token_to_id(EOS), pad_token_id=tokenizer.token_to_id(PAD),
        guidance_scale=5.0, generation_kwargs=dict(boi_token_id=tokenizer.token_to_id(BOI))))
    side = side_of(s)
    write_json(folder, "processor_config.json", dict(
        image_processor=dict(background_color=[127, 127, 127], do_normalize=True, do_pad=True, do_rescale=True, do_resize=True,
                             image_mean=[0.5] * 3, image_std=[0.5] * 3, image_processor_type="JanusImageProcessor", min_size=14, resample=3,
                             rescale_factor=1 / 255, size=dict(height=side, width=side)),
        num_image_tokens=s["grid"] ** 2, processor_class="JanusProcessor", use_default_system_prompt=True))


RENAMES = [  # port -> original, tried in order
    (r"^lm_head\.", "language_model.lm_head."),
    (r"^model\.language_model\.", "language_model.model."),
    (r"^model\.vision_model\.embeddings\.position_embedding\.weight$", "vision_model.vision_tower.pos_embed"),
    (r"^model\.vision_model\.embeddings\.patch_embedding\.", "vision_model.vision_tower.patch_embed.proj."),
    (r"^model\.vision_model\.post_layernorm\.", "vision_model.vision_tower.norm."),
    (r"^model\.vision_model\.encoder\.layers\.(\d+)\.layer_norm([12])\.", r"vision_model.vision_tower.blocks.\1.norm\2."),
    (r"^model\.vision_model\.encoder\.layers\.(\d+)\.self_attn\.projection_layer\.", r"vision_model.vision_tower.blocks.\1.attn.proj."),
    (r"^model\.vision_model\.encoder\.layers\.(\d+)\.mlp\.", r"vision_model.vision_tower.blocks.\1.mlp."),
    (r"^model\.aligner\.fc1\.", "aligner.layers.0."),
    (r"^model\.aligner\.hidden_layers\.(\d+)\.", lambda m: f"aligner.layers.{2 * int(m[1]) + 2}."),
    (r"^model\.generation_embeddings\.", "gen_embed."),
    (r"^model\.generation_aligner\.fc1\.", "gen_aligner.layers.0."),
    (r"^model\.generation_aligner\.hidden_layers\.(\d+)\.", lambda m: f"gen_aligner.layers.{2 * int(m[1]) + 2}."),
    (r"^model\.generation_head\.proj_out\.", "gen_head.output_mlp_projector."),
    (r"^model\.generation_head\.vision_head\.", "gen_head.vision_head."),
    (r"^model\.vqmodel\.encoder\.down\.(\d+)\.block\.", r"gen_vision_model.encoder.conv_blocks.\1.res."),
    (r"^model\.vqmodel\.encoder\.down\.", "gen_vision_model.encoder.conv_blocks."),
    (r"^model\.vqmodel\.decoder\.up\.(\d+)\.block\.", r"gen_vision_model.decoder.conv_blocks.\1.res."),
    (r"^model\.vqmodel\.decoder\.up\.", "gen_vision_model.decoder.conv_blocks."),
    (r"^model\.vqmodel\.(encoder|decoder)\.mid\.block_1\.", r"gen_vision_model.\1.mid.0."),
    (r"^model\.vqmodel\.(encoder|decoder)\.mid\.attn_1\.", r"gen_vision_model.\1.mid.1."),
    (r"^model\.vqmodel\.(encoder|decoder)\.mid\.block_2\.", r"gen_vision_model.\1.mid.2."),
    (r"^model\.vqmodel\.", "gen_vision_model."),
]


def original_names(s, model):
    kind, out, parts = getattr(torch, s["dtype"]), collections.OrderedDict(), collections.defaultdict(dict)
    for name, tensor in model.state_dict().items():
        tensor = tensor.detach().to(kind)
        split = re.match(r"^model\.vision_model\.encoder\.layers\.(\d+)\.self_attn\.([qkv])_proj\.(weight|bias)$", name)
        if split:  # three of the port are one of the original: q, then k, then v
            whole = parts[split[1], split[3]]
            whole[split[2]] = tensor
            if len(whole) == 3:
                out[f"vision_model.vision_tower.blocks.{split[1]}.attn.qkv.{split[3]}"] = torch.cat([whole[k] for k in "qkv"])
            continue
        for pattern, replacement in RENAMES:
            renamed, count = re.subn(pattern, replacement, name)
            if count:
                out[renamed] = tensor.unsqueeze(0) if renamed.endswith("pos_embed") else tensor
                break
        else:
            raise SystemExit(f"no original name for {name}")
    width = s["width"]  # what the published files hold and the published code never uses
    out["vision_model.vision_tower.attn_pool.latent"] = torch.zeros(1, 1, width, dtype=kind)
    out["vision_model.vision_tower.attn_pool.kv.weight"] = torch.zeros(2 * width, width, dtype=kind)
    out["gen_vision_model.quantize.codebook_used"] = torch.zeros(64, dtype=kind)
    return collections.OrderedDict((k, v.contiguous()) for k, v in out.items())


def save_original(folder, s, tensors, tokenizer, container):
    os.makedirs(folder)
    side, hidden = side_of(s), s["hidden"]
    projector = dict(n_embed=hidden, projector_type="mlp_gelu")
    write_json(folder, "config.json", dict(
        architectures=["MultiModalityCausalLM"], model_type="multi_modality", torch_dtype=s["dtype"],
        vision_config=dict(cls="CLIPVisionTower", model_type="vision", params=dict(
            image_size=side, model_name="siglip_peer_test", select_feature="same", select_layer=-1, width=s["width"], layers=s["vision_layers"],
            heads=s["vision_heads"], patch_size=s["patch"], mlp_ratio=s["ratio"])),
        aligner_config=dict(cls="MlpProjector", model_type="aligner", params=dict(projector, depth=s["depth"], input_dim=s["width"])),
        gen_vision_config=dict(cls="VQ-16", model_type="gen_vision", params=dict(image_token_size=s["codebook"], n_embed=s["code_width"])),
        gen_aligner_config=dict(cls="MlpProjector", model_type="gen_aligner", params=dict(projector, depth=s["draw_depth"], input_dim=s["code_width"])),
        gen_head_config=dict(cls="vision_head", model_type="gen_head", params=dict(image_token_embed=hidden, image_token_size=s["codebook"], n_embed=hidden)),
        language_config=dict(model_type="llama", hidden_size=hidden, intermediate_size=s["mlp"], num_attention_heads=s["heads"], head_dim=s["head_dim"],
                             num_key_value_heads=s["kv_heads"], num_hidden_layers=s["layers"], vocab_size=s["vocab"], rms_norm_eps=s["eps"],
                             rope_theta=s["theta"], max_position_embeddings=4096, torch_dtype=s["dtype"])))
    write_json(folder, "preprocessor_config.json", dict(
        background_color=[127, 127, 127], do_normalize=True, image_mean=[0.5] * 3, image_std=[0.5] * 3, image_processor_type="VLMImageProcessor",
        image_size=side, min_size=14, processor_class="VLChatProcessor", rescale_factor=1 / 255))
    write_json(folder, "processor_config.json", dict(add_special_token=False, ignore_id=-100, image_tag=PLACEHOLDER, mask_prompt=True,
                                                     num_image_tokens=s["grid"] ** 2, processor_class="VLChatProcessor", sft_format="deepseek"))
    write_json(folder, "special_tokens_map.json", dict(bos_token=BOS, eos_token=EOS, pad_token=PAD,
                                                       additional_special_tokens=[PLACEHOLDER, "<|User|>", "<|Assistant|>"]))
    write_tokenizer(folder, tokenizer)
    if container == "bin":
        torch.save(tensors, os.path.join(folder, "pytorch_model.bin"))
        return
    names, half = list(tensors), len(tensors) // 2
    files = {"model-00001-of-00002.safetensors": names[:half], "model-00002-of-00002.safetensors": names[half:]}
    for file, some in files.items():
        save_file({n: tensors[n] for n in some}, os.path.join(folder, file), metadata=dict(format="pt"))
    write_json(folder, "model.safetensors.index.json", dict(metadata={}, weight_map={n: f for f, some in files.items() for n in some}))
