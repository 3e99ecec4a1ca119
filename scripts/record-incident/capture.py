#!/usr/bin/env python3
"""capture.py JOURNAL OUT WHAT ARG...: takes one kind of evidence from a running cluster and notes how.

Runs inside the cluster's namespaces (cluster.sh run). Every file written to OUT gets one line in JOURNAL, from which
bundle.py makes gorca.bundle.json. What cannot be taken is noted as a gap, never passed over.

  pprof POD CONTAINER PROFILE...         goroutine.debug1 goroutine.debug2 goroutine heap allocs block mutex cpu.<seconds>
  log POD CONTAINER NAME [--previous] [--since T] [--tail N | --first BYTES]
  objects                                kubectl get (JSON), describe and rollout history of the namespace, and its node
  prometheus START [--without GLOB]...   query_range of the conventional series, rules, alerts
  webhooks START                         what Alertmanager has delivered
  source SERVICE ROOT FILE...            Go files as built, below source/
  gap WHAT WHY                           something deliberately not captured
Environment: NAMESPACE, CLUSTER (where cluster.sh keeps its files), NODE, OUTSIDE_HOST."""
import argparse, datetime, fnmatch, gzip, json, os, re, subprocess, sys, time, urllib.parse, urllib.request

from queries import KINDS, KNOWN, STEP, queries

NS, CLUSTER, NODE = os.environ["NAMESPACE"], os.environ["CLUSTER"], os.environ["NODE"]
HOST = os.environ.get("OUTSIDE_HOST", "")
JOURNAL, OUT = sys.argv[1:3]


def iso(t):
    return datetime.datetime.fromtimestamp(t, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def seconds(t):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(t))


def scrubber():
    """Removes what identifies the machine: kernel build, machine ids, host name, folders of the tool."""
    rel = os.uname().release
    subs = [(r"\b%s\b" % re.escape(rel), re.split(r"[-+]", rel)[0]),
            (r'("machineID": ?)"[^"]*"', r'\1"00000000000000000000000000000a11"'),
            (r'("systemUUID": ?)"[^"]*"', r'\1"00000000-0000-0000-0000-000000000a11"'),
            (r'("bootID": ?)"[^"]*"', r'\1"00000000-0000-0000-0000-000000000b11"'),
            (r"((?:Machine ID|System UUID|Boot ID): +)\S+", r"\g<1>scrubbed"),
            (re.escape(CLUSTER) + r"/(?:etc|mon)/", "/etc/prometheus/"), (re.escape(CLUSTER), "/opt/cluster")]
    if HOST and HOST != NODE:
        subs.append((r"(//|\")%s(?=[:/\"])" % re.escape(HOST), r"\g<1>" + NODE))
    subs = [(re.compile(r), t) for r, t in subs]

    def scrub(s):
        for r, t in subs:
            s = r.sub(t, s)
        return s
    return scrub


scrub = scrubber()


def note(**entry):
    with open(JOURNAL, "a") as f:
        f.write(json.dumps(entry) + "\n")


def gap(what, why):
    note(gap={"what": scrub(what), "why": scrub(why.strip())})


def save(name, data, collector, command, covers, start=None, end=None, taken=None, incomplete=None):
    """Writes one file. start..end is the stretch it speaks about; without them, the moment it was taken."""
    taken = taken or time.time()
    path = os.path.join(OUT, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    if isinstance(data, str):
        data = scrub(data).encode()
    else:  # a profile: nothing can be replaced in it, so refuse what should not leave the machine
        plain = gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data
        for folder in (CLUSTER, os.path.expanduser("~")):
            if folder.encode() in plain:
                return gap(name, "names the machine it was recorded on")
    with open(path, "wb") as f:
        f.write(data)
    entry = {"path": name, "takenAt": iso(taken), "collector": collector, "command": scrub(command), "covers": covers,
             "interval": {"from": iso(start or taken), "to": iso(end or taken)}}
    if incomplete:
        entry["incomplete"] = incomplete
    note(artifact=entry)


def kubectl(*args):
    return subprocess.run(["kubectl", *args], capture_output=True, text=True)


def in_container(pod, container):
    return [{"kind": "container", "namespace": NS, "pod": pod, "container": container}]


namespace = [{"kind": "namespace", "name": NS}]


def pprof(pod, container, profiles):
    ip = kubectl("-n", NS, "get", "pod", pod, "-o", "jsonpath={.status.podIP}").stdout
    for p in profiles:
        kind, _, arg = p.partition(".")
        query = {"debug1": "?debug=1", "debug2": "?debug=2"}.get(arg, "?seconds=" + arg if arg else "")
        ending = ("." + arg + ".txt") if arg.startswith("debug") else ".pb.gz"
        url = f"http://{ip}:6060/debug/pprof/{'profile' if kind == 'cpu' else kind}{query}"
        start = time.time()
        stamp = time.strftime("%H%M%S", time.gmtime(start))
        name = f"{'dumps' if ending.endswith('.txt') else 'profiles'}/{pod}.{stamp}.{kind}{ending}"
        try:
            data = urllib.request.urlopen(url, timeout=10 + (int(arg) if arg.isdigit() else 0)).read()
        except OSError as e:
            gap(name, f"{url}: {e}")
            continue
        text = data.decode() if ending.endswith(".txt") else data
        save(name, text, "pprof", "curl " + url, in_container(pod, container), start if kind == "cpu" else None, time.time() if kind == "cpu" else None, start)


def log(argv):
    a = argparse.ArgumentParser()
    a.add_argument("pod"), a.add_argument("container"), a.add_argument("name")
    a.add_argument("--previous", action="store_true"), a.add_argument("--since", type=float)
    a.add_argument("--tail", type=int), a.add_argument("--first", type=int)
    a = a.parse_args(argv)
    args = ["-n", NS, "logs", a.pod, "-c", a.container]
    if a.previous:
        args.append("--previous")
    if a.since:
        args.append("--since-time=" + seconds(a.since))
    if a.tail:
        args.append(f"--tail={a.tail}")
    if a.first:
        args.append(f"--limit-bytes={a.first}")
    r = kubectl(*args)
    command = "kubectl " + " ".join(args)
    if r.returncode or r.stdout.startswith("unable to retrieve container logs"):
        return gap(f"logs/{a.name}.log", f"{command}: {r.stderr or r.stdout}")
    text, incomplete = r.stdout, None
    began, ended = life(a)
    since, until = max(filter(None, (a.since, began)), default=None), ended
    if a.first and len(text.encode()) >= a.first:
        text = text[: text.rindex("\n") + 1]
        until = written(reversed(text.splitlines())) or until
        incomplete = {"how": "cut", "why": f"only the first {a.first} bytes of the stretch were asked for; the line cut in two is left out"}
    if a.tail and text.count("\n") >= a.tail:
        since = written(text.splitlines()) or since
        incomplete = {"how": "cut", "why": f"only the last {a.tail} lines were asked for"}
    save(f"logs/{a.name}.log", text, "kubectl", command, in_container(a.pod, a.container), since, until, None, incomplete)


def rfc3339(t):
    return datetime.datetime.fromisoformat(re.sub(r"(\.\d{6})\d+", r"\1", t).replace("Z", "+00:00")).timestamp()


def written(lines):
    """The time in the first line that has one: slog JSON and text, zap."""
    for line in lines:
        if m := re.match(r'\{"time":"([^"]+)"|time=(\S+)', line):
            return rfc3339(m[1] or m[2])
        if m := re.search(r'"ts":(\d+\.\d+)', line):
            return float(m[1])
    return None


def life(a):
    """When the process whose log was read began and ended."""
    pod = json.loads(kubectl("-n", NS, "get", "pod", a.pod, "-o", "json").stdout or "{}")
    for c in pod.get("status", {}).get("containerStatuses", []):
        if c["name"] == a.container:
            state = c.get("state", {})
            if a.previous or not set(state) & {"running", "terminated"}: # waiting: kubectl shows the last life
                state = c.get("lastState", {})
            for s in state.values():
                return [rfc3339(s[k]) if s.get(k) else None for k in ("startedAt", "finishedAt")]
    return None, None


def objects():
    began = kubectl("get", "namespace", NS, "-o", "jsonpath={.metadata.creationTimestamp}").stdout

    def take(name, covers, *args):
        r = kubectl(*args)
        if r.returncode:
            return gap(name, r.stderr)
        # events are kept for hours here: they go back to the namespace's beginning; all else is a state
        history = rfc3339(began) if "events" in name or "describe-" in name else None
        save(name, r.stdout, "kubectl", "kubectl " + " ".join(args), covers, history)
    node = [{"kind": "node", "name": NODE}]
    take("kubectl/nodes.json", node, "get", "nodes", "-o", "json")
    take("kubectl/describe-node.txt", node, "describe", "node", NODE)
    for kind in KINDS:
        text = kubectl("-n", NS, "get", kind, "-o", "json").stdout
        if kind in ("pods", "events", "deployments") or json.loads(text)["items"]:
            take(f"kubectl/{kind}.json", namespace, "-n", NS, "get", kind, "-o", "json")
    take("kubectl/get-pods.txt", namespace, "-n", NS, "get", "pods", "-o", "wide")
    take("kubectl/get-events.txt", namespace, "-n", NS, "get", "events", "--sort-by=.lastTimestamp")
    take("kubectl/describe-pods.txt", namespace, "-n", NS, "describe", "pods")
    for d in kubectl("-n", NS, "get", "deployments", "-o", "jsonpath={.items[*].metadata.name}").stdout.split():
        take(f"kubectl/describe-deployment-{d}.txt", namespace, "-n", NS, "describe", "deployment", d)
        take(f"kubectl/rollout-history-{d}.txt", namespace, "-n", NS, "rollout", "history", f"deployment/{d}")


def ask(path, **q):
    url = "http://127.0.0.1:9090/api/v1/" + path + ("?" + urllib.parse.urlencode(q) if q else "")
    return json.load(urllib.request.urlopen(url, timeout=30))


def prometheus(argv):
    a = argparse.ArgumentParser()
    a.add_argument("start", type=float), a.add_argument("--without", action="append", default=[])
    a = a.parse_args(argv)
    start, end = int(a.start), int(time.time())
    wanted = queries(NS)
    # and every metric of the services' own, whatever its name
    own = ask("label/__name__/values", **{"match[]": f'{{job="pods",namespace="{NS}"}}', "start": start, "end": end})["data"]
    for m in own:
        if m != "up" and not m.startswith(KNOWN) and not m.endswith(("_bucket", "_created")):
            wanted["own-" + m] = f'{m}{{namespace="{NS}"}}'
    for name, q in wanted.items():
        if any(fnmatch.fnmatch(name, g) for g in a.without):
            continue
        req = {"query": q, "start": start, "end": end, "step": STEP}
        r = ask("query_range", **req)
        covers = [{"kind": "node", "name": NODE}] if name.startswith("node_") else namespace
        command = "GET /api/v1/query_range?" + urllib.parse.urlencode(req)
        save(f"prometheus/query_range-{name}.json", json.dumps({"request": req, "response": r}, separators=(",", ":")) + "\n", "prometheus", command, covers, start, end)
    mine = lambda x: x["labels"].get("namespace") in (NS, None, "")
    rules = ask("rules")
    for g in rules["data"]["groups"]:
        for x in g["rules"]:
            x["alerts"] = [al for al in x.get("alerts", []) if mine(al)]
            if not x["alerts"] and x.get("state", "inactive") != "inactive":
                x["state"] = "inactive"
    save("prometheus/rules.json", json.dumps(rules, indent=1) + "\n", "prometheus", "GET /api/v1/rules", namespace)
    alerts = ask("alerts")
    alerts["data"]["alerts"] = [al for al in alerts["data"]["alerts"] if mine(al)]
    save("prometheus/alerts.json", json.dumps(alerts, indent=1) + "\n", "prometheus", "GET /api/v1/alerts", namespace)


def webhooks(start):
    path, n = CLUSTER + "/mon/webhooks.jsonl", 0
    for line in open(path) if os.path.exists(path) else []:
        got = json.loads(line)
        w, at = got["body"], got["receivedAt"]
        if w["groupLabels"].get("namespace") in (NS, None, "") and at >= start:
            n += 1
            save(f"alertmanager/webhook-{n:02d}.json", json.dumps(w, indent=1) + "\n", "alertmanager", "POST received at /alerts", namespace, at, at, at)
    return n


def source(service, root, files):
    for f in files:
        with open(os.path.join(root, f)) as src:
            text = src.read()
        save("source/" + f, text, "source", "go source as built", [{"kind": "service", "name": s} for s in service.split(",")])


def main():
    what, args = sys.argv[3], sys.argv[4:]
    if what == "pprof":
        pprof(args[0], args[1], args[2:])
    elif what == "log":
        log(args)
    elif what == "objects":
        objects()
    elif what == "prometheus":
        prometheus(args)
    elif what == "webhooks":
        print(f"{webhooks(float(args[0]))} webhooks")
    elif what == "source":
        source(args[0], args[1], args[2:])
    elif what == "gap":
        gap(*args)
    else:
        sys.exit(__doc__)


main()
