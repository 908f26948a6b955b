"""Makes the tokenizers of this folder and what the tokenizers library answers to them (needed only to make them again).

    python make.py        # needs: pip install tokenizers (made with 0.23.3)

NAME.json: {"tokenizer": tokenizer.json, "encode": [...], "decode": [...]}, where "ids" has special strings as plain text, "special" parsed
(where that differs). Long texts are given as [text, times], their ids as [count, hash].
variants.json: changes ("patch") to one tokenizer, each with [count, hash] of the ids of all "texts", special strings plain, then parsed.
The vocabularies are trained here on the few lines below.
"""
import json
import pathlib
import random

from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers

HERE = pathlib.Path(__file__).parent
PAGE = """The quick brown fox jumps over the lazy dog. The dog sleeps; the fox doesn't. I'll say it's 12 or 345 times, we've
counted: 1,234.56 and 2024-11-22. def area(width, height):\n    return width * height  # square units\n\n\tfor i in range(10):
        print(f"{i}: {area(i, i + 1)}")\r\nZwölf Boxkämpfer jagen Viktor quer über den großen Sylter Deich. Führer, Straße, naïve façade.
Съешь же ещё этих мягких французских булок, да выпей чаю. 你好，世界！今天天气很好。在回答时，请注意以下几点。日本語のテキストとカタカナ。
한국어 문장입니다. Việt Nam có nhiều cảnh đẹp. Ελληνικά κείμενο. שלום עולם. مرحبا بالعالم. हिन्दी पाठ। ไทย 🙂👍🏽 👨‍👩‍👧 ½ ² Ⅷ ① … — “quotes” ‘single’
a red star, a blue square and two green circles; the thing that the others think is there; then there they are."""
# The cased letters of DeepSeek-LLM's second step, as code points (some would change under Unicode normalisation in a source file).
LETTERS = [0x41, 0x5A, 0x61, 0x7A, 0xB5, 0xB5, 0xC0, 0xD6, 0xD8, 0xF6, 0xF8, 0x1BA, 0x1BC, 0x1BF, 0x1C4, 0x293, 0x370, 0x373, 0x376, 0x377,
           0x37F, 0x37F, 0x386, 0x386, 0x388, 0x38A, 0x38E, 0x3A1, 0x3A3, 0x3F5, 0x3F7, 0x481, 0x48A, 0x52F, 0x1E00, 0x1F15, 0x1F18, 0x1F1D,
           0x1F20, 0x1F45, 0x1F5F, 0x1F7D, 0x1FBE, 0x1FBE, 0x2126, 0x2126, 0x212A, 0x212D, 0xFF21, 0xFF3A, 0x10400, 0x1044F]
LETTER_CLASS = "".join(chr(a) if a == b else chr(a) + "-" + chr(b) for a, b in zip(LETTERS[::2], LETTERS[1::2]))
QWEN = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
LLAMA = QWEN.replace(r"|\p{N}|", r"|\p{N}{1,3}|")
V3 = [r"\p{N}{1,3}", "[一-龥぀-ゟ゠-ヿ]+",
      r"""[!"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+| ?[\p{P}\p{S}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"""]
LLM = ["[\r\n]", r"\s?[" + LETTER_CLASS + "]+", r"\s?[!-/:-~！-／：-～‘-‟　-。]+", r"\s+$", "[一-龥ࠀ-一가-퟿]+"]
KIMI = (r"[\p{Han}]+|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}&&[^\p{Han}]]*[\p{Ll}\p{Lm}\p{Lo}\p{M}&&[^\p{Han}]]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
        r"|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}&&[^\p{Han}]]+[\p{Ll}\p{Lm}\p{Lo}\p{M}&&[^\p{Han}]]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
        r"|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+")
POSSESSIVE = (r"'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}++|\p{N}{1,3}+| ?[^\s\p{L}\p{N}]++[\r\n]*+|\s++$|\s*[\r\n]|\s+(?!\S)|\s")
SPECIAL = ["<｜begin▁of▁sentence｜>", "<｜end▁of▁sentence｜>", "<begin_of_image>", "<image_placeholder>"]
ORDINARY = ["<think>", "</think>", "<|User|>"]
THIRTEEN = list("øöúÿõ÷ûýÀùÁþü")  # letters that byte-level spelling gives to bytes UTF-8 never has

FIXED = ["", " ", "  ", "\n", "\r\n", "\t", "a", "The quick brown fox.", "I'LL say it'S don't WE'VE 'tis 'ſ", "  leading and trailing  ",
         "12 345 6789 ½ ² Ⅷ ① ٣٤ १२", "a\n\n\n b \n \n5     7", "Führer für Öl, À la carte ÿ þorn", "你好，世界！12日本語カタカナ한국어", "🙂👍🏽 👨‍👩‍👧 ❤️",
         "e\u0301 e\u0323\u0301 a\u0308 \u1100\u1161\u11a8 \uac01 \u2126 \u212b \ufb01 \u0958 \u0344", "\u0000 \u0001\u007f\u0080\u00ad\u200b\u200d\u2028\u2029\ufeff",
         "\u180e \u1680x\u3000y\u00a0z\u0085w\u202f\u205f", "<｜begin▁of▁sentence｜>hi<｜end▁of▁sentence｜>", "<think>so</think> <|User|>x<begin_of_image><image_placeholder>",
         "<think><think ></think", "x<｜begin▁of▁sentence｜ü｜>", "    return width * height  # square\n\n\tx", "!!!...???\r\n\r\n--==", "ALLCAPS CamelCase snake_case kebab-case",
         "٠١٢ ไทย हिन्दी שלום مرحبا", "\U0002ebf0\U000323af\U0001f8d6\U00011de9\U00011f50\U0001e4d0 5", "\ud7a4\ufffd\U0010ffff\U000e0001", "x" * 60, "ab" * 70, " " * 50 + "5", "a" * 200]
LONG = [["the cat ", 13000], ["x", 100000], [" ", 3000], ["\n ", 20000], ["你好", 16000], ["1", 50000], ["aA", 20000]]


def random_texts(seed, count):
    r = random.Random(seed)
    words = PAGE.split() + ["\n", "\n\n", "  ", "\t", "'s", "I'll"] + SPECIAL + ORDINARY + THIRTEEN

    def piece():
        k = r.random()
        if k < 0.4:
            return r.choice(words)
        if k < 0.6:
            return chr(r.randrange(32, 127))
        if k < 0.7:
            return " "
        if k < 0.8:
            return chr(r.randrange(0xA0, 0x600))
        return chr(r.choice([r.randrange(0x600, 0xD800), r.randrange(0xE000, 0x32000)]))

    return ["".join(piece() for _ in range(r.randrange(1, 30))) for _ in range(count)]


def hashed(ids):
    h = 14695981039346656037
    for i in ids:
        h = ((h ^ i) * 1099511628211) % 2**64
    return [len(ids), format(h, "016x")]


def answers(config, texts, long_texts, decode_seed, decode_count):
    library = Tokenizer.from_str(json.dumps(config))
    encode = []
    for text in texts + long_texts:
        both = []
        for plain in (True, False):
            library.encode_special_tokens = plain
            whole = text if isinstance(text, str) else text[0] * text[1]
            ids = library.encode(whole, add_special_tokens=False).ids
            both.append(ids if isinstance(text, str) else hashed(ids))
        encode.append({"text": text, "ids": both[0]} | ({"special": both[1]} if both[0] != both[1] else {}))
    r = random.Random(decode_seed)
    letters = {t["id"] for t in config["added_tokens"] if t["content"] in THIRTEEN}  # the library decodes these to U+FFFD
    usable = [i for i in range(library.get_vocab_size() + 3) if i not in letters]
    decode = []
    for _ in range(decode_count):
        ids = [r.choice(usable) for _ in range(r.randrange(1, 12))]
        decode.append({"ids": ids, "text": library.decode(ids, skip_special_tokens=False), "skipped": library.decode(ids, skip_special_tokens=True)})
    return {"encode": encode, "decode": decode}


def split(pattern, behavior="isolated", invert=False, string=False):
    return pre_tokenizers.Split(pattern if string else Regex(pattern), behavior, invert)


def train(steps, added, size=400, normalizer=None):
    tokenizer = Tokenizer(models.BPE())
    tokenizer.normalizer = normalizer
    tokenizer.pre_tokenizer = steps[0] if len(steps) == 1 else pre_tokenizers.Sequence(steps)
    tokenizer.decoder = decoders.ByteLevel()
    alphabet = sorted(set(pre_tokenizers.ByteLevel.alphabet()) - set(THIRTEEN)) if THIRTEEN[0] in [t.content for t in added] else pre_tokenizers.ByteLevel.alphabet()
    tokenizer.train_from_iterator([PAGE], trainers.BpeTrainer(vocab_size=size, initial_alphabet=alphabet, show_progress=False))
    config = json.loads(tokenizer.to_str())
    config["model"]["vocab"] = dict(sorted(config["model"]["vocab"].items(), key=lambda item: item[1]))
    first = len(config["model"]["vocab"])
    config["added_tokens"] = [{"id": first + i, "content": t.content, "single_word": t.single_word, "lstrip": t.lstrip, "rstrip": t.rstrip,
                               "normalized": t.normalized, "special": t.special} for i, t in enumerate(added)]
    return config


def write(name, value):
    (HERE / name).write_text(json.dumps(value, ensure_ascii=True, separators=(",", ":")).replace('{"text":', '\n{"text":').replace('{"ids":', '\n{"ids":').replace('{"patch":', '\n{"patch":') + "\n")


def main():
    byte_level = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    special = [AddedToken(t, special=True, normalized=False) for t in SPECIAL]
    ordinary = [AddedToken(t, special=False, normalized=False) for t in ORDINARY]
    letters = [AddedToken(t, special=False, normalized=True) for t in THIRTEEN]
    sets = {
        "deepseek-llm": train([split(p) for p in LLM] + [pre_tokenizers.Digits(individual_digits=True), byte_level], special + letters),
        "deepseek-v3": train([split(p) for p in V3] + [byte_level], special + ordinary),
        "qwen2": train([split(QWEN), byte_level], special + ordinary, normalizer=normalizers.NFC()),
        "llama3": train([split(LLAMA), byte_level], special + ordinary),
        "gpt2": train([pre_tokenizers.ByteLevel(add_prefix_space=True, use_regex=True)], [AddedToken("<|endoftext|>", special=True, normalized=False)]),
    }
    llama = sets["llama3"]["model"]
    llama["ignore_merges"] = True  # with words that no merge makes
    for word in ["Ġsquare", "quarters", "Ġåħ"]:
        if word not in llama["vocab"]:
            llama["vocab"][word] = len(llama["vocab"])
    for i, token in enumerate(sets["llama3"]["added_tokens"]):
        token["id"] = len(llama["vocab"]) + i
    sets["qwen2"]["model"]["merges"] = [" ".join(m) for m in sets["qwen2"]["model"]["merges"]]
    for seed, (name, config) in enumerate(sets.items()):
        write(name + ".json", {"tokenizer": config} | answers(config, FIXED + random_texts(seed, 60), LONG, seed, 60))

    base = sets["llama3"]
    base["model"]["ignore_merges"] = False
    texts = FIXED[:12] + ["foo bar foo_bar Foo", "aXbXXcX", "XXaX X", "aeiou bcd xyz fff ffa", "a\nb\r\nc\n\n", "12 1234 a1b22 0xFF", "STRASSE straße STRAẞE ﬀ",
                          "αβγ Ωmega 日本 ゟ、。・", "aaa aab ab b aaaab xx xxx xxxxx", "  \u180e  \u0085 ", "A B\u0301c_d\u203f9"] + random_texts(77, 12)
    level = json.loads(pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False).__getstate__())
    variants = []

    def variant(patch):
        config = dict(base) | {k: v for k, v in patch.items() if k != "model"}
        config["model"] = dict(base["model"]) | patch.get("model", {})
        library = Tokenizer.from_str(json.dumps(config))
        both = []
        for plain in (True, False):
            library.encode_special_tokens = plain
            both.append([hashed(library.encode(t, add_special_tokens=False).ids) for t in texts])
        variants.append({"patch": patch, "answers": both})

    def steps(*parts):
        return {"pre_tokenizer": {"type": "Sequence", "pretokenizers": [*parts, level]}}

    def split_json(pattern, behavior="Isolated", invert=False, kind="Regex"):
        return {"type": "Split", "pattern": {kind: pattern}, "behavior": behavior, "invert": invert}

    for behavior in ["Removed", "Isolated", "MergedWithPrevious", "MergedWithNext", "Contiguous"]:
        for invert in [False, True]:
            variant(steps(split_json("X", behavior, invert, "String")))
            variant(steps(split_json(r"X|\s|", behavior, invert)))
    for pattern in [r"\w+", r"\W+", r"\h+", r"[^\h]+", r"\d{2}+", r"x{2}?", r"a{,2}", r"x{2,}?", r"[a-z&&[^aeiou]]+", r"[^a-c&&[b-z]]+", r"[\w&&[^\d_]]+", r"[a-c[x-z]]+",
                    r"[^a-c[x-z]]+", r"\p{^L}+", r"\P{L}+", r"[\P{L}a]+", r"[\W1]+", r"\bfoo\b", r"\Boo", r"^\w", r"\w$", r"\s+$", r"\s*$", r"[ \n]+$", r"\A.", r".\z", r".+",
                    r"(?m:a.b)", r"(?i)foo", r"(?i:\W|ω|k)+", r"(?<=a)b", r"(?<!\d)\d", r"(?>a+)b", r"a+?b", r"(a|b)+", r"(?:(?:a|b)|c)*x?", r"\x41|\x{61}|\u0062",
                    r"\R+", r"\p{Han}+", r"[^\p{Han}\s]+", r"\p{Greek}+", r"\p{Letter}+", r"\S+\s?", r"[^\S\n]+", r"\p{Alphabetic}+", r"[\]\-a]+", r"[a\-]+", r"\.|\{|x{", r"\Z",
                    KIMI, POSSESSIVE]:
        variant(steps(split_json(pattern)))
    variant(steps({"type": "Digits", "individual_digits": False}))
    variant(steps({"type": "Digits", "individual_digits": True}))
    variant({"pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": True, "trim_offsets": True, "use_regex": False}})
    for form in ["NFC", "NFD", "NFKC", "NFKD"]:
        variant({"normalizer": {"type": form}})
    first = base["added_tokens"][0]["id"]

    def added(*tokens):
        fields = {"single_word": False, "lstrip": False, "rstrip": False, "normalized": False, "special": False}
        vocab, listed = base["model"]["vocab"], []
        for t in tokens:  # the library gives a token that is in the vocabulary its id there, others the next free ones
            listed.append({"id": vocab.get(t["content"], first + sum(x["id"] >= first for x in listed))} | fields | t)
        return {"added_tokens": listed}

    variant(added({"content": "foo", "single_word": True}, {"content": "bar", "lstrip": True}, {"content": "xx", "rstrip": True}))
    variant(added({"content": "a", "lstrip": True, "rstrip": True}, {"content": " b", "rstrip": True}))
    variant(added({"content": "aa"}, {"content": "aaab", "special": True}, {"content": "b", "special": True}))
    variant(added({"content": "é"}, {"content": "e\u0301", "normalized": True}, {"content": "Ω", "normalized": True}, {"content": "\u2126"}) | {"normalizer": {"type": "NFC"}})
    variant(added({"content": "fi", "normalized": True}, {"content": "ff", "normalized": True, "special": True}) | {"normalizer": {"type": "NFKC"}})
    unused = ["!", "Ċ"]
    merges = [m for m in base["model"]["merges"] if not any(u in part for u in unused for part in m)]
    keep = {k: v for k, v in base["model"]["vocab"].items() if not any(u in k for u in unused)}
    dense = {k: i for i, k in enumerate(keep)}
    for extra in [{}, {"unk_token": "?"}, {"unk_token": "?", "fuse_unk": True}]:  # bytes that have no token
        variant({"model": {"vocab": dense, "merges": merges} | extra} | added())
    write("variants.json", {"base": base, "texts": texts, "variants": variants})


if __name__ == "__main__":
    main()
