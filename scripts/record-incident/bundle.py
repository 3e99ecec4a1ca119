#!/usr/bin/env python3
"""bundle.py JOURNAL STAGE INCIDENT TITLE WHAT GO KUBERNETES AT: writes gorca.bundle.json and moves STAGE to INCIDENT.

What a person wrote in INCIDENT beside the artifacts (EXPECT.md, goldens) stays."""
import hashlib, json, os, shutil, sys

LIMIT = 3 << 20
journal, stage, incident, title, what, go, kubernetes, at = sys.argv[1:]
artifacts, gaps, size = [], [], 0
for line in open(journal):
    e = json.loads(line)
    if "gap" in e:
        gaps.append(e["gap"])
        continue
    a = e["artifact"]
    with open(os.path.join(stage, a["path"]), "rb") as f:
        data = f.read()
    size += len(data)
    artifacts.append({"path": a.pop("path"), "sha256": hashlib.sha256(data).hexdigest(), **a})
name = os.path.basename(incident)
manifest = {"schema": "gorca.bundle/1", "title": title,
            "recorded": {"by": f"scripts/record-incident/record.sh {name}", "go": go, "kubernetes": kubernetes, "at": at, "what": what},
            "artifacts": sorted(artifacts, key=lambda a: a["path"]), "gaps": gaps}
with open(os.path.join(stage, "gorca.bundle.json"), "w") as f:
    json.dump(manifest, f, indent=1)
    f.write("\n")
if size > LIMIT:
    sys.exit(f"{stage}: {size} bytes are more than {LIMIT}; take fewer or shorter artifacts")
old = os.path.join(incident, "gorca.bundle.json")
if os.path.exists(old):
    for a in json.load(open(old))["artifacts"]:
        p = os.path.join(incident, a["path"])
        if os.path.exists(p):
            os.remove(p)
    for folder, _, _ in sorted(os.walk(incident), reverse=True):
        if not os.listdir(folder):
            os.rmdir(folder)
os.makedirs(incident, exist_ok=True)
shutil.copytree(stage, incident, dirs_exist_ok=True)
print(f"{incident}: {len(artifacts)} artifacts, {size // 1024} KiB, {len(gaps)} gaps")
