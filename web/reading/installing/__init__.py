"""What an installer reads: a terminal as it was last heard, homes, areas."""
