"""What the supervisor and the process that prepares the application both name."""

DEMO_FILE = "demo.json"  # in the data directory: what `load_demo --json` printed
DEMO_STEP = "Demo workspaces"
