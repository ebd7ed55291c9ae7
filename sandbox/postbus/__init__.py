"""The postbus: where the demo's mail arrives."""
