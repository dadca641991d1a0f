"""The public files: a static tree that any web server can serve, and from which anybody can replay the registry."""
