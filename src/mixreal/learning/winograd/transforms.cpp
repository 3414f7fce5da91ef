// Winograd's F(4x4, 3x3) in vectors of LANES channels: tiles of 6 x 6 pixels to frequencies, frequencies to 4 x 4 pixels.
// Parts of one function's body (see kernels.py): the constants SIDE, IN, OUT, TILES and REFLECT stand before this, and of
// registers LANES, WIDE (vectors) and HIGH (tiles, or channels) that are summed at once.

typedef float vf __attribute__((ext_vector_type(LANES), aligned(4)));
enum { ACROSS = SIDE / 4, PER_IMAGE = ACROSS * ACROSS };

auto load = [](const float* at) -> vf { return *(const vf*)at; };
auto store = [](float* at, vf value) { *(vf*)at = value; };

// Along one axis: six pixels to six frequencies, six frequencies to four pixels, and the transpose of the latter.
auto spread = [](const vf* d, vf* out) {
    vf a = d[4] - 4.0f * d[2], b = d[3] - 4.0f * d[1], c = d[4] - d[2], e = 2.0f * (d[3] - d[1]);
    out[0] = 4.0f * d[0] - 5.0f * d[2] + d[4];
    out[1] = a + b;
    out[2] = a - b;
    out[3] = c + e;
    out[4] = c - e;
    out[5] = 4.0f * d[1] - 5.0f * d[3] + d[5]; };
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
