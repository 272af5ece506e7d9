"""An adapter that behaves but for one thing: misbehaves.py KIND. It does so when it is asked to remove a name."""

import json
import os
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../examples"))
import shmconf

KIND = sys.argv[1]
ALL = ("named anonymous passing fork exec seals root pid-namespace limited-store listing unique-names limits address-space "
       "reserving").split()
actor = shmconf.Actor(shmconf.System())


def put(data):
    while data:
        data = data[os.write(3, data):]


def say(**members):
    put(json.dumps(members).encode() + b"\n")


def start(request):
    cannot = {"none-at-all": {need: "I cannot" for need in ALL}, "unknown-need": {"wings": "I cannot fly"},
              "claims-everything": {}}.get(KIND, actor.cannot())
    started = dict(type="started", protocol="shmconf-protocol/1", uid=os.geteuid(), gid=os.getegid(), umask=actor.mask,
                   fds=sorted(actor.first_fds), cannot=cannot)
    if KIND == "wrong-version":
        started["protocol"] = "shmconf-protocol/9"
    say(**started)
    if KIND == "started-twice":
        say(**started)


def answer(request):
    """The answer as it should be."""
    began = time.monotonic_ns()
    outcome, _ = shmconf.outcome_of(actor, request)
    return dict(type="answer", seq=request["seq"], outcome=outcome, start=began, end=time.monotonic_ns())


def misbehave(request):
    """What is done instead of an answer, or beside it."""
    os.write(2, b"the last words\n")
    good = answer(request)
    line = json.dumps(good).encode() + b"\n"
    if KIND == "half-a-line":
        put(line[:20])
        time.sleep(60)
    elif KIND == "endless-line":
        put(b"[" * 100_000_000)
    elif KIND == "invalid-utf8":
        put(line.replace(b"answer", b"an\xff\xfeer"))
    elif KIND == "zero-bytes":
        put(b"\0" * 100 + b"\n")
    elif KIND == "deep":
        put(b"[" * 100_000 + b"\n")
    elif KIND == "empty-line":
        put(b"\n")
    elif KIND == "wrong-sequence":
        say(**{**good, "seq": 7})
    elif KIND == "sequence-as-text":
        say(**{**good, "seq": "0"})
    elif KIND == "two-answers":
        put(line + line)
    elif KIND == "unknown-outcome":
        say(**{**good, "outcome": {"smile": 1}})
    elif KIND == "unknown-error":
        say(**{**good, "outcome": {"errno": "ENOTHING"}})
    elif KIND == "number-too-large":
        say(**{**good, "outcome": {"fd": 99999999999}})
    elif KIND == "no-outcome":
        del good["outcome"]
        say(**good)
    elif KIND == "other-reply":
        say(type="reset", clean=True)
    elif KIND == "gives-up":
        say(type="error", message="I give up")
    elif KIND == "clock-backwards":
        say(**{**good, "start": good["end"] + 10**9})
    elif KIND == "other-clock":
        say(**{**good, "start": 0, "end": 1})
    elif KIND == "clock-of-the-future":
        say(**{**good, "end": good["end"] + 10**10})
    elif KIND == "stderr-flood":
        for _ in range(200):
            os.write(2, b"so much to say " * 1000)
        os.write(2, b"\nthe last words\n")
        put(b"what?\n")
    elif KIND == "daemon":
        subprocess.Popen(["sleep", "30"], pass_fds=[3])
        os._exit(0)
    elif KIND == "exit":
        os._exit(3)
    elif KIND == "exception":
        1 // 0
    elif KIND == "closes-socket":
        os.close(3)
        time.sleep(60)
    elif KIND == "claims-everything":
        say(**{**good, "outcome": {"unsupported": "I only said so"}})
    elif KIND == "no-answer":
        time.sleep(60)
    elif KIND == "slow":
        time.sleep(float(sys.argv[2]))
        put(line)
    else:
        put(line)


def reset(request):
    clean = actor.reset()
    if KIND == "reset-exits":
        os._exit(0)
    if KIND == "reset-hangs":
        time.sleep(60)
    if KIND == "reset-nonsense":
        put(b"what?\n")
    say(type="reset", clean=clean and KIND not in ("reset-unclean", "reset-unclean-exits"))
    if KIND in ("reset-unclean-exits", "reset-clean-exits"):
        os._exit(0)


pending = b""
while True:
    arrived = os.read(3, 65536)
    if not arrived:
        sys.exit()
    *lines, pending = (pending + arrived).split(b"\n")
    for request in map(json.loads, lines):
        if request["type"] == "start":
            start(request)
        elif request["type"] == "reset":
            reset(request)
        elif request["type"] == "stop":
            sys.exit()
        elif request["call"]["call"] == "shm_unlink":
            misbehave(request)
        else:
            say(**answer(request))
