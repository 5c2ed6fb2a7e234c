"""Rampart for Python: `rampart.guard` asks before a tool runs. The whole HTTP API is `rampart_client`."""
