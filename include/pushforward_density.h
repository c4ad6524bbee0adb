/*
 * A log density in a shared library: the functions that pushforward calls.
 *
 * They have the names and signatures of BridgeStan 2 (https://github.com/roualdes/bridgestan), of which they are a
 * part, so that a Stan model compiled with BridgeStan exports them, and a file of C or Fortran needs a handful:
 *
 *     cc -O2 -shared -fPIC -I include -o banana.so examples/c/banana.c
 *
 * Required: bs_model_construct, bs_model_destruct, bs_free_error_msg, bs_param_unc_num, bs_log_density,
 * bs_log_density_gradient. A library without the others is asked for less, as said below.
 *
 * Every function that can fail returns 0 if it did not. If it did, it returns another number and may put a message into
 * *error_msg, if error_msg is not NULL; the message is handed back to bs_free_error_msg.
 */
#ifndef PUSHFORWARD_DENSITY_H
#define PUSHFORWARD_DENSITY_H

#ifdef __cplusplus
extern "C" {
#else
#include <stdbool.h>
#endif

#if defined(_WIN32)
#define PUSHFORWARD_EXPORT __declspec(dllexport)
#else
#define PUSHFORWARD_EXPORT __attribute__((visibility("default")))
#endif

/* Whatever the library wants to remember. */
typedef struct bs_model bs_model;
/* Not used here: NULL is passed. */
typedef struct bs_rng bs_rng;

/* The version of these signatures: 2. Optional; without it they are taken on trust. */
PUSHFORWARD_EXPORT extern const int bs_major_version;

/*
 * A model, or NULL with a message. `data` is NULL, the path of a file that ends in .json, or JSON itself; `seed` is for
 * whatever is random in preparing the data.
 */
PUSHFORWARD_EXPORT bs_model *bs_model_construct(const char *data, unsigned int seed, char **error_msg);
PUSHFORWARD_EXPORT void bs_model_destruct(bs_model *model);
PUSHFORWARD_EXPORT void bs_free_error_msg(char *error_msg);

/*
 * Words about the model. Optional. Calls come from one thread at a time, for all libraries of the program together,
 * unless these words contain "STAN_THREADS=true" or the density file says `parallel = true`.
 */
PUSHFORWARD_EXPORT const char *bs_model_info(const bs_model *model);

/* The dimension d of the space that is sampled, in which every point is allowed: "unconstrained" in Stan's words. */
PUSHFORWARD_EXPORT int bs_param_unc_num(const bs_model *model);

/* Names of its d coordinates with commas between them. Optional; without it they are x1, x2, … */
PUSHFORWARD_EXPORT const char *bs_param_unc_names(const bs_model *model);

/*
 * log rho at theta_unc (d numbers), nats, into *val. -INFINITY outside the support; NaN and +INFINITY are errors. The
 * same point must always give the same bits. `propto` (may constants be left out?) is false and `jacobian` (is the log
 * Jacobian of the constraints part of it?) is true; a library without constraints ignores both.
 */
PUSHFORWARD_EXPORT int bs_log_density(const bs_model *model, bool propto, bool jacobian, const double *theta_unc,
                                      double *val, char **error_msg);

/* The same, and its gradient (d numbers) into grad. */
PUSHFORWARD_EXPORT int bs_log_density_gradient(const bs_model *model, bool propto, bool jacobian,
                                               const double *theta_unc, double *val, double *grad,
                                               char **error_msg);

/*
 * The same, and its second derivatives (d*d numbers) into hessian. Optional: the evolutions that need a Laplacian are
 * refused without it, unless the density file says `laplacian = "differences"`. BridgeStan's own is of differences of
 * the gradient, unless the model was compiled with BRIDGESTAN_AD_HESSIAN.
 */
PUSHFORWARD_EXPORT int bs_log_density_hessian(const bs_model *model, bool propto, bool jacobian,
                                              const double *theta_unc, double *val, double *grad, double *hessian,
                                              char **error_msg);

/*
 * What the user asked about, if theta_unc is a change of variables that lifts constraints: how many numbers, their names
 * with commas between them, and the numbers at a point. Optional, but all three or none; without them, theta_unc itself.
 * include_tp and include_gq (transformed parameters and generated quantities of Stan) are false, rng is NULL.
 */
PUSHFORWARD_EXPORT int bs_param_num(const bs_model *model, bool include_tp, bool include_gq);
PUSHFORWARD_EXPORT const char *bs_param_names(const bs_model *model, bool include_tp, bool include_gq);
PUSHFORWARD_EXPORT int bs_param_constrain(const bs_model *model, bool include_tp, bool include_gq,
                                          const double *theta_unc, double *theta, bs_rng *rng, char **error_msg);

#ifdef __cplusplus
}
#endif

#endif
