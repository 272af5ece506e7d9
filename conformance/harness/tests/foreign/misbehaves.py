"""An adapter that behaves but for one thing: misbehaves.py KIND. It does so when it is asked to remove a name.

With misbehaves.py anything SEED it does any of them now and then, in the same order for the same seed and process.
"""

import array
import json
import os
import random
import signal
import socket
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../examples"))
import shmconf

KIND = sys.argv[1]
ALL = ("named anonymous passing fork exec seals root pid-namespace limited-store listing unique-names limits address-space locked-memory "
       "reserving").split()
KINDS = {
    "start": "none-at-all unknown-need claims-everything wrong-version started-twice".split(),
    "call": """half-a-line endless-line invalid-utf8 zero-bytes deep empty-line wrong-sequence sequence-as-text two-answers
               unknown-outcome unknown-error number-too-large no-outcome other-reply gives-up clock-backwards other-clock
               clock-of-the-future stderr-flood daemon exit exception closes-socket no-answer stops-others""".split(),
    "reset": "reset-exits reset-hangs reset-nonsense reset-unclean reset-unclean-exits reset-clean-exits".split(),
}
# How often each is done by an adapter that does anything.
ONE_IN = {"start": 60, "call": 60, "reset": 20}
actor = shmconf.Actor(shmconf.System())
dice = random.Random(sys.argv[2] + str(os.getpid()) if KIND == "anything" else "")


def kind(when):
    """What is done now."""
    if KIND != "anything":
        return KIND
    return dice.choice(KINDS[when]) if dice.randrange(ONE_IN[when]) == 0 else "nothing"


def put(data):
    while data:
        data = data[os.write(3, data):]


def say(**members):
    put(json.dumps(members).encode() + b"\n")


def start(request, kind):
    started = {"type": "started", **actor.start(request), "template": KIND.startswith("template")}
    if kind == "none-at-all":
        started["cannot"] = {need: "I cannot" for need in ALL}
    elif kind == "unknown-need":
        started["cannot"] = {"wings": "I cannot fly"}
    elif kind == "claims-everything":
        started["cannot"] = {}
    elif kind == "wrong-version":
        started["protocol"] = "shmconf-protocol/9"
    say(**started)
    if kind == "started-twice":
        say(**started)


def template():
    """What a template does wrong; answers True in an actor that it forked all the same."""
    if KIND == "template-silent":
        time.sleep(60)
    if KIND == "template-exits":
        os._exit(0)
    say(type="ready")
    link = socket.socket(fileno=3)
    _, control, _, _ = link.recvmsg(64, socket.CMSG_SPACE(4 * 253))
    if KIND == "template-mute":
        time.sleep(60)
    if KIND == "template-lies":
        say(type="forked", pid=1)
        time.sleep(60)
    if KIND == "template-nonsense":
        say(type="forked", pid="many")
        time.sleep(60)
    # A child of its own, which the harness cannot wait for.
    child = os.fork()
    if child:
        say(type="forked", pid=child)
        time.sleep(60)
    link.detach()
    sockets = array.array("i", b"".join(payload for _, _, payload in control))
    [os.dup2(fd, 3 + at) for at, fd in enumerate(sockets)]
    os.closerange(3 + len(sockets), 20)


def answer(request):
    """The answer as it should be; nothing in the child that a fork has made."""
    began = time.monotonic_ns()
    outcome, pid = shmconf.outcome_of(actor, request)
    if outcome == "ok" and request["call"]["call"] == "fork" and not pid:
        return None
    child = {"pid": pid} if pid else {}
    return dict(type="answer", seq=request["seq"], outcome=outcome, start=began, end=time.monotonic_ns(), **child)


def misbehave(good, kind):
    """What is done instead of an answer, or beside it."""
    if kind != "nothing":
        os.write(2, b"the last words\n")
    line = json.dumps(good).encode() + b"\n"
    if kind == "half-a-line":
        put(line[:20])
        time.sleep(60)
    elif kind == "endless-line":
        put(b"[" * 100_000_000)
    elif kind == "invalid-utf8":
        put(line.replace(b"answer", b"an\xff\xfeer"))
    elif kind == "zero-bytes":
        put(b"\0" * 100 + b"\n")
    elif kind == "deep":
        put(b"[" * 100_000 + b"\n")
    elif kind == "empty-line":
        put(b"\n")
    elif kind == "wrong-sequence":
        say(**{**good, "seq": 7})
    elif kind == "sequence-as-text":
        say(**{**good, "seq": "0"})
    elif kind == "two-answers":
        put(line + line)
    elif kind == "unknown-outcome":
        say(**{**good, "outcome": {"smile": 1}})
    elif kind == "unknown-error":
        say(**{**good, "outcome": {"errno": "ENOTHING"}})
    elif kind == "number-too-large":
        say(**{**good, "outcome": {"fd": 99999999999}})
    elif kind == "no-outcome":
        del good["outcome"]
        say(**good)
    elif kind == "other-reply":
        say(type="reset", clean=True)
    elif kind == "gives-up":
        say(type="error", message="I give up")
    elif kind == "clock-backwards":
        say(**{**good, "start": good["end"] + 10**9})
    elif kind == "other-clock":
        say(**{**good, "start": 0, "end": 1})
    elif kind == "clock-of-the-future":
        say(**{**good, "end": good["end"] + 10**10})
    elif kind == "stderr-flood":
        for _ in range(200):
            os.write(2, b"so much to say " * 1000)
        os.write(2, b"\nthe last words\n")
        put(b"what?\n")
    elif kind == "daemon":
        subprocess.Popen(["sleep", "30"], pass_fds=[3])
        os._exit(0)
    elif kind == "exit":
        os._exit(3)
    elif kind == "exception":
        1 // 0
    elif kind == "stops-others":
        os.kill(os.getppid(), signal.SIGSTOP)
        put(line)
    elif kind == "closes-socket":
        os.close(3)
        time.sleep(60)
    elif kind == "claims-everything":
        say(**{**good, "outcome": {"unsupported": "I only said so"}})
    elif kind == "no-answer":
        time.sleep(60)
    elif kind == "slow":
        time.sleep(float(sys.argv[2]))
        put(line)
    else:
        put(line)


def reset(request, kind):
    clean = actor.reset()
    if kind == "reset-exits":
        os._exit(0)
    if kind == "reset-hangs":
        time.sleep(60)
    if kind == "reset-nonsense":
        put(b"what?\n")
    say(type="reset", clean=clean and kind not in ("reset-unclean", "reset-unclean-exits"))
    if kind in ("reset-unclean-exits", "reset-clean-exits"):
        os._exit(0)


pending = b""
while True:
    arrived = os.read(3, 65536)
    if not arrived:
        sys.exit()
    *lines, pending = (pending + arrived).split(b"\n")
    for request in map(json.loads, lines):
        if request["type"] == "start":
            start(request, kind("start"))
        elif request["type"] == "reset":
            reset(request, kind("reset"))
        elif request["type"] == "reap":
            say(type="reaped", child=request["child"], outcome=shmconf.reap(actor, request["child"]))
        elif request["type"] == "stop":
            sys.exit()
        elif request["type"] == "template":
            template()
            actor, pending = shmconf.Actor(shmconf.System()), b""
            break
        elif (good := answer(request)) is None:  # This is the child: it is told who it is.
            pending = b""
            break
        else:
            now = KIND == "anything" or request["call"]["call"] == "shm_unlink"
            misbehave(good, kind("call") if now else "nothing")
