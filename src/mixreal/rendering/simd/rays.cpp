// Packets of rays against one model's triangles: tracing.py, one box test for all lanes.

auto inverse = [&](vf a) -> vf { return 1.0f / pick(size_of(a) < 1.0e-20f, wide(1.0e-20f), a); };
struct Slopes { V inv, oi; int x, y, z; };  // one over the direction; the origin times that; a box's near corner
auto slopes = [&](const V& o, const V& d) -> Slopes {
    Slopes s = {{inverse(d.x), inverse(d.y), inverse(d.z)}, o, 0, 0, 0};
    s.oi = o * s.inv;
    auto side = [&](vf v) -> int { return !any(v < 0.0f) ? 0 : !any(v > 0.0f) ? 4 : -1; };  // -1: not the same for all
    s.x = side(s.inv.x); s.y = side(s.inv.y); s.z = side(s.inv.z);
    return s; };
auto enters = [&](const auto& node, const Slopes& s, vf far) -> vi {  // its rounding: bvh.PADDING
    vf x0 = node.low[0] * s.inv.x - s.oi.x, x1 = node.high[0] * s.inv.x - s.oi.x;
    vf y0 = node.low[1] * s.inv.y - s.oi.y, y1 = node.high[1] * s.inv.y - s.oi.y;
    vf z0 = node.low[2] * s.inv.z - s.oi.z, z1 = node.high[2] * s.inv.z - s.oi.z;
    vf in = vmax(vmax(vmin(x0, x1), vmin(y0, y1)), vmin(z0, z1));
    vf out = vmin(vmin(vmax(x0, x1), vmax(y0, y1)), vmin(vmax(z0, z1), far));
    return (in <= out) & (out >= 0.0f); };
auto enters_alike = [&](const auto& node, const Slopes& s, vf far) -> vi {  // rays of one octant know each slab's order
    const float* corner = (const float*)&node;  // low x, y, z, first, high x, y, z, count
    vf x0 = corner[s.x] * s.inv.x - s.oi.x, x1 = corner[s.x ^ 4] * s.inv.x - s.oi.x;
    vf y0 = corner[s.y + 1] * s.inv.y - s.oi.y, y1 = corner[(s.y ^ 4) + 1] * s.inv.y - s.oi.y;
    vf z0 = corner[s.z + 2] * s.inv.z - s.oi.z, z1 = corner[(s.z ^ 4) + 2] * s.inv.z - s.oi.z;
    vf in = vmax(vmax(x0, y0), z0), out = vmin(vmin(x1, y1), vmin(z1, far));
    return (in <= out) & (out >= 0.0f); };
struct Crossing { vf determinant, u, v, at; };  // u, v and at are still to be divided by the determinant
auto crosses = [&](const auto& t, const V& o, const V& d, Crossing& c) -> vi {
    const V e1 = all3(t.edge1[0], t.edge1[1], t.edge1[2]), e2 = all3(t.edge2[0], t.edge2[1], t.edge2[2]);
    V p = cross(d, e2), s = o - all3(t.corner[0], t.corner[1], t.corner[2]);
    V q = cross(s, e1);
    c = {dot(e1, p), dot(s, p), dot(d, q), dot(e2, q)};
    vi sign = bits(c.determinant) & (int)0x80000000;  // compared without dividing: most triangles are missed
    vf u = number(bits(c.u) ^ sign), v = number(bits(c.v) ^ sign), whole = size_of(c.determinant);
    return (u >= 0.0f) & (v >= 0.0f) & (u + v <= whole) & (whole > 0.0f); };
auto closest_by = [&](auto in_box, const Slopes& s, const V& o, const V& d, vf near, vi active, vf& distance, vf& hit_u, vf& hit_v) -> vi {
    vi found = -1;
    distance = pick(active, wide(FAR), wide(-1.0f));  // inactive lanes reach nothing
    int stack[DEPTH]; int top = 0; stack[top++] = 0;
    int lead = 0; while (lead < LANES - 1 && !active[lead]) ++lead;
    const float dx = d.x[lead], dy = d.y[lead], dz = d.z[lead];
    while (top > 0) {
        const auto& node = nodes[stack[--top]];
        if (!any(in_box(node, s, distance))) continue;
        if (node.count == 0) {  // the child that the leading ray meets first is looked at first
            const auto& l = nodes[node.first]; const auto& r = nodes[node.first + 1];
            float order = (r.low[0] + r.high[0] - l.low[0] - l.high[0]) * dx + (r.low[1] + r.high[1] - l.low[1] - l.high[1]) * dy
                        + (r.low[2] + r.high[2] - l.low[2] - l.high[2]) * dz;
            int first = order >= 0.0f ? 0 : 1;
            stack[top++] = node.first + 1 - first; stack[top++] = node.first + first;
            continue;
        }
        for (int k = node.first; k < node.first + node.count; ++k) {
            Crossing c; vi hit = crosses(triangles[k], o, d, c);
            if (!any(hit)) continue;
            vf scale = 1.0f / c.determinant, at = c.at * scale;
            hit = hit & (at > near) & ((at < distance) | ((at == distance) & (k < found)));
            distance = pick(hit, at, distance); hit_u = pick(hit, c.u * scale, hit_u); hit_v = pick(hit, c.v * scale, hit_v);
            found = hit ? (vi)(k) : found;
        }
    }
    return found;
};
auto closest = [&](const V& o, const V& d, vf near, vi active, vf& distance, vf& hit_u, vf& hit_v) -> vi {
    const Slopes s = slopes(o, d);
    return (s.x | s.y | s.z) < 0 ? closest_by(enters, s, o, d, near, active, distance, hit_u, hit_v)
                                 : closest_by(enters_alike, s, o, d, near, active, distance, hit_u, hit_v); };
auto lit_by = [&](auto in_box, const Slopes& s, const V& o, const V& d, vi active) -> vi {
    vf far = pick(active, wide(FAR), wide(-1.0f));
    int stack[DEPTH]; int top = 0; stack[top++] = 0;
    while (top > 0) {
        const auto& node = nodes[stack[--top]];
        if (!any(in_box(node, s, far))) continue;
        if (node.count == 0) { stack[top++] = node.first; stack[top++] = node.first + 1; continue; }
        for (int k = node.first; k < node.first + node.count; ++k) {
            const auto& t = triangles[k];
            if (t.clear) continue;
            Crossing c; vi hit = crosses(t, o, d, c);
            hit = hit & (number(bits(c.at) ^ (bits(c.determinant) & (int)0x80000000)) > 0.0f);
            far = pick(hit, wide(-1.0f), far);
        }
        if (!any(far > 0.0f)) break;
    }
    return far > 0.0f;
};
auto lit_lanes = [&](const V& o, const V& d, vi active) -> vi {  // those that no triangle hides from the light
    const Slopes s = slopes(o, d);
    return (s.x | s.y | s.z) < 0 ? lit_by(enters, s, o, d, active) : lit_by(enters_alike, s, o, d, active); };
