// Gradients of a block of TILES tiles, by the transposes of what convolve.cpp does. From inputs and gradients of outputs,
// add to those of the weights, (36, IN, OUT), where asked for, and make those of the inputs, where there are filters
// (36, IN / STRIP, OUT, STRIP): tiles overlap, so that one thread has to do all of an image, in order.

const float* x = (const float*)x_at; const float* g = (const float*)grad_at; const float* u = (const float*)filters_at;
float* by_x = (float*)out_at; float* sums = (float*)sums_at;
enum { V_STEP = TILES * IN + 16, W_STEP = TILES * OUT + 16 };
float v[36 * V_STEP] __attribute__((aligned(64))); float w[36 * W_STEP] __attribute__((aligned(64)));
int first = block * TILES, count = images * PER_IMAGE - first < TILES ? images * PER_IMAGE - first : TILES;
for (int t = 0; t < TILES; ++t) {
    int tile = first + (t < count ? t : 0), place = tile % PER_IMAGE, ty = place / ACROSS, tx = place % ACROSS;
    for (int c = 0; sums && c < IN; c += LANES)
        to_frequencies(x + (long)(tile / PER_IMAGE) * SIDE * SIDE * IN + c, ty, tx, IN, v + t * IN + c, V_STEP);
    for (int k = 0; k < OUT; k += LANES) {
        const float* image = g + (long)(tile / PER_IMAGE) * SIDE * SIDE * OUT + k;
        vf rows[6][4];
        for (int a = 0; a < 4; ++a) {
            vf pixels[4], f[6];
            for (int b = 0; b < 4; ++b) pixels[b] = load(image + ((4 * ty + a) * SIDE + 4 * tx + b) * OUT);
            ungather(pixels, f);
            for (int b = 0; b < 6; ++b) rows[b][a] = f[b];
        }
        for (int b = 0; b < 6; ++b) {
            vf f[6];
            ungather(rows[b], f);
            for (int a = 0; a < 6; ++a) store(w + (a * 6 + b) * W_STEP + t * OUT + k, f[a]);
        }
    }
}
for (int f = 0; f < 36; ++f) {
    for (int k = 0; sums && k < OUT; k += Forth::STRIP)
        for (int c = 0; c < IN; c += Forth::HIGH) {
            float* at = sums + (f * IN + c) * OUT + k;
            vf sum[Forth::HIGH][Forth::WIDE];
            #pragma unroll
            for (int i = 0; i < Forth::HIGH; ++i)
                #pragma unroll
                for (int j = 0; j < Forth::WIDE; ++j) sum[i][j] = load(at + i * OUT + LANES * j);
            const float* left = v + f * V_STEP + c; const float* right = w + f * W_STEP + k;
            for (int t = 0; t < count; ++t) {
                vf grads[Forth::WIDE];
                #pragma unroll
                for (int j = 0; j < Forth::WIDE; ++j) grads[j] = load(right + t * OUT + LANES * j);
                #pragma unroll
                for (int i = 0; i < Forth::HIGH; ++i) {
                    vf value = (vf)(left[t * IN + i]);
                    #pragma unroll
                    for (int j = 0; j < Forth::WIDE; ++j) sum[i][j] = __builtin_elementwise_fma(value, grads[j], sum[i][j]);
                }
            }
            #pragma unroll
            for (int i = 0; i < Forth::HIGH; ++i)
                #pragma unroll
                for (int j = 0; j < Forth::WIDE; ++j) store(at + i * OUT + LANES * j, sum[i][j]);
        }
    if (u) multiply(Back(), w + f * W_STEP, u + f * IN * OUT, v + f * V_STEP);  // in the place of what is no longer needed
}
for (int t = 0; u && t < count; ++t) {
    int tile = first + t, place = tile % PER_IMAGE;
    float* image = by_x + (long)(tile / PER_IMAGE) * SIDE * SIDE * IN;
    if (place == 0)  // its first tile: memory is written once, not cleared before
        for (int k = 0; k < SIDE * SIDE * IN; k += LANES) store(image + k, (vf)(0.0f));
    for (int c = 0; c < IN; c += LANES) from_frequencies(v + t * IN + c, V_STEP, image + c, place / ACROSS, place % ACROSS, IN);
}
