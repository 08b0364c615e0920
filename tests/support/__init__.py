"""What the Python tests and `./dev run` share: starting a device, speaking HTTP to it, and a LAN peer that decides
every segment. Standard library only."""
