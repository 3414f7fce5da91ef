"""Pictures the renderer needs: read from folders, or made from nothing but a seed."""
