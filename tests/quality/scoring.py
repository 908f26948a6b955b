"""How right an answer is: ANLS and exact match as documents.md 10 defines them, and whether a citation shows the place."""

import re


def plain(text):
    return " ".join(text.lower().split())


def levenshtein(a, b):
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        above, row[0] = row[0], i
        for j, y in enumerate(b, 1):
            above, row[j] = row[j], min(above + (x != y), row[j] + 1, row[j - 1] + 1)
    return row[-1]


def similarity(answer, accepted):
    """The best over the accepted answers of 1 - NL where NL < 0.5, else 0; NL: distance over the length of the longer one."""
    best = 0.0
    for wanted in map(plain, accepted):
        said = plain(answer)
        longer = max(len(said), len(wanted))
        nl = levenshtein(said, wanted) / longer if longer else 0.0
        best = max(best, 1 - nl if nl < 0.5 else 0.0)
    return best


def anls(answer, refused, accepted):
    """Of one question; no accepted answers: it cannot be answered, and only a refusal is right."""
    if not accepted:
        return 1.0 if refused else 0.0
    return 0.0 if refused else similarity(answer, accepted)


def exact(answer, accepted):
    return plain(answer) in map(plain, accepted)


def holds(answer, accepted):
    """One of the accepted answers stands in it, not as a part of a longer word or number."""
    return any(re.search(r"(?<!\w)(?<!\d[.,])" + re.escape(plain(a)) + r"(?!\w)(?![.,]\d)", plain(answer)) for a in accepted)


def shows(box, value, lines, slack=4.0):
    """The cited box has most of the value's box in it and nothing but the lines that the value's statement is in. Boxes: x0, y0, x1, y1."""
    x = min(box[2], value[2]) - max(box[0], value[0])
    y = min(box[3], value[3]) - max(box[1], value[1])
    area = (value[2] - value[0]) * (value[3] - value[1])
    inside = box[0] >= lines[0] - slack and box[1] >= lines[1] - slack and box[2] <= lines[2] + slack and box[3] <= lines[3] + slack
    return x > 0 and y > 0 and x * y >= 0.5 * area and inside
