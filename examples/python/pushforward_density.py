"""A log density written in Python with NumPy as a child process of pushforward.

Copy this file beside your own and call `serve` (see banana.py). The protocol is in docs/child-process.md.
"""

import struct
import sys

import numpy as np


def serve(names, log_density_and_score):
    """Answers until the input is closed.

    `names`: one for each of the d coordinates, without spaces.
    `log_density_and_score(x)`: for points `x` of shape (n, d), log rho of shape (n,), in nats, and its gradient of shape
    (n, d). -inf outside the support; NaN and +inf are errors. The same point must always give the same numbers.
    """
    stdin, stdout = sys.stdin.buffer, sys.stdout.buffer
    # Whatever is printed by mistake goes where it does no harm.
    sys.stdout = sys.stderr
    ours = stdin.readline()
    if ours != b"pushforward 1\n":
        sys.exit(f"this is a density for pushforward, which greets with 'pushforward 1', not {ours!r}")
    stdout.write(" ".join(["pushforward-density", "1", str(len(names)), *names]).encode() + b"\n")
    stdout.flush()
    while header := stdin.read(16):
        wanted, d, n = struct.unpack("<IIQ", header)
        x = np.frombuffer(stdin.read(8 * n * d), "<f8").reshape(n, d)
        values, scores = log_density_and_score(x)
        answer = [np.broadcast_to(values, (n,))]
        if wanted == 2:
            answer.append(np.broadcast_to(scores, (n, d)))
        data = b"".join(np.ascontiguousarray(part, "<f8").tobytes() for part in answer)
        stdout.write(struct.pack("<Q", len(data) // 8) + data)
        stdout.flush()
