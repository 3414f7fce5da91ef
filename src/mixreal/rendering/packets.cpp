// The SIMD kernel for CPUs: one tile of 4 x 4 pixels, its rays in packets of LANES. This is a function's body (see
// packets.py); the names and the mathematics are those of kernels.py, shading.py and tracing.py, which explain them.
// What makes it fast: camera rays share an origin and shadow rays a direction, so most of a triangle's terms are
// scalars; one box test serves a whole packet; divisions and square roots run on all lanes at once.

typedef float vf __attribute__((ext_vector_type(LANES)));
typedef int vi __attribute__((ext_vector_type(LANES)));
struct S { float x, y, z; };
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
auto any = [](vi m) { return __builtin_reduce_or(m) != 0; };
auto pick = [](vi m, vf a, vf b) -> vf { return m ? a : b; };
auto pickv = [&](vi m, const V& a, const V& b) -> V { return {pick(m, a.x, b.x), pick(m, a.y, b.y), pick(m, a.z, b.z)}; };
auto wide = [](float s) -> vf { return (vf)(s); };
auto dot = [](const V& a, const V& b) -> vf { return a.x * b.x + a.y * b.y + a.z * b.z; };
auto unit = [&](const V& a) -> V { return a * (wide(1.0f) / root(vmax(dot(a, a), wide(1.0e-30f)))); };
auto all3 = [&](float x, float y, float z) -> V { return {wide(x), wide(y), wide(z)}; };
auto clamp01 = [&](vf a) { return vmin(vmax(a, wide(0.0f)), wide(1.0f)); };
auto fall = [&](vf x) -> vf {  // exp(-x), as in shading.py
    vf a = vmax(wide(1.0f) - x * 0.0625f, wide(0.0f)); a *= a; a *= a; a *= a; return a * a; };

const auto& image = images.data[index];
const auto& model = world.models.data[image.model];
const auto* nodes = world.nodes.data + model.node;
const auto* triangles = world.triangles.data + model.triangle;
const auto& M = image.to_model.data;
auto to_model = [&](const V& a) -> V {
    return {M[0][0] * a.x + M[0][1] * a.y + M[0][2] * a.z, M[1][0] * a.x + M[1][1] * a.y + M[1][2] * a.z,
            M[2][0] * a.x + M[2][1] * a.y + M[2][2] * a.z}; };
auto to_model1 = [&](S a) -> S {
    return {M[0][0] * a.x + M[0][1] * a.y + M[0][2] * a.z, M[1][0] * a.x + M[1][1] * a.y + M[1][2] * a.z,
            M[2][0] * a.x + M[2][1] * a.y + M[2][2] * a.z}; };
auto from_normal = [&](const V& a) -> V {  // transpose: normals to world
    return {M[0][0] * a.x + M[1][0] * a.y + M[2][0] * a.z, M[0][1] * a.x + M[1][1] * a.y + M[2][1] * a.z,
            M[0][2] * a.x + M[1][2] * a.y + M[2][2] * a.z}; };
const S eye = {image.eye[0], image.eye[1], image.eye[2]};
const S home = {image.origin[0], image.origin[1], image.origin[2]};
const S sun = {image.sun_direction[0], image.sun_direction[1], image.sun_direction[2]};
const V sun_light = all3(image.sun_radiance[0], image.sun_radiance[1], image.sun_radiance[2]);
const S start = to_model1({eye.x - home.x, eye.y - home.y, eye.z - home.z});  // of camera rays, in model axes
const S shine = to_model1(sun);  // direction of shadow rays, in model axes
const float pixel = 2.0f / (float)size;
const float spread = pixel * image.tangent;

// --- pictures
auto sample = [&](vi picture, vf u, vf v, vf footprint, vi active, vf& alpha) -> V {
    vi place = 0, lw = 0, lh = 0;
    for (int k = 0; k < LANES; ++k) if (active[k]) {
        const auto& entry = world.pictures.data[picture[k]];
        int a = entry[1], b = entry[2], at = entry[0], level = 0;
        float span = footprint[k] * __builtin_sqrtf((float)(1 << a) * (float)(1 << b));
        if (span > 1.0f) {
            float scaled = span * 1.41421356f;  // floor(log2(span) + 1/2), from the float's exponent
            int bits; __builtin_memcpy(&bits, &scaled, 4);
            level = ((bits >> 23) & 255) - 127;
            if (level > entry[3] - 1) level = entry[3] - 1;
        }
        for (int l = 0; l < level; ++l) { at += 1 << (a + b); a = a > 0 ? a - 1 : 0; b = b > 0 ? b - 1 : 0; }
        place[k] = at; lw[k] = a; lh[k] = b;
    }
    vi one = 1;
    vi width = one << lw, height = one << lh;
    vf x = (u - __builtin_elementwise_floor(u)) * __builtin_convertvector(width, vf) - 0.5f;
    vf y = (v - __builtin_elementwise_floor(v)) * __builtin_convertvector(height, vf) - 0.5f;
    vf left = __builtin_elementwise_floor(x), top = __builtin_elementwise_floor(y);
    vf a = x - left, b = y - top;
    vi xi = __builtin_convertvector(left, vi), yi = __builtin_convertvector(top, vi);
    vi x0 = xi & (width - 1), x1 = (xi + 1) & (width - 1);
    vi y0 = place + ((yi & (height - 1)) << lw), y1 = place + (((yi + 1) & (height - 1)) << lw);
    vi c00 = 0, c01 = 0, c10 = 0, c11 = 0;
    const unsigned* texels = (const unsigned*)world.texels.data;
    for (int k = 0; k < LANES; ++k) if (active[k]) {
        c00[k] = (int)texels[y0[k] + x0[k]]; c01[k] = (int)texels[y0[k] + x1[k]];
        c10[k] = (int)texels[y1[k] + x0[k]]; c11[k] = (int)texels[y1[k] + x1[k]];
    }
    vf w00 = (1.0f - a) * (1.0f - b), w01 = a * (1.0f - b), w10 = (1.0f - a) * b, w11 = a * b;
    auto channel = [&](int shift) -> vf {
        vf p = __builtin_convertvector((c00 >> shift) & 255, vf), q = __builtin_convertvector((c01 >> shift) & 255, vf);
        vf r = __builtin_convertvector((c10 >> shift) & 255, vf), s = __builtin_convertvector((c11 >> shift) & 255, vf);
        return (p * p * w00 + q * q * w01 + r * r * w10 + s * s * w11) * (1.0f / 65025.0f); };
    alpha = (__builtin_convertvector((c00 >> 24) & 255, vf) * w00 + __builtin_convertvector((c01 >> 24) & 255, vf) * w01
           + __builtin_convertvector((c10 >> 24) & 255, vf) * w10 + __builtin_convertvector((c11 >> 24) & 255, vf) * w11)
           * (1.0f / 255.0f);
    return {channel(0), channel(8), channel(16)};
};

// --- light
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
    vf nl = n.x * sun.x + n.y * sun.y + n.z * sun.z;
    vf nv = vmax(dot(n, view), wide(1.0e-3f));
    V half = unit({view.x + sun.x, view.y + sun.y, view.z + sun.z});
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

// --- rays
const float tiny = 1.0e-20f;  // in place of zero
auto inverse = [&](vf a) -> vf { return 1.0f / pick(__builtin_elementwise_abs(a) < tiny, wide(tiny), a); };
auto closest = [&](const V& d, vf near, vi active, vf& distance, vf& hit_u, vf& hit_v) -> vi {
    V inv = {inverse(d.x), inverse(d.y), inverse(d.z)};
    vi found = -1;
    distance = pick(active, wide(FAR), wide(-1.0f));  // inactive lanes reach nothing
    int stack[DEPTH]; int top = 0; stack[top++] = 0;
    int lead = 0; while (lead < LANES - 1 && !active[lead]) ++lead;
    const float dx = d.x[lead], dy = d.y[lead], dz = d.z[lead];
    while (top > 0) {
        const auto& node = nodes[stack[--top]];
        vf x0 = (node.low[0] - start.x) * inv.x, x1 = (node.high[0] - start.x) * inv.x;
        vf y0 = (node.low[1] - start.y) * inv.y, y1 = (node.high[1] - start.y) * inv.y;
        vf z0 = (node.low[2] - start.z) * inv.z, z1 = (node.high[2] - start.z) * inv.z;
        vf in = vmax(vmax(vmin(x0, x1), vmin(y0, y1)), vmin(z0, z1));
        vf out = vmin(vmin(vmax(x0, x1), vmax(y0, y1)), vmin(vmax(z0, z1), distance));
        if (!any((in <= out) & (out >= 0.0f))) continue;
        if (node.count == 0) {  // the child that the leading ray meets first is looked at first
            const auto& l = nodes[node.first]; const auto& r = nodes[node.first + 1];
            float order = (r.low[0] + r.high[0] - l.low[0] - l.high[0]) * dx + (r.low[1] + r.high[1] - l.low[1] - l.high[1]) * dy
                        + (r.low[2] + r.high[2] - l.low[2] - l.high[2]) * dz;
            int first = order >= 0.0f ? 0 : 1;
            stack[top++] = node.first + 1 - first; stack[top++] = node.first + first;
            continue;
        }
        for (int k = node.first; k < node.first + node.count; ++k) {
            const auto& t = triangles[k];
            const float sx = start.x - t.corner[0], sy = start.y - t.corner[1], sz = start.z - t.corner[2];
            const auto& a = t.edge1; const auto& b = t.edge2;
            const float qx = sy * a[2] - sz * a[1], qy = sz * a[0] - sx * a[2], qz = sx * a[1] - sy * a[0];  // s x edge1
            const float px = b[1] * sz - b[2] * sy, py = b[2] * sx - b[0] * sz, pz = b[0] * sy - b[1] * sx;  // edge2 x s
            const float nx = b[1] * a[2] - b[2] * a[1], ny = b[2] * a[0] - b[0] * a[2], nz = b[0] * a[1] - b[1] * a[0];
            vf determinant = d.x * nx + d.y * ny + d.z * nz;
            vf scale = 1.0f / determinant;
            vf u = (d.x * px + d.y * py + d.z * pz) * scale, v = (d.x * qx + d.y * qy + d.z * qz) * scale;
            vf at = (b[0] * qx + b[1] * qy + b[2] * qz) * scale;
            vi hit = (determinant != 0.0f) & (u >= 0.0f) & (v >= 0.0f) & (u + v <= 1.0f) & (at > near) & ((at < distance) | ((at == distance) & (k < found)));
            if (any(hit)) {
                distance = pick(hit, at, distance); hit_u = pick(hit, u, hit_u); hit_v = pick(hit, v, hit_v);
                found = hit ? (vi)(k) : found;
            }
        }
    }
    return found;
};
const float ix = 1.0f / (__builtin_fabsf(shine.x) < tiny ? tiny : shine.x);
const float iy = 1.0f / (__builtin_fabsf(shine.y) < tiny ? tiny : shine.y);
const float iz = 1.0f / (__builtin_fabsf(shine.z) < tiny ? tiny : shine.z);
auto lit_lanes = [&](const V& o, vi active) -> vi {  // those lanes that no triangle hides from the sun
    vi free = active;
    int stack[DEPTH]; int top = 0; stack[top++] = 0;
    vf ox = o.x * ix, oy = o.y * iy, oz = o.z * iz;
    while (top > 0) {
        const auto& node = nodes[stack[--top]];
        vf x0 = node.low[0] * ix - ox, x1 = node.high[0] * ix - ox, y0 = node.low[1] * iy - oy, y1 = node.high[1] * iy - oy;
        vf z0 = node.low[2] * iz - oz, z1 = node.high[2] * iz - oz;
        vf in = vmax(vmax(vmin(x0, x1), vmin(y0, y1)), vmin(z0, z1));
        vf out = vmin(vmin(vmax(x0, x1), vmax(y0, y1)), vmax(z0, z1));
        if (!any((in <= out) & (out >= 0.0f) & free)) continue;
        if (node.count == 0) { stack[top++] = node.first; stack[top++] = node.first + 1; continue; }
        for (int k = node.first; k < node.first + node.count; ++k) {
            const auto& t = triangles[k];
            if (t.clear) continue;
            const auto& a = t.edge1; const auto& b = t.edge2;
            const float px = shine.y * b[2] - shine.z * b[1], py = shine.z * b[0] - shine.x * b[2], pz = shine.x * b[1] - shine.y * b[0];
            const float determinant = a[0] * px + a[1] * py + a[2] * pz;
            if (determinant == 0.0f) continue;
            const float scale = 1.0f / determinant;
            const float rx = (shine.z * a[1] - shine.y * a[2]) * scale, ry = (shine.x * a[2] - shine.z * a[0]) * scale, rz = (shine.y * a[0] - shine.x * a[1]) * scale;
            const float nx = (a[1] * b[2] - a[2] * b[1]) * scale, ny = (a[2] * b[0] - a[0] * b[2]) * scale, nz = (a[0] * b[1] - a[1] * b[0]) * scale;
            vf sx = o.x - t.corner[0], sy = o.y - t.corner[1], sz = o.z - t.corner[2];
            vf u = sx * (px * scale) + sy * (py * scale) + sz * (pz * scale), v = sx * rx + sy * ry + sz * rz;
            vf at = sx * nx + sy * ny + sz * nz;
            vi hit = (u >= 0.0f) & (v >= 0.0f) & (u + v <= 1.0f) & (at > 0.0f);
            free = free & ~hit;
        }
        if (!any(free)) break;
    }
    return free;
};

// --- one tile
float light_sum[16][3] = {}, visible[16] = {}, amodal[16] = {}, away[16] = {}, facing[16][3] = {};
float backdrop[16][3];
const int rays = 16 * sample_count;
for (int from = 0; from < 16; from += LANES) {  // the background, once a pixel
    vf u = 0, v = 0; vi active = -1;
    for (int k = 0; k < LANES && from + k < 16; ++k) {
        float x = ((float)(tx * 4 + ((from + k) & 3)) + 0.5f) * pixel - 1.0f, y = 1.0f - ((float)(ty * 4 + ((from + k) >> 2)) + 0.5f) * pixel;
        u[k] = image.window[0] + image.window[2] * (0.5f + 0.5f * x); v[k] = image.window[1] + image.window[3] * (0.5f - 0.5f * y);
    }
    vf alpha; V shown = all3(image.picture_colour[0], image.picture_colour[1], image.picture_colour[2]);
    if (image.picture >= 0) shown = sample((vi)(world.first_background + image.picture), u, v, wide(image.window[3] * __builtin_fmaxf(pixel * 0.5f, image.background_blur)), active, alpha);
    for (int k = 0; k < LANES && from + k < 16; ++k) {
        backdrop[from + k][0] = shown.x[k] * image.gain[0]; backdrop[from + k][1] = shown.y[k] * image.gain[1]; backdrop[from + k][2] = shown.z[k] * image.gain[2];
    }
}
for (int first = 0; first < rays; first += LANES) {
    vf x = 0, y = 0; vi active = 0; int owner[LANES];
    V behind = all3(0.0f, 0.0f, 0.0f);
    for (int k = 0; k < LANES; ++k) {
        int ray = first + k < rays ? first + k : rays - 1;
        int cell = ray / sample_count, s = ray % sample_count;
        int column = (cell & 1) | ((cell >> 1) & 2), row = ((cell >> 1) & 1) | ((cell >> 2) & 2);  // squares of 2 x 2
        x[k] = ((float)(tx * 4 + column) + pattern.data[s][0]) * pixel - 1.0f;
        y[k] = 1.0f - ((float)(ty * 4 + row) + pattern.data[s][1]) * pixel;
        active[k] = (first + k < rays && tx * 4 + column < size && ty * 4 + row < size) ? -1 : 0;
        owner[k] = row * 4 + column;
        behind.x[k] = backdrop[owner[k]][0]; behind.y[k] = backdrop[owner[k]][1]; behind.z[k] = backdrop[owner[k]][2];
    }
    vf a = (x - image.shift[0]) * image.tangent, b = (y - image.shift[1]) * image.tangent;
    const auto& A = image.axes.data;
    V d = unit({A[0][0] * a + A[1][0] * b + A[2][0], A[0][1] * a + A[1][1] * b + A[2][1], A[0][2] * a + A[1][2] * b + A[2][2]});
    V ray = to_model(d);
    V view = -d;

    vf through = 1.0f, near = 0.0f, seen_at = FAR;
    V light = all3(0.0f, 0.0f, 0.0f), seen_normal = light;
    vi covered = 0, going = active;
    for (int layer = 0; layer < LAYERS && any(going); ++layer) {
        vf distance = 0, hu = 0, hv = 0;
        vi hit = closest(ray, near, going, distance, hu, hv);
        vi struck = going & (hit >= 0);
        going = struck;
        if (!any(struck)) break;
        near = pick(struck, distance + 1.0e-4f, near);
        V geometric, n; vf tu, tv, ca, metallic, roughness, density, cutoff; V base; vi picture = -1, mode = 0;
        vf w = 1.0f - hu - hv;
        vf c[3][4];
        geometric = all3(0, 0, 1); n = geometric; tu = tv = 0; ca = 1; metallic = 0; roughness = 1; density = 0; cutoff = 0; base = n;
        for (int k = 0; k < LANES; ++k) if (struck[k]) {
            const auto& t = triangles[hit[k]]; const auto& f = world.faces.data[model.triangle + hit[k]];
            const auto& e = t.edge1; const auto& g = t.edge2; const auto& m = world.materials.data[f.material];
            geometric.x[k] = e[1] * g[2] - e[2] * g[1]; geometric.y[k] = e[2] * g[0] - e[0] * g[2]; geometric.z[k] = e[0] * g[1] - e[1] * g[0];
            float p = w[k], q = hu[k], r = hv[k];
            n.x[k] = f.normal0[0] * p + f.normal1[0] * q + f.normal2[0] * r;
            n.y[k] = f.normal0[1] * p + f.normal1[1] * q + f.normal2[1] * r;
            n.z[k] = f.normal0[2] * p + f.normal1[2] * q + f.normal2[2] * r;
            float colour[4] = {m.colour[0], m.colour[1], m.colour[2], m.colour[3]};
            if ((f.colour0 & f.colour1 & f.colour2) != 0xFFFFFFFFu) for (int j = 0; j < 4; ++j)
                colour[j] *= ((float)((f.colour0 >> (8 * j)) & 255) * p + (float)((f.colour1 >> (8 * j)) & 255) * q + (float)((f.colour2 >> (8 * j)) & 255) * r) * (1.0f / 255.0f);
            base.x[k] = colour[0]; base.y[k] = colour[1]; base.z[k] = colour[2]; ca[k] = colour[3];
            metallic[k] = m.metallic; roughness[k] = m.roughness; picture[k] = m.picture; mode[k] = m.alpha_mode; cutoff[k] = m.cutoff;
            if (m.picture >= 0) {
                tu[k] = f.uv0[0] * p + f.uv1[0] * q + f.uv2[0] * r; tv[k] = f.uv0[1] * p + f.uv1[1] * q + f.uv2[1] * r; density[k] = f.density;
            }
        }
        geometric = unit(from_normal(geometric)); n = unit(from_normal(n));
        geometric = geometric * pick(dot(geometric, d) > 0.0f, wide(-1.0f), wide(1.0f));
        n = n * pick(dot(n, geometric) < 0.0f, wide(-1.0f), wide(1.0f));
        vf footprint = distance * spread * (1.0f / root(vmax(-dot(geometric, d), wide(0.15f))));
        vi textured = struck & (picture >= 0);
        if (any(textured)) {
            vf alpha; V look = sample(picture, tu, tv, footprint * density, textured, alpha);
            base = pickv(textured, base * look, base); ca = pick(textured, ca * alpha, ca);
        }
        const auto& H = image.colour_matrix.data;
        V rgb = {H[0][0] * base.x + H[0][1] * base.y + H[0][2] * base.z, H[1][0] * base.x + H[1][1] * base.y + H[1][2] * base.z,
                 H[2][0] * base.x + H[2][1] * base.y + H[2][2] * base.z};
        if (image.texture_mix > 0.0f) {
            V p = V{wide(start.x), wide(start.y), wide(start.z)} + ray * distance; p = p * wide(image.texture_repeat);
            V m = to_model(geometric);
            vf mx = __builtin_elementwise_abs(m.x), my = __builtin_elementwise_abs(m.y), mz = __builtin_elementwise_abs(m.z);
            vi above = (my > mx) & (my > mz), side = ~above & (mx > mz);
            vf alpha; V look = sample((vi)(world.first_texture + image.texture), pick(side, p.z, p.x), pick(above, p.z, -p.y), footprint * image.texture_repeat, struck, alpha);
            rgb = rgb * wide(1.0f - image.texture_mix) + look * wide(image.texture_mix);
        }
        rgb = {clamp01(rgb.x), clamp01(rgb.y), clamp01(rgb.z)};
        metallic = clamp01(metallic + image.metallic);
        roughness = vmin(vmax(roughness * image.roughness, wide(0.08f)), wide(1.0f));
        V shade = reflect_sky(rgb, metallic, roughness, n, view);
        vi lit = struck & (n.x * sun.x + n.y * sun.y + n.z * sun.z > 0.0f) & (geometric.x * sun.x + geometric.y * sun.y + geometric.z * sun.z > 0.0f);
        if (any(lit)) {
            V point = V{eye.x - home.x + d.x * distance, eye.y - home.y + d.y * distance, eye.z - home.z + d.z * distance} + geometric * wide(LIFT);
            lit = lit_lanes(to_model(point), lit);
            if (any(lit)) shade = pickv(lit, shade + reflect_sun(rgb, metallic, roughness, n, view) * sun_light, shade);
        }
        vf alpha = pick(mode == 1, pick(ca >= cutoff, wide(1.0f), wide(0.0f)), pick(mode == 2, ca, wide(1.0f)));
        vi solid = struck & (alpha > 0.0f);
        vi fresh = solid & ~covered;
        seen_at = pick(fresh, distance, seen_at); seen_normal = pickv(fresh, n, seen_normal); covered |= fresh;
        light = pickv(solid, light + shade * (through * alpha), light);
        through = pick(solid, through * (1.0f - alpha), through);
        going = struck & (through >= 0.02f);
    }
    vi open = active & (through >= 0.02f);
    if (any(open)) {
        V back = behind;
        if (image.ground != 0 && eye.y > image.ground_height) {
            vi down = open & (d.y <= -1.0e-4f);
            vf t = (image.ground_height - eye.y) / pick(down, d.y, wide(-1.0f));
            V point = {eye.x + d.x * t, eye.y + d.y * t, eye.z + d.z * t};
            vf ax = point.x - home.x, az = point.z - home.z, reach = root(ax * ax + az * az);
            vi on = down & (reach <= GROUND_REACH);
            if (any(on)) {
                V ambient = sky_terms(all3(0.0f, 1.0f, 0.0f), wide(1.0f), wide(1.0f));
                V direct = sun_light * wide(sun.y > 0.0f ? sun.y : 0.0f);
                V got = ambient * (1.0f - 0.55f * fall(1.4f * vmax(reach - 0.25f, wide(0.0f))));
                vi free = on;
                if (sun.y > 0.0f) free = lit_lanes(to_model({ax, point.y + LIFT - home.y, az}), on);
                got = pickv(free, got + direct, got);
                vf fade = clamp01(2.0f * (1.0f - reach / GROUND_REACH));
                V full = ambient + direct + all3(1.0e-6f, 1.0e-6f, 1.0e-6f);
                V shaded = {behind.x * got.x / full.x, behind.y * got.y / full.y, behind.z * got.z / full.z};
                if (image.ground == 2) {
                    V colour = all3(image.ground_colour[0], image.ground_colour[1], image.ground_colour[2]);
                    if (image.ground_texture >= 0) {
                        vf alpha; colour = colour * sample((vi)(world.first_texture + image.ground_texture), point.x * image.ground_repeat, point.z * image.ground_repeat,
                                                          t * spread * image.ground_repeat / vmax(-d.y, wide(0.1f)), on, alpha);
                    }
                    shaded = colour * got;
                }
                back = pickv(on, behind * (1.0f - fade) + shaded * fade, behind);
            }
        }
        light = pickv(open, light + back * through, light);
    }
    vi hidden = 0;
    for (int k = 0; k < image.cards; ++k) {
        const float* centre = image.card_centre.data[k]; const float* turn = image.card_turn.data[k];
        vf dx = x - centre[0], dy = y - centre[1];
        vf p = __builtin_elementwise_abs((dx * turn[0] + dy * turn[1]) / image.card_size.data[k][0]);
        vf q = __builtin_elementwise_abs((dy * turn[0] - dx * turn[1]) / image.card_size.data[k][1]);
        for (int j = 0; j < image.card_squarings[k]; ++j) { p *= p; q *= q; }
        vi inside = active & (p + q <= 1.0f);
        if (!any(inside)) continue;
        V colour = all3(image.card_colour.data[k][0], image.card_colour.data[k][1], image.card_colour.data[k][2]);
        if (image.card_texture[k] >= 0) {
            vf alpha; colour = colour * sample((vi)(world.first_texture + image.card_texture[k]), dx, dy, wide(pixel * 0.5f), inside, alpha);
        }
        V towards = all3(-A[2][0], -A[2][1], -A[2][2]);
        float frontal = -(A[2][0] * sun.x + A[2][1] * sun.y + A[2][2] * sun.z);
        V falls = sky_terms(turned(towards), wide(1.0f), wide(1.0f)) + sun_light * wide(frontal > 0.0f ? frontal : 0.0f);
        light = pickv(inside, colour * falls, light);
        hidden |= inside;
    }
    for (int k = 0; k < LANES; ++k) if (active[k]) {
        int j = owner[k];
        light_sum[j][0] += light.x[k]; light_sum[j][1] += light.y[k]; light_sum[j][2] += light.z[k];
        if (!covered[k]) continue;
        amodal[j] += 1.0f;
        if (hidden[k]) continue;
        visible[j] += 1.0f;
        away[j] += seen_at[k] * (d.x[k] * A[2][0] + d.y[k] * A[2][1] + d.z[k] * A[2][2]);
        facing[j][0] += seen_normal.x[k]; facing[j][1] += seen_normal.y[k]; facing[j][2] += seen_normal.z[k];
    }
}
const float share = 1.0f / (float)sample_count;
for (int j = 0; j < 16; ++j) {
    int row = ty * 4 + (j >> 2), column = tx * 4 + (j & 3);
    if (row >= size || column >= size) continue;
    size_t at = ((size_t)index * size + row) * size + column;
    for (int c = 0; c < 3; ++c) colour.data[at].c[c] = light_sum[j][c] * share;
    if (mask.shape[0] > 0) { mask.data[at] = visible[j] * share; whole.data[at] = amodal[j] * share; }
    if (depth.shape[0] > 0) depth.data[at] = visible[j] > 0.0f ? away[j] / visible[j] : __builtin_inff();
    if (normal.shape[0] > 0) {
        float n = facing[j][0] * facing[j][0] + facing[j][1] * facing[j][1] + facing[j][2] * facing[j][2];
        float scale = visible[j] > 0.0f && n > 0.0f ? 1.0f / __builtin_sqrtf(n) : 0.0f;
        for (int c = 0; c < 3; ++c) normal.data[at].c[c] = facing[j][c] * scale;
    }
}
