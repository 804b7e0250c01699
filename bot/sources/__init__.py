"""Where film facts come from. Each module alone knows its source's words."""
