"""What people hand in, parsed once at the edge and then trusted."""
