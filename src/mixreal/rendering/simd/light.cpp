// Pictures and reflection in packets: shading.py, lane by lane.

auto fetch = [&](vi place) -> vi {
    int at[LANES], got[LANES];
    __builtin_memcpy(at, &place, sizeof place);
    const int* texels = (const int*)world.texels.data;
    for (int k = 0; k < LANES; ++k) got[k] = texels[at[k]];
    vi out; __builtin_memcpy(&out, got, sizeof out); return out; };
struct Pictures { vi place, log_width, log_height, levels; vf scale; };  // rows of World.pictures, a lane each
auto picture_row = [&](int index, vi m, Pictures& rows) {
    const auto& entry = world.pictures.data[index];
    const float scale = __builtin_sqrtf((float)(1 << entry[1]) * (float)(1 << entry[2]));
    rows.place = m ? (vi)(entry[0]) : rows.place; rows.log_width = m ? (vi)(entry[1]) : rows.log_width;
    rows.log_height = m ? (vi)(entry[2]) : rows.log_height; rows.levels = m ? (vi)(entry[3]) : rows.levels;
    rows.scale = pick(m, wide(scale), rows.scale); };
auto one_picture = [&](int index) -> Pictures { Pictures rows = {0, 0, 0, 0, 0}; picture_row(index, (vi)(-1), rows); return rows; };
auto own_pictures = [&](vi index, vi active) -> Pictures {
    Pictures rows = {0, 0, 0, 0, 0};  // the others read texel 0
    for (vi left = active; any(left);) {
        int k = __builtin_reduce_max(left ? index : (vi)(-1));
        vi m = left & (index == k);
        picture_row(k, m, rows); left = left & ~m;
    }
    return rows; };
auto sample = [&](const Pictures& from, vf u, vf v, vf footprint, vf& alpha) -> V {
    // floor(log2(span) + 1/2), from the float's exponent
    vi level = ((bits(footprint * from.scale * 1.41421356f) >> 23) & 255) - 127;
    level = __builtin_elementwise_max(__builtin_elementwise_min(level, from.levels - 1), (vi)(0));
    // The levels before take 4^k texels each less than the one before: a third of a power of four in all.
    vi one = 1, lw = from.log_width - level, lh = from.log_height - level;
    vi place = from.place + ((0x55555555 & ((one << (level + level)) - 1)) << (lw + lh + 2));
    vi width = one << lw, height = one << lh;
    vf x = (u - below(u)) * __builtin_convertvector(width, vf) - 0.5f;
    vf y = (v - below(v)) * __builtin_convertvector(height, vf) - 0.5f;
    vf left = below(x), top = below(y), a = x - left, b = y - top;
    vi xi = __builtin_convertvector(left, vi), yi = __builtin_convertvector(top, vi);
    vi x0 = xi & (width - 1), x1 = (xi + 1) & (width - 1);
    vi y0 = place + ((yi & (height - 1)) << lw), y1 = place + (((yi + 1) & (height - 1)) << lw);
    vi c00 = fetch(y0 + x0), c01 = fetch(y0 + x1), c10 = fetch(y1 + x0), c11 = fetch(y1 + x1);
    vf w00 = (1.0f - a) * (1.0f - b), w01 = a * (1.0f - b), w10 = (1.0f - a) * b, w11 = a * b;
    auto byte = [&](vi code, int shift) -> vf { return __builtin_convertvector((code >> shift) & 255, vf); };
    auto channel = [&](int shift) -> vf {
        vf p = byte(c00, shift), q = byte(c01, shift), r = byte(c10, shift), s = byte(c11, shift);
        return (p * p * w00 + q * q * w01 + r * r * w10 + s * s * w11) * (1.0f / 65025.0f); };
    alpha = (byte(c00, 24) * w00 + byte(c01, 24) * w01 + byte(c10, 24) * w10 + byte(c11, 24) * w11) * (1.0f / 255.0f);
    return {channel(0), channel(8), channel(16)};
};

auto angle = [&](vf y, vf x) -> vf {  // atan2, as in shading.py
    const float pi = 3.14159265f;
    vf ax = size_of(x), ay = size_of(y), a = vmin(ax, ay) / vmax(vmax(ax, ay), wide(1.0e-20f)), s = a * a;
    vf r = a * (0.9998660f + s * (-0.3302995f + s * (0.1801410f + s * (-0.0851330f + s * 0.0208351f))));
    r = pick(ay > ax, 0.5f * pi - r, r); r = pick(x < 0.0f, pi - r, r);
    return pick(y < 0.0f, -r, r); };

auto sky_terms = [&](const V& n, vf first, vf second) -> V {
    vf xy = n.x * n.y, yz = n.y * n.z, zx = n.z * n.x, yy = 3.0f * n.y * n.y - 1.0f, xx = n.x * n.x - n.z * n.z;
    vf out[3];
    for (int c = 0; c < 3; ++c) {
        vf band1 = image.sky.data[1][c] * n.x + image.sky.data[2][c] * n.y + image.sky.data[3][c] * n.z;
        vf band2 = image.sky.data[4][c] * xy + image.sky.data[5][c] * yz + image.sky.data[6][c] * zx
                 + image.sky.data[7][c] * yy + image.sky.data[8][c] * xx;
        out[c] = vmax(image.sky.data[0][c] + band1 * first + band2 * second, wide(0.0f));
    }
    return {out[0], out[1], out[2]};
};
auto turned = [&](const V& d) -> V {
    return {image.sky_turn[0] * d.x - image.sky_turn[1] * d.z, d.y, image.sky_turn[1] * d.x + image.sky_turn[0] * d.z}; };
auto reflect_sun = [&](const V& base, vf metallic, vf roughness, const V& n, const V& view) -> V {
    vf nl = dot(n, sun), nv = vmax(dot(n, view), wide(1.0e-3f));
    V half = unit(view + sun);
    vf nh = vmax(dot(n, half), wide(0.0f)), vh = vmax(dot(view, half), wide(0.0f));
    vf alpha = vmax(roughness * roughness, wide(2.0e-3f)), a2 = alpha * alpha;
    vf d = nh * nh * (a2 - 1.0f) + 1.0f;
    vf k = (roughness + 1.0f) * (roughness + 1.0f) * 0.125f;
    vf lobe = a2 / (d * d * 4.0f * (nl * (1.0f - k) + k) * (nv * (1.0f - k) + k));  // pi of the BRDF cancels
    V dark = base * metallic + all3(0.04f, 0.04f, 0.04f) * (1.0f - metallic);
    vf om = 1.0f - vh, o5 = om * om * om * om * om;
    V fresnel = dark + (all3(1.0f, 1.0f, 1.0f) - dark) * o5;
    V diffuse = (all3(1.0f, 1.0f, 1.0f) - fresnel) * base * (1.0f - metallic);
    return (diffuse + fresnel * lobe) * nl;
};
auto reflect_sky = [&](const V& base, vf metallic, vf roughness, const V& n, const V& view) -> V {
    vf nv = clamp01(dot(n, view));
    V mirrored = turned(n * (2.0f * nv) - view);
    vf sharp = 1.0f - roughness;
    V shiny = sky_terms(mirrored, 1.0f + 0.5f * sharp, 1.0f + 3.0f * sharp);
    V dark = base * metallic + all3(0.04f, 0.04f, 0.04f) * (1.0f - metallic);
    vf ry = 0.0425f - 0.0275f * roughness, rz = 1.04f - 0.572f * roughness, rw = 0.022f * roughness - 0.04f;
    vf a = vmin(sharp * sharp, fall(6.4324f * nv)) * sharp + ry;
    vf scale = -1.04f * a + rz, bias = 1.04f * a + rw;
    V soft = sky_terms(turned(n), wide(1.0f), wide(1.0f));
    return soft * base * (1.0f - metallic) + shiny * (dark * scale + V{bias, bias, bias});
};
