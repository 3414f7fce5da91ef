// One row of one image, blurred along y and made a picture: sensing.develop.

typedef unsigned vu __attribute__((ext_vector_type(LANES)));
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
const size_t stride = rows.shape[3];
const float* first = (const float*)rows.data + (size_t)index * size * 3 * stride;
unsigned char* to = (unsigned char*)out.data + ((size_t)index * size + row) * size * 3;
auto mixed = [](vu x) -> vu { x ^= x >> 16; x *= 0x7FEB352Du; x ^= x >> 15; x *= 0x846CA68Bu; return x ^ (x >> 16); };
auto encoded = [&](vf linear) -> vf {
    vf c = clamp01(linear), t = root(root(c));
    vf curve = CURVE[0] + t * (CURVE[1] + t * (CURVE[2] + t * (CURVE[3] + t * CURVE[4])));
    return pick(c <= 0.0031308f, 12.92f * c, curve); };
for (int x = 0; x < size; x += LANES) {
    vf v[3];
    for (int c = 0; c < 3; ++c) {
        auto at = [&](int y) -> vf {
            y = y < 0 ? 0 : y; y = y < size ? y : size - 1;
            vf got; __builtin_memcpy(&got, first + ((size_t)y * 3 + c) * stride + x, sizeof got); return got; };
        v[c] = at(row) * share[0];
        for (int k = 1; k <= reach; ++k) v[c] = v[c] + (at(row - k) + at(row + k)) * share[k];
        v[c] = v[c] * record.gain[c];
    }
    vf grey = v[0] * 0.2126f + v[1] * 0.7152f + v[2] * 0.0722f;
    unsigned char bytes[LANES * 3];
    for (int c = 0; c < 3; ++c) {
        vf value = encoded(grey + (v[c] - grey) * record.saturation);
        value = (value - 0.5f) * record.contrast + (0.5f + record.brightness);
        if (record.noise > 0.0f) {
            vu place; for (int k = 0; k < LANES; ++k) place[k] = (unsigned)(row * size + x + k) * 4u + (unsigned)c;
            vu got = mixed(mixed(place + record.key[0]) ^ record.key[1]);
            vu bell = (got & 255u) + ((got >> 8) & 255u) + ((got >> 16) & 255u) + (got >> 24);
            value = value + (__builtin_convertvector(bell, vf) - 510.0f) * (record.noise * BELL);
        }
        vi level = __builtin_convertvector(clamp01(value) * 255.0f + 0.5f, vi);
        for (int k = 0; k < LANES; ++k) bytes[k * 3 + c] = (unsigned char)level[k];
    }
    const int left = size - x < LANES ? size - x : LANES;
    __builtin_memcpy(to + x * 3, bytes, left * 3);
}
