"""The paper's tables and figures, made again: recipes, the cells they lay out, and the runs behind each cell."""
