// Packets of rays against one model's triangles: tracing.py, one box test for all lanes.

auto inverse = [&](vf a) -> vf { return 1.0f / pick(size_of(a) < 1.0e-20f, wide(1.0e-20f), a); };
auto enters = [&](const auto& node, const V& oi, const V& inv, vf far) -> vi {  // oi: the origin times inv
    vf x0 = node.low[0] * inv.x - oi.x, x1 = node.high[0] * inv.x - oi.x;  // its rounding: bvh.PADDING
    vf y0 = node.low[1] * inv.y - oi.y, y1 = node.high[1] * inv.y - oi.y;
    vf z0 = node.low[2] * inv.z - oi.z, z1 = node.high[2] * inv.z - oi.z;
    vf in = vmax(vmax(vmin(x0, x1), vmin(y0, y1)), vmin(z0, z1));
    vf out = vmin(vmin(vmax(x0, x1), vmax(y0, y1)), vmin(vmax(z0, z1), far));
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
auto closest = [&](const V& o, const V& d, vf near, vi active, vf& distance, vf& hit_u, vf& hit_v) -> vi {
    V inv = {inverse(d.x), inverse(d.y), inverse(d.z)}, oi = o * inv;
    vi found = -1;
    distance = pick(active, wide(FAR), wide(-1.0f));  // inactive lanes reach nothing
    int stack[DEPTH]; int top = 0; stack[top++] = 0;
    int lead = 0; while (lead < LANES - 1 && !active[lead]) ++lead;
    const float dx = d.x[lead], dy = d.y[lead], dz = d.z[lead];
    while (top > 0) {
        const auto& node = nodes[stack[--top]];
        if (!any(enters(node, oi, inv, distance))) continue;
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
auto lit_lanes = [&](const V& o, const V& d, vi active) -> vi {  // those that no triangle hides from the light
    V inv = {inverse(d.x), inverse(d.y), inverse(d.z)}, oi = o * inv;
    vf far = pick(active, wide(FAR), wide(-1.0f));
    int stack[DEPTH]; int top = 0; stack[top++] = 0;
    while (top > 0) {
        const auto& node = nodes[stack[--top]];
        if (!any(enters(node, oi, inv, far))) continue;
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
