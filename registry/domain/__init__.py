"""What may be decided about a certification: pure rules, without disk, network or clock."""
