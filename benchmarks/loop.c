/* The method of carecost.engine.age_cohorts as a loop in C, a draw at a time, for rates that are the same in all years.
 *
 * What it is for is in benchmarks/c_loop.py. Matrices are row-major; row vectors multiply from the left.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define ORDER 5
#define POWER 4
#define REACH 4.0
#define MAX 32                     /* states */
#define SIZE (MAX * MAX)

/* out (r x n) = or += a (r x k) b (k x n) */
static void product(const double *a, const double *b, double *out, int r, int k, int n, int add) {
    for (int i = 0; i < r; i++) {
        double *row = out + i * n;
        if (!add) memset(row, 0, n * sizeof(double));
        for (int j = 0; j < k; j++) {
            const double x = a[i * k + j], *from = b + j * n;
            for (int l = 0; l < n; l++) row[l] += x * from[l];
        }
    }
}

static double factorial(int n) { return n < 2 ? 1.0 : n * factorial(n - 1); }

typedef struct {                   /* of one set of rates */
    double rates[SIZE], phi[(ORDER + 1) * SIZE], onward[2][2 * SIZE], after[3 * SIZE];
} Kernel;

static const double LEGENDRE[4][4] = {{1, 0, 0, 0}, {-1, 2, 0, 0}, {1, -6, 12, 0}, {-1, 12, -60, 120}};

static void kernel(const double *rates, int n, int terms, Kernel *k) {
    static _Thread_local double powers[POWER][SIZE], total[SIZE], work[(ORDER + 1) * SIZE], tall[(ORDER + 1) * SIZE];
    int nn = n * n, halvings = 0;
    double norm = 0.0;
    memcpy(k->rates, rates, nn * sizeof(double));
    for (int i = 0; i < n; i++) {
        double sum = 0.0;
        for (int j = 0; j < n; j++) sum += fabs(rates[i * n + j]);
        if (sum > norm) norm = sum;
    }
    if (norm > 0) frexp(norm / REACH, &halvings);
    if (halvings < 0) halvings = 0;
    for (int i = 0; i < nn; i++) powers[0][i] = ldexp(rates[i], -halvings);
    for (int p = 1; p < POWER; p++) product(powers[p / 2], powers[(p - 1) / 2], powers[p], n, n, n, 0);
    for (int block = terms / POWER - 1; block >= 0; block--) {
        if (block == terms / POWER - 1) memset(work, 0, nn * sizeof(double));
        else product(total, powers[POWER - 1], work, n, n, n, 0);
        for (int p = 1; p < POWER; p++) {
            double weight = 1.0 / factorial(block * POWER + p + ORDER);
            for (int i = 0; i < nn; i++) work[i] += weight * powers[p - 1][i];
        }
        for (int i = 0; i < n; i++) work[i * n + i] += 1.0 / factorial(block * POWER + ORDER);
        memcpy(total, work, nn * sizeof(double));
    }
    double *phi = k->phi;
    memcpy(phi + ORDER * nn, total, nn * sizeof(double));
    for (int j = ORDER - 1; j >= 0; j--) {
        product(phi + (j + 1) * nn, powers[0], phi + j * nn, n, n, n, 0);
        for (int i = 0; i < n; i++) phi[j * nn + i * n + i] += 1.0 / factorial(j);
    }
    for (; halvings > 0; halvings--) {
        product(phi, phi, tall, (ORDER + 1) * n, n, n, 0);
        for (int j = 0; j <= ORDER; j++) {
            double half = ldexp(1.0, -j), *out = work + j * nn;
            for (int i = 0; i < nn; i++) out[i] = tall[j * nn + i];
            for (int from = 1; from <= j; from++) {
                double weight = 1.0 / factorial(j - from), *a = phi + from * nn;
                for (int i = 0; i < nn; i++) out[i] += weight * a[i];
            }
            for (int i = 0; i < nn; i++) out[i] *= half;
        }
        memcpy(phi, work, (ORDER + 1) * nn * sizeof(double));
    }
    const double sign[2] = {-3.0, 5.0};
    double *layer = k->after + 2 * nn;
    for (int v = 0; v < 2; v++) {
        double *made = k->after + v * nn, *on = k->onward[v];
        for (int i = 0; i < nn; i++) {
            made[i] = 0.0;
            for (int m = 0; m < 3; m++) made[i] += LEGENDRE[v + 1][m] * phi[(m + 2) * nn + i];
            on[nn + i] = sign[v] * made[i];
        }
        memcpy(on, phi, nn * sizeof(double));
    }
    product(phi + 2 * nn, phi + 2 * nn, tall, n, n, n, 0);
    for (int v = 0; v < 2; v++) product(k->onward[v] + nn, k->after + v * nn, tall, n, n, n, 1);
    for (int i = 0; i < nn; i++) layer[i] = phi[2 * nn + i] - 2.0 * phi[3 * nn + i] - tall[i];
}

/* What a layer of one state lives in another beyond P_3: outflows h and k. */
static double rest(double h, double k) {
    double phi[2][ORDER + 1], out[2] = {h, k}, apart = fabs(h - k), factor;
    if (h <= 1.0 || k <= 1.0) return 0.0;
    for (int s = 0; s < 2; s++) {
        phi[s][0] = exp(-out[s]);
        factor = 1.0;
        for (int j = 0; j < ORDER; j++) {
            if (j) factor /= j;
            phi[s][j + 1] = (factor - phi[s][j]) / out[s];
        }
    }
    double joined = exp(-fmin(h, k)) * (apart > 0 ? -expm1(-apart) / apart : 1.0);
    double whole = (1.0 - phi[0][1] - phi[1][1] + joined) / (h * k);
    for (int j = 0; j < 4; j++) {
        double v[2] = {0.0, 0.0};
        for (int s = 0; s < 2; s++)
            for (int m = 0; m <= j; m++) v[s] += LEGENDRE[j][m] * phi[s][m + 2];
        whole -= (2 * j + 1) * (j % 2 ? -1.0 : 1.0) * v[0] * v[1];
    }
    return whole;
}

static void border(const Kernel *a, const Kernel *b, const double *passes, int n, int m, double *out) {
    static _Thread_local double va[SIZE], vb[SIZE], led[SIZE];
    memset(va, 0, n * n * sizeof(double));
    memset(vb, 0, m * m * sizeof(double));
    for (int j = 0; j < 4; j++) {
        for (int i = 0; i < n * n; i++) va[i] += -7.0 * LEGENDRE[3][j] * a->phi[(j + 2) * n * n + i];
        for (int i = 0; i < m * m; i++) vb[i] += LEGENDRE[3][j] * b->phi[(j + 2) * m * m + i];
    }
    product(passes, vb, led, n, m, m, 0);
    product(va, led, out, n, n, m, 0);
    for (int i = 0; i < n; i++)
        for (int j = 0; j < m; j++)
            if (passes[i * m + j]) out[i * m + j] += rest(-a->rates[i * n + i], -b->rates[j * m + j]);
}

/* One stream. A band has its ages, its states (a run of those in order), its rates of every draw, and the border to the
 * next: which state leads to which, and whether the rates are the same. Arrays by draw, year, age and state in order. */
typedef struct {
    int first, last, from, states, same;
    const double *rates;           /* (draw, state, state) */
    const double *passes;          /* (state, state of the next band) */
} Band;

void project(int draws, int years, int ages, int states, int bands, const Band *band, int begin, int terms,
             const double *start, const double *even, const double *born, double *stock, double *time) {
    int rows = years + 1;
    size_t row = (size_t)rows * MAX;
    double *memory = malloc((19 * row + 3 * SIZE) * sizeof(double)), *at = memory;
    double *whole = at, *tilted[2], *next = (at += 3 * row), *flow[3], *sums, *sloped, *layers, *layer, *jump, *after;
    for (int k = 0; k < 2; k++) tilted[k] = (at += k ? 2 * row : row);
    for (int k = 0; k < 3; k++) flow[k] = (at += k ? row : 2 * row);
    sums = (at += row), sloped = (at += 3 * row), layers = (at += 3 * row), layer = (at += row);
    jump = (at += row), after = (at += row);
    double *edge = after + row;
    Kernel *made = malloc(bands * sizeof(Kernel));
    for (int d = 0; d < draws; d++) {
        int turned = 0;            /* whether anybody has come from the age before */
        for (int b = 0; b < bands; b++) {
            int w = band[b].states;
            if (band[b].last <= begin) continue;
            kernel(band[b].rates + (size_t)d * w * w, w, terms, made + b);
        }
        for (int b = 0; b < bands; b++) {
            const Band *here = band + b;
            const Kernel *k = made + b;
            int w = here->states, carried = 0;
            if (here->last <= begin) continue;
            memset(sums, 0, 3 * rows * w * sizeof(double));
            memset(sloped, 0, 3 * rows * w * sizeof(double));
            memset(layers, 0, rows * w * sizeof(double));
            if (turned)
                for (int r = 1; r < rows; r++)
                    for (int i = 0; i < w; i++) layers[r * w + i] = layer[(r - 1) * w + i];
            for (int age = here->first > begin ? here->first : begin; age < here->last; age++) {
                for (int r = 0; r < rows; r++) {
                    double *to = whole + 3 * r * w;
                    for (int i = 0; i < w; i++) {
                        size_t cell = (((size_t)d * years + r) * ages + age) * states + here->from + i;
                        size_t before = cell - (size_t)ages * states;
                        double now = r < years ? even[cell] : 0.0, old = r ? even[before] : 0.0;
                        to[i] = r && turned ? flow[0][(r - 1) * w + i] : 0.0;
                        if (r) to[i] += born[before];
                        to[w + i] = r ? old : start[((size_t)d * ages + age) * states + here->from + i];
                        to[2 * w + i] = r < years ? now - old : 0.0;
                        for (int v = 0; v < 2; v++) {
                            tilted[v][2 * r * w + i] = r && turned ? flow[v + 1][(r - 1) * w + i] : 0.0;
                            tilted[v][2 * r * w + w + i] = to[2 * w + i];
                        }
                    }
                }
                for (int v = 0; v < 2; v++) product(whole + w, k->rates, tilted[v] + w, 1, w, w, 1);
                for (int i = 0; i < 3 * rows * w; i++) sums[i] += whole[i];
                for (int r = 0; r < rows; r++)
                    for (int i = 0; i < w; i++) {
                        for (int v = 0; v < 2; v++) sloped[3 * r * w + v * w + i] += tilted[v][2 * r * w + i];
                        if (carried && r) sloped[3 * r * w + 2 * w + i] += jump[(r - 1) * w + i];
                    }
                product(whole, k->phi, flow[0], years, 3 * w, w, 0);
                for (int v = 0; v < 2; v++) product(tilted[v], k->onward[v], flow[v + 1], years, 2 * w, w, 0);
                for (int r = 0; r < years; r++)
                    for (int i = 0; i < w; i++) jump[r * w + i] = tilted[0][2 * r * w + w + i];
                carried = turned = 1;
            }
            for (int r = 1; r < rows; r++) {
                double *lived = after + r * w;
                memcpy(lived, layers + r * w, w * sizeof(double));
                product(sums + 3 * r * w, k->phi + 2 * w * w, lived, 1, 2 * w, w, 1);
                product(sloped + 3 * r * w, k->after, lived, 1, 3 * w, w, 1);
            }
            memset(after, 0, w * sizeof(double));
            for (int y = 0; y < years; y++) {
                double here_then[MAX], lived[MAX];
                const double *s = sums + 3 * (y + 1) * w;
                product(after + (y + 1) * w, k->rates, here_then, 1, w, w, 0);
                product(sums + 3 * y * w, k->phi + w * w, lived, 1, 3 * w, w, 0);
                for (int i = 0; i < w; i++) {
                    size_t cell = ((size_t)d * years + y) * states + here->from + i;
                    stock[cell] += here_then[i] + s[i] + 0.5 * s[w + i];
                    time[cell] += lived[i] - after[y * w + i] + after[(y + 1) * w + i];
                }
            }
            if (b + 1 == bands) continue;
            int m = band[b + 1].states;
            if (here->same) product(jump, k->after + 2 * w * w, layer, years, w, w, 0);
            else {
                border(k, made + b + 1, here->passes, w, m, edge);
                product(jump, edge, layer, years, w, m, 0);
            }
            for (int v = 0; v < 3; v++) {
                product(flow[v], here->passes, next, years, w, m, 0);
                memcpy(flow[v], next, years * m * sizeof(double));
            }
        }
    }
    free(made);
    free(memory);
}
