// The image that this tile belongs to, and its model.

const auto& image = images.data[index];
const auto& model = world.models.data[image.model];
const auto* nodes = world.nodes.data + model.node;
const auto* triangles = world.triangles.data + model.triangle;
const V sun = all3(image.sun_direction[0], image.sun_direction[1], image.sun_direction[2]);
