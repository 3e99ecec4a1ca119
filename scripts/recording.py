"""What the recording scripts share: build programs of the zoo, run them, ask them over HTTP, note what was taken and when."""
import datetime
import fcntl
import hashlib
import json
import os
import resource
import shutil
import socket
import struct
import subprocess
import time
import urllib.request

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
GO = os.path.join(ROOT, "go")


def now():
    return datetime.datetime.now(datetime.timezone.utc)


def rfc3339(at):
    return at.strftime("%Y-%m-%dT%H:%M:%S.%f") + "Z"


def compact(at):
    """A time for a file name."""
    return at.strftime("%Y%m%dT%H%M%S.") + f"{at.microsecond // 1000:03d}Z"


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def write(path, data):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as out:
        out.write(data)


def limits():
    os.nice(10)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


class Process:
    """A child whose two streams go to one file, and whose environment holds only what is given."""

    def __init__(self, arguments, log=None, env=None, cwd=None):
        self.log = open(log, "ab") if log else subprocess.DEVNULL
        self.child = subprocess.Popen(arguments, stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log, cwd=cwd,
                                      env={"TZ": "UTC", **(env or {})}, preexec_fn=limits)

    def stop(self):
        if self.child.poll() is None:
            self.child.terminate()
            try:
                self.child.wait(10)
            except subprocess.TimeoutExpired:
                self.child.kill()
                self.child.wait()


def loopback_up():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        request = struct.pack("16sH14s", b"lo", 1 | 64, b"")  # IFF_UP | IFF_RUNNING
        fcntl.ioctl(s, 0x8914, request)  # SIOCSIFFLAGS


def fetch(url, data=None, method=None, timeout=30):
    request = urllib.request.Request(url, data=data, method=method, headers={"Content-Type": "application/json"} if data else {})
    with urllib.request.urlopen(request, timeout=timeout) as answer:
        return answer.read()


def wait_for(url, seconds=20):
    end = time.time() + seconds
    while True:
        try:
            return fetch(url, timeout=2)
        except OSError:
            if time.time() > end:
                raise
            time.sleep(0.1)


def go_version(toolchain=None):
    env = {**os.environ, **({"GOTOOLCHAIN": toolchain} if toolchain else {})}
    return subprocess.run(["go", "env", "GOVERSION"], cwd=GO, env=env, check=True, capture_output=True, text=True).stdout.strip()


def build(package, binary, toolchain=None, go_line=None, beside=(), cgo=False, experiment=None):
    """Builds a package of the go/ module; go_line builds a copy of it, and of those beside it, in a module whose go directive is another."""
    env = {**os.environ, "CGO_ENABLED": "1" if cgo else "0", **({"GOTOOLCHAIN": toolchain} if toolchain else {}),
           **({"GOEXPERIMENT": experiment} if experiment else {})}
    folder = GO
    if go_line:
        folder = binary + ".module"
        for one in (package, *beside):
            shutil.copytree(os.path.join(GO, one), os.path.join(folder, one))
        for name in ("go.mod", "go.sum"):
            shutil.copy(os.path.join(GO, name), folder)
        subprocess.run(["go", "mod", "edit", "-go=" + go_line, "-toolchain=none"], cwd=folder, env=env, check=True)
        env["GOFLAGS"] = "-mod=mod"
    subprocess.run(["nice", "go", "build", "-trimpath", "-buildvcs=false", "-o", binary, "./" + package], cwd=folder, env=env, check=True)


def copy_source(packages, into):
    """The packages that a service is made of, with the module's go.mod, at the paths that -trimpath leaves in the binary."""
    copied = []
    for package in packages:
        for name in sorted(os.listdir(os.path.join(GO, package))):
            if name.endswith(".go") and not name.endswith("_test.go"):
                path = os.path.join(package, name)
                with open(os.path.join(GO, path), "rb") as source:
                    write(os.path.join(into, path), source.read())
                copied.append(path)
    with open(os.path.join(GO, "go.mod"), "rb") as source:
        write(os.path.join(into, "go.mod"), source.read())
    return copied + ["go.mod"]


def save_json(path, value):
    write(path, (json.dumps(value, indent=1, ensure_ascii=False) + "\n").encode())
