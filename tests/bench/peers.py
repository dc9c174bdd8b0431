"""The loads of `deno task bench` as a user of one Python library would write them.

Started with the name of a library. Reads one JSON request per line, `{"load", "n"}`, does the load
`n` times in double precision (the perceptron in single) on one thread, and answers with the CPU
seconds of the process per unit of the load, a number that the other side can compare, and the most
bytes of memory that the process has held.
"""

import functools
import json
import math
import os
import sys
import time

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"):
    os.environ[name] = "1"
os.environ["XLA_FLAGS"] = (
    "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
)
# Kernels chosen for an old library would slow the present one down.
for name in ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE", "MKL_ENABLE_INSTRUCTIONS",
             "ONEDNN_MAX_CPU_ISA", "ATEN_CPU_CAPABILITY"):
    os.environ.pop(name, None)

MU, STEP = 0.5, 1e-3  # strength of pre-training and step size of the single-index loads


# --- one-pass SGD of a rank-one adapter on a linear target, batch 1 -------------------------------


def start(np, d):
    """An adapter direction with overlap 1/2."""
    omega = np.full(d, math.sqrt(0.75 / (d - 1)))
    omega[0] = 0.5
    return omega


def direct_numpy(d):
    import numpy as np

    rng = np.random.default_rng(7)

    def run(n):
        omega, u = start(np, d), 0.5
        for _ in range(n):
            x = rng.standard_normal(d)
            p = omega @ x
            c = (MU - 1) * x[0] + u * p
            omega -= STEP * u * c * x
            u -= STEP * c * p
            omega /= math.sqrt(omega @ omega)
        return omega[0]

    return run


def direct_numba(d):
    import numba
    import numpy as np

    @numba.njit(fastmath=True)
    def steps(rng, omega, u, n):
        x = np.empty(omega.size)
        for _ in range(n):
            for k in range(x.size):
                x[k] = rng.standard_normal()
            p = 0.0
            for k in range(x.size):
                p += omega[k] * x[k]
            c = (MU - 1) * x[0] + u * p
            s, square = STEP * u * c, 0.0
            for k in range(x.size):
                omega[k] -= s * x[k]
                square += omega[k] * omega[k]
            u -= STEP * c * p
            scale = 1 / math.sqrt(square)
            for k in range(x.size):
                omega[k] *= scale
        return omega[0]

    rng = np.random.default_rng(7)
    return lambda n: steps(rng, start(np, d), 0.5, n)


def direct_torch(d):
    import torch

    torch.set_num_threads(1)
    torch.manual_seed(7)

    def run(n):
        omega, u = torch.full((d,), math.sqrt(0.75 / (d - 1)), dtype=torch.float64), 0.5
        omega[0] = 0.5
        with torch.no_grad():
            for _ in range(n):
                x = torch.randn(d, dtype=torch.float64)
                p = torch.dot(omega, x).item()
                c = (MU - 1) * x[0].item() + u * p
                omega.sub_(x, alpha=STEP * u * c)
                u -= STEP * c * p
                omega.div_(torch.linalg.vector_norm(omega))
        return omega[0].item()

    return run


def direct_jax(d):
    import jax
    import jax.numpy as jnp
    import numpy as np

    jax.config.update("jax_enable_x64", True)
    block = 1000

    @jax.jit
    def steps(omega, u, key):
        def step(state, key):
            omega, u = state
            x = jax.random.normal(key, (d,), dtype=jnp.float64)
            p = omega @ x
            c = (MU - 1) * x[0] + u * p
            omega = omega - STEP * u * c * x
            return (omega / jnp.sqrt(omega @ omega), u - STEP * c * p), None

        return jax.lax.scan(step, (omega, u), jax.random.split(key, block))[0]

    def run(n):
        omega, u = jnp.asarray(start(np, d)), jnp.asarray(0.5)
        for i in range(max(1, n // block)):
            omega, u = steps(omega, u, jax.random.PRNGKey(i))
        return float(omega[0])

    run.block = block
    return run


# --- the exact chain of the same SGD --------------------------------------------------------------


@functools.cache
def chain_steps():
    import numba

    @numba.njit(fastmath=True)
    def steps(rng, m, h, u, n, nu):
        for _ in range(n):
            for k in range(m.size):
                z, g = rng.standard_normal(), rng.standard_normal()
                p = m[k] * z + h[k] * g
                c = (MU - 1) * z + u[k] * p
                s = STEP * u[k] * c
                a = m[k] - s * z
                b = h[k] - s * g
                rest = b * b + s * s * rng.chisquare(nu)
                scale = 1 / math.sqrt(a * a + rest)
                m[k] = a * scale
                h[k] = math.sqrt(rest) * scale
                u[k] -= STEP * c * p
        return m.mean()

    return steps


def chain_numba(d, copies):
    import numpy as np

    steps, rng = chain_steps(), np.random.default_rng(7)

    def run(n):
        m, h, u = np.full(copies, 0.5), np.full(copies, math.sqrt(0.75)), np.full(copies, 0.5)
        return steps(rng, m, h, u, n, d - 2)

    return run


# --- fine-tuning of model S of lazy-vs-feature: h3, k = 8, kappa^2 = 1/2, orthonormal base ---------


def model_s(np):
    """Output weights, left factor, perturbation and input scale."""
    return np.full(8, 8**-0.5), 8**-0.5 * (-1.0) ** np.arange(8), 2.0, math.sqrt(1.5)


def fine_tuning_numpy(d):
    import numpy as np

    rng = np.random.default_rng(7)
    weight, c, xi, scale = model_s(np)

    def h3(z):
        return (z**3 - 3 * z) / math.sqrt(6)

    def run(n):
        u = np.zeros(d - 8)
        u[1] = 1.0
        for _ in range(n):
            x = rng.standard_normal(d)
            a, rest = x[:8], x[8:]
            z = (a + xi * (u @ rest) * c) / scale
            error = weight @ (h3(z) - h3((a + xi * rest[0] * c) / scale))
            gate = xi * (weight * c) @ (3 * (z * z - 1) / math.sqrt(6)) / scale
            g = error * gate * rest
            g -= (g @ u) * u
            u -= 0.2 / (d - 8) * g
            u /= math.sqrt(u @ u)
        return u[0]

    return run


def fine_tuning_chain_numba(d):
    import numba
    import numpy as np

    @numba.njit(fastmath=True)
    def steps(rng, weight, c, xi, scale, n, d):
        m, across, root6, eta = 0.0, 1.0, math.sqrt(6.0), 0.2 / (d - 8)
        for _ in range(n):
            s, p = rng.standard_normal(), rng.standard_normal()
            teacher, error, gate = m * s + across * p, 0.0, 0.0
            for i in range(8):
                a = rng.standard_normal()
                z, y = (a + xi * c[i] * s) / scale, (a + xi * c[i] * teacher) / scale
                error += weight[i] * ((z * z * z - 3 * z) - (y * y * y - 3 * y)) / root6
                gate += weight[i] * c[i] * 3 * (z * z - 1) / root6
            gamma = eta * error * gate * xi / scale
            rest = gamma * gamma * rng.chisquare(d - 10)
            along = gamma * p
            length = math.sqrt(1 + along * along + rest)
            turned = across + along * m
            m = (m - along * across) / length
            across = math.sqrt(turned * turned + rest) / length
        return m

    rng, parts = np.random.default_rng(7), model_s(np)
    return lambda n: steps(rng, *parts, n, d)


# --- a gradient step of ½‖U Vᵀ − A‖² --------------------------------------------------------------


def waves(np, rows, columns, a, b):
    return np.sin(a * np.arange(rows)[:, None] + b * np.arange(columns)[None, :] + 0.5)


def low_rank_numpy(n, r):
    import numpy as np

    target = waves(np, n, n, 1.3, 0.7) / n
    eta = 0.5

    def run(count):
        u = 0.1 * waves(np, n, r, 0.9, 1.1)
        v = 0.1 * np.ascontiguousarray(waves(np, r, n, 0.4, 1.7).T)
        for _ in range(count):
            e = u @ v.T - target
            u, v = u - eta / n * (e @ v), v - eta / n * (e.T @ u)
        e = u @ v.T - target
        return 0.5 * float((e * e).sum())

    return run


def low_rank_numpy_multiplied_out(n, r):
    """The same step in two products with the target, as ours makes it."""
    import numpy as np

    target = waves(np, n, n, 1.3, 0.7) / n
    eta = 0.5

    def run(count):
        u = 0.1 * waves(np, n, r, 0.9, 1.1)
        v = 0.1 * np.ascontiguousarray(waves(np, r, n, 0.4, 1.7).T)
        for _ in range(count):
            left, right = u @ (v.T @ v) - target @ v, v @ (u.T @ u) - target.T @ u
            u, v = u - eta / n * left, v - eta / n * right
        e = u @ v.T - target
        return 0.5 * float((e * e).sum())

    return run


# --- the toy experiment of lora-one: LoRA's start at six scales, followed for 1500 steps -----------


def toy_problem(np):
    """Covariance of 1600 inputs with scattered phases, a target of rank 4, a start of rank 8."""
    def scattered(rows, columns, c):
        i, j = np.arange(1, rows + 1)[:, None], np.arange(1, columns + 1)[None, :]
        return math.sqrt(2) * np.sin(c * (i * i) * j)

    def cosines(first):
        i, j = np.arange(100)[:, None] + 0.5, np.arange(first, first + 4)[None, :]
        return math.sqrt(0.02) * np.cos(math.pi * i * j / 100)

    x = scattered(1600, 100, 0.1)
    return x.T @ x / 1600, cosines(1) @ cosines(5).T, scattered(100, 8, 0.3)


VARIANCES = [1, 1e-1, 1e-2, 1e-3, 1e-4, 1e-6]


def toy_numpy():
    """As the formulas say."""
    import numpy as np

    s, target, start = toy_problem(np)
    eta = 1 / 64

    def one(variance):
        g = s @ target
        u = np.linalg.svd(g)[0][:, :4]
        a, b, least = math.sqrt(variance) * start, np.zeros((8, 100)), 1.0
        for t in range(1501):
            if t % 10 == 0:
                p = np.linalg.svd(a, full_matrices=False)[0][:, :4]
                least = min(least, np.linalg.norm(p - u @ (u.T @ p), 2))
                e = a @ b - target
                risk, loss = 0.5 * np.sum(e * e), 0.5 * np.sum(e * (s @ e))
            if t < 1500:
                r = g - s @ a @ b
                a, b = a + eta * (r @ b.T), b + eta * (a.T @ r)
        return least + risk + loss

    return lambda n: [sum(one(v) for v in VARIANCES) for _ in range(n)][-1]


def toy_numpy_eigenbasis():
    """In the coordinates that ours uses: covariance diagonal, residual multiplied out."""
    import numpy as np

    s, target, start = toy_problem(np)
    eta = 1 / 64

    def all_scales():
        values, basis = np.linalg.eigh(s)
        left, size, right = np.linalg.svd(target)
        left, right = basis.T @ (left[:, :4] * size[:4]), right[:4].T
        weight = values[:, None]
        u = np.linalg.svd(weight * left, full_matrices=False)[0]
        total = 0.0
        for variance in VARIANCES:
            a, b, least = math.sqrt(variance) * (basis.T @ start), np.zeros((100, 8)), 1.0
            for t in range(1501):
                if t % 10 == 0:
                    p = np.linalg.svd(a, full_matrices=False)[0][:, :4]
                    least = min(least, np.linalg.norm(p - u @ (u.T @ p), 2))
                    e = a @ b.T - left @ right.T
                    risk, loss = 0.5 * np.sum(e * e), 0.5 * np.sum(weight * e * e)
                if t < 1500:
                    la = weight * a
                    c, q, g, h = b.T @ b, right.T @ b, a.T @ la, left.T @ la
                    a, b = a + eta * (weight * (left @ q) - la @ c), b + eta * (right @ h - b @ g)
            total += least + risk + loss
        return total

    return lambda n: [all_scales() for _ in range(n)][-1]


# --- ordinary differential equations --------------------------------------------------------------

ARENSTORF = [0.994, 0.0, 0.0, -2.00158510637908252240537862224]
PERIOD = 17.0652165601579625588917206249


def arenstorf(t, y):
    mu = 0.012277471
    x, z, u, v = y
    m = 1 - mu
    d1 = ((x + mu) ** 2 + z**2) ** 1.5
    d2 = ((x - m) ** 2 + z**2) ** 1.5
    return [u, v, x + 2 * v - m * (x + mu) / d1 - mu * (x - m) / d2,
            z - 2 * u - m * z / d1 - mu * z / d2]


def robertson(t, y):
    slow, middle, fast = 0.04 * y[0], 1e4 * y[1] * y[2], 3e7 * y[1] * y[1]
    return [middle - slow, slow - middle - fast, fast]


def van_der_pol(t, y):
    return [y[1], 1000 * (1 - y[0] * y[0]) * y[1] - y[0]]


PROBLEMS = {
    "arenstorf": (arenstorf, PERIOD, ARENSTORF, 1e-8),
    "robertson": (robertson, 1e11, [1.0, 0.0, 0.0], 1e-12),
    "van-der-pol": (van_der_pol, 2000.0, [2.0, 0.0], 1e-8),
}


def scipy_ode(problem, method):
    from scipy.integrate import solve_ivp

    f, end, y0, atol = PROBLEMS[problem]

    def run(count):
        for _ in range(count):
            out = solve_ivp(f, (0, end), y0, method=method, rtol=1e-6, atol=atol)
        return float(out.y[0, -1])

    return run


def lotka_volterra(t, y):
    return [y[0] * (1 - y[1]), y[1] * (y[0] - 1)]


def orbit(t, y):
    r = (y[0] ** 2 + y[1] ** 2) ** 1.5
    return [y[2], y[3], -y[0] / r, -y[1] / r]


def rigid_body(t, y):
    return [y[1] * y[2], -y[0] * y[2], -0.51 * y[0] * y[1]]


def hires(t, y):
    bind = 280 * y[5] * y[7]
    last = bind - 1.81 * y[6]
    return [-1.71 * y[0] + 0.43 * y[1] + 8.32 * y[2] + 0.0007, 1.71 * y[0] - 8.75 * y[1],
            -10.03 * y[2] + 0.43 * y[3] + 0.035 * y[4], 8.32 * y[1] + 1.71 * y[2] - 1.12 * y[3],
            -1.745 * y[4] + 0.43 * y[5] + 0.43 * y[6],
            -bind + 0.69 * y[3] + 1.71 * y[4] - 0.43 * y[5] + 0.69 * y[6], last, -last]


SLOPES = {"Hull D3": orbit, "Lotka-Volterra": lotka_volterra, "Hull B5": rigid_body,
          "Robertson": robertson, "van der Pol mu=1000": van_der_pol, "HIRES": hires}


def scipy_solve(problem, method, rtol, atol):
    """A problem with its solution from tests/golden; the number is the largest relative error."""
    import numpy as np
    from scipy.integrate import solve_ivp

    golden = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "golden")
    found = {}
    for name in ("ode.json", "ode_stiff.json"):
        with open(os.path.join(golden, name)) as file:
            found.update((p["problem"], p) for p in json.load(file)["problems"])
    given = found[problem]
    reference, f, end = np.array(given["reference"]), SLOPES[problem], (0, given["t1"])
    scale = np.where(reference == 0, 1, np.abs(reference))

    def run(count):
        for _ in range(count):
            out = solve_ivp(f, end, given["y0"], method=method, rtol=float(rtol), atol=float(atol))
        return float(np.max(np.abs(out.y[:, -1] - reference) / scale))

    return run


def strengths(np):
    return np.linspace(0.05, 0.95, 1000)


def many_scipy():
    import numpy as np
    from scipy.integrate import solve_ivp

    def run(count):
        for _ in range(count):
            total = 0.0
            for mu in strengths(np)[::50]:
                def f(t, y, mu=mu):
                    u, m = y
                    return [(1 - mu) * m - u, (1 - mu) * u * (1 - m * m)]
                total += solve_ivp(f, (0, 30), [0.01, 0.1], rtol=1e-6, atol=1e-9).y[1, -1]
        return total

    return run


def many(solve_all, mu):
    def run(count):
        for _ in range(count):
            y = solve_all(mu).block_until_ready()
        return float(y[::50, 1].sum())

    return run


def many_jax():
    import jax
    import jax.numpy as jnp
    import numpy as np
    from jax.experimental.ode import odeint

    jax.config.update("jax_enable_x64", True)

    def solve(mu):
        def f(y, t):
            u, m = y
            return jnp.array([(1 - mu) * m - u, (1 - mu) * u * (1 - m * m)])

        times = jnp.array([0.0, 30.0])
        return odeint(f, jnp.array([0.01, 0.1]), times, rtol=1e-6, atol=1e-9)[-1]

    return many(jax.jit(jax.vmap(solve)), jnp.asarray(strengths(np)))


def many_jax_by_hand():
    """Dormand–Prince 5(4) with a step size of its own for every system, all systems in one vmap."""
    import jax
    import jax.numpy as jnp
    import numpy as np

    jax.config.update("jax_enable_x64", True)
    a = [
        [1 / 5], [3 / 40, 9 / 40], [44 / 45, -56 / 15, 32 / 9],
        [19372 / 6561, -25360 / 2187, 64448 / 6561, -212 / 729],
        [9017 / 3168, -355 / 33, 46732 / 5247, 49 / 176, -5103 / 18656],
        [35 / 384, 0, 500 / 1113, 125 / 192, -2187 / 6784, 11 / 84],
    ]
    e = [71 / 57600, 0, -71 / 16695, 71 / 1920, -17253 / 339200, 22 / 525, -1 / 40]
    end, rtol, atol = 30.0, 1e-6, 1e-9

    def f(y, mu):
        u, m = y
        return jnp.array([(1 - mu) * m - u, (1 - mu) * u * (1 - m * m)])

    def solve(mu):
        y0 = jnp.array([0.01, 0.1])

        def unfinished(state):
            return state[0] < end

        def step(state):
            t, y, h, k1 = state
            h = jnp.minimum(h, end - t)
            k = [k1]
            for row in a:
                k.append(f(y + h * sum(c * s for c, s in zip(row, k) if c), mu))
            new = y + h * sum(c * s for c, s in zip(a[-1], k) if c)
            scale = atol + rtol * jnp.maximum(jnp.abs(y), jnp.abs(new))
            error = h * sum(c * s for c, s in zip(e, k) if c)
            norm = jnp.sqrt(jnp.mean((error / scale) ** 2))
            factor = jnp.clip(0.9 * norm ** -0.2, 0.2, 10.0)
            good = norm < 1
            keep = lambda x, z: jnp.where(good, x, z)
            return keep(t + h, t), keep(new, y), h * factor, keep(k[-1], k1)

        return jax.lax.while_loop(unfinished, step, (0.0, y0, 0.1, f(y0, mu)))[1]

    return many(jax.jit(jax.vmap(solve)), jnp.asarray(strengths(np)))


# --- two-layer networks ---------------------------------------------------------------------------


def two_layer_numpy(d, width):
    """Online SGD of `f(x) = Σ_i relu(w_i·x)/K` on the teacher `relu(x_0)`, batch 1."""
    import numpy as np

    rng = np.random.default_rng(7)

    def run(n):
        w = np.zeros((width, d))
        w[:, 0] = 0.5
        w[np.arange(width), np.arange(width) + 1] = 0.5
        for _ in range(n):
            x = rng.standard_normal(d)
            h = w @ x
            error = np.maximum(h, 0).mean() - max(x[0], 0.0)
            w -= (STEP / width * error) * (h > 0)[:, None] * x
        return float(w[:, 0].mean())

    return run


def perceptron_torch(batch):
    """784–128–10, ReLU, cross-entropy, SGD in single precision; one unit is an epoch of 5000."""
    import torch

    torch.set_num_threads(1)
    count = 5000
    i = torch.arange(count, dtype=torch.float64)[:, None]
    x = torch.sin(0.37 * i + 1.3 * torch.arange(784, dtype=torch.float64) + 0.001 * i * i).float()
    label = (torch.arange(count) * 7 % 10).long()

    def run(epochs):
        first, second = torch.nn.Linear(784, 128), torch.nn.Linear(128, 10)
        with torch.no_grad():
            for layer, a, b in ((first, 0.9, 1.1), (second, 0.4, 1.7)):
                rows, columns = layer.weight.shape
                grid = a * torch.arange(rows)[:, None] + b * torch.arange(columns)[None, :] + 0.5
                layer.weight.copy_(torch.sin(grid.double()) / math.sqrt(columns))
                layer.bias.zero_()
        parameters = [*first.parameters(), *second.parameters()]
        optimizer = torch.optim.SGD(parameters, lr=0.05)
        for _ in range(epochs):
            for at in range(0, count, batch):
                optimizer.zero_grad()
                out = second(torch.relu(first(x[at : at + batch])))
                loss = torch.nn.functional.cross_entropy(out, label[at : at + batch])
                loss.backward()
                optimizer.step()
        return loss.item()

    return run


LOADS = {
    "numpy": {
        "direct": lambda: direct_numpy(1000),
        "fine-tuning": lambda: fine_tuning_numpy(1000),
        **{f"low-rank {n} {r}": lambda n=n, r=r: low_rank_numpy(n, r)
           for n, r in ((64, 2), (128, 4), (512, 8))},
        **{f"low-rank multiplied out {n} {r}": lambda n=n, r=r: low_rank_numpy_multiplied_out(n, r)
           for n, r in ((64, 2), (128, 4), (512, 8))},
        **{f"two-layer {k}": lambda k=k: two_layer_numpy(1000, k) for k in (4, 16, 64)},
        "toy": toy_numpy,
        "toy, eigenbasis": toy_numpy_eigenbasis,
    },
    "numba": {"direct": lambda: direct_numba(1000), "chain": lambda: chain_numba(1000, 1000),
              "fine-tuning chain": lambda: fine_tuning_chain_numba(1000)},
    "torch": {"direct": lambda: direct_torch(1000),
              **{f"perceptron {b}": lambda b=b: perceptron_torch(b) for b in (32, 128)}},
    "jax": {"direct": lambda: direct_jax(1000), "many": many_jax,
            "many by hand": many_jax_by_hand},
    "scipy": {
        **{f"{problem} {method}": lambda p=problem, m=method: scipy_ode(p, m)
           for problem, methods in (("arenstorf", ("RK45", "DOP853", "LSODA")),
                                    ("robertson", ("Radau", "LSODA")),
                                    ("van-der-pol", ("Radau", "LSODA")))
           for method in methods},
        "many": many_scipy,
    },
}


# Loads with sizes: the words behind the name.
SIZED = {
    "numpy": {"direct in": lambda d: direct_numpy(int(d))},
    "numba": {"chain of": lambda d, copies: chain_numba(int(d), int(copies))},
    "scipy": {"solve": scipy_solve},
}


def load_of(library, name):
    """A load by its name; those with sizes carry them behind bars."""
    if name in LOADS[library]:
        return LOADS[library][name]()
    family, *words = name.split("|")
    return SIZED[library][family](*words)


def most_memory():
    """The most bytes of memory that the process has held; nothing where the system does not say."""
    try:
        with open("/proc/self/status") as file:
            return next(1024 * int(line.split()[1]) for line in file if line.startswith("VmHWM"))
    except OSError:
        pass
    try:
        import resource
    except ImportError:
        return None
    # Where it is known, the count above is better: this one begins with what the parent held.
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


def main(library):
    module = __import__(library)
    print(json.dumps({"version": module.__version__}), flush=True)
    ready = {}
    for line in sys.stdin:
        request = json.loads(line)
        load, n = request["load"], request["n"]
        if load not in ready:
            ready[load] = load_of(library, load)
            ready[load](getattr(ready[load], "block", 1))  # compiles, fills caches
        run = ready[load]
        # What is compiled for a block of units does whole blocks, and the time is that of all of them.
        block = getattr(run, "block", 1)
        n = block * math.ceil(n / block)
        before = time.process_time()
        value = run(n)
        seconds = (time.process_time() - before) / n
        print(json.dumps({"seconds": seconds, "value": value, "memory": most_memory()}), flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
