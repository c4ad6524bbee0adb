/*
 * A density for the tests of shared libraries: log(sigma) ~ N(0, 1) with sigma as what the user asked about, beside a
 * tilted normal. Compiled with -D for every way in which a library can be wrong.
 */
#include "pushforward_density.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

#ifdef VERSION
const int bs_major_version = VERSION;
#endif
#ifdef OLD
/* A function of BridgeStan 1. */
PUSHFORWARD_EXPORT int bs_construct(void);
int bs_construct(void) { return 0; }
#endif
#ifdef UNDEFINED
int defined_nowhere(void);
#endif
#ifndef DIM
#define DIM 2
#endif
#ifndef NAMES
#define NAMES "log_sigma,b.1.2"
#endif
#ifndef INFO
#define INFO "a test"
#endif

struct bs_model {
    double shift;
};

/* How many threads are inside, and whether there were ever two. */
static volatile int inside, crowded;
/* A message costs a count, which bs_free_error_msg pays back. */
static int messages;

static int fail(char **error_msg, const char *words) {
    if (error_msg) {
        *error_msg = malloc(strlen(words) + 1);
        strcpy(*error_msg, words);
        messages++;
    }
    return -1;
}

#ifndef NO_CONSTRUCT
bs_model *bs_model_construct(const char *data, unsigned int seed, char **error_msg) {
    if (data && strcmp(data, "{}")) {
        fail(error_msg, "the data should be {}\n");
        return NULL;
    }
    bs_model *m = malloc(sizeof *m);
    m->shift = seed;
    return m;
}
#endif
void bs_model_destruct(bs_model *m) { free(m); }
void bs_free_error_msg(char *error_msg) {
    free(error_msg);
    messages--;
}
PUSHFORWARD_EXPORT int messages_left(void);
int messages_left(void) { return messages; }
const char *bs_model_info(const bs_model *m) { return (void)m, INFO; }
int bs_param_unc_num(const bs_model *m) { return (void)m, DIM; }
const char *bs_param_unc_names(const bs_model *m) { return (void)m, NAMES; }
int bs_param_num(const bs_model *m, bool tp, bool gq) { return (void)m, tp || gq ? 99 : 2; }
const char *bs_param_names(const bs_model *m, bool tp, bool gq) {
    (void)m;
    return tp || gq ? "wrong" : "sigma,b.1.2";
}
#ifndef NO_CONSTRAIN
int bs_param_constrain(const bs_model *m, bool tp, bool gq, const double *x, double *theta, bs_rng *rng,
                       char **error_msg) {
    (void)m;
    if (tp || gq || rng) return fail(error_msg, "only parameters were expected");
    if (x[0] > 600.0) return fail(error_msg, "overflow");
    theta[0] = exp(x[0]);
    theta[1] = x[1];
    return 0;
}
#endif

/* u ~ N(0, 1); v given u ~ N(shift + u/2, 1). */
int bs_log_density_hessian(const bs_model *m, bool propto, bool jacobian, const double *x, double *val, double *grad,
                           double *hessian, char **error_msg) {
    if (propto || !jacobian) return fail(error_msg, "constants and Jacobian were expected");
    if (++inside > 1) crowded = 1;
    double v = x[1] - m->shift - 0.5 * x[0];
    *val = -0.5 * (x[0] * x[0] + v * v);
    grad[0] = -x[0] + 0.5 * v;
    grad[1] = -v;
    if (hessian) {
        hessian[0] = -1.25;
        hessian[1] = hessian[2] = 0.5;
        hessian[3] = -1.0;
    }
    for (volatile int pause = 0; pause < 200; pause++) {
    }
    inside--;
    if (crowded) return fail(error_msg, "two threads at once");
#ifdef REFUSES
    if (x[0] > 1.5) return fail(error_msg, "x[0] is too large\n");
#endif
#ifdef UNDEFINED
    if (x[0] > 1e9) return defined_nowhere();
#endif
#ifdef NOT_A_NUMBER
    *val = NAN;
#endif
#ifdef WRONG_GRADIENT
    grad[1] += 0.01 * x[1];
#endif
    return 0;
}
int bs_log_density_gradient(const bs_model *m, bool propto, bool jacobian, const double *x, double *val,
                            double *grad, char **error_msg) {
    return bs_log_density_hessian(m, propto, jacobian, x, val, grad, NULL, error_msg);
}
int bs_log_density(const bs_model *m, bool propto, bool jacobian, const double *x, double *val, char **error_msg) {
    double grad[2];
    return bs_log_density_hessian(m, propto, jacobian, x, val, grad, NULL, error_msg);
}
