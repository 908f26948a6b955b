"""Loads the model folder with Hugging Face transformers, draws one picture and describes one.

    python check_transformers.py FOLDER [PROMPT] [OUT.png]
"""

import pathlib
import sys

import numpy as np
import torch
from PIL import Image
from transformers import AutoTokenizer, GenerationConfig, JanusForConditionalGeneration, JanusProcessor

FOLDER = sys.argv[1]
PROMPT = sys.argv[2] if len(sys.argv) > 2 else "a red star and a blue circle"
OUT = sys.argv[3] if len(sys.argv) > 3 else None
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[3] / "tests" / "quality"))
import judge
import world


def main():
    model, report = JanusForConditionalGeneration.from_pretrained(FOLDER, dtype=torch.float32, output_loading_info=True)
    faults = {k: v for k, v in report.items() if v}
    print("parameters", sum(p.numel() for p in model.parameters()), "loading faults", faults or "none")
    processor = JanusProcessor.from_pretrained(FOLDER)
    assert isinstance(model.generation_config, GenerationConfig)

    picture, _ = world.scene(__import__("random").Random(3), [("star", "yellow"), ("square", "blue")], 500, 400)
    chat = [{"role": "user", "content": [{"type": "image", "image": Image.fromarray(picture)}, {"type": "text", "text": "Describe the picture."}]}]
    text = processor.apply_chat_template(chat, add_generation_prompt=True)
    inputs = processor(text=text, images=[Image.fromarray(picture)], generation_mode="text", return_tensors="pt")
    out = model.generate(**inputs, generation_mode="text", max_new_tokens=20, do_sample=False)
    said = processor.decode(out[0, inputs["input_ids"].shape[1] :], skip_special_tokens=True)
    print("caption of a yellow star and a blue square:", said.strip())

    chat = [{"role": "user", "content": [{"type": "text", "text": PROMPT}]}]
    text = processor.apply_chat_template(chat, add_generation_prompt=True)
    inputs = processor(text=text, generation_mode="image", return_tensors="pt")
    print("prompt ids", inputs["input_ids"].tolist())
    torch.manual_seed(0)
    ids = model.generate(**inputs, generation_mode="image", do_sample=True, top_k=0)
    decoded = model.decode_image_tokens(ids)
    shown = decoded[0].permute(1, 2, 0) if decoded.shape[1] == 3 else decoded[0]
    image = Image.fromarray(((shown.float() + 1) * 127.5).clamp(0, 255).byte().numpy())
    print(PROMPT, "->", judge.told(judge.see(np.asarray(image))))
    if OUT:
        image.save(OUT)
    return model, ids


def compare(model, ids):
    """Hidden states, logits and pixels of the training code beside those of transformers, on the exported weights."""
    from safetensors.torch import load_file

    import language
    from model import VQ, Janus, Vision, cut
    from settings import SETTINGS as S
    from tokens import TOKENS

    weights = {}
    for f in pathlib.Path(FOLDER).glob("*.safetensors"):
        weights |= {k: v.float() for k, v in load_file(f).items()}
    part = lambda p: {k[len(p) :]: v for k, v in weights.items() if k.startswith(p)}
    vision, vq, janus = Vision(S), VQ(S, TOKENS.codebook()), Janus(S, TOKENS.inputs, TOKENS.factors)
    vision.load_state_dict(part("model.vision_model."))
    vq.load_state_dict(part("model.vqmodel."))
    mine = part("model.") | {"lm_head.weight": weights["lm_head.weight"]}
    rest = janus.load_state_dict({k: v for k, v in mine.items() if k in janus.state_dict()}, strict=False)
    assert all(k.endswith("factors") for k in rest.missing_keys), rest
    words = language.Words(pathlib.Path(FOLDER) / "tokenizer.json")
    theirs = AutoTokenizer.from_pretrained(FOLDER)
    with torch.no_grad():
        x = torch.rand(1, 3, S.image, S.image) * 2 - 1
        a, b = vision(cut(x, S.patch)), model.model.vision_model(x).last_hidden_state
        print("vision          ", (a - b).abs().max().item(), "of", b.abs().max().item())
        a, b = janus.aligner(a), model.model.aligner(b)
        print("aligner         ", (a - b).abs().max().item(), "of", b.abs().max().item())
        prompt = words.draw(PROMPT)
        want = theirs(f"<|User|>: {PROMPT}\n\n<|Assistant|>:<begin_of_image>")["input_ids"]
        assert prompt == want, (prompt, want)
        table = weights["model.generation_embeddings.weight"]
        head = weights["model.generation_head.vision_head.weight"]
        e = torch.cat((janus.words(torch.tensor([prompt])), janus.tokens(ids[:, :-1].long(), table)), 1)
        a = janus.language_model(e, torch.arange(e.shape[1]))
        b = model.model.language_model(inputs_embeds=e).last_hidden_state
        print("language model  ", (a - b).abs().max().item(), "of", b.abs().max().item())
        a, b = janus.picture_logits(a, head), model.model.generation_head(b)
        print("picture logits  ", (a - b).abs().max().item(), "of", b.abs().max().item())
        a = vq.decode(ids.view(1, S.grid, S.grid).long())
        b = model.decode_image_tokens(ids)
        b = b.permute(0, 3, 1, 2) if b.shape[-1] == 3 else b
        print("pixels          ", (a - b).abs().max().item(), "of", b.abs().max().item())
        a = vq.encode(x)
        b = model.model.vqmodel.quant_conv(model.model.vqmodel.encoder(x))
        print("encoder latents ", (a - b).abs().max().item(), "of", b.abs().max().item())


if __name__ == "__main__":
    compare(*main())
