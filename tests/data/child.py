"""A standard normal in two dimensions as a child process, with the standard library alone, and every fault by name."""

import os
import struct
import sys
import time

fault = sys.argv[1] if len(sys.argv) > 1 else "none"
out = sys.stdout.buffer


def say(data):
    out.write(data)
    out.flush()


def last_words(code):
    sys.stderr.write("Traceback: something broke\n")
    sys.stderr.flush()
    os._exit(code)


if fault == "silent-start":
    time.sleep(600)
if fault == "dies-at-start":
    last_words(7)
if fault == "chatters":
    say(b"loading data ...\n")
if fault == "floods":
    while True:
        out.write(b"pushforward-density " * 1000)
sys.stdin.buffer.readline()
greeting = {"version": b"pushforward-density 9 2 a b\n", "names": b"pushforward-density 1 2 a\n"}
say(greeting.get(fault, b"pushforward-density 1 2 a b\n"))
batches = 0
while header := sys.stdin.buffer.read(16):
    wanted, d, n = struct.unpack("<IIQ", header)
    x = struct.unpack(f"<{n * d}d", sys.stdin.buffer.read(8 * n * d))
    if fault == "overflows" and max(abs(v) for v in x) > 1e5:
        raise OverflowError("math range error")
    values = [-0.5 * (x[2 * p] ** 2 + x[2 * p + 1] ** 2) for p in range(n)]
    numbers = values + [-v for v in x] if wanted == 2 else values
    if fault == "wrong-gradient" and wanted == 2:
        numbers = values + [-1.1 * v for v in x]
    if fault == "flat":
        numbers = [-0.5 * x[2 * p] ** 2 for p in range(n)]
        numbers += [-v if k % 2 == 0 else 0.0 for k, v in enumerate(x)] if wanted == 2 else []
    if fault == "nan":
        numbers[n - 1] = float("nan")
    if fault == "drifts":
        numbers = [v + 1e-3 * batches for v in numbers]
    count, data = len(numbers), struct.pack(f"<{len(numbers)}d", *numbers)
    batches += 1
    if batches == 3:
        if fault == "dies":
            last_words(3)
        if fault == "killed":
            os.kill(os.getpid(), 9)
        if fault == "stalls":
            time.sleep(600)
        if fault == "half":
            say(struct.pack("<Q", count) + data[: len(data) // 2])
            time.sleep(600)
        if fault == "half-and-ends":
            say(struct.pack("<Q", count) + data[: len(data) // 2])
            last_words(0)
        if fault == "too-few":
            count, data = count - 1, data[8:]
        if fault == "no-gradients":
            count, data = n, data[: 8 * n]
        if fault == "too-much":
            data += struct.pack("<d", 1.0)
        if fault == "prints":
            data += b"batch done\n"
        if fault == "closes":
            os.close(1)
            time.sleep(600)
    say(struct.pack("<Q", count) + data)
    if fault == "slow-end" and batches == 1:
        # Does not see that its input is closed.
        time.sleep(600)
