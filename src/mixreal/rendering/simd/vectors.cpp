// What the SIMD kernels compute with: vectors of LANES floats, points of them, and a tile's quads of 2 x 2 pixels.
// All files of this folder are parts of one function's body (see packets.py), in the order vectors, light, rays, tile.

typedef float vf __attribute__((ext_vector_type(LANES)));
typedef int vi __attribute__((ext_vector_type(LANES)));
typedef float quad __attribute__((ext_vector_type(4)));
struct V {
    vf x, y, z;
    V operator+(const V& o) const { return {x + o.x, y + o.y, z + o.z}; }
    V operator-(const V& o) const { return {x - o.x, y - o.y, z - o.z}; }
    V operator*(const V& o) const { return {x * o.x, y * o.y, z * o.z}; }
    V operator*(vf s) const { return {x * s, y * s, z * s}; }
    V operator-() const { return {-x, -y, -z}; }
};
const float FAR = 1.0e30f;
auto vmin = [](vf a, vf b) { return __builtin_elementwise_min(a, b); };
auto vmax = [](vf a, vf b) { return __builtin_elementwise_max(a, b); };
auto root = [](vf a) { return __builtin_elementwise_sqrt(a); };
auto size_of = [](vf a) { return __builtin_elementwise_abs(a); };
auto below = [](vf a) { return __builtin_elementwise_floor(a); };
auto any = [](vi m) { return __builtin_reduce_or(m) != 0; };
auto pick = [](vi m, vf a, vf b) -> vf { return m ? a : b; };
auto pickv = [&](vi m, const V& a, const V& b) -> V { return {pick(m, a.x, b.x), pick(m, a.y, b.y), pick(m, a.z, b.z)}; };
auto wide = [](float s) -> vf { return (vf)(s); };
auto all3 = [&](float x, float y, float z) -> V { return {wide(x), wide(y), wide(z)}; };
auto dot = [](const V& a, const V& b) -> vf { return a.x * b.x + a.y * b.y + a.z * b.z; };
auto cross = [](const V& a, const V& b) -> V { return {a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x}; };
auto unit = [&](const V& a) -> V { return a * (wide(1.0f) / root(vmax(dot(a, a), wide(1.0e-30f)))); };
auto clamp01 = [&](vf a) { return vmin(vmax(a, wide(0.0f)), wide(1.0f)); };
auto bits = [](vf a) -> vi { vi b; __builtin_memcpy(&b, &a, sizeof a); return b; };
auto number = [](vi b) -> vf { vf a; __builtin_memcpy(&a, &b, sizeof a); return a; };
auto fall = [&](vf x) -> vf {  // exp(-x), as in shading.py
    vf a = vmax(wide(1.0f) - x * 0.0625f, wide(0.0f)); a *= a; a *= a; a *= a; return a * a; };

// A packet holds LANES / 4 samples of each of the 4 pixels of a quad: lane k is pixel k % 4.
auto fourfold = [](const float* of_quad) -> vf {  // the 4 values, once for every sample
    vf all; for (int k = 0; k < LANES / 4; ++k) __builtin_memcpy((char*)&all + 16 * k, of_quad, 16); return all; };
auto add = [](quad& sum, vf values) {  // sample by sample: the same sum whatever LANES is
    quad part[LANES / 4]; __builtin_memcpy(part, &values, sizeof values);
    for (int k = 0; k < LANES / 4; ++k) sum += part[k]; };
