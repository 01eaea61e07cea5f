#!/usr/bin/env python3
"""From a file, without any account: `plimsoll classify` and `plimsoll plan --items` over issues.

Always over sample.jsonl beside this file, whose ids name what each issue is; and over every *.jsonl of the directory
PLIMSOLL_DATA, in one go, where that is set. PLIMSOLL_BIN names another binary.
"""

import collections
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
TARGET = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", HERE.parent.parent / "target"))
BINARY = os.environ.get("PLIMSOLL_BIN", str(TARGET / "release" / "plimsoll"))
CATEGORIES = {
    "technical-debt": "technical", "refactoring": "technical", "infrastructure": "technical", "platform-upgrade": "technical",
    "performance": "technical", "security": "technical", "developer-experience": "technical", "test-coverage": "technical",
    "engineering-improvement": "technical", "feature": "product", "bug": "product", "spike": "neutral",
    "documentation": "neutral", "question": "neutral",
}  # fmt: skip
NOW = "2026-11-01T00:00:00Z"
CLASSIFY_MEMORY_MIB = 256  # constant, whatever the input's length: models and rules, not issues
SECONDS = 600


class Check:
    """Counts what holds; the same failure is shown three times at most."""

    def __init__(self, name):
        self.name, self.passed, self.failed, self.shown = name, 0, 0, collections.Counter()

    def that(self, holds, claim, detail=""):
        if holds:
            self.passed += 1
        else:
            self.failed += 1
            self.shown[claim] += 1
            if self.shown[claim] <= 3:
                print(f"  FAILED {self.name}: {claim}" + (f" — {detail}" if detail else ""))
        return holds

    def close(self):
        for claim, times in self.shown.items():
            if times > 3:
                print(f"  FAILED {self.name}: {claim} — {times} times in all")
        print(f"{self.name}: {self.passed} passed, {self.failed} failed")
        return 1 if self.failed or not self.passed else 0


def lines_of(text):
    """The lines of JSON Lines: `splitlines` would split at characters that JSON allows inside a string."""
    return [line for line in text.split("\n") if line]


def resident_peak(pid):
    """In MiB, so far. The kernel's own account at the end would count what the child had of this process before its exec."""
    try:
        status = pathlib.Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0.0
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    return int(found[1]) / 1024 if found else 0.0


class Run:
    """One run of the binary from file to file: exit code, output, seconds, peak memory in MiB."""

    def __init__(self, arguments, stdin):
        with tempfile.TemporaryDirectory(prefix="plimsoll-data-") as directory:
            out, err = os.path.join(directory, "out"), os.path.join(directory, "err")
            environment = {"PATH": os.environ.get("PATH", ""), "HOME": directory}
            with open(stdin, "rb") as source, open(out, "wb") as o, open(err, "wb") as e:
                start = time.monotonic()
                child = subprocess.Popen([BINARY, *arguments], stdin=source, stdout=o, stderr=e, cwd=directory, env=environment)
                self.memory = 0.0
                while child.poll() is None:
                    self.memory = max(self.memory, resident_peak(child.pid))
                    if time.monotonic() - start > SECONDS:
                        child.kill()
                    time.sleep(0.005)
                self.seconds = time.monotonic() - start
            self.code = child.returncode
            self.out = pathlib.Path(out).read_text("utf-8")
            self.err = pathlib.Path(err).read_text("utf-8", "replace")

    def ended_well(self, check, what):
        return check.that(self.code == 0, f"{what} ends with 0", f"it ended with {self.code}: {self.err[-600:]}")


def well_formed(row):
    """What every classification must be: None, or what is wrong with it."""
    if "error" in row:
        return f"an error: {row['error']}"
    missing = {"id", "category", "side", "confidence", "evidence"} - row.keys()
    if missing:
        return f"without {sorted(missing)}"
    if row["category"] is not None and row["category"] not in CATEGORIES:
        return f"unknown category {row['category']}"
    if row["side"] not in (None, "technical", "product", "neutral"):
        return f"unknown side {row['side']}"
    if row["category"] is not None and row["side"] != CATEGORIES[row["category"]]:
        return f"side {row['side']} of category {row['category']}"
    if not isinstance(row["confidence"], (int, float)) or not 0 <= row["confidence"] <= 1:
        return f"confidence {row['confidence']}"
    if row["category"] is not None and not row["evidence"]:
        return "a category without evidence"
    for sign in row["evidence"]:
        if not {"sign", "where", "weight"} <= sign.keys():
            return f"evidence {sign}"
    return None


def figures(name, rows, run):
    categories = collections.Counter(row.get("category") or "abstained" for row in rows)
    sides = collections.Counter(row.get("side") or "unknown" for row in rows)
    print(f"  {name}: {len(rows)} items in {run.seconds:.1f} s ({len(rows) / max(run.seconds, 1e-9):.0f}/s), peak {run.memory:.0f} MiB")
    print("    categories: " + ", ".join(f"{category} {n}" for category, n in categories.most_common()))
    print("    sides: " + ", ".join(f"{side} {n}" for side, n in sides.most_common()))


def classify(check, what, file, issues):
    run = Run(["classify"], file)
    run.ended_well(check, f"{what}: classify")
    lines = lines_of(run.out)
    check.that(len(lines) == len(issues), f"{what}: classify answers one line per line", f"{len(lines)} for {len(issues)}")
    rows = [json.loads(line) for line in lines]
    for issue, row in zip(issues, rows):
        check.that(row.get("id") == issue["id"], f"{what}: classify keeps order and ids", f"{row.get('id')} for {issue['id']}")
        wrong = well_formed(row)
        check.that(wrong is None, f"{what}: every classification is well formed", f"{issue['id']}: {wrong}")
    check.that(run.memory < CLASSIFY_MEMORY_MIB, f"{what}: classify needs constant memory", f"{run.memory:.0f} MiB")
    figures(f"{what}: classify", rows, run)
    return rows


def plan(check, what, file, expected_ids, arguments=()):
    run = Run(["plan", "--items", "-", "--format", "json", "--now", NOW, *arguments], file)
    if not run.ended_well(check, f"{what}: plan"):
        return []
    rows = json.loads(run.out)
    check.that([row.get("id") for row in rows] == expected_ids, f"{what}: plan answers every item in order, by its id", f"{len(rows)} for {len(expected_ids)}; the first: {[row.get('id') for row in rows[:3]]}")
    for row in rows:
        wrong = well_formed(row)
        check.that(wrong is None, f"{what}: every plan is well formed", f"{row.get('id')}: {wrong}")
        shape = isinstance(row.get("findings"), list) and isinstance(row.get("actions"), list)
        shape = shape and all({"kind", "reason"} <= finding.keys() for finding in row["findings"])
        shape = shape and all({"action", "reason"} <= action.keys() for action in row["actions"])
        check.that(shape, f"{what}: findings and actions have a kind and a reason", json.dumps(row)[:300])
    figures(f"{what}: plan", rows, run)
    actions = collections.Counter(action["action"] for row in rows for action in row.get("actions", []))
    print("    actions: " + (", ".join(f"{action} {n}" for action, n in actions.most_common()) or "none"))
    return rows


def sample(check, directory):
    file = HERE / "sample.jsonl"
    issues = [json.loads(line) for line in lines_of(file.read_text("utf-8"))]
    rows = classify(check, "sample", file, issues)
    right = abstained = 0
    for row in rows:
        expected = row["id"].rsplit("-", 1)[0]
        if row["category"] is None:
            abstained += 1
        right += row["category"] == (None if expected == "none" else expected)
        if expected == "none":
            check.that(row["category"] is None, "sample: what says nothing gets no category", f"{row['id']}: {row['category']}")
        elif row["side"] is not None:
            check.that(row["side"] == CATEGORIES[expected], "sample: no plain case is put on the wrong side", f"{row['id']}: {row['side']} ({row['category']})")
    print(f"    {right} of {len(rows)} as their writer meant, {abstained} abstained")
    check.that(right * 2 >= len(rows), "sample: at least half of the plain cases are recognised", f"{right} of {len(rows)}")

    planned = plan(check, "sample", file, [issue["id"] for issue in issues])
    check.that(planned == plan(check, "sample again", file, [issue["id"] for issue in issues]), "sample: the same items and time give the same plan")
    by_id = {row["id"]: row for row in planned}
    decided = by_id.get("technical-debt-2", {})
    check.that(decided.get("category") == "technical-debt" and not decided.get("actions"), "sample: a label equal to an alias is a decision", json.dumps(decided)[:300])
    added = [action for row in planned for action in row["actions"] if action["action"] == "add_label"]
    check.that(added and all(action.get("label") for action in added), "sample: labels to add are named")
    forms(check, directory, issues)
    bad_lines(check, directory)
    single(check)


def forms(check, directory, issues):
    """The two other forms of `plan --items`: GitHub's REST answer and the output of `gh issue list --json`."""
    rest, listed = [], []
    for number, issue in enumerate(issues, 1):
        labels = [{"id": 1, "name": name, "color": "ededed"} for name in issue["labels"]]
        common = {"number": number, "title": issue["title"], "body": issue["body"], "labels": labels}
        rest.append({**common, "id": 9000 + number, "state": "open", "user": {"login": "grace", "type": "User"}, "created_at": issue["created_at"], "updated_at": issue["updated_at"], "comments": 0})
        listed.append({**common, "id": f"I_{number}", "state": "OPEN", "author": {"login": "grace"}, "createdAt": issue["created_at"], "updatedAt": issue["updated_at"], "comments": []})
    rest.append({**rest[0], "number": 999, "pull_request": {"url": "https://example.org/"}})
    for name, items in (("REST array", rest), ("gh issue list", listed)):
        file = pathlib.Path(directory, "items.json")
        file.write_text(json.dumps(items), "utf-8")
        plan(check, name, file, list(range(1, len(issues) + 1)))


def bad_lines(check, directory):
    good = {"id": "good", "title": "perf: cache the rates", "body": "", "labels": []}
    lines = [json.dumps(good), "{not json", json.dumps({**good, "body": "x" * (1 << 20)}), "[]", json.dumps({**good, "id": "last"})]
    file = pathlib.Path(directory, "bad.jsonl")
    file.write_text("\n".join(lines) + "\n", "utf-8")
    run = Run(["classify"], file)
    run.ended_well(check, "bad lines: classify")
    rows = [json.loads(line) for line in lines_of(run.out)]
    check.that(len(rows) == len(lines), "bad lines: one answer each", run.out[:500])
    for number, row in enumerate(rows, 1):
        if number in (2, 3, 4):
            holds = row.get("line") == number and row.get("id", "") is None and row.get("error")
            check.that(holds, "bad lines: the answer names line and error", json.dumps(row)[:300])
        else:
            check.that("error" not in row and row.get("id") == json.loads(lines[number - 1])["id"], "bad lines: the rest goes on", json.dumps(row)[:300])


def single(check):
    run = Run(["classify", "--title", "perf: cache the rates", "--body", "Profiling shows high CPU usage."], os.devnull)
    if run.ended_well(check, "a single text: classify"):
        row = json.loads(run.out)
        check.that(row.get("category") in (None, "performance") and "confidence" in row, "a single text is classified", run.out[:300])


def data(check, directory, source):
    files = sorted(pathlib.Path(source).glob("*.jsonl"))
    if not check.that(files, "PLIMSOLL_DATA holds *.jsonl files", source):
        return
    everything = pathlib.Path(directory, "everything.jsonl")
    with everything.open("wb") as out:
        for file in files:
            text = file.read_bytes()
            out.write(text if text.endswith(b"\n") or not text else text + b"\n")
    issues = [json.loads(line) for line in everything.read_bytes().split(b"\n") if line]
    print(f"  data: {len(files)} files, {len(issues)} lines, {everything.stat().st_size / 1e6:.1f} MB")
    rows = classify(check, "data", everything, issues)
    known = [(row["category"], issue["category"]) for row, issue in zip(rows, issues) if issue.get("category") in CATEGORIES]
    decided = [(found, meant) for found, meant in known if found is not None]
    if decided:
        right = sum(found == meant for found, meant in decided)
        side = sum(CATEGORIES[found] == CATEGORIES[meant] for found, meant in decided)
        print(f"    of {len(known)} with a known category: {len(decided)} decided, {right / len(decided):.1%} the same category, {side / len(decided):.1%} the same side")
    plan(check, "data", everything, [issue["id"] for issue in issues])


def main():
    check = Check("data")
    if not os.path.exists(BINARY):
        check.that(False, "there is a binary", f"no {BINARY}: run `cargo build --release`, or set PLIMSOLL_BIN")
        return check.close()
    source = os.environ.get("PLIMSOLL_DATA")
    with tempfile.TemporaryDirectory(prefix="plimsoll-data-") as directory:
        for part in [lambda: sample(check, directory)] + ([lambda: data(check, directory, source)] if source else []):
            try:
                part()
            except Exception as error:  # a check that cannot go on has failed
                check.that(False, "the check ran to its end", f"{type(error).__name__}: {error}")
    if not source:
        print("  skipped: PLIMSOLL_DATA names no directory of *.jsonl files")
    return check.close()


sys.exit(main())
