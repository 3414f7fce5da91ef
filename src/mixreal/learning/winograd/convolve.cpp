// Convolve a block of TILES tiles: (n, SIDE, SIDE, IN) and (36, OUT / STRIP, IN, STRIP) to (n, SIDE, SIDE, OUT).

const float* x = (const float*)x_at; const float* u = (const float*)filters_at; float* y = (float*)out_at;
enum { V_STEP = TILES * IN + 16, M_STEP = TILES * OUT + 16 };  // odd numbers of cache lines: frequencies in all sets
float v[36 * V_STEP] __attribute__((aligned(64))); float m[36 * M_STEP] __attribute__((aligned(64)));
int first = block * TILES, count = images * PER_IMAGE - first < TILES ? images * PER_IMAGE - first : TILES;
for (int t = 0; t < TILES; ++t) {
    int tile = first + (t < count ? t : 0), place = tile % PER_IMAGE;
    for (int c = 0; c < IN; c += LANES)
        to_frequencies(x + (long)(tile / PER_IMAGE) * SIDE * SIDE * IN + c, place / ACROSS, place % ACROSS, IN, v + t * IN + c, V_STEP);
}
for (int f = 0; f < 36; ++f) multiply(Forth(), v + f * V_STEP, u + f * IN * OUT, m + f * M_STEP);
for (int t = 0; t < count; ++t) {
    int tile = first + t, place = tile % PER_IMAGE;
    float* image = y + (long)(tile / PER_IMAGE) * SIDE * SIDE * OUT;
    for (int k = 0; k < OUT; k += LANES) {
        vf rows[4][6];
        for (int a = 0; a < 6; ++a) {
            vf f[6], pixels[4];
            for (int b = 0; b < 6; ++b) f[b] = load(m + (a * 6 + b) * M_STEP + t * OUT + k);
            gather(f, pixels);
            for (int b = 0; b < 4; ++b) rows[b][a] = pixels[b];
        }
        for (int b = 0; b < 4; ++b) {
            vf pixels[4];
            gather(rows[b], pixels);
            for (int a = 0; a < 4; ++a)
                store(image + ((4 * (place / ACROSS) + a) * SIDE + 4 * (place % ACROSS) + b) * OUT + k, pixels[a]);
        }
    }
}
