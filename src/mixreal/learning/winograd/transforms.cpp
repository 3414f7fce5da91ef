// Winograd's F(4x4, 3x3) in vectors of LANES channels: tiles of 6 x 6 pixels to frequencies, frequencies to 4 x 4 pixels.
// Parts of one function's body (see kernels.py): the constants SIDE, IN, OUT, TILES, REFLECT and LANES stand before this.

typedef float vf __attribute__((ext_vector_type(LANES), aligned(4)));
enum { ACROSS = SIDE / 4, PER_IMAGE = ACROSS * ACROSS };

auto load = [](const float* at) -> vf { return *(const vf*)at; };
auto store = [](float* at, vf value) { *(vf*)at = value; };

// Along one axis: six pixels to six frequencies, six frequencies to four pixels, and the transposes of both.
auto spread = [](const vf* d, vf* out) {
    vf a = d[4] - 4.0f * d[2], b = d[3] - 4.0f * d[1], c = d[4] - d[2], e = 2.0f * (d[3] - d[1]);
    out[0] = 4.0f * d[0] - 5.0f * d[2] + d[4];
    out[1] = a + b;
    out[2] = a - b;
    out[3] = c + e;
    out[4] = c - e;
    out[5] = 4.0f * d[1] - 5.0f * d[3] + d[5]; };
auto unspread = [](const vf* f, vf* out) {
    vf a = f[1] + f[2], b = f[2] - f[1], c = f[3] + f[4], e = 2.0f * (f[4] - f[3]);
    out[0] = 4.0f * f[0];
    out[1] = 4.0f * (b + f[5]) + e;
    out[2] = -5.0f * f[0] - 4.0f * a - c;
    out[3] = -b - e - 5.0f * f[5];
    out[4] = f[0] + a + c;
    out[5] = f[5]; };
auto gather = [](const vf* m, vf* out) {
    vf a = m[1] + m[2], b = m[1] - m[2], c = m[3] + m[4], e = m[3] - m[4];
    out[0] = m[0] + a + c;
    out[1] = b + 2.0f * e;
    out[2] = a + 4.0f * c;
    out[3] = b + 8.0f * e + m[5]; };
auto ungather = [](const vf* y, vf* out) {
    vf a = y[0] + y[2], b = y[1] + y[3], c = y[0] + 4.0f * y[2], e = 2.0f * y[1] + 8.0f * y[3];
    out[0] = y[0];
    out[1] = a + b;
    out[2] = a - b;
    out[3] = c + e;
    out[4] = c - e;
    out[5] = y[3]; };

// A place beyond the image, seen in the mirror of its outermost pixel.
auto mirrored = [](int at) -> int { return REFLECT ? at < 0 ? -at : at < SIDE ? at : 2 * SIDE - 2 - at : at; };

// One tile's LANES channels, beyond the image zeros or its reflection: 36 vectors, `step` apart.
auto to_frequencies = [&](const float* image, int ty, int tx, int channels, float* out, int step) {
    vf rows[6][6];  // [frequency along x][y]
    for (int y = 0; y < 6; ++y) {
        vf d[6], f[6];
        int row = mirrored(4 * ty + y - 1);
        bool inside = row >= 0 && row < SIDE;
        for (int x = 0; x < 6; ++x) {
            int column = mirrored(4 * tx + x - 1);
            d[x] = inside && column >= 0 && column < SIDE ? load(image + (row * SIDE + column) * channels) : (vf)(0.0f);
        }
        spread(d, f);
        for (int x = 0; x < 6; ++x) rows[x][y] = f[x];
    }
    for (int x = 0; x < 6; ++x) {
        vf f[6];
        spread(rows[x], f);
        for (int y = 0; y < 6; ++y) store(out + (y * 6 + x) * step, f[y]);
    } };

// The transpose: 36 vectors are added to the pixels that they came from.
auto from_frequencies = [&](const float* in, int step, float* image, int ty, int tx, int channels) {
    vf rows[6][6];  // [y][frequency along x]
    for (int x = 0; x < 6; ++x) {
        vf f[6], d[6];
        for (int y = 0; y < 6; ++y) f[y] = load(in + (y * 6 + x) * step);
        unspread(f, d);
        for (int y = 0; y < 6; ++y) rows[y][x] = d[y];
    }
    for (int y = 0; y < 6; ++y) {
        int row = mirrored(4 * ty + y - 1);
        if (row < 0 || row >= SIDE) continue;
        vf d[6];
        unspread(rows[y], d);
        for (int x = 0; x < 6; ++x) {
            int column = mirrored(4 * tx + x - 1);
            if (column < 0 || column >= SIDE) continue;
            float* at = image + (row * SIDE + column) * channels;
            store(at, load(at) + d[x]);
        }
    } };

// How many sums of a matrix product are held in registers at once: half of the 32 of AVX-512, or of the 16 of AVX2, so
// that what is multiplied has room beside them. WIDE vectors of N columns, HIGH rows.
#define REGISTERS(N) WIDE = N / LANES < 4 ? N / LANES : 4, STRIP = WIDE * LANES, \
    HIGH = LANES / WIDE < TILES ? LANES / WIDE : TILES
struct Forth { enum { K = IN, N = OUT, REGISTERS(OUT) }; };
struct Back { enum { K = OUT, N = IN, REGISTERS(IN) }; };

// (TILES, K) times (K, N), the latter in strips of STRIP columns, each of which stays in the first-level cache.
auto multiply = [&](auto shape, const float* left, const float* strips, float* out) {
    typedef decltype(shape) S;
    for (int k = 0; k < S::N; k += S::STRIP, strips += S::K * S::STRIP)
        for (int t = 0; t < TILES; t += S::HIGH) {
            vf sum[S::HIGH][S::WIDE];
            #pragma unroll
            for (int i = 0; i < S::HIGH; ++i)
                #pragma unroll
                for (int j = 0; j < S::WIDE; ++j) sum[i][j] = (vf)(0.0f);
            const float* rows = left + t * S::K;
            for (int c = 0; c < S::K; ++c) {
                vf weights[S::WIDE];
                #pragma unroll
                for (int j = 0; j < S::WIDE; ++j) weights[j] = load(strips + c * S::STRIP + LANES * j);
                #pragma unroll
                for (int i = 0; i < S::HIGH; ++i) {
                    vf value = (vf)(rows[i * S::K + c]);
                    #pragma unroll
                    for (int j = 0; j < S::WIDE; ++j) sum[i][j] = __builtin_elementwise_fma(value, weights[j], sum[i][j]);
                }
            }
            #pragma unroll
            for (int i = 0; i < S::HIGH; ++i)
                #pragma unroll
                for (int j = 0; j < S::WIDE; ++j) store(out + (t + i) * S::N + k + LANES * j, sum[i][j]);
        } };
