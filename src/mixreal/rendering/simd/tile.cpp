// One tile of 4 x 4 pixels, a quad of 2 x 2 at a time, all its samples in packets: kernels.py, which explains it.
// The tile's pixels are numbered quad by quad: quads, and the pixels of each, row by row.

const auto& M = image.to_model.data;
auto to_model = [&](const V& a) -> V {
    return {M[0][0] * a.x + M[0][1] * a.y + M[0][2] * a.z, M[1][0] * a.x + M[1][1] * a.y + M[1][2] * a.z,
            M[2][0] * a.x + M[2][1] * a.y + M[2][2] * a.z}; };
auto from_normal = [&](const V& a) -> V {  // transpose: normals to world
    return {M[0][0] * a.x + M[1][0] * a.y + M[2][0] * a.z, M[0][1] * a.x + M[1][1] * a.y + M[2][1] * a.z,
            M[0][2] * a.x + M[1][2] * a.y + M[2][2] * a.z}; };
const V home = all3(image.origin[0], image.origin[1], image.origin[2]);
const V sun_light = all3(image.sun_radiance[0], image.sun_radiance[1], image.sun_radiance[2]);
const auto& A = image.axes.data;
const V right = all3(A[0][0], A[0][1], A[0][2]), up = all3(A[1][0], A[1][1], A[1][2]), forward = all3(A[2][0], A[2][1], A[2][2]);
const V eye = all3(image.eye[0], image.eye[1], image.eye[2]);
const float pixel = 2.0f / (float)size;
const float spread = pixel * image.tangent;
const int per_packet = LANES / 4;
// Whether the object's box reaches into the tile: elsewhere no ray can meet it.
const float left_edge = (float)(tx * 4) * pixel - 1.0f, upper_edge = 1.0f - (float)(ty * 4) * pixel;
const bool near_object = left_edge < image.bounds[2] && left_edge + 4.0f * pixel > image.bounds[0]
                      && upper_edge > image.bounds[1] && upper_edge - 4.0f * pixel < image.bounds[3];
const float quad_x[4] = {0.0f, 1.0f, 0.0f, 1.0f}, quad_y[4] = {0.0f, 0.0f, 1.0f, 1.0f};
const vf in_quad_x = fourfold(quad_x), in_quad_y = fourfold(quad_y), turn_re = fourfold(DISC_RE), turn_im = fourfold(DISC_IM);
vf sample_x = 0, sample_y = 0, disc_x = 0, disc_y = 0; vi drawn = 0;
auto take_samples = [&](int first) {  // one packet's points in the pixel; and of the disc, of which a quad sees 16
    float px[LANES], py[LANES]; int on[LANES];
    for (int k = 0; k < LANES; ++k) {
        int s = first + (k >> 2);
        const auto& at = pattern.data[s < sample_count ? s : 0];
        px[k] = at[0]; py[k] = at[1]; on[k] = s < sample_count ? -1 : 0;
    }
    __builtin_memcpy(&sample_x, px, sizeof px); __builtin_memcpy(&sample_y, py, sizeof py); __builtin_memcpy(&drawn, on, sizeof on);
    vf u = 2.0f * sample_x - 1.0f, v = 2.0f * sample_y - 1.0f;
    disc_x = u * turn_re - v * turn_im; disc_y = u * turn_im + v * turn_re; };
take_samples(0);

float behind_r[16], behind_g[16], behind_b[16];  // the background, once a pixel
for (int from = 0; from < 16; from += LANES) {
    vf x = 0, y = 0;
    for (int k = 0; k < LANES && from + k < 16; ++k) {
        int j = from + k;
        x[k] = ((float)(tx * 4 + (((j >> 1) & 2) | (j & 1))) + 0.5f) * pixel - 1.0f;
        y[k] = 1.0f - ((float)(ty * 4 + (((j >> 2) & 2) | ((j >> 1) & 1))) + 0.5f) * pixel;
    }
    V shown = all3(image.picture_colour[0], image.picture_colour[1], image.picture_colour[2]);
    if (image.environment >= 0) {
        vf a = (x - image.shift[0]) * image.tangent, b = (y - image.shift[1]) * image.tangent, alpha;
        V d = turned(unit(right * a + up * b + forward));
        vf u = 0.5f + angle(d.x, -d.z) * 0.15915494f, v = angle(root(vmax(1.0f - d.y * d.y, wide(0.0f))), d.y) * 0.31830989f;
        float averaged = __builtin_fmaxf(pixel, image.background_blur * 2.0f) * image.tangent * 0.2250791f, edge = __builtin_fmaxf(averaged, 1.0f / 512.0f);
        v = vmin(vmax(v, wide(edge)), wide(1.0f - edge));
        shown = sample(one_picture(world.first_environment + image.environment), u, v, wide(averaged), alpha);
    } else if (image.picture >= 0) {
        vf alpha, u = image.window[0] + image.window[2] * (0.5f + 0.5f * x), v = image.window[1] + image.window[3] * (0.5f - 0.5f * y);
        shown = sample(one_picture(world.first_background + image.picture), u, v, wide(image.window[3] * __builtin_fmaxf(pixel * 0.5f, image.background_blur)), alpha);
    }
    shown = shown * all3(image.gain[0], image.gain[1], image.gain[2]);
    size_t room = LANES < 16 ? LANES * 4 : 64;
    __builtin_memcpy(behind_r + from, &shown.x, room); __builtin_memcpy(behind_g + from, &shown.y, room); __builtin_memcpy(behind_b + from, &shown.z, room);
}

const float share = 1.0f / (float)sample_count;
auto put = [&](int row, int column, float r, float g, float b, float seen, float unhidden, float far, float nx, float ny, float nz) {
    if (row >= size || column >= size) return;
    const size_t at = ((size_t)index * size + row) * size + column;
    colour.data[at].c[0] = r; colour.data[at].c[1] = g; colour.data[at].c[2] = b;
    if (mask.shape[0] > 0) { mask.data[at] = seen * share; whole.data[at] = unhidden * share; }
    if (depth.shape[0] > 0) depth.data[at] = seen > 0.0f ? far / seen : __builtin_inff();
    if (normal.shape[0] > 0) {
        float length = nx * nx + ny * ny + nz * nz, scale = seen > 0.0f && length > 0.0f ? 1.0f / __builtin_sqrtf(length) : 0.0f;
        normal.data[at].c[0] = nx * scale; normal.data[at].c[1] = ny * scale; normal.data[at].c[2] = nz * scale;
    } };
for (int block = 0; block < 4; ++block) {
    const int column = tx * 4 + (block & 1) * 2, row = ty * 4 + (block & 2);
    if (column >= size || row >= size) continue;
    const V behind = {fourfold(behind_r + block * 4), fourfold(behind_g + block * 4), fourfold(behind_b + block * 4)};
    if (!near_object && image.ground == 0 && image.cards == 0) {
        for (int j = 0; j < 4; ++j) put(row + (j >> 1), column + (j & 1), behind_r[block * 4 + j], behind_g[block * 4 + j], behind_b[block * 4 + j], 0.0f, 0.0f, 0.0f, 0.0f, 0.0f, 0.0f);
        continue;
    }
    quad red = 0, green = 0, blue = 0, visible = 0, amodal = 0, away = 0, facing_x = 0, facing_y = 0, facing_z = 0;
    for (int first = 0; first < sample_count; first += per_packet) {
        if (sample_count > per_packet) take_samples(first);
        const vf at_x = in_quad_x + (float)column, at_y = in_quad_y + (float)row;
        const vi active = drawn & (at_x < (float)size) & (at_y < (float)size);
        const vf x = (at_x + sample_x) * pixel - 1.0f, y = 1.0f - (at_y + sample_y) * pixel;
        vf a = (x - image.shift[0]) * image.tangent, b = (y - image.shift[1]) * image.tangent;
        V d = right * a + up * b + forward, from = eye;
        vf lens_x = 0, lens_y = 0;
        if (image.aperture > 0.0f) {  // points at the distance of focus stay where they are
            lens_x = disc_y * image.aperture; lens_y = disc_x * -image.aperture;
            d = right * (a * image.focus - lens_x) + up * (b * image.focus - lens_y) + forward * wide(image.focus);
            from = eye + right * lens_x + up * lens_y;
        }
        d = unit(d);
        const V start = to_model(from - home), ray = to_model(d), view = -d;
        V shade_ray = sun;
        if (image.sun_radius > 0.0f)
            shade_ray = sun + all3(image.sun_across.data[0][0], image.sun_across.data[0][1], image.sun_across.data[0][2]) * (disc_x * image.sun_radius)
                            + all3(image.sun_across.data[1][0], image.sun_across.data[1][1], image.sun_across.data[1][2]) * (disc_y * image.sun_radius);
        shade_ray = to_model(shade_ray);

        vf through = 1.0f, near = 0.0f, seen_at = FAR;
        V light = all3(0.0f, 0.0f, 0.0f), seen_normal = light;
        vi covered = 0, going = active;
        for (int layer = 0; layer < LAYERS && near_object; ++layer) {
            vf distance = 0, hu = 0, hv = 0;
            vi hit = closest(start, ray, near, going, distance, hu, hv);
            vi struck = going & (hit >= 0);
            going = struck;
            if (!any(struck)) break;
            near = pick(struck, distance + 1.0e-4f, near);
            vf w = 1.0f - hu - hv, tu = 0, tv = 0, ca = 1, metallic = 0, roughness = 1, density = 0, cutoff = 0;
            V geometric = all3(0, 0, 1), n = geometric, base = geometric; vi picture = -1, mode = 0;
            for (vi left = struck; any(left);) {  // triangle by triangle: a packet sees few
                const int k = __builtin_reduce_max(left ? hit : (vi)(-1));
                const vi m = left & (hit == k);
                left = left & ~m;
                const auto& t = triangles[k]; const auto& f = world.faces.data[model.triangle + k];
                const auto& e = t.edge1; const auto& g = t.edge2; const auto& look = world.materials.data[f.material];
                geometric = pickv(m, all3(e[1] * g[2] - e[2] * g[1], e[2] * g[0] - e[0] * g[2], e[0] * g[1] - e[1] * g[0]), geometric);
                n.x = pick(m, f.normal0[0] * w + f.normal1[0] * hu + f.normal2[0] * hv, n.x);
                n.y = pick(m, f.normal0[1] * w + f.normal1[1] * hu + f.normal2[1] * hv, n.y);
                n.z = pick(m, f.normal0[2] * w + f.normal1[2] * hu + f.normal2[2] * hv, n.z);
                base = pickv(m, all3(look.colour[0], look.colour[1], look.colour[2]), base); ca = pick(m, wide(look.colour[3]), ca);
                if ((f.colour0 & f.colour1 & f.colour2) != 0xFFFFFFFFu) {
                    auto corners = [&](int j) -> vf {
                        return ((float)((f.colour0 >> j) & 255) * w + (float)((f.colour1 >> j) & 255) * hu + (float)((f.colour2 >> j) & 255) * hv) * (1.0f / 255.0f); };
                    base = pickv(m, base * V{corners(0), corners(8), corners(16)}, base); ca = pick(m, ca * corners(24), ca);
                }
                metallic = pick(m, wide(look.metallic), metallic); roughness = pick(m, wide(look.roughness), roughness);
                if (look.alpha_mode != 0) { mode = m ? (vi)(look.alpha_mode) : mode; cutoff = pick(m, wide(look.cutoff), cutoff); }
                if (look.picture >= 0) {
                    picture = m ? (vi)(look.picture) : picture; density = pick(m, wide(f.density), density);
                    tu = pick(m, f.uv0[0] * w + f.uv1[0] * hu + f.uv2[0] * hv, tu); tv = pick(m, f.uv0[1] * w + f.uv1[1] * hu + f.uv2[1] * hv, tv);
                }
            }
            geometric = unit(from_normal(geometric)); n = unit(from_normal(n));
            geometric = geometric * pick(dot(geometric, d) > 0.0f, wide(-1.0f), wide(1.0f));
            n = n * pick(dot(n, geometric) < 0.0f, wide(-1.0f), wide(1.0f));
            vf footprint = distance * spread * (1.0f / root(vmax(-dot(geometric, d), wide(0.15f))));
            vi textured = struck & (picture >= 0);
            if (any(textured)) {
                vf alpha; V look = sample(own_pictures(picture, textured), tu, tv, footprint * density, alpha);
                base = pickv(textured, base * look, base); ca = pick(textured, ca * alpha, ca);
            }
            const auto& H = image.colour_matrix.data;
            V rgb = {H[0][0] * base.x + H[0][1] * base.y + H[0][2] * base.z, H[1][0] * base.x + H[1][1] * base.y + H[1][2] * base.z,
                     H[2][0] * base.x + H[2][1] * base.y + H[2][2] * base.z};
            if (image.texture_mix > 0.0f) {
                V p = (start + ray * distance) * wide(image.texture_repeat), m = to_model(geometric);
                vf mx = size_of(m.x), my = size_of(m.y), mz = size_of(m.z);
                vi above = (my > mx) & (my > mz), side = ~above & (mx > mz);
                vf alpha; V look = sample(one_picture(world.first_texture + image.texture), pick(side, p.z, p.x), pick(above, p.z, -p.y), footprint * image.texture_repeat, alpha);
                rgb = rgb * wide(1.0f - image.texture_mix) + look * wide(image.texture_mix);
            }
            rgb = {clamp01(rgb.x), clamp01(rgb.y), clamp01(rgb.z)};
            metallic = clamp01(metallic + image.metallic);
            roughness = vmin(vmax(roughness * image.roughness, wide(0.08f)), wide(1.0f));
            V shade = reflect_sky(rgb, metallic, roughness, n, view);
            vi lit = struck & (dot(n, sun) > 0.0f) & (dot(geometric, sun) > 0.0f);
            if (any(lit)) {
                lit = lit_lanes(to_model(from + d * distance + geometric * wide(LIFT) - home), shade_ray, lit);
                if (any(lit)) shade = pickv(lit, shade + reflect_sun(rgb, metallic, roughness, n, view) * sun_light, shade);
            }
            vf alpha = pick(mode == 1, pick(ca >= cutoff, wide(1.0f), wide(0.0f)), pick(mode == 2, ca, wide(1.0f)));
            vi solid = struck & (alpha > 0.0f);
            vi fresh = solid & ~covered;
            seen_at = pick(fresh, distance, seen_at); seen_normal = pickv(fresh, n, seen_normal); covered |= fresh;
            light = pickv(solid, light + shade * (through * alpha), light);
            through = pick(solid, through * (1.0f - alpha), through);
            going = struck & (through >= 0.02f);
            if (!any(going)) break;
        }
        vi open = active & (through >= 0.02f);
        if (any(open)) {
            V back = behind;
            vi down = open & (d.y <= -1.0e-4f);
            if (image.ground != 0 && image.eye[1] > image.ground_height && any(down)) {
                vf t = (image.ground_height - from.y) / pick(down, d.y, wide(-1.0f));
                V point = from + d * t, off = point - home;
                vf reach = root(off.x * off.x + off.z * off.z);
                vi on_it = down & (reach <= GROUND_REACH);
                if (any(on_it)) {
                    V ambient = sky_terms(all3(0.0f, 1.0f, 0.0f), wide(1.0f), wide(1.0f));
                    V direct = sun_light * vmax(sun.y, wide(0.0f));
                    V got = ambient * (1.0f - 0.55f * fall(1.4f * vmax(reach - 0.25f, wide(0.0f))));
                    vi free = on_it;
                    if (image.sun_direction[1] > 0.0f) free = lit_lanes(to_model({off.x, off.y + LIFT, off.z}), shade_ray, on_it);
                    got = pickv(free, got + direct, got);
                    vf fade = clamp01(2.0f * (1.0f - reach / GROUND_REACH));
                    V full = ambient + direct + all3(1.0e-6f, 1.0e-6f, 1.0e-6f);
                    V shaded = {behind.x * got.x / full.x, behind.y * got.y / full.y, behind.z * got.z / full.z};
                    if (image.ground == 2) {
                        V colour = all3(image.ground_colour[0], image.ground_colour[1], image.ground_colour[2]);
                        if (image.ground_texture >= 0) {
                            vf alpha; colour = colour * sample(one_picture(world.first_texture + image.ground_texture), point.x * image.ground_repeat,
                                                              point.z * image.ground_repeat, t * spread * image.ground_repeat / vmax(-d.y, wide(0.1f)), alpha);
                        }
                        shaded = colour * got;
                    }
                    back = pickv(on_it, behind * (1.0f - fade) + shaded * fade, behind);
                }
            }
            light = pickv(open, light + back * through, light);
        }
        vi hidden = 0;
        for (int k = 0; k < image.cards; ++k) {
            const float* centre = image.card_centre.data[k]; const float* turn = image.card_turn.data[k];
            const float parallax = (1.0f / image.card_depth[k] - 1.0f / image.focus) / image.tangent;
            vf dx = x - centre[0] + lens_x * parallax, dy = y - centre[1] + lens_y * parallax;
            vf p = size_of((dx * turn[0] + dy * turn[1]) * (1.0f / image.card_size.data[k][0]));
            vf q = size_of((dy * turn[0] - dx * turn[1]) * (1.0f / image.card_size.data[k][1]));
            for (int j = 0; j < image.card_squarings[k]; ++j) { p *= p; q *= q; }
            vi inside = active & (p + q <= 1.0f);
            if (!any(inside)) continue;
            V colour = all3(image.card_colour.data[k][0], image.card_colour.data[k][1], image.card_colour.data[k][2]);
            if (image.card_texture[k] >= 0) {
                vf alpha; colour = colour * sample(one_picture(world.first_texture + image.card_texture[k]), dx, dy, wide(pixel * 0.5f), alpha);
            }
            V falls = sky_terms(turned(-forward), wide(1.0f), wide(1.0f)) + sun_light * vmax(-dot(forward, sun), wide(0.0f));
            light = pickv(inside, colour * falls, light);
            hidden |= inside;
        }
        const vf none = 0, one = 1;
        add(red, pick(active, light.x, none)); add(green, pick(active, light.y, none)); add(blue, pick(active, light.z, none));
        const vi shown = covered & ~hidden & active;
        if (mask.shape[0] > 0) add(amodal, pick(covered & active, one, none));
        if (mask.shape[0] > 0 || depth.shape[0] > 0 || normal.shape[0] > 0) add(visible, pick(shown, one, none));
        if (depth.shape[0] > 0) add(away, pick(shown, seen_at * dot(d, forward), none));
        if (normal.shape[0] > 0) {
            add(facing_x, pick(shown, seen_normal.x, none)); add(facing_y, pick(shown, seen_normal.y, none)); add(facing_z, pick(shown, seen_normal.z, none));
        }
    }
    for (int j = 0; j < 4; ++j)
        put(row + (j >> 1), column + (j & 1), red[j] * share, green[j] * share, blue[j] * share, visible[j], amodal[j], away[j], facing_x[j], facing_y[j], facing_z[j]);
}
