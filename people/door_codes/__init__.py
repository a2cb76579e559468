"""Door codes: shown only when asked for with a reason, and written down who asked."""
