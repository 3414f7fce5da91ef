// Add a block of TILES tiles to the gradient of the weights, (36, IN, OUT): inputs times gradients of outputs.

const float* x = (const float*)x_at; const float* g = (const float*)other_at; float* sums = (float*)out_at;
enum { V_STEP = TILES * IN + 16, W_STEP = TILES * OUT + 16 };
float v[36 * V_STEP] __attribute__((aligned(64))); float w[36 * W_STEP] __attribute__((aligned(64)));
int first = block * TILES, count = images * PER_IMAGE - first < TILES ? images * PER_IMAGE - first : TILES;
for (int t = 0; t < count; ++t) {
    int tile = first + t, place = tile % PER_IMAGE, ty = place / ACROSS, tx = place % ACROSS;
    for (int c = 0; c < IN; c += LANES)
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
for (int f = 0; f < 36; ++f)
    for (int k = 0; k < OUT; k += LANES * WIDE)
        for (int c = 0; c < IN; c += HIGH) {
            float* at = sums + (f * IN + c) * OUT + k;
            vf sum[HIGH][WIDE];
            #pragma unroll
            for (int i = 0; i < HIGH; ++i)
                #pragma unroll
                for (int j = 0; j < WIDE; ++j) sum[i][j] = load(at + i * OUT + LANES * j);
            const float* left = v + f * V_STEP + c; const float* right = w + f * W_STEP + k;
            for (int t = 0; t < count; ++t) {
                vf grads[WIDE];
                #pragma unroll
                for (int j = 0; j < WIDE; ++j) grads[j] = load(right + t * OUT + LANES * j);
                #pragma unroll
                for (int i = 0; i < HIGH; ++i) {
                    vf value = (vf)(left[t * IN + i]);
                    #pragma unroll
                    for (int j = 0; j < WIDE; ++j) sum[i][j] = __builtin_elementwise_fma(value, grads[j], sum[i][j]);
                }
            }
            #pragma unroll
            for (int i = 0; i < HIGH; ++i)
                #pragma unroll
                for (int j = 0; j < WIDE; ++j) store(at + i * OUT + LANES * j, sum[i][j]);
        }
