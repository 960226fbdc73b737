"""Questions to the model: sweeps."""
