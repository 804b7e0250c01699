"""SQL lives here and nowhere else. Imports the domain only; only this package imports a database driver."""
