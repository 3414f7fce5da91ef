// One row of one image, blurred along x and laid out by colour: sensing.blur_rows.

enum { PART = 64 };  // pixels at a time: the row stays in registers and the nearest cache
const auto& record = records.data[index];
const float sigma = record.blur;
float share[RADIUS + 1] = {1.0f}, total = 1.0f;
int reach = 0;
if (sigma >= 0.05f) {
    reach = (int)(2.5f * sigma) + 1; reach = reach < RADIUS ? reach : RADIUS;
    const float falls = -0.5f / (sigma * sigma);
    for (int k = 1; k <= reach; ++k) { share[k] = __builtin_expf((float)(k * k) * falls); total += 2.0f * share[k]; }
}
for (int k = 0; k <= reach; ++k) share[k] *= 1.0f / total;
const float* from = (const float*)light.data + ((size_t)index * size + row) * size * 3;
const size_t stride = rows.shape[3];
float* to = (float*)rows.data + ((size_t)index * size + row) * 3 * stride;
for (int start = 0; start < size; start += PART) {
    float line[3][PART + 2 * RADIUS];
    for (int k = 0; k < PART + 2 * RADIUS; ++k) {
        int x = start + k - RADIUS; x = x < 0 ? 0 : x; x = x < size ? x : size - 1;
        for (int c = 0; c < 3; ++c) line[c][k] = from[x * 3 + c];
    }
    for (int c = 0; c < 3; ++c) for (int x = 0; x < PART && start + x < size; x += LANES) {
        auto at = [&](int k) -> vf { vf v; __builtin_memcpy(&v, &line[c][x + RADIUS + k], sizeof v); return v; };
        vf sum = at(0) * share[0];
        for (int k = 1; k <= reach; ++k) sum = sum + (at(-k) + at(k)) * share[k];
        __builtin_memcpy(to + c * stride + start + x, &sum, sizeof sum);
    }
}
