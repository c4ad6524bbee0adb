/*
 * A bent and tilted Gaussian as a shared library for pushforward:
 *
 *   log rho(x, y) = -u^2/2 - v^2/2,   u = (x - 1)/1.5,   v = (y - 0.6 x^2 + 0.5 x)/0.8,
 *
 * so that log Z = log(2 pi * 1.5 * 0.8) = 2.020199.
 */
#include "pushforward_density.h"
#include <stddef.h>

const int bs_major_version = 2;
static char model;

bs_model *bs_model_construct(const char *data, unsigned int seed, char **error_msg) {
    (void)data, (void)seed, (void)error_msg;
    return (bs_model *)&model;
}
void bs_model_destruct(bs_model *m) { (void)m; }
void bs_free_error_msg(char *error_msg) { (void)error_msg; }
int bs_param_unc_num(const bs_model *m) { return (void)m, 2; }
const char *bs_param_unc_names(const bs_model *m) { return (void)m, "x,y"; }

int bs_log_density_hessian(const bs_model *m, bool propto, bool jacobian, const double *at, double *val,
                           double *grad, double *hessian, char **error_msg) {
    (void)m, (void)propto, (void)jacobian, (void)error_msg;
    double x = at[0], y = at[1], u = (x - 1.0) / 1.5, v = (y - 0.6 * x * x + 0.5 * x) / 0.8;
    double dv_dx = (0.5 - 1.2 * x) / 0.8;
    *val = -0.5 * (u * u + v * v);
    if (grad) {
        grad[0] = -u / 1.5 - v * dv_dx;
        grad[1] = -v / 0.8;
    }
    if (hessian) {
        hessian[0] = -1.0 / (1.5 * 1.5) - dv_dx * dv_dx + v * 1.2 / 0.8;
        hessian[1] = hessian[2] = -dv_dx / 0.8;
        hessian[3] = -1.0 / (0.8 * 0.8);
    }
    return 0;
}
int bs_log_density_gradient(const bs_model *m, bool propto, bool jacobian, const double *at, double *val,
                            double *grad, char **error_msg) {
    return bs_log_density_hessian(m, propto, jacobian, at, val, grad, NULL, error_msg);
}
int bs_log_density(const bs_model *m, bool propto, bool jacobian, const double *at, double *val, char **error_msg) {
    return bs_log_density_hessian(m, propto, jacobian, at, val, NULL, NULL, error_msg);
}
