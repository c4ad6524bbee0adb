"""The bent and tilted Gaussian of examples/c/banana.c; log Z = log(2 pi * 1.5 * 0.8) = 2.020199."""

import numpy as np
from pushforward_density import serve


def log_density_and_score(points):
    x, y = points.T
    u = (x - 1.0) / 1.5
    v = (y - 0.6 * x * x + 0.5 * x) / 0.8
    score = np.stack([-u / 1.5 - v * (0.5 - 1.2 * x) / 0.8, -v / 0.8], axis=1)
    return -0.5 * (u * u + v * v), score


serve(["x", "y"], log_density_and_score)
