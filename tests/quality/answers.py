#!/usr/bin/env python3
"""How good are the answers of `bifrons ask` without a text model?

    answers.py --bifrons build/demos/bifrons [--each 4] [--seed 1] [--verbose]

Asks about generated papers, as text and once more recognised from their picture, and prints ANLS, exact matches, pages, boxes
and refusals (documents.md 10). They are reported, not gated: only a program that fails makes this fail.
"""

import argparse
import json
import pathlib
import re
import subprocess
import sys
import tempfile

import papers
import scoring


def said(answer):
    """The short answer, or the first quotation, without the marks that lead to its place."""
    text = answer["answer"]
    if text.startswith("From the document:"):
        return answer["citations"][0]["quote"]
    return re.sub(r"\s*\[\d+\]", "", text)


def ask(bifrons, paper, folder, more):
    file = folder / f"{paper.name}.pdf"
    file.write_bytes(paper.pdf())
    done = subprocess.run([bifrons, "ask", str(file), "--json", "--no-library", "--quiet", *more], capture_output=True, text=True,
                          input="".join(q["question"] + "\n" for q in paper.questions))
    if done.returncode:
        sys.exit(f"answers: bifrons ask ended with {done.returncode}: {done.stderr.strip()}")
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    if len(answers) != len(paper.questions):
        sys.exit(f"answers: {len(paper.questions)} questions, {len(answers)} answers")
    return answers


def judge(question, answer):
    refused, accepted = not answer["found"], question["accepted"]
    text = said(answer)
    out = {"anls": scoring.anls(text, refused, accepted), "answerable": bool(accepted), "refused": refused, "text": text}
    if accepted:
        out["exact"] = not refused and scoring.exact(text, accepted)
        out["right"] = not refused and scoring.holds(text, accepted)
        cited = answer["citations"][0] if answer["citations"] else None
        out["page"] = cited is not None and cited["page"] == question["page"]
        out["box"] = out["page"] and scoring.shows(cited["box"], question["box"], question["line"])
    return out


def share(name, rows, right):
    hits = sum(map(right, rows))
    return f"{name} {hits} of {len(rows)} ({100 * hits / max(1, len(rows)):.1f} %)"


def main():
    parse = argparse.ArgumentParser()
    parse.add_argument("--bifrons", required=True)
    parse.add_argument("--each", type=int, default=4, help="papers of each kind")
    parse.add_argument("--seed", type=int, default=1)
    parse.add_argument("--verbose", action="store_true", help="every answer that does not score in full")
    options = parse.parse_args()
    for name, more in (("text layer", []), ("recognised", ["--ocr", "always"])):
        rows = []
        with tempfile.TemporaryDirectory() as folder:
            for paper in papers.papers(options.each, options.seed):
                for question, answer in zip(paper.questions, ask(options.bifrons, paper, pathlib.Path(folder), more)):
                    row = judge(question, answer)
                    rows.append(row)
                    if options.verbose and (row["anls"] < 1 or not row.get("box", True)):
                        print(f"  {row['anls']:.2f} {question['question']} -> {'(refused)' if row['refused'] else row['text']}")
        can, cannot = [r for r in rows if r["answerable"]], [r for r in rows if not r["answerable"]]
        right = [r for r in can if r["right"]]
        print(f"answers without a text model, {name}: {len(rows)} questions, ANLS {sum(r['anls'] for r in rows) / len(rows):.3f}; "
              + "; ".join([share("exact match", can, lambda r: r["exact"]), share("the answer is in what is said", can, lambda r: r["right"]),
                           share("of these page", right, lambda r: r["page"]), share("box", right, lambda r: r["box"]),
                           share("unanswerable refused", cannot, lambda r: r["refused"]), share("answerable refused", can, lambda r: r["refused"])]))


if __name__ == "__main__":
    main()
